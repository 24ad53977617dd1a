"""Systems that break what assertions are for, one by one on every channel, beside healthy twins.

All run at once in one session: against the embedded servers, and against real ones.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import uvicorn
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from redis.asyncio import Redis

WITHIN_S = 120
AT_ONCE = 18
"""Cases; with more a busy machine makes their steps late."""
MOST_LINES = 25
CHANNELS = ("kafka", "queue", "db", "http")
STREAMS = ("kafka", "queue")
STATES = ("db", "http")

Event = dict[str, object]
Script = Sequence[tuple[float, list[Event]]]
"""What a system does: seconds, and events, at once; none: all before them are taken back."""

PROCESS = """\
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="order" name="Order">
    <startEvent id="start" name="Ordered"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="place"/>
    <userTask id="place" name="Place order"/>
    <sequenceFlow id="f2" sourceRef="place" targetRef="charge"/>
    <serviceTask id="charge" name="Charge card"/>
    <sequenceFlow id="f3" sourceRef="charge" targetRef="end"/>
    <endEvent id="end" name="Done"/>
  </process>
</definitions>
"""
SUITE = """\
name: {name}
process: order.bpmn
environment: local
defaults: {{every: 250ms}}
steps:
  - at: Place order
    action: {{channel: http, endpoint: system POST /{name}}}
  - at: Charge card
    name: The side effect
    assertion: {assertion}
    expect: {expect}
"""
ENVIRONMENT = """\
local:
  http: {{system: {{url: "{system}"}}}}
  kafka: {{main: {{bootstrap_servers: "{kafka}"}}}}
  queue: {{main: {{url: "{queue}"}}}}
  db: {{main: {{url: "{db}", default_schema: events_{run}}}}}
"""
ASSERTIONS = {
    "kafka": "{{channel: kafka, topic: events-{run}, key: {name}}}",
    "queue": "{{channel: queue, queue: events-{run}, key: {name}}}",
    "db": "{{channel: db, sql: \"select type, tenant, total from event where name = '{name}'"
    ' order by number"}}',
    "http": "{{channel: http, endpoint: system GET /{name}}}",
}
UNMET = {
    "kafka": "KAFKA_MESSAGE_NOT_FOUND",
    "queue": "QUEUE_MESSAGE_NOT_FOUND",
    "db": "DB_ASSERTION_FAILED",
    "http": "BUSINESS_RULE_VIOLATION",
}


def event(kind: str, total: float = 12.5, tenant: str = "own", order: str = "o-1") -> Event:
    return {"type": kind, "total": total, "tenant": tenant, "order": order}


PLACED, PAID, REJECTED = event("Placed"), event("Paid"), event("Rejected")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One property that systems break.

    Attributes:
        within: the deadline where the system is broken, or where that is what it waits for.
        healthy, broken: what the system does.
        expect: in the suite, by channel, ``*`` of the others.
        told: what the failure must say, as patterns, by channel, ``*`` of the others.
        in_time: whether the step fails before its deadline.
        assertion: in place of the channel's own.
    """

    name: str
    within: str
    channels: Sequence[str] = CHANNELS
    expect: Mapping[str, str]
    healthy: Script
    broken: Script
    told: Mapping[str, Sequence[str]]
    in_time: Sequence[str] = ()
    assertion: Mapping[str, str] = field(default_factory=dict)


