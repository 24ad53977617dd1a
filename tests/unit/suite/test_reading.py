"""Reading suite files, whole ones and ones with mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.suite.reading import bare_suite, read_suite

Write = Callable[[str, str], Path]

BPMN = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
{}
</definitions>
"""
PROCESS = '<process id="{0}"{1}><task id="{0}_do" name="Do it"/></process>'


def test_a_suite_says_where_everything_is(write: Write) -> None:
    path = write(
        "a/order.suite.yaml",
        "process: ../order.bpmn#order\nenvironment: local\npython: [steps.py, more.py]\n",
    )
    suite = read_suite(path)
    assert suite.problems == ()
    assert suite.name == "order"
    assert suite.process_file == path.parent / "../order.bpmn"
    assert suite.process_id == "order"
    assert suite.environment == "local"
    assert suite.python_files == (path.parent / "steps.py", path.parent / "more.py")


@pytest.mark.parametrize(
    ("process", "file", "process_id"),
    [
        ("order.bpmn", "order.bpmn", None),
        ("[order.bpmn]", "order.bpmn", None),
        ("order.bpmn#", "order.bpmn", None),
        ("'[order.bpmn#a'", "[order.bpmn", "a"),
    ],
)
def test_a_process_needs_no_id(
    write: Write, process: str, file: str, process_id: str | None
) -> None:
    suite = read_suite(write("x.suite.yaml", f"name: Y\nprocess: {process}\n"))
    assert (suite.process_file.name, suite.process_id) == (file, process_id)
    assert suite.name == "Y"


def test_what_is_right_is_kept_beside_mistakes(write: Write) -> None:
    path = write(
        "order.suite.yaml",
        """
x-mine: 3
process: order.bpmn
library: [a]
oops: {a: 1}
tags: 3
strict: true
scenarios: {main: {x: 1}, criterion: flows}
data: {files: a.yaml, pick: some}
steps:
  - {at: A, alias: first, use: x}
  - {at: B, alias: second}
  - 3
  - {at: 3, alias: 4}
""",
    )
    suite = read_suite(path)
    assert [str(problem).removeprefix(f"{path}:").split(". ")[0] for problem in suite.problems] == [
        "4:1: error[not-yet] the key 'library' is not there yet",
        ("5:1: error[unknown-key] unknown key 'oops'"),
        "6:7: error[bad-value] expected text or a list, found number 3",
        "8:19: error[bad-value] expected text or a list, found a mapping",
        "9:29: error[bad-value] expected one of first, all, found text 'some'",
        "11:27: error[not-yet] the key 'use' is not there yet",
        "13:5: error[bad-value] expected a mapping, found number 3",
        "14:10: error[bad-value] expected text or a list, found number 3",
        "14:20: error[bad-value] expected text, found number 4",
    ]
    assert suite.part.strict is True
    assert suite.part.tags == []
    assert suite.part.scenarios.criterion == "flows"
    assert suite.part.data.files == "a.yaml"
    assert list(suite.steps) == [1]
    assert suite.lost == {"library", "oops", "tags", "scenarios.main", "data.pick"}
    assert suite.lost_aliases == {"first"}


STEP = "{at: Do it, action: {channel: http, endpoint: a.b}, %s}"


@pytest.mark.parametrize(
    ("rest", "kept"),
    [
        ("expct: {status: 200}", True),
        ("expect: {status: 200, widhin: 1s}", True),
        ("save: {id: [1]}", True),
        ("when: 3", False),
        ("use: library.step", False),
    ],
)
def test_a_step_with_a_mistake_is_judged_on_if_its_place_and_call_are_right(
    write: Write, rest: str, *, kept: bool
) -> None:
    suite = read_suite(write("x.suite.yaml", f"process: a.bpmn\nsteps: [{STEP % rest}]\n"))
    assert len(suite.problems) == 1
    assert (0 in suite.steps) is kept
    if kept and "status" in rest and "expect" in rest:
        assert suite.steps[0].expect is not None
        assert suite.steps[0].expect.status == 200


