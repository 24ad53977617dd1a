"""Readings: what a model leaves open is told with the element's id and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import ScenarioSet
from pytest_orchestra.model import Process

Plan = Callable[..., ScenarioSet]

BEGIN = "s: start\ne: end\n"


@pytest.mark.parametrize(
    ("text", "code", "element"),
    [
        (BEGIN + "g: complex\ns -> g\na: g -> e\nb: g -> e", "complex-as-inclusive", "g"),
        (BEGIN + "t: throw compensate\ns -> t\nt -> e", "compensation-empty", "t"),
        (
            BEGIN + "t: task\nb: boundary on t compensate\ns -> t\nt -> e",
            "compensation-without-handler",
            "b",
        ),
        (
            BEGIN + "t: task\nb: boundary on t compensate\nh: task handler\nb .. h\ns -> t\nt -> e",
            "compensation-unthrown",
            "h",
        ),
        (BEGIN + "x: adhoc\ni: start in x\ns -> x\nx -> e", "ad-hoc-closed", "x"),
        ("c: catch message\ne: end\nc -> e", "catch-unfed", "c"),
        (BEGIN + "h: task handler\ns -> e\nx: s -> h", "flow-into-handler", "h"),
        (BEGIN + "h: sub by-event\nhs: start in h timer\ns -> h\ns -> e", "flow-into-handler", "h"),
        (BEGIN + "x: adhoc\nt: task in x\ns -> x\nx -> e", "ad-hoc-once", "x"),
        (BEGIN + "c: catch\ns -> c\nc -> e", "event-without-trigger", "c"),
        (BEGIN + "t: task\nb: boundary on t\ns -> t\nt -> e", "event-without-trigger", "b"),
        (BEGIN + "s -> e\nh: sub by-event\nhs: start in h", "event-without-trigger", "hs"),
        (BEGIN + "t: task\ns -> e\ne -> t", "end-goes-on", "e"),
    ],
)
def test_a_reading_is_told(plan: Plan, text: str, code: str, element: str) -> None:
    """And nothing else but what follows from it."""
    besides = {"deadlock", "no-end", "compensation-unthrown"} - {code}
    told = [problem for problem in plan(text).problems if problem.code not in besides]
    assert [(problem.code, problem.element_id) for problem in told] == [(code, element)]
    assert all(problem.message and problem.hint for problem in told)


def test_a_parallel_event_gateway_is_read_as_one_of_its_events(
    draw: Callable[[str], Process],
) -> None:
    """As the other kind is."""
    process = draw("g: events\na: catch message\nb: catch timer\ng -> a\ng -> b")
    nodes = tuple(replace(node, parallel_multiple=node.id == "g") for node in process.nodes)
    found = generate_scenarios(replace(process, nodes=nodes))
    assert [(p.code, p.element_id) for p in found.problems] == [("event-gateway-parallel", "g")]
    assert [s.nodes for s in found.scenarios] == [("g", "a"), ("g", "b")]


@pytest.mark.parametrize(
    ("start", "told"), [("s: start\n", ["instantiate-beside-start"]), ("", [])]
)
def test_what_instantiates_is_a_start_where_there_is_no_other(
    draw: Callable[[str], Process], start: str, told: list[str]
) -> None:
    """A start event goes before it."""
    process = draw(start + "r: receive")
    nodes = tuple(replace(node, instantiate=node.id == "r") for node in process.nodes)
    found = generate_scenarios(replace(process, nodes=nodes))
    assert [p.code for p in found.problems if p.code != "unreachable"] == told
    assert [s.nodes for s in found.scenarios] == [("s",) if start else ("r",)]
