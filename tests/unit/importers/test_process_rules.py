"""Problems of ids, sequence flows and lanes; each construct is one that real files have."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.model import Problem, ProcessModel, Severity

Read = Callable[..., ProcessModel]
Problems = Callable[..., list[Problem]]

TASKS = '<task id="a"/><task id="b"/>'


def found(problems: list[Problem]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.element_id) for problem in problems]


def test_a_process_without_nodes_is_told_on_demand(problems: Problems) -> None:
    (problem,) = problems("")
    assert (problem.code, problem.severity) == ("process-empty", Severity.INFO)


@pytest.mark.parametrize(
    "ends",
    ['sourceRef="a" targetRef="x"', 'sourceRef="x" targetRef="a"', 'sourceRef="a"', ""],
)
def test_a_flow_that_lacks_an_end_is_left_out_and_told(read: Read, ends: str) -> None:
    model = read(f'<process id="p">{TASKS}<sequenceFlow id="f" {ends}/></process>')
    assert model.processes[0].flows == ()
    (problem,) = model.problems
    assert (problem.code, problem.element_id) == ("flow-dangling", "f")
    assert problem.severity is Severity.WARNING
    assert "was left out" in problem.message


def test_a_dangling_flow_without_an_id_is_called_by_its_ends(problems: Problems) -> None:
    assert found(problems(TASKS + '<sequenceFlow sourceRef="a" targetRef="x"/>')) == [
        ("flow-dangling", "a->x")
    ]


def test_a_flow_to_what_is_no_flow_node_dangles(problems: Problems) -> None:
    body = '<dataObjectReference id="d"/><sequenceFlow id="f" sourceRef="a" targetRef="d"/>'
    assert found(problems(TASKS + body)) == [("flow-dangling", "f")]


@pytest.mark.parametrize("ends", [("a", "c"), ("c", "d")], ids=["across", "stored elsewhere"])
def test_a_flow_of_another_process_is_left_out_and_told(read: Read, ends: tuple[str, str]) -> None:
    source, target = ends
    model = read(
        f'<process id="p">{TASKS}'
        f'<sequenceFlow id="f" sourceRef="{source}" targetRef="{target}"/></process>'
        '<process id="q"><task id="c"/><task id="d"/></process>'
    )
    assert [process.flows for process in model.processes] == [(), ()]
    assert found(list(model.problems)) == [("flow-crosses-process", "f")]


def test_a_flow_that_crosses_a_sub_processs_border_is_kept_and_told(read: Read) -> None:
    model = read(
        '<process id="p"><task id="a"/><subProcess id="s"><task id="b"/></subProcess>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"/></process>'
    )
    assert [flow.id for flow in model.processes[0].flows] == ["f"]
    (problem,) = model.problems
    assert problem.code == "flow-crosses-border"
    assert "from inside 'p' to inside 's'" in problem.message


def test_a_node_id_twice_in_a_process_is_an_error(problems: Problems) -> None:
    (problem,) = problems('<task id="a"/>\n<userTask id="a"/>')
    assert (problem.code, problem.severity) == ("id-duplicate", Severity.ERROR)
    assert problem.element_id == "a#2"
    assert str(problem.location) == "shop.bpmn:3:1"


def test_a_process_id_twice_is_an_error(read: Read) -> None:
    model = read(f'<process id="p">{TASKS}</process><process id="p"><task id="c"/></process>')
    assert found(list(model.problems)) == [("id-duplicate", "p#2")]


def test_a_node_without_an_id_is_told_with_the_one_it_got(problems: Problems) -> None:
    (problem,) = problems('<userTask name="Approve"/>')
    assert found([problem]) == [("id-missing", "userTask-1")]
    assert "'userTask-1'" in problem.message


def test_a_process_without_an_id_is_told(read: Read) -> None:
    assert found(list(read(f"<process>{TASKS}</process>").problems)) == [
        ("id-missing", "process-1")
    ]


def test_a_flow_without_an_id_is_common_and_no_problem(problems: Problems) -> None:
    assert problems(TASKS + '<sequenceFlow sourceRef="a" targetRef="b"/>' * 2) == []


def test_a_flow_id_twice_is_a_warning(problems: Problems) -> None:
    (problem,) = problems(TASKS + '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>' * 2)
    assert (problem.code, problem.severity) == ("flow-id-duplicate", Severity.WARNING)
    assert problem.element_id == "f#2"


def test_a_flow_with_the_id_of_a_node_is_told(problems: Problems) -> None:
    assert found(problems(TASKS + '<sequenceFlow id="a" sourceRef="a" targetRef="b"/>')) == [
        ("id-shared", "a")
    ]


def test_a_lane_with_members_that_do_not_exist_is_told(problems: Problems) -> None:
    lane = '<lane id="l"><flowNodeRef>x</flowNodeRef><flowNodeRef>a</flowNodeRef></lane>'
    (problem,) = problems(f"{TASKS}<laneSet>{lane}</laneSet>")
    assert found([problem]) == [("reference-dangling", "l")]
    assert "1 member(s)" in problem.message