ROWS = (
    Row(
        name="order",
        within="3s",
        expect={
            "*": "{ordered: true, messages: [{value: {type: Placed}}, {value: {type: Paid}}]}",
            "http": "{value: {events: [{type: Placed}, {type: Paid}]}}",
        },
        healthy=[(0.1, [PLACED]), (0.3, [PAID])],
        broken=[(0.1, [PAID]), (0.3, [PLACED])],
        told={
            "kafka": [r"message 2 of 2 came before message 1: events-\w+/\d@\d+, then events-"],
            "queue": [r"message 2 of 2 came before message 1: events-\w+@\d+-\d, then\s+events-"],
            "db": [
                "DB_ASSERTION_FAILED: message 2 of 2 came before message 1\n",
                r"matched: .*Paid.*\n *matched: .*Placed",
            ],
            "http": [r"value\.events\[0\]\.type: expected 'Placed', saw 'Paid'"],
        },
    ),
    Row(
        name="order-by-key",
        within="3s",
        channels=STREAMS,
        assertion={
            "kafka": "{{channel: kafka, topic: '{name}-{run}'}}",
            "queue": "{{channel: queue, queue: '{name}-{run}'}}",
        },
        expect={
            "*": "{ordered: true, messages: [{value: {type: Placed, order: o-1}},"
            " {value: {type: Placed, order: o-2}}, {value: {type: Paid, order: o-1}},"
            " {value: {type: Paid, order: o-2}}]}"
        },
        healthy=[
            (0.1, [event("Placed", order="o-2")]),
            (0.1, [event("Paid", order="o-2")]),
            (0.1, [PLACED]),
            (0.1, [PAID]),
        ],
        broken=[
            (0.1, [event("Paid", order="o-2")]),
            (0.1, [PLACED]),
            (0.1, [PAID]),
            (0.1, [event("Placed", order="o-2")]),
        ],
        told={
            "*": [
                r"message 4 of 4 came before message 2: [^,]+, then\s[^,]+, both\s+of\s+key 'o-2'"
            ]
        },
    ),
    Row(
        name="once",
        within="4500ms",
        expect={
            "*": "{value: {type: Paid}, count: 1, stable_for: 3s}",
            "http": "{value: {events: [{type: Paid}]}, stable_for: 3s}",
        },
        healthy=[(0.1, [PAID])],
        broken=[(0.1, [PAID]), (0.8, [PAID])],
        told={
            "*": [r"exactly 1 expected, 2 seen: 1 too many", r"found: .*Paid.*\n *found: .*Paid"],
            "http": [
                r"held for \S+ s, not for 3 s; then",
                r"value\.events\[1\]: expected nothing, saw",
            ],
        },
        in_time=STREAMS,
    ),
    Row(
        name="tenant",
        within="2s",
        expect={
            "*": "{value: {tenant: other}, absent: true}",
            "http": "{value: {last: {tenant: other}}, absent: true}",
        },
        healthy=[(0.1, [PAID])],
        broken=[(0.1, [PAID]), (0.1, [event("Paid", tenant="other")])],
        told={"*": ["1 where none may be", "found: .*'tenant': 'other'"]},
        in_time=CHANNELS,
    ),
    Row(
        name="missing",
        within="1500ms",
        expect={
            "*": "{value: {type: Paid}}",
            "http": "{value: {last: {type: Paid}}}",
        },
        healthy=[(0.1, [PAID])],
        broken=[],
        told={
            "*": ["at least 1 expected, 0 of 0 seen match", "0 of them with key 'missing-"],
            "db": ["at least 1 expected, 0 of 0 seen match", "no rows at the "],
            "http": ["status: expected success, saw HTTP 404"],
        },
    ),
    Row(
        name="overdue",
        within="2s",
        expect={
            "*": "{value: {type: Paid}}",
            "http": "{value: {last: {type: Paid}}}",
        },
        healthy=[(0.1, [PAID])],
        broken=[(3.5, [PAID])],
        told={"*": [r"not met within 2 s, but [01]\.\d s later"]},
    ),
    Row(
        name="value",
        within="3s",
        expect={
            "*": "{value: {type: Paid, total: 12.5}}",
            "http": "{value: {last: {type: Paid, total: 12.5}}}",
        },
        healthy=[(0.1, [PAID])],
        broken=[(0.1, [event("Paid", 12)])],
        told={
            "*": [r"closest: .*'total': 12[.,]", r"value\.total: expected 12\.5, saw 12"],
            "http": [r"closest: status 200", r"value\.last\.total: expected 12\.5, saw 12"],
        },
    ),
    Row(
        name="many",
        within="3s",
        expect={
            "*": "{value: {type: Paid}, count: 2}",
            "http": "{value: {events: [{type: Paid}, {type: Paid}]}}",
        },
        healthy=[(0.1, [PAID, PAID])],
        broken=[(0.1, [PAID, PAID, PAID])],
        told={
            "*": ["exactly 2 expected, 3 seen: 1 too many", r"(found: .*\n *){3}"],
            "http": [r"value\.events\[2\]: expected nothing, saw"],
        },
        in_time=STREAMS,
    ),
    Row(
        name="flapping",
        within="3s",
        channels=STATES,
        expect={
            "*": "{value: {type: Paid}, stable_for: 2s}",
            "http": "{value: {last: {type: Paid}}, stable_for: 2s}",
        },
        healthy=[(0.1, [PAID])],
        broken=[(0.1, [PAID]), (0.4, []), (0.8, [PAID]), (0.4, []), (0.8, [PAID]), (0.4, [])],
        told={"*": [r"held for \d\.\d s, not for 2 s; then at least 1 expected"]},
    ),
    Row(
        name="terminal",
        within="60s",
        expect={
            "kafka": "{value: {type: Paid}, fail_when: message.value.type == 'Rejected'}",
            "queue": "{value: {type: Paid}, fail_when: message.value.type == 'Rejected'}",
            "db": "{value: {type: Paid}, fail_when: row.type == 'Rejected'}",
            "http": "{value: {last: {type: Paid}},"
            " fail_when: response.body.last.type == 'Rejected'}",
        },
        healthy=[(0.1, [PLACED]), (0.3, [PAID])],
        broken=[(0.1, [PLACED]), (0.3, [REJECTED])],
        told={"*": [r"fail_when holds: .* == 'Rejected'", "found: .*'Rejected'"]},
        in_time=CHANNELS,
    ),
)


