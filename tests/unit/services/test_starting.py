"""Starting once, whoever comes first and whatever becomes of them."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.services import Lifeline, StartedProcess, start_process
from pytest_orchestra.services.starting import require_platform

# Ready once the file exists, so that the test says how long the start takes.
GATED = """
import http.server, os, pathlib, sys
pathlib.Path("starts").open("a").write(f"{os.getpid()}\\n")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if pathlib.Path("gate").exists() else 503)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
COMMAND = [sys.executable, "-c", GATED, "{port}"]


@pytest.fixture
def gated(tmp_path: Path) -> dict[str, object]:
    """How to start the process that waits for the gate."""
    return {"command": COMMAND, "cwd": str(tmp_path), "ready": "/"}


@pytest.fixture
def starts(tmp_path: Path) -> Callable[[], list[str]]:
    """The ids of the processes that were started."""
    path = tmp_path / "starts"
    return lambda: path.read_text().split() if path.exists() else []


def begin(lifeline: Lifeline, call: dict[str, object]) -> StartedProcess:
    return start_process(lifeline, "orders", **{**call, "cwd": Path(str(call["cwd"]))})


def test_racing_processes_and_threads_get_the_same_one(
    lifeline: Lifeline,
    agent: Callable[..., object],
    gated: dict[str, object],
    starts: Callable[[], list[str]],
    tmp_path: Path,
) -> None:
    (tmp_path / "gate").touch()
    agents = [agent("join", orders=gated) for _ in range(2)]
    got: list[int] = []
    threads = [
        threading.Thread(target=lambda: got.append(begin(lifeline, gated).pid)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    got += [one.said()["orders"]["pid"] for one in agents]

    assert [str(pid) for pid in got] == starts() * 5


def test_start_goes_on_when_its_starter_is_killed(
    lifeline: Lifeline,
    agent: Callable[..., object],
    gated: dict[str, object],
    starts: Callable[[], list[str]],
    until: Callable[[Callable[[], object]], None],
) -> None:
    starter = agent("join", orders=gated)
    until(starts)

    starter.kill()
    Path(str(gated["cwd"]), "gate").touch()

    assert [str(begin(lifeline, gated).pid)] == starts()


def test_kill_of_the_owner_ends_what_is_just_starting(
    agent: Callable[..., object],
    gated: dict[str, object],
    starts: Callable[[], list[str]],
    until: Callable[[Callable[[], object]], None],
    lives: Callable[[int], bool],
) -> None:
    owner = agent("own", orders=gated)
    until(starts)

    owner.kill()

    until(lambda: not lives(int(starts()[0])))


def test_who_cannot_wait_for_another_starter_is_told(
    lifeline: Lifeline,
    agent: Callable[..., object],
    gated: dict[str, object],
    starts: Callable[[], list[str]],
    until: Callable[[Callable[[], object]], None],
) -> None:
    agent("join", orders=gated)
    until(starts)

    with pytest.raises(ConfigurationError, match="is still being started by another process"):
        begin(lifeline, {**gated, "within": 0})


def test_end_of_the_session_in_mid_start_is_told(
    directory: Path,
    gated: dict[str, object],
    starts: Callable[[], list[str]],
    until: Callable[[Callable[[], object]], None],
) -> None:
    owner = Lifeline.own(directory)
    caught: list[ConfigurationError] = []

    def starter() -> None:
        with pytest.raises(ConfigurationError) as failed:
            begin(Lifeline.join(directory), gated)
        caught.append(failed.value)

    thread = threading.Thread(target=starter)
    thread.start()
    until(starts)

    assert owner.close() == ()

    thread.join(10)
    assert "its supervisor ended early" in str(caught[0])
    assert "The session is over." in str(caught[0])


def test_nothing_starts_after_the_owner_is_gone(
    directory: Path, gated: dict[str, object], starts: Callable[[], list[str]]
) -> None:
    Lifeline.own(directory).close()

    with pytest.raises(ConfigurationError, match="The session is over"):
        begin(Lifeline.join(directory), gated)

    assert starts() == []


def test_nothing_starts_after_the_owner_was_killed(
    directory: Path,
    agent: Callable[..., object],
    gated: dict[str, object],
    starts: Callable[[], list[str]],
) -> None:
    owner = agent("own")
    owner.said()
    owner.kill()
    assert (directory / "lifeline").is_fifo()

    with pytest.raises(ConfigurationError, match="The session is over"):
        begin(Lifeline.join(directory), gated)

    assert starts() == []


def test_folder_that_nobody_made_is_named(tmp_path: Path, gated: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match=r"absent/process-orders\.lock: No such file"):
        begin(Lifeline.join(tmp_path / "absent"), gated)


def test_sigterm_ends_a_supervisor_in_order_and_the_service_can_start_anew(
    lifeline: Lifeline,
    gated: dict[str, object],
    until: Callable[[Callable[[], object]], None],
    lives: Callable[[int], bool],
    tmp_path: Path,
) -> None:
    (tmp_path / "gate").touch()
    first = begin(lifeline, gated)
    supervisor = psutil.Process(first.pid).ppid()

    os.kill(supervisor, signal.SIGTERM)

    until(lambda: not lives(supervisor))
    assert not lives(first.pid)
    assert begin(lifeline, gated).pid != first.pid


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_signals_of_a_terminal_do_not_end_a_supervisor(
    lifeline: Lifeline, gated: dict[str, object], tmp_path: Path, number: int
) -> None:
    (tmp_path / "gate").touch()
    first = begin(lifeline, gated)
    supervisor = psutil.Process(first.pid).parent()
    assert supervisor is not None

    supervisor.send_signal(number)

    assert begin(lifeline, gated) == first
    assert supervisor.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends orphans")
def test_kill_of_a_supervisor_takes_its_process_along(
    lifeline: Lifeline,
    gated: dict[str, object],
    until: Callable[[Callable[[], object]], None],
    lives: Callable[[int], bool],
    tmp_path: Path,
) -> None:
    (tmp_path / "gate").touch()
    first = begin(lifeline, gated)

    os.kill(psutil.Process(first.pid).ppid(), signal.SIGKILL)

    until(lambda: not lives(first.pid))
    with pytest.raises(ConfigurationError, match="ended: its supervisor was killed"):
        begin(lifeline, gated)


def test_supervisor_that_gives_no_answer_is_told(
    lifeline: Lifeline,
    gated: dict[str, object],
    starts: Callable[[], list[str]],
    until: Callable[[Callable[[], object]], None],
) -> None:
    caught: list[ConfigurationError] = []

    def starter() -> None:
        with pytest.raises(ConfigurationError) as failed:
            begin(lifeline, {**gated, "within": 0.5})
        caught.append(failed.value)

    thread = threading.Thread(target=starter)
    thread.start()
    until(starts)
    supervisor = psutil.Process(int(starts()[0])).parent()
    assert supervisor is not None
    supervisor.suspend()

    thread.join(10)
    supervisor.resume()

    assert "did not start: its supervisor gave no answer" in str(caught[0])


def test_windows_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="need Linux or macOS"):
        require_platform("win32")
