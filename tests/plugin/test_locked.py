"""``--orchestra-locked``: a model that has drifted from its lock file ends the session."""

from __future__ import annotations

import pytest

from pytest_orchestra.cli import main

HUGE = '<sequenceFlow id="huge" name="huge" sourceRef="amount" targetRef="approve"/></process>'


def change(shop: pytest.Pytester, name: str, old: str, new: str) -> None:
    path = shop.path / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def locked(shop: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> pytest.Pytester:
    """The shop with lock files."""
    assert main(["plan", "--lock", "order.suite.yaml", "order.bpmn"]) == 0
    capsys.readouterr()
    return shop


@pytest.mark.parametrize("file", ["order.suite.yaml", "order.bpmn"])
def test_what_is_locked_runs(locked: pytest.Pytester, file: str) -> None:
    result = locked.runpytest(f"--orchestra-suite={file}", "--orchestra-locked", "--collect-only")
    assert result.ret == pytest.ExitCode.OK


def test_without_a_lock_file_it_says_how_to_make_one(shop: pytest.Pytester) -> None:
    result = shop.runpytest("--orchestra-locked")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            (
                "order.suite.yaml: error[[]lock-missing[]] there is no lock file"
                " 'order.suite.yaml.lock'. Write it with 'orchestra plan --lock order.suite.yaml',*"
            )
        ]
    )


def test_new_and_gone_scenarios_and_lost_steps_are_told_together(locked: pytest.Pytester) -> None:
    """The ini file may ask for it too."""
    locked.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\norchestra_locked = true\n"
    )
    change(locked, "order.bpmn", "</process>", HUGE)
    change(locked, "order.bpmn", 'name="high"', 'name="big"')
    change(locked, "order.bpmn", 'name="Approve order"', 'name="Approve"')
    change(locked, "order.suite.yaml", "    amount-high: {data: large, tags: [slow]}\n", "")
    result = locked.runpytest()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "shop_steps.py*error[[]unknown-element[]]*'Approve order'*Did you mean 'Approve'*",
            "order.suite.yaml.lock:*error[[]scenarios-drifted[]] 1 scenario is new: amount-huge.*",
            (
                "order.suite.yaml.lock:8:1: error[[]scenarios-drifted[]] 1 scenario is renamed:"
                " amount-high -> amount-big. Look at it with 'orchestra diff *"
            ),
        ]
    )


def test_a_step_that_lost_its_way_is_told(locked: pytest.Pytester) -> None:
    """Its element is there, and no scenario comes by it any more."""
    high = '<sequenceFlow id="high" name="high" sourceRef="amount" targetRef="approve"/>'
    change(locked, "order.bpmn", high, "")
    change(locked, "order.suite.yaml", "    amount-high: {data: large, tags: [slow]}\n", "")
    result = locked.runpytest("--orchestra-locked")
    result.stdout.fnmatch_lines_random(
        [
            "shop_steps.py*error[[]step-unused[]]*No scenario comes by 'Approve order'*",
            "order.suite.yaml.lock:8:1: error[[]scenarios-drifted[]] 1 scenario is gone: *",
        ]
    )


def test_ways_that_changed_are_told(locked: pytest.Pytester) -> None:
    change(locked, "order.bpmn", '<task id="ship"', '<task id="send"')
    change(locked, "order.bpmn", '"ship"', '"send"')
    result = locked.runpytest("--orchestra-locked")
    result.stdout.fnmatch_lines(
        ["*2 scenarios are of the same key and another way: amount-high, main.*"]
    )


def test_another_criterion_is_told(locked: pytest.Pytester) -> None:
    result = locked.runpytest("--orchestra-locked", "--orchestra-criterion=flows")
    result.stdout.fnmatch_lines(
        [
            (
                "order.suite.yaml.lock:5:1: error[[]lock-criterion[]] the lock file is of the"
                " criterion 'branches', and these scenarios are of 'flows'. Ask for the same,"
                " or lock with 'orchestra plan --lock --criterion flows order.suite.yaml'."
            )
        ]
    )


def test_processes_that_are_new_or_gone_are_told(locked: pytest.Pytester) -> None:
    change(locked, "order.bpmn", '<process id="order"', '<process id="purchase"')
    for file in ("order.suite.yaml", "order.bpmn"):
        result = locked.runpytest(f"--orchestra-suite={file}", "--orchestra-locked")
        result.stdout.fnmatch_lines(
            [
                f"{file}.lock:4:1: error*process 'order' is gone, with all its scenarios.*",
                f"{file}.lock:* error*process 'purchase' is new.*",
            ]
        )


def test_a_locked_session_of_several_workers_fails_alike(locked: pytest.Pytester) -> None:
    change(locked, "order.bpmn", "</process>", HUGE)
    result = locked.runpytest_subprocess("--orchestra-locked", "-n", "2")
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*1 scenario is new: amount-huge.*"])
