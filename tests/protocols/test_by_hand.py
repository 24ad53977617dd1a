"""The lines to look by hand, pasted into a real shell against real servers."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlsplit

import asyncpg
import pytest
from redis.asyncio import Redis

WITHIN_S = 120
PROGRAMS = {"kafka": "kcat", "queue": "redis-cli", "db": "psql", "http": "curl"}
RUN = uuid.uuid4().hex[:8]
USER = f"ann_{RUN}"
PASSWORD = "p@ss/w:rd %41$HOME\"it's`\\!ü"
TOKEN = 'tok"en $1\\'
TENANT = "tenant-1 & co"

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


@dataclass(frozen=True, kw_only=True)
class Case:
    """A step that fails, and what its line must print.

    Attributes:
        sent: steps before it, whose lines are not of interest.
        step: the one that fails.
        prints: parts of what the line prints.
    """

    channel: str
    step: object
    prints: tuple[str, ...]
    sent: tuple[object, ...] = field(default=())


KEY = 'it\'s "o 1" ü\\n $HOME'
VALUE = {"type": "Paid", "note": 'it\'s\n"quoted" `x` $HOME ü\\', "total": 12.5}


def said(channel: str, place: str, **more: object) -> dict[str, object]:
    where = {"kafka": "topic", "queue": "queue"}[channel]
    return {"action": {"channel": channel, where: f"{place}-{RUN}", **more}}


def heard(channel: str, place: str, expect: object = None, **more: object) -> dict[str, object]:
    where = {"kafka": "topic", "queue": "queue"}[channel]
    missed = {"value": {"type": "Never"}, "within": "200ms"}
    call = {"channel": channel, where: f"{place}-{RUN}", **more}
    return {"assertion": call, "expect": expect or missed}


def asked(sql: str, via: str = "main") -> dict[str, object]:
    rules = "len(rows) > 1000"
    call = {"channel": "db", "via": via, "sql": sql}
    return {"assertion": call, "expect": {"rules": rules, "within": "2s"}}


def called(endpoint: str, **more: object) -> dict[str, object]:
    call = {"channel": "http", "endpoint": f"shop {endpoint}", **more}
    return {"action": call, "expect": {"status": 418}}


CASES = {
    "kafka-key": Case(
        channel="kafka",
        sent=(said("kafka", "a", key=KEY, value=VALUE, headers={"trace id": "a=b 'c'"}),),
        step=heard("kafka", "a", key=KEY),
        prints=(r"\"note\":\"it's\\n\\\"quoted\\\" `x` $HOME ü", '"trace id","a=b \'c\'"'),
    ),
    "kafka-all": Case(
        channel="kafka",
        sent=(
            said("kafka", "b", key="k", value="one\nline\n{}"),
            said("kafka", "b", key="k", value=None),
        ),
        step=heard("kafka", "b", {"value": 1, "within": "200ms"}),
        prints=('"payload":"one\\nline\\n{}"', '"payload":null'),
    ),
    "kafka-secret": Case(
        channel="kafka",
        sent=(said("kafka", "c", key="{{vars.token}}", value={"a": 1}),),
        step=heard("kafka", "c", key="{{vars.token}}"),
        prints=(r'"payload":"{\"a\":1}"',),
    ),
    "queue": Case(
        channel="queue",
        sent=(said("queue", "it's a q", via="main", key=KEY, value=VALUE, headers={"h": "a b"}),),
        step=heard("queue", "it's a q", via="main", key=KEY),
        prints=("it's", "`x` $HOME ü"),
    ),
    "queue-locked": Case(
        channel="queue",
        sent=(said("queue", "locked", via="locked", value={"a": 1}),),
        step=heard("queue", "locked", via="locked"),
        prints=('{"a":1}',),
    ),
    "db": Case(
        channel="db",
        step=asked(
            "select {{vars.note}} as note, {{[1, 2]}}::int[] as list, {{vars.nothing}}::int as n,"
            " '$1' as plain, {{now()}}::timestamptz is not null as t, current_user as who"
        ),
        prints=("it's", '"q" $HOME `x` \\ ü', "{1,2}", "$1"),
    ),
    "db-lines": Case(
        channel="db",
        step=asked("select 1 as a -- it's\n, {{vars.note}} as note\n"),
        prints=("it's",),
    ),
    "db-locked": Case(channel="db", step=asked("select user as u", "locked"), prints=(USER,)),
    "db-address": Case(channel="db", step=asked("select user as u", "address"), prints=(USER,)),
    "db-secret": Case(
        channel="db",
        step=asked("select 'is ' || {{vars.password}} as p, 1 as a", "schema"),
        prints=("is p@ss",),
    ),
    "http-token": Case(
        channel="http",
        step=called(
            "POST /orders/{id}",
            **{"as": "clerk"},
            input={
                "path": {"id": "a b/ü"},
                "query": {"q": 'it\'s & "x" $HOME', "tenant": "{{vars.api_token}}"},
                "headers": {"x-note": "it's $HOME `x`"},
                "body": VALUE,
            },
        ),
        prints=("a%20b%2F%C3%BC", "it's $HOME `x`"),
    ),
    "http-basic": Case(
        channel="http",
        step=called("GET /orders", **{"as": "boss"}),
        prints=("Basic ",),
    ),
    "http-body": Case(
        channel="http",
        step=called(
            "POST /login", input={"body": {"user": "ann", "password": "{{vars.password}}"}}
        ),
        prints=(r"\"user\"",),
    ),
}
"""By name; what else a case needs is in the test."""


class Echo(http.server.BaseHTTPRequestHandler):
    """Says what it was asked."""

    asked: ClassVar[list[object]] = []

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        left_out = {"host", "user-agent", "accept-encoding", "accept", "connection"}
        headers = {name.lower(): value for name, value in self.headers.items()}
        kept = {name: value for name, value in headers.items() if name not in left_out}
        told = {"path": self.path, "headers": kept, "body": body}
        self.asked.append(told)
        text = json.dumps(told, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[str]:
    """A service that says what it was asked."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def variables(shop: str, address_of: Callable[[str, str], str]) -> Iterator[dict[str, str]]:
    """What the environment's file and the lines read, with users of this run on the servers."""
    database = address_of("PostgreSQL", "DATABASE_URL")
    queue = address_of("Redis", "REDIS_URL")
    kafka = address_of("Apache Kafka", "KAFKA_BOOTSTRAP_SERVERS")
    asyncio.run(make_users(database, queue))
    host, name = urlsplit(database).netloc.rpartition("@")[2], urlsplit(database).path
    yield {
        "SHOP_URL": shop,
        "SHOP_DB": f"postgresql://{host}{name}",
        "SHOP_DB_ADDRESS": f"postgresql+asyncpg://{USER}:{quote(PASSWORD, safe='')}@{host}{name}",
        "SHOP_REDIS": queue,
        "SHOP_KAFKA": kafka,
        "SHOP_PASSWORD": PASSWORD,
        "SHOP_TOKEN": TOKEN,
        "SHOP_TENANT": TENANT,
    }
    asyncio.run(drop_users(database, queue))