class System:
    """Answers over HTTP; asked by POST to begin, it does the script of that name, as time goes by.

    Args:
        servers: their addresses, by channel.
        scripts: channel and script, by name.
        run: what tells topics and queues from those of other runs.
    """

    def __init__(
        self, servers: Mapping[str, str], scripts: Mapping[str, tuple[str, Script]], run: str
    ) -> None:
        self._servers, self._scripts, self._run = servers, scripts, run
        self._events: dict[str, list[Event]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: dict, _: Callable, send: Callable) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        name = scope["path"].strip("/")
        events = self._events.setdefault(name, [])
        if scope["method"] == "POST":
            await self._begin(name)
        status = 200 if events or scope["method"] == "POST" else 404
        body = json.dumps({"events": events, "last": events[-1] if events else None}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _begin(self, name: str) -> None:
        channel, script = self._scripts[name]
        do = {"kafka": self._publish, "queue": self._add, "db": self._store, "http": self._tell}
        self._tasks.append(asyncio.create_task(self._play(do[channel], name, script)))

    async def _play(self, do: Callable, name: str, script: Script) -> None:
        for after, events in script:
            await asyncio.sleep(after)
            await do(name, events)

    def _place(self, name: str) -> tuple[str, str | None]:
        """Topic or queue of an event, and its key where that is not the order."""
        shared = "by-key" not in name
        return (f"events-{self._run}", name) if shared else (f"{name}-{self._run}", None)

    async def _publish(self, name: str, events: list[Event]) -> None:
        place, key = self._place(name)
        async with AIOKafkaProducer(bootstrap_servers=self._servers["kafka"]) as producer:
            for each in events:
                value, of = json.dumps(each).encode(), key or str(each["order"])
                await producer.send_and_wait(place, value, of.encode())

    async def _add(self, name: str, events: list[Event]) -> None:
        place, key = self._place(name)
        async with Redis.from_url(self._servers["queue"]) as redis:
            for each in events:
                await redis.xadd(place, {"key": key or each["order"], "value": json.dumps(each)})

    async def _store(self, name: str, events: list[Event]) -> None:
        path = {"search_path": f"events_{self._run}"}
        connection = await asyncpg.connect(self._servers["db"], server_settings=path)
        text = "insert into event (name, type, tenant, total) values ($1, $2, $3, $4)"
        if events:
            rows = [(name, each["type"], each["tenant"], each["total"]) for each in events]
            await connection.executemany(text, rows)
        else:
            await connection.execute("delete from event where name = $1", name)
        await connection.close()

    async def _tell(self, name: str, events: list[Event]) -> None:
        self._events[name][:] = [*self._events[name], *events] if events else []


CASES = {
    f"{row.name}-{channel}-{health}": (row, channel, script)
    for row in ROWS
    for channel in row.channels
    for health, script in (("healthy", row.healthy), ("broken", row.broken))
}


@pytest.fixture(params=["embedded", "real"])
def servers(
    request: pytest.FixtureRequest, address_of: Callable[[str, str], str]
) -> dict[str, str]:
    """Their addresses, by channel."""
    embedded = request.param == "embedded"
    asked = {
        "kafka": ("embedded kafka" if embedded else "Apache Kafka", "KAFKA_BOOTSTRAP_SERVERS"),
        "queue": ("embedded redis" if embedded else "Redis", "REDIS_URL"),
        "db": ("embedded postgres" if embedded else "PostgreSQL", "DATABASE_URL"),
    }
    return {channel: address_of(*names) for channel, names in asked.items()}


@pytest.fixture
def folder(
    servers: dict[str, str], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Path]:
    """A folder with a suite for each case, and a system that serves them all."""
    run = uuid.uuid4().hex[:8]
    scripts = {name: (channel, script) for name, (_, channel, script) in CASES.items()}
    app = System(servers, scripts, run)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    system = f"http://127.0.0.1:{port}"
    write_files(tmp_path, ENVIRONMENT.format(system=system, run=run, **servers), run)
    table = "event (number serial, name text, type text, tenant text, total float)"
    schema = f"events_{run}"
    make = f"create schema {schema}; set search_path = {schema}; create table {table}"
    asyncio.run(execute(servers["db"], make))
    if request.node.callspec.params["servers"] == "real":  # the double makes four partitions itself
        names = [f"{name}-{run}" for name in CASES if name.startswith("order-by-key-kafka")]
        asyncio.run(make_topics(servers["kafka"], names))
    yield tmp_path
    server.should_exit = True
    thread.join()
    asyncio.run(execute(servers["db"], f"drop schema {schema} cascade"))


def write_files(folder: Path, environment: str, run: str) -> None:
    """Write a suite for each case."""
    files = {"order.bpmn": PROCESS, "pytest.ini": "[pytest]\n"}
    files["orchestra.environments.yaml"] = environment
    for name, (row, channel, script) in CASES.items():
        given = (row.assertion or ASSERTIONS)[channel].format(name=name, run=run)
        expect = row.expect.get(channel) or row.expect["*"]
        is_sure = script is row.healthy and "absent" not in expect
        within = "30s" if is_sure else row.within
        expect = f"{expect.removesuffix('}')}, within: {within}}}"
        files[f"{name}.suite.yaml"] = SUITE.format(name=name, assertion=given, expect=expect)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


async def make_topics(address: str, names: list[str]) -> None:
    """Make topics in which two keys lie in different partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic(name, 4, 1) for name in names])
    await admin.close()


async def execute(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


def test_what_breaks_is_told_and_what_is_whole_passes(folder: Path) -> None:
    """Each case as it must: with the right types of violations, and so that people see why."""
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
    sections = re.findall(
        r"^_+ (\S+): Main _+\n(.*?)(?=^_{3,} |^={3,} )", done.stdout, re.DOTALL | re.MULTILINE
    )
    told = dict(sections)
    assert told.keys() == {name for name in CASES if name.endswith("broken")}, done.stdout
    wrong = {name: text for name, text in told.items() if not is_as_it_must(text, *CASES[name])}
    assert not wrong, "\n".join(wrong.values())


def is_as_it_must(text: str, row: Row, channel: str, script: Script) -> bool:
    """Whether a failure has its violations and says what is wrong."""
    del script
    types = re.findall(r"^  ([A-Z_]{7,}): ", text, re.MULTILINE)
    wanted = [UNMET[channel]] if channel in row.in_time else ["TIMEOUT", UNMET[channel]]
    patterns = row.told.get(channel) or row.told["*"]
    seen = all(re.search(pattern, text) for pattern in patterns)
    return types == wanted and seen and len(text.splitlines()) <= MOST_LINES
