"""Real servers of the tests' own, to be broken in mid-run, and a system that does so when asked.

The suites call the system over HTTP: ``POST /SERVER/DEED`` stops, starts, pauses or uses a server.
"""

import asyncio
import base64
import contextlib
import http.server
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import confluent_kafka
import pytest
import redis

READY_WITHIN = 60.0
KAFKA_JARS = "kafka-4.1.0"
KAFKA = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
num.partitions=2
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=200
"""
PROCESS = """\
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<process id="order"><startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="check"/>
<task id="check" name="Check order"/><sequenceFlow id="b" sourceRef="check" targetRef="g"/>
<exclusiveGateway id="g" name="Way?" default="f0"/>{ways}<endEvent id="end"/></process>
</definitions>
"""
WAY = """\
<sequenceFlow id="f{n}" name="w{n}" sourceRef="g" targetRef="t{n}"/><task id="t{n}" name="T{n}"/>
<sequenceFlow id="e{n}" sourceRef="t{n}" targetRef="u{n}"/><task id="u{n}" name="U{n}"/>
<sequenceFlow id="d{n}" sourceRef="u{n}" targetRef="end"/>
"""


DEFAULTS = """
  kafka: {topic: orders, key: "{{run.id}}"}
  queue: {queue: parcels, key: "{{run.id}}"}
  db: {sql: "select value from event where key = {{run.id}}"}"""


def free_port() -> int:
    """Give one that no client's end gets, even if its server is away for a while."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise AssertionError


class Server:
    """A process at a port that stays the same however often it is started."""

    user: str | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until its port is open."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), cwd=self.folder, user=self.user, stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def is_ready(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """As a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator does."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Connections stay open, nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        if self._process.poll() is not None:
            return
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for pid in (self._process.pid, *map(int, listed.read_text().split())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def running(self) -> None:
        """Bring it back from whatever was done to it."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        self.resume()


class Kafka(Server):
    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [*self._java, "-Xmx384m", "kafka.Kafka", "server.properties"]

    @property
    def _java(self) -> list[str]:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        jars = cache / "pytest-orchestra" / KAFKA_JARS
        if shutil.which("java") is None or not jars.is_dir():
            pytest.skip("no Apache Kafka: start_servers of .ci/servers.sh fetches it")
        return ["java", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*"]

    def make(self) -> None:
        text = KAFKA.format(port=self.port, controller=free_port(), folder=self.folder)
        (self.folder / "server.properties").write_text(text)
        name = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = ["kafka.tools.StorageTool", "format", "--standalone", f"--cluster-id={name}"]
        subprocess.run(
            [*self._java, *tool, "-c", "server.properties"],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )

    def send(self, body: Mapping[str, str]) -> None:
        producer = confluent_kafka.Producer({"bootstrap.servers": self.address, "log_level": 0})
        producer.produce("orders", key=body["key"], value=body["value"])
        assert producer.flush(READY_WITHIN) == 0


class Redis(Server):
    """Without persistence: a restart loses all. With it: nothing that is older than a second."""

    keeps = False

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        if shutil.which("redis-server") is None:
            pytest.skip("no redis-server")
        keep = ["--appendonly", "yes" if self.keeps else "no", "--appendfsync", "always"]
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        return ["redis-server", *where, *keep]

    def send(self, body: Mapping[str, str]) -> None:
        with redis.Redis.from_url(self.address, socket_timeout=20) as client:
            client.xadd("parcels", {"key": body["key"], "value": body["value"]})

    def drop(self, _: Mapping[str, str]) -> None:
        """End every connection but the one that says so."""
        with redis.Redis.from_url(self.address, socket_timeout=20) as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "yes")

    def trim(self, body: Mapping[str, str]) -> None:
        """Send ten and leave one."""
        with redis.Redis.from_url(self.address, socket_timeout=20) as client:
            burst = client.pipeline(transaction=True)
            for _ in range(10):
                burst.xadd(
                    "parcels",
                    {"key": body["key"], "value": body["value"]},
                    maxlen=1,
                    approximate=False,
                )
            burst.execute()


class Postgres(Server):
    password = "s3cret-of-the-shop"

    @property
    def address(self) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        return [str(self._bin / "postgres"), "-D", "data", "-p", str(self.port), *PG_SETTINGS]

    def stop(self) -> None:
        """Fast shutdown: sessions are ended."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Immediate shutdown; SIGKILL would leave its children behind."""
        self._end(signal.SIGQUIT)

    @property
    def _bin(self) -> Path:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found:
            pytest.skip("no PostgreSQL")
        return found[-1]

    def make(self) -> None:
        if os.getuid() == 0:
            self.user = "postgres"
            shutil.chown(self.folder, "postgres")
        arguments = ["-D", "data", "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(
            [str(self._bin / "initdb"), *arguments],
            cwd=self.folder,
            user=self.user,
            check=True,
            capture_output=True,
        )

    def is_ready(self) -> bool:
        return super().is_ready() and self._answers()

    def _answers(self) -> bool:
        try:
            self._execute("create table if not exists event (key text, value text)")
        except (OSError, asyncpg.PostgresError):
            return False
        return True

    def send(self, body: Mapping[str, str]) -> None:
        self._execute("insert into event values ($1, $2)", body["key"], body["value"])

    def drop(self, _: Mapping[str, str]) -> None:
        """End every connection but the one that says so."""
        self._execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where pid <> pg_backend_pid() and backend_type = 'client backend'"
        )

    def _execute(self, sql: str, *values: str) -> None:
        async def execute() -> None:
            connection = await asyncpg.connect(self.address, timeout=20)
            try:
                await connection.execute(sql, *values, timeout=20)
            finally:
                await connection.close()

        asyncio.run(execute())


