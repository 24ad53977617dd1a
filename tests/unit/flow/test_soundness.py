"""Problems of processes: their codes, and the elements that they name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import ScenarioSet
from pytest_orchestra.model import ElementId, Process, Severity, SourceLocation

Plan = Callable[..., ScenarioSet]

BEGIN = "s: start\ne: end\n"


@pytest.mark.parametrize(
    ("text", "code", "element"),
    [
        ("", "process-empty", "P"),
        ("a: task\nb: task\na -> b\nb -> a", "no-start", "P"),
        (BEGIN + "t: task\ns -> t\nt -> t", "no-end", "P"),
        (BEGIN + "c: call\ns -> c\nc -> e", "call-opaque", "c"),
        (BEGIN + "k: end error\ng: xor\ns -> g\na: g -> e\nb: g -> k", "throw-uncaught", "k"),
        (
            BEGIN + "x: sub\nk: end in x error\ny: task\nb: boundary on y error\ng: xor\ns -> g\n"
            "c: g -> x\nd: g -> y\nx -> e\ny -> e\nb -> e",
            "throw-uncaught",
            "k",
        ),
        (BEGIN + "s -> e\na: task\nb: task\na -> b\nb -> a", "unreachable", "a"),
        (
            BEGIN + "g: xor\nj: and\ns -> g\na: g -> j\nb: g -> j\nc: g -> e\nj -> e",
            "deadlock",
            "j",
        ),
        (BEGIN + "t: task\ns -> t\nagain: s -> t\nt -> e", "unsynchronised", "e"),
        (
            BEGIN + "m: xor\nf: and\nw: and\nv: task\ns -> m\nm -> f\na: f -> m\nb: f -> w\n"
            "v -> w\nv -> v",
            "tokens-unbounded",
            "w",
        ),
    ],
)
def test_a_problem_has_a_code_and_an_element(
    plan: Plan, text: str, code: str, element: str
) -> None:
    """And a sentence that says what is wrong."""
    found = plan(text)
    problems = {(problem.code, problem.element_id): problem for problem in found.problems}
    assert (code, element) in problems
    assert problems[code, ElementId(element)].message


def test_a_sound_process_has_no_problem(plan: Plan) -> None:
    """Nothing is found fault with for the sake of it."""
    assert plan(BEGIN + "t: task\ns -> t\nt -> e").problems == ()


def test_what_a_throw_escapes_to_is_a_note_unless_it_has_no_way_on(plan: Plan) -> None:
    """A plain end is a reading, a missing catch a defect."""
    plain = plan(BEGIN + "k: end error\ng: xor\ns -> g\na: g -> e\nb: g -> k").problems
    assert [problem.severity for problem in plain] == [Severity.INFO]


def test_problems_stand_where_the_element_stands(
    draw: Callable[[str], Process],
) -> None:
    """The place in the file comes from the model."""
    process = draw(BEGIN + "s -> e\nc: call")
    at = SourceLocation(file="x.bpmn", line=7)
    nodes = tuple(replace(node, location=at) for node in process.nodes)
    found = generate_scenarios(replace(process, nodes=nodes))
    assert {problem.location for problem in found.problems} == {at}


def test_parts_of_a_dead_sub_process_are_named_once(plan: Plan) -> None:
    """Not node by node; and a handler of compensation is not dead."""
    found = plan(BEGIN + "s -> e\nx: sub\ny: task\nt: task in x\nx -> y\ny -> x\nh: task handler")
    assert [p.element_id for p in found.problems if p.code == "unreachable"] == ["x", "y"]


def test_an_endless_wait_inside_is_told_as_a_deadlock(plan: Plan) -> None:
    """The hint depends on what waits."""
    found = plan(BEGIN + "t: task\nb: boundary on t timer\ns -> t\nt -> b\nb -> e")
    (problem,) = (p for p in found.problems if p.code == "deadlock")
    assert problem.element_id == "b"
    assert "way on" in problem.hint


def test_a_start_event_that_a_flow_leads_to_is_named(plan: Plan) -> None:
    """It is no start then, and whoever drew it does not know."""
    (problem, *_) = plan('s: start "Order"\na: task\ns -> a\na -> s').problems
    assert (problem.code, problem.hint) == ("no-start", "Remove the flow to 'Order'")
