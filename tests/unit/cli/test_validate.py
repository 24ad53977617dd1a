"""``orchestra validate`` as people and CI call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.cli import main

Change = Callable[..., None]
Captured = pytest.CaptureFixture[str]

PILES = (
    (
        '<exclusiveGateway id="amount" name="Amount?" default="low"/>',
        '<parallelGateway id="amount"/>',
    ),
    ('<serviceTask id="ship" name="Ship"/>', '<exclusiveGateway id="ship"/>'),
)
"""A parallel split that an exclusive gateway joins."""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("file", ["order.bpmn", "order.suite.yaml"])
def test_files_without_problems_are_called_so(capsys: Captured, file: str) -> None:
    assert main(["validate", file]) == 0
    assert capsys.readouterr() == ("no problems\n", "")


@pytest.mark.usefixtures("folder")
def test_problems_of_reading_and_of_ways_stand_in_file_order(
    change: Change, capsys: Captured
) -> None:
    change("order.bpmn", *PILES, ("</process>", '<task id="lost"/><oops/></process>'))
    assert main(["validate", "order.bpmn"]) == 0
    out, err = capsys.readouterr()
    *lines, summary = out.splitlines()
    assert err == ""
    assert [line.partition("]")[0] for line in lines] == [
        "order.bpmn:8:1: info[unsynchronised",
        "order.bpmn:14:1: warning[unreachable",
        "order.bpmn:14:18: warning[element-unknown",
    ]
    assert summary == "2 warnings, 1 info"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 1)])
def test_warnings_count_where_it_is_strict(change: Change, options: list[str], code: int) -> None:
    change(
        "order.bpmn",
        (
            "</process>",
            (
                '<task id="t"/><task id="u"/><sequenceFlow id="u1" '
                'sourceRef="u" targetRef="u"/></process>'
            ),
        ),
    )
    assert main(["validate", "order.bpmn", *options]) == code


@pytest.mark.usefixtures("folder")
def test_errors_of_a_suite_are_findings(change: Change, capsys: Captured) -> None:
    change("order.suite.yaml", ("at: Done", "at: Dine"))
    assert main(["validate", "order.suite.yaml", "order.bpmn"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "order.suite.yaml:13:9: error[unknown-element] process 'order' has no element called"
            " 'Dine'. Did you mean 'Done'?"
        ),
        "1 error",
    ]


@pytest.mark.usefixtures("folder")
def test_warnings_are_told_beside_errors(change: Change, capsys: Captured) -> None:
    change("order.bpmn", ("</process>", "<oops/></process>"))
    change("order.suite.yaml", ("at: Done", "at: Dine"))
    assert main(["validate", "order.suite.yaml"]) == 1
    *lines, summary = capsys.readouterr().out.splitlines()
    assert [line.partition("]")[0] for line in lines] == [
        "order.suite.yaml:13:9: error[unknown-element",
        "order.bpmn:14:1: warning[element-unknown",
    ]
    assert summary == "1 error, 1 warning"


@pytest.mark.usefixtures("folder")
def test_a_missing_process_of_a_suite_is_a_finding(change: Change, capsys: Captured) -> None:
    change("order.suite.yaml", ("process: order.bpmn", "process: gone.bpmn"))
    assert main(["validate", "order.suite.yaml"]) == 1
    assert "order.suite.yaml:1:10: error[file-missing]" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("gone.bpmn", "gone.bpmn: error[file-unreadable] "),
        ("gone.suite.yaml", "gone.suite.yaml: error[file-missing] "),
        ("notes.txt", "notes.txt is neither a process file nor a suite file."),
    ],
)
def test_files_that_cannot_be_looked_at_are_trouble(capsys: Captured, file: str, told: str) -> None:
    """The others are looked at all the same."""
    assert main(["validate", file, "order.bpmn"]) == 2
    out, err = capsys.readouterr()
    assert out == "no problems\n"
    assert err.startswith(told)


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_not_what_it_says_is_a_finding(folder: Path, capsys: Captured) -> None:
    (folder / "bad.bpmn").write_text("no XML", encoding="utf-8")
    assert main(["validate", "bad.bpmn"]) == 1
    assert "error[not-xml]" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_json_has_every_part_of_a_problem(change: Change, capsys: Captured) -> None:
    change(
        "order.bpmn",
        ("</process>", '<task id="t"/><sequenceFlow id="审核" sourceRef="t"/></process>'),
    )
    assert main(["validate", "order.bpmn", "--format", "json"]) == 0
    (found,) = [
        each
        for each in json.loads(capsys.readouterr().out)["problems"]
        if each["code"] == "flow-dangling"
    ]
    assert found == {
        "severity": "warning",
        "code": "flow-dangling",
        "message": found["message"],
        "hint": "Connect both its ends, or remove it",
        "element_id": "审核",
        "file": "order.bpmn",
        "line": 14,
        "column": 15,
    }
    assert "审核" in found["message"]


def test_annotations_of_github_are_escaped(folder: Path, capsys: Captured) -> None:
    text = (folder / "order.suite.yaml").read_text(encoding="utf-8")
    name = "a,b%.suite.yaml"
    (folder / name).write_text(text.replace("at: Done", "at: 'D%,:e'"), encoding="utf-8")
    (folder / "empty.bpmn").write_text(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"/>'
        "</definitions>",
        encoding="utf-8",
    )
    assert main(["validate", "--format", "github", name, "empty.bpmn"]) == 1
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "::error file=a%2Cb%25.suite.yaml,line=13,col=9,title=unknown-element::process 'order' has"
        " no element called 'D%25,:e'. "
    )
    assert {line.partition(" ")[0] for line in others} == {"::notice", "::warning"}
    assert all("file=empty.bpmn,line=1,col=66,title=process-empty::" in line for line in others)


@pytest.mark.usefixtures("folder")
def test_a_problem_is_told_once_however_often_its_file_is_named(
    change: Change, capsys: Captured
) -> None:
    change("order.bpmn", ("</process>", '<task id="t"/><oops/></process>'))
    main(["validate", "order.bpmn", "order.bpmn", "order.suite.yaml"])
    assert capsys.readouterr().out.count("element-unknown") == 1


@pytest.mark.usefixtures("folder")
def test_an_element_is_named_by_its_id_too(change: Change, capsys: Captured) -> None:
    change(
        "order.bpmn",
        (
            "</process>",
            (
                '<task id="t7" name="Lost"/><sequenceFlow id="x" '
                'sourceRef="t7" targetRef="t7"/></process>'
            ),
        ),
    )
    main(["validate", "order.bpmn"])
    assert "no way from a start leads to 'Lost' (t7). Connect it" in capsys.readouterr().out


def test_what_of_a_drawing_cannot_be_read_is_told(change: Change, capsys: Captured) -> None:
    di = "http://www.omg.org/spec/BPMN/20100524/DI"
    plane = f'<BPMNDiagram xmlns="{di}"><BPMNPlane><BPMNShape/></BPMNPlane></BPMNDiagram>'
    change("order.bpmn", ("</definitions>", f"{plane}</definitions>"))
    assert main(["validate", "order.bpmn", "--strict"]) == 0
    assert "info[drawing-incomplete]" in capsys.readouterr().out