class Clock:
    """The wall clock of the session alone, by libfaketime; the monotonic one stays as it is."""

    address = None

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._file.write_text("+0")
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not found:
            pytest.skip("no libfaketime")
        self.variables = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def forward(self) -> None:
        """By an hour."""
        self._file.write_text("+3600")

    def backward(self) -> None:
        """By an hour."""
        self._file.write_text("-3600")


PG_SETTINGS = [
    part
    for setting in ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
    for part in ("-c", setting)
]


def _made(server: Server) -> Iterator[Server]:
    if hasattr(server, "make"):
        server.make()
    server.start()
    yield server
    with contextlib.suppress(OSError, AssertionError):
        server.resume()
    server.kill()


def _wanted(variable: str) -> None:
    """Servers are broken where others of their kind are tested against."""
    if not os.environ.get(variable):
        pytest.skip(f"no server is broken: {variable} is not set")


@pytest.fixture(scope="session")
def one_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    _wanted("KAFKA_BOOTSTRAP_SERVERS")
    yield from _made(Kafka(tmp_path_factory.mktemp("kafka")))


@pytest.fixture(scope="session")
def one_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    _wanted("REDIS_URL")
    yield from _made(Redis(tmp_path_factory.mktemp("redis")))


@pytest.fixture(scope="session")
def one_postgres() -> Iterator[Server]:
    """PostgreSQL does not run as root, and nobody else may look into pytest's own folders."""
    _wanted("DATABASE_URL")
    with tempfile.TemporaryDirectory() as folder:
        yield from _made(Postgres(Path(folder)))


@pytest.fixture
def keeping_redis(tmp_path: Path) -> Iterator[Server]:
    """Keeps its data over a restart."""
    _wanted("REDIS_URL")
    server = Redis(tmp_path)
    server.keeps = True
    yield from _made(server)


@pytest.fixture
def kafka(one_kafka: Kafka) -> Kafka:
    one_kafka.running()
    return one_kafka


@pytest.fixture
def redis_server(one_redis: Redis) -> Redis:
    one_redis.running()
    return one_redis


@pytest.fixture
def postgres(one_postgres: Postgres) -> Postgres:
    one_postgres.running()
    return one_postgres


class System:
    """Does what it is asked over HTTP: ``POST /kafka/kill``, with ``{after: 0.5}`` later.

    Attributes:
        url: where it is.
        servers: by name.
        failed: what went wrong with what was done later.
    """

    def __init__(self, servers: Mapping[str, Server]) -> None:
        self.servers = servers
        self.url = ""
        self.done: list[str] = []
        self.failed: list[str] = []
        self._later: list[threading.Timer] = []

    def do(self, path: str, body: Mapping[str, str]) -> None:
        """One deed at once, or later; ``/ping`` does nothing."""
        if path == "/ping":
            return
        _, name, deed = path.split("/")
        after = float(body.get("after", 0))
        if not after:
            self._perform(name, deed, body)
            return
        timer = threading.Timer(after, self._perform_later, (name, deed, body))
        self._later.append(timer)
        timer.start()

    def _perform_later(self, name: str, deed: str, body: Mapping[str, str]) -> None:
        with contextlib.suppress(Exception):  # the test looks at what failed
            self._perform(name, deed, body)

    def _perform(self, name: str, deed: str, body: Mapping[str, str]) -> None:
        try:
            act = getattr(self.servers[name], deed)
            act(*([body] if deed in {"send", "trim", "drop"} else []))
        except Exception as error:
            self.failed.append(f"{name}/{deed}: {error!r}")
            raise
        self.done.append(f"{name}/{deed}")

    def end(self) -> None:
        for timer in self._later:
            timer.cancel()
            timer.join()


