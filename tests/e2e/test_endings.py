"""However a session ends, nothing of it is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

GONE_WITHIN_S = 20
STARTED_WITHIN_S = 90
OUTPUT = "output.txt"
PYTEST = (
    "import signal, sys, pytest;"
    "signal.signal(signal.SIGINT, signal.default_int_handler);"  # a shell's '&' ignores it
    "sys.exit(pytest.main())"
)


def mine(shop: Path) -> list[psutil.Process]:
    """The processes that carry the session's mark in their variables."""
    return [process for process in psutil.process_iter() if is_mine(process, shop)]


def is_mine(process: psutil.Process, shop: Path) -> bool:
    """Whether it lives and has the mark."""
    try:
        marked = process.environ().get("ORCHESTRA_TEST_SHOP") == str(shop)
        return marked and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False


def wait_until(done: Callable[[], bool], within: float) -> None:
    """Ask again and again; what is waited for is another process's doing."""
    deadline = time.monotonic() + within
    while not done():
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.05)


@pytest.fixture
def running(
    shop: Path, shop_variables: dict[str, str], request: pytest.FixtureRequest
) -> Iterator[subprocess.Popen[bytes]]:
    """A session in the middle of its run: all of its servers are up."""
    arguments: tuple[str, ...] = getattr(request, "param", ())
    with (shop / OUTPUT).open("wb") as output:
        session = subprocess.Popen(
            [sys.executable, "-c", PYTEST, "-p", "no:randomly", *arguments],
            cwd=shop,
            env=shop_variables | {"ORCHESTRA_TEST_SHOP": str(shop)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    log = ".orchestra/*/events.jsonl"
    wait_until(
        lambda: any("step_finished" in path.read_text("utf-8") for path in shop.glob(log)),
        STARTED_WITHIN_S,
    )
    yield session
    if session.poll() is None:
        session.kill()
    session.wait()
    for process in mine(shop):
        process.kill()


@pytest.mark.parametrize("running", [(), ("-n", "2")], indirect=True, ids=["one", "workers"])
def test_killed(running: subprocess.Popen[bytes], shop: Path) -> None:
    """``kill -9`` of pytest in mid-run: servers, services and workers go too."""
    assert len(mine(shop)) > 4
    running.kill()
    running.wait()
    wait_until(lambda: not mine(shop), GONE_WITHIN_S)


def test_interrupted(running: subprocess.Popen[bytes], shop: Path) -> None:
    """Ctrl-C ends the session and everything in it."""
    os.killpg(running.pid, signal.SIGINT)
    code = running.wait(GONE_WITHIN_S)
    assert code == pytest.ExitCode.INTERRUPTED, (shop / OUTPUT).read_text("utf-8")
    wait_until(lambda: not mine(shop), GONE_WITHIN_S)


@pytest.mark.parametrize("running", [("-n", "2")], indirect=True)
def test_a_killed_worker_takes_no_server_along(
    running: subprocess.Popen[bytes], shop: Path
) -> None:
    """The session goes on with the others, loses one scenario, and ends everything at its end."""
    psutil.Process(running.pid).children()[0].kill()
    assert running.wait(120) == pytest.ExitCode.TESTS_FAILED
    printed = (shop / OUTPUT).read_text("utf-8")
    assert "1 failed, 9 passed" in printed, printed
    wait_until(lambda: not mine(shop), GONE_WITHIN_S)
