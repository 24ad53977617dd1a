"""``orchestra plan --lock`` and ``orchestra diff``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.cli import main

Change = Callable[..., None]
Captured = pytest.CaptureFixture[str]

LOCK = "order.bpmn.lock"
MORE = (
    '<sequenceFlow id="f3"',
    (
        '<sequenceFlow id="huge" name="huge" sourceRef="amount" targetRef="review"/>'
        '<sequenceFlow id="f3"'
    ),
)
RENAMED = ('name="high"', 'name="big"')
CHANGED = (
    '<sequenceFlow id="f3" sourceRef="ship"',
    (
        '<task id="pack"/><sequenceFlow id="f4" sourceRef="ship" targetRef="pack"/>'
        '<sequenceFlow id="f3" sourceRef="pack"'
    ),
)
GONE = ('<sequenceFlow id="high" name="high" sourceRef="amount" targetRef="review"/>', "")


@pytest.fixture
def old(folder: Path) -> Path:
    """The process as it was."""
    return Path(shutil.copy(folder / "order.bpmn", folder / "old.bpmn"))


@pytest.mark.usefixtures("folder")
def test_a_lock_file_says_how_many_it_holds(capsys: Captured) -> None:
    assert main(["plan", "--lock", "order.bpmn", "order.suite.yaml"]) == 0
    assert capsys.readouterr().out == (
        "order.bpmn.lock: 2 scenarios\norder.suite.yaml.lock: 2 scenarios\n"
    )
    assert Path(LOCK).read_bytes().startswith(b"# One line for each scenario")
    assert b"\r" not in Path(LOCK).read_bytes()


@pytest.mark.usefixtures("folder")
def test_locking_anew_says_what_is_new(change: Change, capsys: Captured) -> None:
    main(["plan", "--lock", "order.bpmn"])
    change("order.bpmn", MORE)
    capsys.readouterr()
    assert main(["plan", "--lock", "order.bpmn"]) == 0
    assert capsys.readouterr().out == (
        "order.bpmn.lock: 3 scenarios\nprocess order, criterion branches:\n+ amount-huge\n"
    )
    assert main(["diff", LOCK, "order.bpmn"]) == 0


@pytest.mark.usefixtures("folder")
def test_locking_tells_programs_too(change: Change, capsys: Captured) -> None:
    """Where the criterion is another one, nothing can be compared."""
    main(["plan", "--lock", "order.bpmn"])
    change("order.bpmn", RENAMED)
    capsys.readouterr()
    main(["plan", "--lock", "order.bpmn", "--format", "json"])
    (lock,) = json.loads(capsys.readouterr().out)["locks"]
    assert lock["lock_file"] == LOCK
    assert lock["processes"][0]["renamed"] == [{"old": "amount-high", "new": "amount-big"}]
    main(["plan", "--lock", "order.bpmn", "--format", "json", "--criterion", "paths"])
    assert json.loads(capsys.readouterr().out)["locks"] == [{"lock_file": LOCK, "processes": []}]


@pytest.mark.usefixtures("folder")
def test_a_lock_file_with_conflicts_is_written_anew(capsys: Captured) -> None:
    Path(LOCK).write_text("<<<<<<< HEAD\n", encoding="utf-8")
    assert main(["plan", "--lock", "order.bpmn"]) == 0
    assert capsys.readouterr().out == "order.bpmn.lock: 2 scenarios\n"


@pytest.mark.usefixtures("folder")
def test_nothing_is_locked_where_the_suite_asks_for_what_is_not(
    change: Change, capsys: Captured
) -> None:
    """Wrong steps do not matter, wrong ways do."""
    change("order.suite.yaml", ("at: Done", "at: Dine"))
    assert main(["plan", "--lock", "order.suite.yaml"]) == 0
    Path("order.suite.yaml.lock").unlink()
    change("order.suite.yaml", ("criterion: flows", "main: [Sum?/high], criterion: flows"))
    assert main(["plan", "--lock", "order.suite.yaml"]) == 2
    assert "error[unknown-element]" in capsys.readouterr().err
    change("order.suite.yaml", ("criterion: flows", "criterion: most"))
    assert main(["plan", "--lock", "order.suite.yaml"]) == 2
    assert "error[bad-value]" in capsys.readouterr().err
    assert not Path("order.suite.yaml.lock").exists()


@pytest.mark.usefixtures("folder")
def test_a_lock_file_that_cannot_be_written_is_told(capsys: Captured) -> None:
    Path(LOCK).mkdir()
    assert main(["plan", "--lock", "order.bpmn"]) == 2
    assert capsys.readouterr().err.startswith("order.bpmn.lock cannot be written: ")


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([], ""),
        ([MORE], "+ amount-huge\n"),
        ([RENAMED], "> amount-high -> amount-big\n"),
        ([CHANGED], "~ amount-high\n~ main\n"),
        ([GONE], "- amount-high\n"),
        ([('id="order"', 'id="purchase"')], ""),
    ],
)
def test_two_models_are_compared(
    change: Change, capsys: Captured, changes: list[tuple[str, str]], told: str
) -> None:
    change("order.bpmn", *changes)
    assert main(["diff", "old.bpmn", "order.bpmn"]) == bool(told)
    head = "process order, criterion branches:\n" if told else ""
    assert capsys.readouterr() == (f"{head}{told}", "")


@pytest.mark.usefixtures("old")
def test_processes_that_are_new_or_gone_are_told(change: Change, capsys: Captured) -> None:
    other = '</process><process id="x"><task id="t"/></process>'
    change("order.bpmn", ("</process>", other), ('id="order"', 'id="purchase"'))
    assert main(["diff", "old.bpmn", "order.bpmn", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    found = {each["process_id"]: (each["new"], each["gone"]) for each in told["processes"]}
    assert found == {
        "purchase": (["amount-high", "main"], []),
        "x": (["main"], []),
        "order": ([], ["amount-high", "main"]),
    }


@pytest.mark.usefixtures("folder")
def test_a_process_file_follows_the_criterion_of_the_other_one(capsys: Captured) -> None:
    main(["plan", "--lock", "order.bpmn", "--criterion", "flows"])
    capsys.readouterr()
    assert main(["diff", LOCK, "order.bpmn"]) == 0
    assert main(["diff", "order.bpmn", LOCK]) == 0
    assert main(["diff", "order.bpmn", "order.suite.yaml"]) == 0
    assert main(["diff", LOCK, "order.bpmn", "--criterion", "branches"]) == 2
    assert capsys.readouterr().err == (
        "the old scenarios are of the criterion 'flows', the new ones of 'branches'. Ask for one"
        " with '--criterion', or lock anew.\n"
    )


@pytest.mark.usefixtures("folder")
def test_what_of_a_suite_points_nowhere_is_told(change: Change, capsys: Captured) -> None:
    """With the nearest element, and also where the scenarios are the same."""
    main(["plan", "--lock", "order.suite.yaml"])
    change("order.bpmn", ('name="Done"', 'name="Donne"'))
    capsys.readouterr()
    assert main(["diff", "order.suite.yaml.lock", "order.suite.yaml"]) == 1
    told = (
        "order.suite.yaml:13:9: error[unknown-element] process 'order' has no element called"
        " 'Done'. Did you mean 'Donne'?\n"
    )
    assert capsys.readouterr().out == told
    main(["diff", "order.suite.yaml.lock", "order.suite.yaml", "--format", "json"])
    (nowhere,) = json.loads(capsys.readouterr().out)["nowhere"]
    assert (nowhere["code"], nowhere["location"]) == ("unknown-element", "order.suite.yaml:13:9")


@pytest.mark.usefixtures("folder")
def test_a_step_that_no_scenario_comes_by_is_told_beside_errors(
    change: Change, capsys: Captured
) -> None:
    main(["plan", "--lock", "order.suite.yaml"])
    change("order.bpmn", GONE)
    change("order.suite.yaml", ("at: Amount?/high", "at: Prüfen 审核"), ("at: Done", "at: Dine"))
    capsys.readouterr()
    assert main(["diff", "order.suite.yaml.lock", "order.suite.yaml", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {each["code"] for each in told["nowhere"]} == {"unknown-element", "step-unused"}
    assert len(told["processes"][0]["gone"]) == 1


@pytest.mark.usefixtures("folder")
def test_a_suite_that_binds_has_nothing_that_points_nowhere() -> None:
    main(["plan", "--lock", "order.suite.yaml"])
    assert main(["diff", "order.suite.yaml.lock", "order.suite.yaml"]) == 0


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_not_there_is_trouble(capsys: Captured) -> None:
    assert main(["diff", "gone.lock", "order.bpmn"]) == 2
    assert capsys.readouterr().err.startswith("gone.lock: error[file-missing] ")
