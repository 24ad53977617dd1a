"""What is told where real servers hold what nobody expects; nothing hangs, nothing is lost."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import uvicorn
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from redis.asyncio import Redis

WITHIN_S = 120
MOST_LINES = 25
AT_ONCE = 12
MOST_SENT = 20_000_000
RUN = uuid.uuid4().hex[:8]
NEAR = {"search_path": f"near_{RUN}"}
HOUR_MS = 3_600_000

PROCESS = """\
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="order">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="place"/>
    <userTask id="place" name="Place order"/>
    <sequenceFlow id="f2" sourceRef="place" targetRef="end"/>
    <endEvent id="end"/>
  </process>
</definitions>
"""


@dataclass(kw_only=True)
class Servers:
    """Clients of the system under test, opened once."""

    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient
    redis: Redis
    db: asyncpg.Connection
    url: str
    others: list[asyncpg.Connection] = field(default_factory=list)

    async def send(self, name: str, *values: bytes | None, **more: object) -> None:
        for value in values:
            await self.producer.send(f"{name}-{RUN}", value, **more)
        await self.producer.flush()

    async def make(self, name: str, partitions: int = 1, **config: str) -> None:
        configs = {key.replace("_", "."): value for key, value in config.items()}
        topic = NewTopic(f"{name}-{RUN}", partitions, 1, topic_configs=configs)
        await self.admin.create_topics([topic])

    async def close(self) -> None:
        await self.producer.stop()
        await self.admin.close()
        await self.redis.aclose()
        for connection in self.others:
            connection.terminate()
        await self.db.execute(f"drop schema near_{RUN} cascade")
        await self.db.close()


Do = Callable[[Servers, str], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One odd thing.

    Attributes:
        before: done before the session.
        act: done by the system when the step before the assertion asks it.
        told: patterns of the failure; empty: it passes.
    """

    channel: str
    expect: str
    told: tuple[str, ...] = ()
    before: Do | None = None
    act: Do | None = None
    sql: str = ""
    more: str = ""


def sends(*values: bytes | None, **more: object) -> Do:
    async def act(servers: Servers, name: str) -> None:
        await servers.send(name, *values, **more)

    return act


def makes(partitions: int = 1, **config: str) -> Do:
    async def before(servers: Servers, name: str) -> None:
        await servers.make(name, partitions, **config)

    return before


def runs(*statements: str) -> Do:
    async def do(servers: Servers, _: str) -> None:
        for each in statements:
            await servers.db.execute(each)

    return do


async def many_others(servers: Servers, name: str) -> None:
    for number in range(100):
        await servers.send(name, *[b'{"type": "Other"}'] * 100, key=b"o%d" % number)
    await servers.send(name, b'{"type": "Paid"}', key=b"mine")


async def later_and_more(servers: Servers, name: str) -> None:
    await servers.make(name, 1)
    await servers.send(name, b'{"n": 1}', key=b"k")
    await servers.admin.create_partitions({f"{name}-{RUN}": NewPartitions(3)})
    async with asyncio.timeout(10):
        while 2 not in await servers.producer.partitions_for(f"{name}-{RUN}"):
            await servers.producer.client.force_metadata_update()
    await servers.send(name, b'{"n": 2}', key=b"k", partition=2)


async def as_list(servers: Servers, name: str) -> None:
    await servers.redis.rpush(f"{name}-{RUN}", *range(10_000))


async def turns_into_list(servers: Servers, name: str) -> None:
    await servers.redis.delete(f"{name}-{RUN}")
    await as_list(servers, name)


async def locks(servers: Servers, _: str) -> None:
    """Leave the table locked by a transaction that never ends."""
    servers.others.append(other := await asyncpg.connect(servers.url, server_settings=NEAR))
    await other.execute("begin")
    await other.execute("lock table locked in access exclusive mode")


async def changes_unseen(servers: Servers, _: str) -> None:
    """Leave what is inserted in a transaction that never ends."""
    servers.others.append(other := await asyncpg.connect(servers.url, server_settings=NEAR))
    await other.execute("begin")
    await other.execute("insert into unseen values (2)")


