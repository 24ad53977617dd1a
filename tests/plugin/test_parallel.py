"""``parallel: true``: the branches of a scenario run at once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.reports.sessions import read_session

if TYPE_CHECKING:
    from tests.plugin.conftest import System

Write = Callable[..., None]

PROCESS = """\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="order" name="Order">
    <startEvent id="start" name="Placed"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="fork"/>
    <parallelGateway id="fork"/>
    <sequenceFlow id="f2" sourceRef="fork" targetRef="pack"/>
    <sequenceFlow id="f3" sourceRef="fork" targetRef="pay"/>
    <task id="pack" name="Pack"/>
    <sequenceFlow id="f4" sourceRef="pack" targetRef="ship"/>
    <task id="ship" name="Ship"/>
    <sequenceFlow id="f5" sourceRef="ship" targetRef="join"/>
    <task id="pay" name="Pay"/>
    <sequenceFlow id="f6" sourceRef="pay" targetRef="book"/>
    <task id="book" name="Book"/>
    <sequenceFlow id="f7" sourceRef="book" targetRef="join"/>
    <parallelGateway id="join"/>
    <sequenceFlow id="f8" sourceRef="join" targetRef="end"/>
    <endEvent id="end" name="Done"/>
  </process>
</definitions>
"""

SUITE = """\
name: Orders
process: order.bpmn
scenarios: {mark: {main: {parallel: true}}}
"""

MEETING = """\
import asyncio
import pytest_orchestra as orchestra

packed, paid = asyncio.Event(), asyncio.Event()

@orchestra.step("Pack")
async def pack():
    packed.set()
    await paid.wait()

@orchestra.step("Pay")
async def pay():
    paid.set()
    await packed.wait()
    DO
"""


@pytest.fixture
def fork(shop: pytest.Pytester, write: Write) -> pytest.Pytester:
    """A folder with a process of two branches of two tasks each."""
    write(order__bpmn=PROCESS, order__suite__yaml=SUITE, conftest__py=MEETING.replace("DO", ""))
    return shop


def log_of(shop: pytest.Pytester) -> Path:
    """Of the last session."""
    logs = shop.path.glob(".orchestra/*/events.jsonl")
    return max(logs, key=lambda path: path.stat().st_mtime_ns)


def events(shop: pytest.Pytester) -> list[dict[str, Any]]:
    """Of the last session."""
    return [json.loads(line) for line in log_of(shop).read_text("utf-8").splitlines()]


def statuses(shop: pytest.Pytester) -> dict[str, str]:
    """Of the steps of the last session, in the order in which they ended."""
    told = [each["step"] for each in events(shop) if each["event"] == "step_finished"]
    return {each["name"]: each["status"] for each in told}


def test_branches_that_wait_for_each_other_both_pass(fork: pytest.Pytester) -> None:
    """One after the other, the first one would wait for ever."""
    fork.runpytest().assert_outcomes(passed=1)
    assert [each["event"] for each in events(fork)[2:-2]] == [
        *["step_started"] * 2,
        *["step_finished"] * 2,
    ]


def test_unless_it_is_said_they_run_one_after_the_other(
    fork: pytest.Pytester, write: Write
) -> None:
    text = MEETING.replace("DO", "").replace('"Pack"', '"Pack", within=0.05')
    write(order__suite__yaml=SUITE.replace("true", "false"), conftest__py=text)
    fork.runpytest().assert_outcomes(failed=1)
    assert statuses(fork) == {"pack": "FAILED", "pay": "SKIPPED"}


def test_hooks_have_the_steps_of_both_branches(fork: pytest.Pytester, write: Write) -> None:
    """Each end with its own beginning."""
    hooks = """
def pytest_orchestra_before_step(item, step):
    print("before", step.name)

def pytest_orchestra_after_step(item, step, result):
    print("after", step.name, result.name)
"""
    write(conftest__py=MEETING.replace("DO", "") + hooks)
    result = fork.runpytest("-s")
    lines = [line.split("before ")[-1].split("after ")[-1] for line in result.outlines]
    told = [line for line in lines if line.split(" ")[0] in {"pack", "pay"}]
    assert told[:2] == ["pack", "pay"]
    assert sorted(told[2:]) == ["pack pack", "pay pay"]


@pytest.mark.parametrize(
    ("does", "outcome"),
    [
        ("import pytest; pytest.skip('not today')", "skipped"),
        ("assert False, 'not paid'", "failed"),
        ("import pytest; pytest.fail('not paid')", "failed"),
    ],
)
def test_what_one_branch_says_of_the_scenario_holds(
    fork: pytest.Pytester, write: Write, does: str, outcome: str
) -> None:
    write(conftest__py=MEETING.replace("DO", does))
    result = fork.runpytest("-rs")
    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*not today*" if outcome == "skipped" else "*not paid*"])


def test_an_error_of_a_hook_ends_the_scenario(fork: pytest.Pytester, write: Write) -> None:
    """With its own traceback; the other branch is cut."""
    hook = """
def pytest_orchestra_after_step(item, step, result):
    raise ValueError("odd")
