"""Finding the tested process in its file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.model import ElementId, Problem, ProcessModel, Severity
from pytest_orchestra.suite.processes import problems_of, read_process

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
    found, model = read_process(bench.suite(f"process: {name}\n"))
    assert found.id == process
    assert found in model.processes


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


def test_problems_of_other_processes_are_not_told(model: ProcessModel) -> None:
    def about(element: str | None) -> Problem:
        found = ElementId(element) if element else None
        return Problem(severity=Severity.WARNING, code="x", message="y", element_id=found)

    told = replace(model, problems=tuple(map(about, ("place", "count", "stock", "f1", "?", None))))
    order = told.processes[0]
    assert [each.element_id for each in problems_of(order, told)] == ["place", "f1", "?", None]