TYPES = """\
create table types (
    n numeric(20, 2), t timestamptz, j jsonb, u uuid, b bytea, a int[], s text[], x text,
    m mood, i interval, r int4range
)"""
ROW = """\
insert into types values (
    12345678901234567.10, '2026-11-21 12:30:00+02', '{"a": [1.10, null]}',
    '0E984725-C51C-4BF4-9960-E1C80E27ABA0', '\\x00ff', '{1,null}', '{"a b",c}', null, 'sad',
    '1 day 2 hours', '[1,5)'
)"""
NEVER = "value: {type: Never}, within: 1500ms"
CASES: Mapping[str, Case] = {
    "skew-past": Case(
        channel="kafka",
        expect="value: {a: 1}, within: 20s",
        act=sends(b'{"a": 1}', timestamp_ms=1000),
    ),
    "skew-future": Case(
        channel="kafka",
        expect=NEVER,
        act=sends(b'{"a": 1}', timestamp_ms=int(time.time() * 1000) + HOUR_MS // 2),
        told=(r"closest: skew-future-\w+/0@0 at \S+ UTC: \{'a': 1\}",),
    ),
    "broken-json": Case(
        channel="kafka",
        expect=NEVER,
        act=sends(b'{"type": "Never"'),
        told=(r"closest: .*: '\{\"type\": \"Never\"'",),
    ),
    "avro": Case(
        channel="kafka",
        expect=NEVER,
        act=sends(b"\x00\x00\x00\x00\x07\x0cNever\xff\xfe"),
        told=(r"closest: .*: \{'bytes': 13, 'base64': ",),
    ),
    "large": Case(
        channel="kafka",
        expect=NEVER,
        before=makes(max_message_bytes="15000000"),
        act=sends(b'{"type": "' + b"x" * 10_000_000 + b'"}'),
        told=(r"'bytes': 10000012, 'larger_than': 4194304, 'base64': ",),
    ),
    "tombstone": Case(
        channel="kafka",
        expect=NEVER,
        act=sends(None, key=b"k"),
        told=(r"closest: .*/0@0 at .*, key 'k': null",),
    ),
    "tombstone-found": Case(
        channel="kafka", expect="value: null, within: 20s", act=sends(None, key=b"k")
    ),
    "headers": Case(
        channel="kafka",
        expect="headers: {source: b}, within: 1500ms",
        act=sends(b"1", key=b"k", headers=[("source", b"a"), ("x", None)]),
        told=("headers.source: expected 'b', saw 'a'",),
    ),
    "busy": Case(
        channel="kafka",
        more=", key: mine",
        expect="value: {type: Paid}, within: 30s",
        act=many_others,
    ),
    "later": Case(
        channel="kafka",
        expect="messages: [{value: {n: 1}}, {value: {n: 2}}], within: 20s",
        act=later_and_more,
    ),
    "fifty": Case(
        channel="kafka",
        expect="value: {n: 1}, within: 20s",
        before=makes(50),
        act=sends(b'{"n": 1}', partition=37),
    ),
    "compacted": Case(
        channel="kafka",
        expect=NEVER,
        before=makes(cleanup_policy="compact"),
        act=sends(b"1", b"2", None, key=b"k"),
        told=("seen: 3 messages on compacted-",),
    ),
    "list": Case(
        channel="queue", expect=NEVER, before=as_list, told=("is a Redis list, not a stream",)
    ),
    "turned": Case(
        channel="queue", expect=NEVER, act=turns_into_list, told=("is a Redis list, not a stream",)
    ),
    "types": Case(
        channel="db",
        sql="select * from types",
        before=runs("create type mood as enum ('ok', 'sad')", TYPES, ROW),
        expect="value: {n: 12345678901234567.11, t: '2026-11-21T10:31:00Z', j: {a: [1.1, 2]},"
        " u: 0e984725-c51c-4bf4-9960-e1c80e27aba1, b: {bytes: 3}, a: [1, 2], s: [a b, d], x: y,"
        " m: ok, i: PT1H, r: '[1,6)'}, within: 1s",
        told=(
            r"value\.n: expected 12345678901234567\.11, saw 12345678901234567\.10",
            r"value\.j\.a\[1\]: expected 2, saw null",
            r"value\.b\.bytes: expected 3, saw 2",
            r"value\.x: expected 'y', saw null",
            r"value\.m: expected 'ok', saw 'sad'",
            r"value\.r: expected '\[1,6\)', saw '\[1,5\)'",
        ),
    ),
    "types-right": Case(
        channel="db",
        sql="select * from types",
        expect="value: {n: 12345678901234567.1, t: '2026-11-21T10:30:00Z', j: {a: [1.1, null]},"
        " u: 0e984725-c51c-4bf4-9960-e1c80e27aba0, a: [1, null], s: [a b, c], x: null, m: sad},"
        " within: 20s",
    ),
    "syntax": Case(channel="db", sql="selct 1", expect="within: 60s", told=("syntax error",)),
    "no-table": Case(
        channel="db",
        sql="select * from no_such_thing",
        expect="within: 60s",
        told=("does not exist",),
    ),
    "division": Case(
        channel="db", sql="select 1 / 0 as n", expect="within: 60s", told=("division by zero",)
    ),
    "writes": Case(
        channel="db",
        sql="insert into types (x) values ('y') returning x",
        expect="within: 60s",
        told=("read-only",),
    ),
    "locked": Case(
        channel="db",
        sql="select * from locked",
        before=runs("create table locked (n int)"),
        act=locks,
        expect="within: 2s",
        told=("TIMEOUT: not met within 2 s", "due to lock timeout|waits for\\s+a lock"),
    ),
    "unseen": Case(
        channel="db",
        sql="select * from unseen",
        before=runs("create table unseen (n int)", "insert into unseen values (1)"),
        act=changes_unseen,
        expect="value: {n: 2}, within: 1s",
        told=("value.n: expected 2, saw 1",),
    ),
    "slow": Case(
        channel="db",
        sql="select pg_sleep(30)::text as n",
        expect="within: 2s",
        told=("TIMEOUT: not met within 2 s", "took too long|no answer in time"),
    ),
}
PLACES = {"kafka": "topic", "queue": "queue"}


def suite(name: str, case: Case) -> str:
    where = f"sql: {json.dumps(case.sql)}" if case.sql else f"{PLACES[case.channel]}: {name}-{RUN}"
    return (
        f"name: {name}\nprocess: order.bpmn\nenvironment: local\nsteps:\n"
        f"  - at: Place order\n"
        f"    action: {{channel: http, endpoint: system POST /{name}}}\n"
        f"    expect: {{within: 60s}}\n"
        f"  - at: Place order\n"
        f"    assertion: {{channel: {case.channel}, {where}{case.more}}}\n"
        f"    expect: {{{case.expect}}}\n"
    )


class System:
    """Does what a case says when it is asked to."""

    def __init__(self, kafka: str, redis: str, db: str) -> None:
        self._addresses = kafka, redis, db

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self.servers = await self._open()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self.servers.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        name = scope["path"].strip("/")
        if act := CASES[name].act:
            await act(self.servers, name)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def _open(self) -> Servers:
        kafka, redis, db = self._addresses
        producer = AIOKafkaProducer(bootstrap_servers=kafka, max_request_size=MOST_SENT)
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await producer.start()
        await admin.start()
        connection = await asyncpg.connect(db)
        await connection.execute(f"create schema near_{RUN}; set search_path = near_{RUN}")
        servers = Servers(
            producer=producer, admin=admin, redis=Redis.from_url(redis), db=connection, url=db
        )
        for name, case in CASES.items():
            if case.before:
                await case.before(servers, name)
        return servers


@pytest.fixture
def folder(address_of: Callable[[str, str], str], tmp_path: Path) -> Iterator[Path]:
    db = address_of("PostgreSQL", "DATABASE_URL")
    redis = address_of("Redis", "REDIS_URL")
    kafka = address_of("Apache Kafka", "KAFKA_BOOTSTRAP_SERVERS")
    server = uvicorn.Server(
        uvicorn.Config(System(kafka, redis, db), port=0, log_level="error", lifespan="on")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    files = {"order.bpmn": PROCESS, "pytest.ini": "[pytest]\n"}
    files |= {f"{name}.suite.yaml": suite(name, case) for name, case in CASES.items()}
    files["orchestra.environments.yaml"] = (
        f"local:\n  http: {{system: {{url: 'http://127.0.0.1:{port}'}}}}\n"
        f"  kafka: {{main: {{bootstrap_servers: '{kafka}'}}}}\n"
        f"  queue: {{main: {{url: '{redis}'}}}}\n"
        f"  db: {{main: {{url: '{db}', default_schema: near_{RUN}}}}}\n"
    )
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    yield tmp_path
    server.should_exit = True
    thread.join()


def test_each_has_a_clear_verdict(folder: Path) -> None:
    """Within its deadline, with what was seen and where the step stands."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:randomly", "--orchestra-suite=."),
            f"--orchestra-concurrency={AT_ONCE}",
        ],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    told = dict(
        re.findall(
            r"^_+ (\S+): Main _+\n(.*?)(?=^_{3,} |^={3,} )", done.stdout, re.DOTALL | re.MULTILINE
        )
    )
    assert told.keys() == {name for name, case in CASES.items() if case.told}, done.stdout
    wrong = [text for name, text in told.items() if not is_clear(text, name)]
    assert not wrong, "\n".join(wrong)


def is_clear(text: str, name: str) -> bool:
    """Whether a failure says what it must, where, and how to look by hand."""
    has_place = f"({name}.suite.yaml:8:5)" in text
    is_short = len(text.splitlines()) <= MOST_LINES
    return has_place and is_short and all(re.search(each, text) for each in CASES[name].told)