async def make_users(database: str, queue: str) -> None:
    connection = await asyncpg.connect(database)
    literal = PASSWORD.replace("'", "''")
    await connection.execute(f"create role {USER} login password '{literal}'")
    await connection.close()
    async with Redis.from_url(queue) as redis:
        await redis.execute_command("ACL", "SETUSER", USER, "on", f">{PASSWORD}", "~*", "+@all")


async def drop_users(database: str, queue: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute(f"drop role {USER}")
    await connection.close()
    async with Redis.from_url(queue) as redis:
        await redis.execute_command("ACL", "DELUSER", USER)


def environment() -> dict[str, object]:
    redis = {"url": "${env:SHOP_REDIS}"}
    locked = {"username": USER, "password": "${env:SHOP_PASSWORD}"}
    database = {"url": "${env:SHOP_DB}", **locked}
    credentials = {
        "clerk": {"bearer": "${env:SHOP_TOKEN}"},
        "boss": {"basic": ["it's $HOME", "${env:SHOP_PASSWORD}"]},
    }
    return {
        "vars": {
            "note": 'it\'s "q" $HOME `x` \\ ü',
            "nothing": None,
            "token": "${env:SHOP_TOKEN}",
            "api_token": "${env:SHOP_TENANT}",
            "password": "${env:SHOP_PASSWORD}",
        },
        "http": {"shop": {"url": "${env:SHOP_URL}", "credentials": credentials}},
        "kafka": {"main": {"bootstrap_servers": "${env:SHOP_KAFKA}"}},
        "queue": {"main": redis, "locked": {**redis, **locked}},
        "db": {
            "main": database,
            "locked": database,
            "address": {"url": "${env:SHOP_DB_ADDRESS}"},
            "schema": {**database, "default_schema": "my 'shop'"},
        },
    }


@pytest.fixture
def lines(variables: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The line of each case, of one session in which all fail."""
    files: dict[str, object] = {"orchestra.environments.yaml": {"local": environment()}}
    for name, case in CASES.items():
        steps = [{"at": "Place order", **step} for step in (*case.sent, case.step)]
        suite = {"name": name, "process": "order.bpmn", "environment": "local", "steps": steps}
        files[f"{name}.suite.yaml"] = suite
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "order.bpmn").write_text(PROCESS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    done = pytest_in(tmp_path, variables, "--orchestra-suite=.", "--orchestra-concurrency=20")
    sections = re.findall(
        r"^_+ (\S+): Main _+\n(.*?)(?=^_{3,} |^={3,} )", done, re.DOTALL | re.MULTILINE
    )
    told = dict(sections)
    assert told.keys() == CASES.keys(), done
    (rerun,) = re.findall(r"^rerun: (.*)", told["kafka-all"], re.MULTILINE)
    again = in_bash(f"{sys.executable} -m {rerun}", tmp_path, {**os.environ, **variables})
    assert "1 failed" in again.stdout
    return {name: by_hand(text) for name, text in told.items()}


def pytest_in(folder: Path, variables: dict[str, str], *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", *arguments],
        cwd=folder,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    return done.stdout


def in_bash(line: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def by_hand(text: str) -> str:
    found = re.search(r"^  by hand:  (.*?)\n\d+ steps? passed", text, re.DOTALL | re.MULTILINE)
    assert found, text
    return found[1]


def test_a_line_does_what_the_step_did(
    lines: dict[str, str], variables: dict[str, str], tmp_path: Path
) -> None:
    """In bash, with the variables that it names; it shows what was looked at, and no secret."""
    missing = {program for program in PROGRAMS.values() if not shutil.which(program)}
    wrong = []
    for name, line in lines.items():
        case = CASES[name]
        if PROGRAMS[case.channel] in missing:
            continue
        before = len(Echo.asked)
        known = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **variables}
        done = in_bash(line, tmp_path, known)
        is_same = case.channel != "http" or Echo.asked[before:] == [
            each for each in Echo.asked[:before] if each == Echo.asked[-1]
        ]
        if done.returncode or not all(part in done.stdout for part in case.prints) or not is_same:
            wrong += (name, line, done.stdout, done.stderr)
        assert not any(secret in line for secret in (PASSWORD, TOKEN, TENANT)), line
    assert not wrong, "\n".join(wrong)
    if missing:
        pytest.skip(f"not tested: the lines of {', '.join(sorted(missing))}, not installed")
