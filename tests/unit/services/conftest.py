"""Sessions to start services in, and processes that own or join them."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from pytest_orchestra.services import Lifeline

AGENT = """
import json, os, signal, sys
from pathlib import Path
from pytest_orchestra.services import Lifeline, start_embedded, start_process

how, directory, fork, calls = json.loads(sys.argv[1])
lifeline = getattr(Lifeline, how)(Path(directory))
child = os.fork() if fork else -1
if child == 0:
    os.close(1)
    signal.pause()
said = {"fork": child}
for name, call in calls.items():
    if isinstance(call, str):
        said[name] = dict(start_embedded(lifeline, call, name))
    else:
        started = start_process(lifeline, name, **call)
        said[name] = {"pid": started.pid, "port": started.port}
print(json.dumps(said), flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A process that owns or joins a session and starts services in it."""

    process: subprocess.Popen[str]

    def said(self) -> dict[str, Any]:
        """Wait until it has started all; what it got, by name."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def kill(self) -> None:
        """End it as nobody can prevent."""
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait for a condition, at most 10 s."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "did not come true within 10 s"
            time.sleep(0.01)

    return wait


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "services"


@pytest.fixture
def lifeline(directory: Path) -> Iterator[Lifeline]:
    """A session that this process owns, with nothing left over at its end."""
    with Lifeline.own(directory) as owned:
        yield owned
        assert owned.close() == ()


@pytest.fixture
def agent(directory: Path) -> Iterator[Callable[..., Agent]]:
    """Start processes that own or join the session."""
    agents: list[Agent] = []

    def begin(how: str, *, fork: bool = False, **calls: object) -> Agent:
        order = json.dumps([how, str(directory), fork, calls])
        process = subprocess.Popen(
            [sys.executable, "-c", AGENT, order],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        agents.append(Agent(process=process))
        return agents[-1]

    yield begin
    for one in agents:
        with one.process:
            one.process.kill()


@pytest.fixture
def lives() -> Callable[[int], bool]:
    """Whether a process runs; a zombie does not."""

    def is_running(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return is_running


@pytest.fixture
def supervisors(directory: Path, lives: Callable[[int], bool]) -> Callable[[], list[int]]:
    """The session's supervisors that run, from their records."""

    def find() -> list[int]:
        records = [json.loads(path.read_text()) for path in sorted(directory.glob("*.json"))]
        return [pid for record in records if lives(pid := record["supervisor"])]

    return find


@pytest.fixture
def listens() -> Callable[[object], bool]:
    """Whether somebody listens at a port, or at the port of an address."""

    def is_open(address: object) -> bool:
        port = int(str(address).rpartition(":")[2].partition("/")[0])
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return is_open