def test_steps_that_are_no_list_are_left_out(write: Write) -> None:
    suite = read_suite(write("x.suite.yaml", "process: a.bpmn\nsteps: {at: A}\n"))
    assert [problem.code for problem in suite.problems] == ["bad-value"]
    assert suite.steps == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: error[bad-value] expected a mapping, found nothing"),
        ("[]", "1:1: error[bad-value] expected a mapping, found a list"),
    ],
)
def test_what_is_no_mapping_leaves_nothing_to_go_on_with(
    write: Write, text: str, problem: str
) -> None:
    path = write("x.suite.yaml", text)
    with pytest.raises(DefinitionError) as refusal:
        read_suite(path)
    assert str(refusal.value) == f"{path}:{problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name: x", "1:1: error[missing-key] the key 'process' is missing. Add it."),
        (
            "name: x\nprocess: ['']",
            (
                "2:10: error[bad-value] no process file is named."
                " Write 'order.bpmn' or 'order.bpmn#ID'."
            ),
        ),
    ],
)
def test_a_suite_without_a_process_is_read_on(write: Write, text: str, problem: str) -> None:
    path = write("x.suite.yaml", text)
    suite = read_suite(path)
    assert [str(each) for each in suite.problems] == [f"{path}:{problem}"]
    assert (suite.name, suite.lost) == ("x", {"process"})


def test_what_is_right_in_a_mapping_with_mistakes_is_kept_however_deep(write: Write) -> None:
    path = write(
        "x.suite.yaml",
        """
process: a.bpmn
scenarios:
  criterium: flows
  mark:
    main: {data: small, tag: [slow]}
    other: {data: large, name: 3}
    third: 5
specs: {a: a.yaml, b: 5}
""",
    )
    suite = read_suite(path)
    assert {key: part.data for key, part in suite.part.scenarios.mark.items()} == {
        "main": "small",
        "other": "large",
    }
    assert suite.part.specs == {"a": "a.yaml"}
    assert suite.lost == {
        "scenarios.criterium",
        "scenarios.mark.main.tag",
        "scenarios.mark.other.name",
        "scenarios.mark.third",
        "specs.b",
    }


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.suite.yaml"
    with pytest.raises(DefinitionError, match=r"no\.suite\.yaml: error\[file-missing\]"):
        read_suite(path)


def test_a_bare_process_file_gives_a_suite_for_each_process(write: Write) -> None:
    text = PROCESS.format("p", ' name="Pay"') + PROCESS.format("q", "")
    path = write("pay.bpmn", BPMN.format(text))
    pay, other = bare_suite(path)
    assert (pay.name, pay.process_id, pay.process_file) == ("Pay", "p", path)
    assert (other.name, other.process_id) == ("q", "q")
    assert pay.steps == {}
    assert pay.model is not None
    assert pay.model is other.model
    assert pay.problems == ()


def test_a_process_file_without_a_process_is_refused(write: Write) -> None:
    path = write("pay.bpmn", BPMN.format(""))
    with pytest.raises(DefinitionError) as refusal:
        bare_suite(path)
    assert str(refusal.value).splitlines()[-1] == (
        f"{path}: error[no-process] the file holds no process."
        " Draw a process in a pool, or name another file."
    )


def test_a_suite_may_name_the_processes_that_are_called(write: Write) -> None:
    path = write("a.suite.yaml", "process: [order.bpmn#order, lib/stock.bpmn]")
    suite = read_suite(path)
    assert (suite.process_file, suite.process_id) == (path.parent / "order.bpmn", "order")
    assert [(name.file, name.id) for name in suite.processes] == [
        (path.parent / "order.bpmn", "order"),
        (path.parent / "lib" / "stock.bpmn", None),
    ]
