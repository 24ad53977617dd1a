"""``finally`` steps, from the suite file to the reports."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import System

Write = Callable[..., None]

SUITE = """
name: Orders
process: order.bpmn
steps:
  - name: The customer places an order
    at: Check order
    alias: place
    action: {channel: http, endpoint: shop POST /orders}
  - name: It is approved
    at: Approve order
    action: {channel: http, endpoint: shop POST /approvals}
  - name: It is shipped
    at: Ship order
    action: {channel: http, endpoint: shop POST /ship}
finally:
  - name: The order is forgotten
    action:
      channel: http
      endpoint: shop DELETE /orders/{n}
      input: {path: {n: "{{step.place.response.body.number}}"}}
  - name: The approval is forgotten
    when: Approve order
    action: {channel: http, endpoint: shop DELETE /approvals}
"""
PYTEST = (
    "import signal, sys, pytest;"
    "signal.signal(signal.SIGINT, signal.default_int_handler);"
    "sys.exit(pytest.main())"
)
WITHIN_S = 60.0


@pytest.fixture
def orders(shop: pytest.Pytester, write: Write, system: "System") -> pytest.Pytester:
    """A suite that calls the system."""
    environment = f"local: {{http: {{shop: {{url: '{system.url}'}}}}}}\n"
    write(order__suite__yaml=SUITE, orchestra__environments__yaml=environment)
    return shop


def events(shop: pytest.Pytester) -> list[dict[str, Any]]:
    (log,) = shop.path.glob(".orchestra/*/events.jsonl")
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def test_they_run_at_the_end_of_the_scenarios_that_pass_when(
    orders: pytest.Pytester, system: "System"
) -> None:
    """In the order of the file, with what the steps delivered."""
    orders.runpytest().assert_outcomes(passed=2)
    assert system.asked == [
        "POST /orders",
        "POST /ship",
        "DELETE /orders/1",
        "POST /orders",
        "POST /approvals",
        "POST /ship",
        "DELETE /orders/4",
        "DELETE /approvals",
    ]


def test_what_fails_there_is_told_beside_the_first_failure(
    orders: pytest.Pytester, system: "System"
) -> None:
    """In the terminal, the log, JUnit and Allure."""
    system.answers = {"POST /ship": [500], "DELETE /orders/1": [404]}
    result = orders.runpytest("-k", "main", "--alluredir=allure", "--junitxml=out.xml")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "'Ship order': HTTP_ERROR *",
            "failed: ACTION HTTP_REST at 'Ship order'",
            "finally: The order is forgotten: ACTION HTTP_REST in finally: HTTP_ERROR *404*",
            "1 step passed, 2 failed; *",
        ]
    )
    ended = [each["step"] for each in events(orders) if each["event"] == "step_finished"]
    assert [(each["status"], each.get("is_finally", False)) for each in ended] == [
        ("PASSED", False),
        ("FAILED", False),
        ("FAILED", True),
    ]
    (allure,) = (orders.path / "allure").glob("*-result.json")
    steps = json.loads(allure.read_text("utf-8"))["steps"]
    assert [(each["name"], each["status"]) for each in steps][1:] == [
        ("It is shipped", "failed"),
        ("finally: The order is forgotten", "failed"),
    ]
    assert "finally: The order is forgotten" in (orders.path / "out.xml").read_text("utf-8")


def test_a_scenario_that_cannot_be_cleaned_up_has_failed(
    orders: pytest.Pytester, system: "System"
) -> None:
    """The first line names the step."""
    system.answers = {"DELETE /orders/1": [404]}
    result = orders.runpytest("-k", "main")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["finally, 'The order is forgotten': HTTP_ERROR *404*"])


def test_a_connection_that_only_they_need_is_looked_up_with_the_others(
    orders: pytest.Pytester, write: Write, system: "System"
) -> None:
    """Before the first step."""
    suite = SUITE.replace("shop DELETE", "bank DELETE")
    environment = f"""
    local: {{http: {{shop: {{url: "{system.url}"}}, bank: {{url: "${{env:NO_BANK}}"}}}}}}
    """
    write(order__suite__yaml=suite, orchestra__environments__yaml=environment)
    result = orders.runpytest("-k", "main")
    result.assert_outcomes(errors=1, deselected=1)
    assert not system.asked


@pytest.fixture
def pressed(orders: pytest.Pytester) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a session in a process group of its own; it is gone afterwards."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        begun.append(
            subprocess.Popen(
                [sys.executable, "-c", PYTEST, "-p", "no:randomly", "-k", "main", *arguments],
                cwd=orders.path,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        )
        return begun[-1]

    yield start
    for process in begun:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with process:  # closes its pipe
            process.wait()


def until_shipped(process: subprocess.Popen[bytes], system: "System") -> None:
    """Wait until the session hangs in the last step on the way."""
    deadline = time.monotonic() + WITHIN_S
    while "POST /ship" not in system.asked:
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    "arguments",
    [(), ("-n", "1"), ("--orchestra-concurrency=4",)],
    ids=["one", "worker", "concurrency"],
)
def test_the_first_ctrl_c_cleans_up(
    orders: pytest.Pytester,
    system: "System",
    pressed: Callable[..., subprocess.Popen[bytes]],
    arguments: tuple[str, ...],
) -> None:
    """What the run had made, and the log says so."""
    system.holds = {"POST /ship": threading.Event()}
    process = pressed(*arguments)
    until_shipped(process, system)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=WITHIN_S)
    assert system.asked[-1] == "DELETE /orders/1"
    told = events(orders)
    last = [each["step"]["status"] for each in told if each["event"] == "step_finished"]
    assert last == ["PASSED", "FAILED", "PASSED"]
    assert [each["event"] for each in told[-2:]] == ["run_finished", "session_finished"]
    assert told[-2]["run"]["status"] == "CANCELLED"


def test_cleaning_up_after_ctrl_c_has_a_deadline(
    orders: pytest.Pytester, system: "System", pressed: Callable[..., subprocess.Popen[bytes]]
) -> None:
    """Of the ini file."""
    system.holds = {"POST /ship": threading.Event(), "DELETE /orders/1": threading.Event()}
    process = pressed("-o", "orchestra_finally_s=0.3")
    until_shipped(process, system)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=WITHIN_S)
    (cut,) = [each["step"] for each in events(orders) if each.get("step", {}).get("is_finally")]
    assert cut["violations"][0]["code"] == "finally.timeout"
    assert "may take 0.3 s together" in cut["violations"][0]["message"]


def test_pytest_timeout_leaves_time_to_clean_up(orders: pytest.Pytester, system: "System") -> None:
    """Its signal cuts the run."""
    system.holds = {"POST /ship": threading.Event()}
    result = orders.runpytest("-k", "main", "--timeout=4", "--timeout-method=signal")
    result.assert_outcomes(failed=1, deselected=1)
    assert system.asked[-1] == "DELETE /orders/1"


def test_a_deadline_that_is_none_is_refused(orders: pytest.Pytester) -> None:
    """By name."""
    result = orders.runpytest("-o", "orchestra_finally_s=soon")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*orchestra_finally_s is 'soon': give seconds, such as 8 or 0.5*"])
