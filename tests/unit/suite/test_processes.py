"""Finding the tested process in its file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.errors import BindingError
from pytest_orchestra.model import ElementId, Problem, ProcessModel, Severity
from pytest_orchestra.suite.processes import problems_of, read_processes

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

FILE = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
    "{}</definitions>"
)
PAY = '<process id="pay"><startEvent id="s1"/><task id="t1"/><sequenceFlow id="f1" sourceRef="s1" targetRef="t1"/></process>'  # noqa: E501 - one process
SHIP = '<process id="ship"><task id="t2" name="Ship"/><sequenceFlow id="f2" sourceRef="t2" targetRef="gone"/></process>'  # noqa: E501 - one process
EMPTY = '<process id="pool"/>'


@pytest.mark.parametrize(
    ("content", "name", "process"),
    [
        (PAY, "two.bpmn", "pay"),
        (PAY + EMPTY, "two.bpmn", "pay"),
        (EMPTY, "two.bpmn", "pool"),
        (PAY + SHIP, "two.bpmn#ship", "ship"),
        (PAY + SHIP + EMPTY, "two.bpmn#pool", "pool"),
    ],
)
def test_the_process_is_the_one_that_is_named_or_the_only_one(
    bench: Bench, content: str, name: str, process: str
) -> None:
    bench.write("two.bpmn", FILE.format(content))
    found = read_processes(bench.suite(f"process: {name}\n"))
    assert found.tested.id == process
    assert found.tested in found.model.processes


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (
            PAY + SHIP,
            "two.bpmn",
            (
                "2:10: [which-process] two.bpmn holds 2 processes."
                " Write one of two.bpmn#pay, two.bpmn#ship."
            ),
        ),
        (
            PAY + SHIP,
            "two.bpmn#shp",
            "2:10: [unknown-process] two.bpmn has no process 'shp'. Did you mean 'ship'?",
        ),
        ("", "two.bpmn", "2:10: [no-process] two.bpmn holds no process"),
        (
            PAY,
            "three.bpmn",
            (
                "2:10: [file-missing] there is no such file: three.bpmn."
                " Paths are taken from the suite file's folder."
            ),
        ),
    ],
)
def test_a_process_that_cannot_be_found_is_refused(
    bench: Bench, content: str, name: str, problem: str
) -> None:
    bench.write("two.bpmn", FILE.format(content))
    assert bench.errors(f"process: {name}\n")[0] == problem


def test_a_file_that_is_no_process_file_is_refused_with_the_mistakes_of_the_suite(
    bench: Bench,
) -> None:
    bench.write("two.bpmn", "<x/>")
    first, second = bench.errors("process: two.bpmn\nlibrary: x\n")
    assert first == "3:1: [not-yet] the key 'library' is not there yet. Leave it out for now."
    assert second.startswith("two.bpmn")


SHOP = '<process id="ship"><task id="t2"/></process>'
CALLS = (
    '<process id="order"><startEvent id="s"/><callActivity id="c" calledElement="pay"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="c"/></process>'
)


def test_called_processes_are_looked_for_in_all_files(bench: Bench) -> None:
    """Also in the tested process's own; the first one of an id is called."""
    bench.write("own.bpmn", FILE.format(CALLS + SHOP))
    bench.write("other.bpmn", FILE.format(PAY + SHOP))
    found = read_processes(bench.suite("process: [own.bpmn#order, other.bpmn]\n"))
    assert set(found.known) == {"order", "ship", "pay"}
    assert [process.id for process in found.called] == ["pay"]
    assert found.known["ship"] is found.model.processes[1]
    assert found.problems == ()
    only = read_processes(bench.suite("process: [own.bpmn#order, other.bpmn#ship]\n"))
    assert only.called == ()


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (
            "[own.bpmn, gone.bpmn]",
            (
                "2:21: error[file-missing] there is no such file: gone.bpmn."
                " Paths are taken from the suite file's folder."
            ),
        ),
        (
            "[own.bpmn, other.bpmn#py]",
            "2:21: error[unknown-process] other.bpmn has no process 'py'. Did you mean 'pay'?",
        ),
        (
            "[own.bpmn, other.bpmn#ship]",
            (
                "2:21: warning[process-unused] 'order' calls no process of other.bpmn."
                " It calls 'pay': correct the model, or leave the file out."
            ),
        ),
        (
            "[own.bpmn#oder]",
            "2:11: error[unknown-process] own.bpmn has no process 'oder'. Did you mean 'order'?",
        ),
    ],
)
def test_what_is_wrong_with_a_list_is_told_at_its_item(
    bench: Bench, files: str, problem: str
) -> None:
    bench.write("own.bpmn", FILE.format(CALLS))
    bench.write("other.bpmn", FILE.format(PAY + SHOP))
    try:
        problems = read_processes(bench.suite(f"process: {files}\n")).problems
    except BindingError as error:
        problems = tuple(error.problems)  # type: ignore[arg-type]
    assert [
        bench.plain(str(each)).replace("[", "error[", 1)
        if each.severity is Severity.ERROR
        else bench.plain(str(each))
        for each in problems
    ] == [problem]


def test_problems_of_a_called_file_are_told(bench: Bench) -> None:
    """Those about what is called."""
    broken = PAY.replace(
        "</process>", '<sequenceFlow id="x" sourceRef="t1" targetRef="no"/></process>'
    )
    bench.write("own.bpmn", FILE.format(CALLS))
    bench.write("other.bpmn", FILE.format(broken + SHOP))
    found = read_processes(bench.suite("process: [own.bpmn, other.bpmn]\n"))
    assert [(each.code, each.element_id) for each in found.problems] == [("flow-dangling", "x")]


def test_problems_of_other_processes_are_not_told(model: ProcessModel) -> None:
    def about(element: str | None) -> Problem:
        found = ElementId(element) if element else None
        return Problem(severity=Severity.WARNING, code="x", message="y", element_id=found)

    told = replace(model, problems=tuple(map(about, ("place", "count", "stock", "f1", "?", None))))
    order = told.processes[0]
    assert [each.element_id for each in problems_of(order, told)] == ["place", "f1", "?", None]
