"""How runs end that are broken off: by the user, by a deadline of pytest's, by a crash."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., None]

STARTED_WITHIN = 60.0
PYTEST = (
    "import signal, sys, pytest;"
    "signal.signal(signal.SIGINT, signal.default_int_handler);"  # a shell's '&' ignores it
    "sys.exit(pytest.main())"
)
WAITS = {
    "async": "async def check():\n    await asyncio.sleep(600)",
    "sync": "def check():\n    time.sleep(600)",
    "blocking": "async def check():\n    time.sleep(600)",
    "stubborn": (
        "async def check():\n"
        "    while True:\n"
        "        try:\n"
        "            await asyncio.sleep(600)\n"
        "        except asyncio.CancelledError:\n"
        "            pass"
    ),
}
STEP = """
import asyncio, time
import pytest_orchestra as orchestra

@orchestra.step("Check order", within=900)
{}
"""


def events(folder: Path) -> list[dict[str, Any]]:
    logs = folder.glob(".orchestra/*/events.jsonl")
    lines = [line for log in logs for line in log.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def kinds(folder: Path) -> list[str]:
    return [event["event"] for event in events(folder)]


def ends(folder: Path) -> list[str]:
    """The statuses of the runs that ended."""
    told = events(folder)
    return [event["run"]["status"] for event in told if event["event"] == "run_finished"]


class Session:
    """A pytest of its own process group, whose output goes to a file."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._output = folder / "output.txt"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PYTEST, "-p", "no:randomly", *arguments],
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._folder = folder

    def wait_for_steps(self, number: int = 1) -> None:
        """Until so many steps have begun."""
        deadline = time.monotonic() + STARTED_WITHIN
        while kinds(self._folder).count("step_started") < number:
            assert time.monotonic() < deadline, self.printed
            assert self.process.poll() is None, self.printed
            time.sleep(0.02)

    def interrupt_leader(self) -> None:
        """As a CI server does, only what it started."""
        self.process.send_signal(signal.SIGINT)

    def interrupt(self) -> None:
        """Ctrl-C goes to the whole group."""
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            os.killpg(self.process.pid, signal.SIGINT)

    @property
    def is_alive(self) -> bool:
        """Whether any process of the group is."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def printed(self) -> str:
        return self._output.read_text("utf-8")


@pytest.fixture
def start(shop: pytest.Pytester) -> Iterator[Callable[..., Session]]:
    """Start a session whose first step waits in one way or another."""
    begun: list[Session] = []

    def begin(way: str, *arguments: str) -> Session:
        (shop.path / "shop_steps.py").write_text(STEP.format(WAITS[way]), encoding="utf-8")
        begun.append(Session(shop.path, *arguments))
        return begun[-1]

    yield begin
    for session in begun:
        if session.process.poll() is None:
            os.killpg(session.process.pid, signal.SIGKILL)
        session.process.wait()


@pytest.mark.parametrize("way", WAITS)
def test_ctrl_c_cancels_the_run_and_the_log_says_so(
    shop: pytest.Pytester, start: Callable[..., Session], way: str
) -> None:
    """Whatever the step is doing; pytest sums up and no more steps begin."""
    session = start(way)
    session.wait_for_steps()
    session.interrupt()
    assert session.process.wait(60) == pytest.ExitCode.INTERRUPTED, session.printed
    assert kinds(shop.path) == [
        "session_started",
        "run_started",
        "step_started",
        "step_finished",
        "run_finished",
        "session_finished",
    ]
    assert ends(shop.path) == ["CANCELLED"]
    assert "KeyboardInterrupt: in order.suite.yaml::main" in session.printed
    assert "no tests ran" in session.printed
    assert "Traceback" not in session.printed


def test_ctrl_c_cancels_what_runs_beside_too(
    shop: pytest.Pytester, start: Callable[..., Session]
) -> None:
    """All of it at once; the summary counts what pytest had not come to."""
    session = start("async", "--orchestra-concurrency=2")
    session.wait_for_steps(2)
    session.interrupt()
    assert session.process.wait(60) == pytest.ExitCode.INTERRUPTED, session.printed
    assert ends(shop.path) == ["CANCELLED", "CANCELLED"]
    counted = "orchestra: not reported: 1 scenario was running beside others and cancelled"
    assert counted in session.printed
    assert kinds(shop.path)[-1] == "session_finished"


def test_ctrl_c_ends_workers_too(shop: pytest.Pytester, start: Callable[..., Session]) -> None:
    """Each of them leaves a complete log."""
    session = start("async", "-n", "2")
    session.wait_for_steps(2)
    session.interrupt()
    assert session.process.wait(90) == pytest.ExitCode.INTERRUPTED, session.printed
    assert ends(shop.path) == ["CANCELLED", "CANCELLED"]
    assert kinds(shop.path).count("session_finished") == 2


def test_workers_of_an_interrupted_controller_end_too(
    shop: pytest.Pytester, start: Callable[..., Session]
) -> None:
    """They need no signal of their own."""
    session = start("async", "-n", "2", "--orchestra-concurrency=2")
    session.wait_for_steps(2)
    session.interrupt_leader()
    assert session.process.wait(90) == pytest.ExitCode.INTERRUPTED, session.printed
    assert ends(shop.path) == ["CANCELLED", "CANCELLED"]
    assert kinds(shop.path).count("session_finished") == 2
    counted = "orchestra: not reported: 2 scenarios were running and cancelled; the session's"
    assert counted in session.printed


def test_ctrl_c_does_not_wait_for_a_service_that_takes_its_time(
    write: Write, start: Callable[..., Session]
) -> None:
    """It gets SIGTERM and ends, or is killed, behind the user's back."""
    write(
        conftest__py="""
        import pytest

        @pytest.fixture(scope="session", autouse=True)
        def orchestra_environment(orchestra_environment):
            command = ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]
            orchestra_environment.start("stubborn", command)
            return orchestra_environment
        """
    )
    session = start("async")
    session.wait_for_steps()
    session.interrupt()
    assert session.process.wait(60) == pytest.ExitCode.INTERRUPTED, session.printed
    assert "orchestra: still ending: process-stubborn" in session.printed


