"""Which elements of a process name an outcome or a loop."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.outcomes import name_outcomes
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]


def test_flows_where_ways_part_and_events_that_may_come_are_outcomes(draw: Draw) -> None:
    """An event that interrupts nothing is no default; other flows and nodes are none at all."""
    named = name_outcomes(
        draw("""
        s: start
        t: user
        g: xor
        e: end
        s->t: s -> t
        go: t -> g
        a: g -> e
        b: g -> t
        cut: boundary on t timer
        calm: boundary on t message calm
        cut->e: cut -> e
        calm->e: calm -> e
        handler: sub by-event
        h: start in handler signal
        """)
    )
    assert set(named.outcomes) == {
        "a",
        "b",
        "go",
        "cut",
        "cut->e",
        "calm",
        "calm->e",
        "handler",
        "h",
    }
    assert named.outcomes[ElementId("h")] == "handler"
    assert named.defaults == {"a", "go", "cut", "cut->e"}


def test_an_event_behind_an_event_gateway_names_the_flow_to_it(draw: Draw) -> None:
    """So does a flow itself."""
    named = name_outcomes(
        draw("""
        s: start
        g: events
        m: catch message
        t: catch timer
        s -> g
        to_m: g -> m
        to_t: g -> t
        """)
    )
    assert named.outcomes == {"to_m": "to_m", "to_t": "to_t", "m": "to_m", "t": "to_t"}
    assert named.defaults == {"to_m", "to_t"}


def test_one_of_several_start_events_is_an_outcome(draw: Draw) -> None:
    """The only one is not."""
    text = "a: start\nb: start\nt: task\na -> t\nb -> t"
    assert set(name_outcomes(draw(text)).outcomes) >= {"a", "b"}
    assert not name_outcomes(draw("a: start\nt: task\na -> t")).outcomes


def test_an_event_that_a_throw_brings_about_is_no_default(draw: Draw) -> None:
    """But an outcome."""
    named = name_outcomes(
        draw("""
        s: start
        sub: sub
        i: start in sub
        bad: end in sub error=E
        caught: boundary on sub error=E
        s -> sub
        i -> bad
        caught -> s
        """)
    )
    assert "caught" in named.outcomes
    assert "caught" not in named.defaults


def test_loops_are_flows_that_turn_back_their_ends_and_markers(draw: Draw) -> None:
    """Nothing else."""
    named = name_outcomes(
        draw("""
        s: start
        t: task
        g: xor
        m: task loop
        e: end
        s -> t
        t -> g
        back: g -> t
        g -> m
        m -> e
        """)
    )
    assert named.loops == {"back", "g", "t", "m"}