"""
    text = MEETING.replace("DO", "").replace("await paid.wait()", "await asyncio.sleep(60)")
    write(conftest__py=text + hook)
    result = fork.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *ValueError: odd"])
    assert "pytest_orchestra/" not in result.stdout.str()  # no frame of ours
    assert events(fork)[-2]["run"]["status"] == "CANCELLED"


def test_an_interrupt_in_one_branch_ends_the_session(fork: pytest.Pytester, write: Write) -> None:
    """What ran on the other one is told of."""
    text = MEETING.replace("DO", "raise KeyboardInterrupt")
    write(conftest__py=text.replace("await paid.wait()", "await asyncio.sleep(60)"))
    result = fork.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert sorted(statuses(fork)) == ["pack", "pay"]
    assert "never retrieved" not in result.stdout.str() + result.stderr.str()
    assert events(fork)[-2]["run"]["status"] == "CANCELLED"


SIGNAL = """\
import asyncio, os, signal
import pytest_orchestra as orchestra

signal.signal(signal.Signals.SIGINT, signal.default_int_handler)  # a shell's '&' ignores it

@orchestra.step("Pack")
async def pack():
    await asyncio.sleep(60)

@orchestra.step("Pay")
async def pay():
    loop = asyncio.get_running_loop()
    loop.call_later(0.1, os.kill, os.getpid(), signal.SIGINT)
    await asyncio.sleep(60)
"""


def test_ctrl_c_cuts_both_branches_and_cleans_up(
    fork: pytest.Pytester, write: Write, system: "System"
) -> None:
    clean = "finally:\n  - {name: clean, action: {channel: http, endpoint: shop DELETE /all}}\n"
    environment = f"local: {{http: {{shop: {{url: '{system.url}'}}}}}}\n"
    write(
        conftest__py=SIGNAL,
        order__suite__yaml=SUITE + clean,
        orchestra__environments__yaml=environment,
    )
    result = fork.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert system.asked == ["DELETE /all"]
    assert statuses(fork) == {"pack": "FAILED", "pay": "FAILED", "clean": "PASSED"}
    assert events(fork)[-2]["run"]["status"] == "CANCELLED"


def test_a_time_limit_cuts_both_branches(fork: pytest.Pytester, write: Write) -> None:
    """The item fails, and its log is whole."""
    write(conftest__py=SIGNAL.replace("signal.SIGINT", "0"))
    limit = ("--timeout=1", "--timeout-method=signal", "-o", "timeout_func_only=true")
    result = fork.runpytest_subprocess(*limit)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Timeout*"])
    assert sorted(statuses(fork)) == ["pack", "pay"]
    assert events(fork)[-2]["run"]["status"] == "CANCELLED"


BROKEN = """\
import asyncio
from pathlib import Path
import pytest_orchestra as orchestra

is_over = asyncio.Event()

def pytest_orchestra_after_step(item, step, result):
    if step.name == "pay":
        is_over.set()

@orchestra.step("Pack", alias="pack")
async def pack():
    await is_over.wait()
    return {"box": 7}

@orchestra.step("Ship")
def ship(): ...

@orchestra.step("Pay")
def pay():
    assert not Path("broken").exists()

@orchestra.step("Book")
def book(): ...

@orchestra.step("Done")
def done(): ...
"""


def test_from_a_step_on_runs_also_what_another_branch_had_not_come_to(
    fork: pytest.Pytester, write: Write
) -> None:
    """When the payment failed, the branch that stands before it was still packing."""
    write(conftest__py=BROKEN, broken="")
    fork.runpytest().assert_outcomes(failed=1)
    assert statuses(fork) == {
        "pay": "FAILED",
        "pack": "PASSED",
        "ship": "SKIPPED",
        "book": "SKIPPED",
        "done": "SKIPPED",
    }
    (fork.path / "broken").unlink()
    result = fork.runpytest("--orchestra-mode=FROM_STEP", "--orchestra-step=Pay")
    result.assert_outcomes(passed=1)
    assert statuses(fork) == {
        "pack": "SKIPPED",
        "ship": "PASSED",
        "pay": "PASSED",
        "book": "PASSED",
        "done": "PASSED",
    }


def test_a_report_lists_the_steps_in_the_order_of_the_way(
    fork: pytest.Pytester, write: Write
) -> None:
    """They ended in another one."""
    write(conftest__py=BROKEN)
    fork.runpytest().assert_outcomes(passed=1)
    assert next(iter(statuses(fork))) == "pay"
    (run,) = read_session(log_of(fork)).runs
    assert [each.name for each in run.steps] == ["pack", "ship", "pay", "book", "done"]


def test_scenarios_and_their_branches_run_at_once(fork: pytest.Pytester, write: Write) -> None:
    """Allure has the steps of each, in the order of the way."""
    write(
        conftest__py=BROKEN,
        order__suite__yaml=SUITE + "data: {files: data.yaml, pick: all}\n",
        shop_steps__py="",
    )
    with (fork.path / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write('\n@orchestra.step("Done")\ndef again(orchestra_data): ...\n')
    result = fork.runpytest("--orchestra-concurrency=2", "--alluredir=allure")
    result.assert_outcomes(passed=2)
    runs = [each["event"] for each in events(fork) if each["event"].startswith("run_")]
    assert runs[:2] == ["run_started", "run_started"]
    written = [
        json.loads(path.read_text("utf-8")) for path in fork.path.glob("allure/*-result.json")
    ]
    assert len(written) == 2
    for each in written:
        names = [step["name"] for step in each["steps"]]
        assert names == ["pack", "ship", "pay", "book", "done", "again"]
        assert {step["status"] for step in each["steps"]} == {"passed"}