def test_more_ctrl_c_waits_for_nothing(
    shop: pytest.Pytester, start: Callable[..., Session]
) -> None:
    """A run that takes its time to end is left; it was cancelled all the same."""
    session = start("stubborn")
    session.wait_for_steps()
    deadline = time.monotonic() + 30
    while session.process.poll() is None:
        assert time.monotonic() < deadline, session.printed
        session.interrupt()
        time.sleep(0.1)
    assert ends(shop.path) == ["CANCELLED"]
    assert kinds(shop.path)[-2:] == ["run_finished", "session_finished"]


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one", "workers"])
def test_a_second_ctrl_c_leaves_a_complete_run_and_no_process(
    shop: pytest.Pytester, start: Callable[..., Session], arguments: tuple[str, ...]
) -> None:
    """It may cut what pytest or xdist does meanwhile, but nothing of ours."""
    session = start("stubborn", *arguments)
    runs = 2 if arguments else 1
    session.wait_for_steps(runs)
    session.interrupt()
    with contextlib.suppress(subprocess.TimeoutExpired):
        session.process.wait(0.5)
    session.interrupt()
    session.process.wait(60)
    deadline = time.monotonic() + 30
    while session.is_alive:
        assert time.monotonic() < deadline, session.printed
        time.sleep(0.02)
    assert ends(shop.path) == ["CANCELLED"] * runs


def test_an_interrupt_inside_a_step_ends_the_session(shop: pytest.Pytester, write: Write) -> None:
    """As in a test."""
    write(shop_steps__py=STEP.format("async def check():\n    raise KeyboardInterrupt"))
    result = shop.runpytest_subprocess("-p", "no:randomly")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*shop_steps.py:7: KeyboardInterrupt"])
    assert ends(shop.path) == ["CANCELLED"]
    assert "never retrieved" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_pytest_timeout_cuts_a_run(shop: pytest.Pytester, write: Write, method: str) -> None:
    """By its signal the scenario fails and the next one runs; by its thread the session ends."""
    write(
        shop_steps__py="""
        import asyncio
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        async def check(): ...

        @orchestra.step("Approve order")
        async def approve():
            await asyncio.Event().wait()
        """
    )
    result = shop.runpytest_subprocess(
        "--timeout=1",
        f"--timeout-method={method}",
        "-o",
        "timeout_func_only=true",
        "order.suite.yaml::amount-high",
        "order.suite.yaml::main",
    )
    if method == "signal":
        result.assert_outcomes(passed=1, failed=1)
        assert ends(shop.path) == ["CANCELLED", "PASSED"]
        result.stdout.fnmatch_lines(
            [
                "Timeout (>1.0s) from pytest-timeout: at 'Approve order', * s after step*began",
                "failed: ACTION PYTHON at 'Approve order'",
                "  step:     approve (shop_steps.py:8)",
                "1 step passed, 1 failed;*",
                "FAILED *::amount-high - Timeout (>1.0s) from*",
            ]
        )
        result.stdout.no_fnmatch_line("*turning.py*")
    else:
        assert result.ret == 1
        assert kinds(shop.path)[-1] == "step_started"


def test_a_worker_that_crashes_leaves_a_log_that_can_be_read(
    shop: pytest.Pytester, write: Write
) -> None:
    """The report says which scenario it was running; the others run."""
    write(
        shop_steps__py="""
        import os
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(): ...

        @orchestra.step("Approve order")
        def approve():
            os._exit(3)
        """
    )
    result = shop.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*crashed while running 'order.suite.yaml::amount-high'"])
    logs = sorted(shop.path.glob(".orchestra/*/events.jsonl"))
    told = [json.loads(line) for line in logs[-1].read_text("utf-8").splitlines()]
    begun = {event["run"]["id"]: event["run"] for event in told if event["event"] == "run_started"}
    ended = {event["run"]["id"] for event in told if event["event"] == "run_finished"}
    assert [begun[each]["scenario"] for each in begun.keys() - ended] == ["amount-high"]
