"""What was not read, or read leniently, is said once for each kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.model import Problem, ProcessModel, Severity

Read = Callable[..., ProcessModel]
Problems = Callable[..., list[Problem]]

TASK = '<task id="a"/>'


def test_an_unknown_element_is_told_with_its_number(problems: Problems) -> None:
    (problem,) = problems(f"{TASK}\n<nonsense/><nonsense/>\n<nonsense/>")
    assert problem.code == "element-unknown"
    assert problem.severity is Severity.WARNING
    assert str(problem.location) == "shop.bpmn:3:1"
    assert "<nonsense>" in problem.message
    assert "3 times" in problem.message


def test_a_name_of_other_case_is_put_right(problems: Problems) -> None:
    (problem,) = problems(TASK + '<ComplexGateway id="g"/>')
    assert problem.hint == "Call it <complexGateway>"


def test_unknown_elements_of_two_names_are_two_problems(problems: Problems) -> None:
    found = problems(TASK + "<foo/><bar/><foo/>")
    assert [problem.code for problem in found] == ["element-unknown"] * 2


@pytest.mark.parametrize("element", ["choreography", "callChoreography"])
def test_what_has_no_process_is_unsupported_for_a_reason(read: Read, element: str) -> None:
    model = read(f'<process id="p">{TASK}</process><{element} id="c"><task id="x"/></{element}>')
    (problem,) = model.problems
    assert problem.code == "element-unsupported"
    assert "no process to walk" in problem.message
    assert len(model.processes[0].nodes) == 1


def test_an_element_at_the_wrong_place_is_told_with_its_place(read: Read) -> None:
    model = read(f'<process id="p">{TASK}</process><task id="b"/>')
    (problem,) = model.problems
    assert problem.code == "element-misplaced"
    assert "<task> inside <definitions>" in problem.message


def test_a_task_holds_no_tasks(problems: Problems) -> None:
    (problem,) = problems('<task id="a"><task id="b"/></task>')
    assert (problem.code, "inside <task>" in problem.message) == ("element-misplaced", True)


def test_vendors_elements_outside_extension_elements_are_told_on_demand(
    problems: Problems,
) -> None:
    (problem,) = problems(TASK + '<x:foo xmlns:x="urn:x"/><x:bar xmlns:x="urn:x"/>')
    assert (problem.code, problem.severity) == ("element-foreign", Severity.INFO)
    assert "urn:x" in problem.message


def test_other_elements_without_a_namespace_are_foreign(problems: Problems) -> None:
    (problem,) = problems(TASK + '<mxCell xmlns=""/>')
    assert problem.message == "<mxCell> stands outside <extensionElements> and was not read"


def test_elements_without_a_namespace_are_told_once(problems: Problems) -> None:
    found = problems('<task xmlns="" id="a"/><task xmlns="" id="b"/>')
    assert [problem.code for problem in found] == ["namespace-missing"]


def test_the_draft_is_told_once(problems: Problems) -> None:
    beta = "http://schema.omg.org/spec/BPMN/2.0"
    found = problems(f'<task xmlns="{beta}" id="a"/><task xmlns="{beta}" id="b"/>')
    assert [problem.code for problem in found] == ["namespace-outdated"]


def test_what_the_metamodel_ignores_for_a_reason_is_no_problem(problems: Problems) -> None:
    ignored = '<dataObject id="d"/><textAnnotation id="t"/><association id="s"/>'
    assert problems(TASK + ignored) == []