@contextlib.contextmanager
def serving(system: System) -> Iterator[None]:
    class Calls(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                system.do(self.path, json.loads(body) if body else {})
                status = 200
            except Exception:  # noqa: BLE001 - it is the system's answer
                status = 500
            reply = json.dumps({"done": self.path}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_GET = do_POST = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Calls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        system.url = f"http://127.0.0.1:{server.server_port}"
        yield
        server.shutdown()
        thread.join()


class Shop:
    """A process of some ways and a suite on it, run by a pytest of its own.

    Way n goes by the tasks Tn and Un; ``main`` is way 0.
    """

    def __init__(self, folder: Path, system: System) -> None:
        self.folder = folder
        self.system = system

    def run(self, steps: str, *arguments: str, ways: int = 4, **variables: str) -> "Told":
        """Run the suite of these steps, with options and further variables."""
        self._write(steps, ways)
        left_out = ("PYTEST_", "CI", "BUILD_NUMBER", "COV")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(left_out)}
        options = ["-p", "no:randomly", "-W", "ignore::pytest.PytestWarning", *arguments]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options],
            cwd=self.folder,
            env=kept | variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.system.end()
        print(done.stdout, done.stderr, self.system.failed)  # noqa: T201 - where the test fails
        return Told(done.stdout + done.stderr, self.folder)

    def _write(self, steps: str, ways: int) -> None:
        body = "".join(WAY.format(n=n) for n in range(ways))
        (self.folder / "order.bpmn").write_text(PROCESS.format(ways=body))
        lines = ["local:", f"  http: {{shop: {{url: '{self.system.url}'}}}}"]
        channel = {"kafka": "kafka", "redis": "queue", "postgres": "db"}
        fields = {"kafka": "bootstrap_servers"}
        for name, server in self.system.servers.items():
            if server.address is None:
                continue
            field = fields.get(name, "url")
            lines.append(f"  {channel[name]}: {{main: {{{field}: '{server.address}'}}}}")
        (self.folder / "orchestra.environments.yaml").write_text("\n".join(lines) + "\n")
        (self.folder / "order.suite.yaml").write_text(
            f"process: order.bpmn\ndefaults: {DEFAULTS}\nsteps:\n{steps}"
        )
        (self.folder / "pytest.ini").write_text(
            "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        )


class Told:
    """What a session printed, and its event log."""

    def __init__(self, text: str, folder: Path) -> None:
        self.text = text
        self.folder = folder

    def runs(self) -> dict[str, str]:
        """Statuses by scenario."""
        ended = self._events("run_finished")
        return {each["run"]["item"]: each["run"]["status"] for each in ended}

    def steps(self) -> list[dict[str, Any]]:
        """What became of every step."""
        return [each["step"] for each in self._events("step_finished")]

    def of(self, name: str) -> str:
        """Why the step of that name failed."""
        (violations,) = [each["violations"] for each in self.steps() if each["name"] == name]
        return "\n".join(each["message"] for each in violations)

    def failed_steps(self) -> set[str]:
        """Their names."""
        return {each["name"] for each in self.steps() if each["status"] == "FAILED"}

    def _events(self, kind: str) -> list[dict[str, Any]]:
        logs = self.folder.glob(".orchestra/*/events.jsonl")
        events = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
        return [each for each in events if each["event"] == kind]


@pytest.fixture
def chaos(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Give a shop whose system can break the servers."""
    with contextlib.ExitStack() as stack:

        def make(**servers: Server) -> Shop:
            system = System(servers)
            stack.enter_context(serving(system))
            stack.callback(system.end)
            folder = tmp_path / f"shop{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return Shop(folder, system)

        yield make


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)
