"""Where ways part, and the ways on."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.catching import match_catches
from pytest_orchestra.flow.decisions import Decisions, find_decisions
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]


def found(draw: Draw, text: str) -> Decisions:
    graph = index_process(draw(text))
    return find_decisions(graph, match_catches(graph))


def shapes(decisions: Decisions) -> list[tuple[str, list[str], bool]]:
    return [
        (
            decision.at,
            [outcome.event or "+".join(outcome.flows) for outcome in decision.outcomes],
            decision.may_pass,
        )
        for decision in decisions.decisions
    ]


def test_a_split_with_one_way_is_no_decision(draw: Draw) -> None:
    """Neither is a parallel one."""
    decisions = found(
        draw,
        """
        g: xor
        h: xor
        p: and
        t: task
        a: g -> t
        b: h -> t
        c: h -> g
        d: p -> t
        e: p -> h
    """,
    )
    assert shapes(decisions) == [("h", ["b", "c"], False)]


def test_events_at_the_border_part_the_ways_of_their_host(draw: Draw) -> None:
    """Those that interrupt are outcomes beside its own; others may pass."""
    decisions = found(
        draw,
        """
        t: task
        x: boundary on t timer
        y: boundary on t message calm
        z: boundary on t compensate
        n: end
        t -> n
        x -> n
        y -> n
    """,
    )
    assert shapes(decisions) == [("t", ["t->n", "x"], False), ("t", ["y"], True)]
    events = decisions.events[ElementId("t")]
    assert [event.id for event in events.interrupting] == ["x"]
    assert [event.id for event in events.others] == ["y"]


def test_event_sub_processes_may_pass(draw: Draw) -> None:
    """They part the ways of the scope that they stand in."""
    decisions = found(
        draw,
        """
        x: sub
        t: task in x
        h: sub in x by-event
        hs: start in h message
        k: sub by-event
        ks: start in k timer calm
        empty: sub by-event
    """,
    )
    assert shapes(decisions) == [("P", ["k"], True), ("x", ["h"], True)]
    assert [event.id for event in decisions.events[ElementId("x")].interrupting] == ["h"]
    assert [event.id for event in decisions.events[ElementId("P")].others] == ["k"]


def test_several_start_events_part_the_ways_of_their_scope(draw: Draw) -> None:
    """Of the process and of sub-processes alike."""
    decisions = found(
        draw,
        """
        a: start
        b: start message
        x: sub
        c: start in x
        d: start in x
    """,
    )
    assert shapes(decisions) == [("P", ["a", "b"], False), ("x", ["c", "d"], False)]


def test_an_event_with_several_ways_is_as_many_outcomes(draw: Draw) -> None:
    """A condition on the way from a boundary event parts its outcomes."""
    decisions = found(
        draw,
        """
        t: task
        x: boundary on t timer
        n: end
        m: end
        u: x -> n if big
        v: x -> m
    """,
    )
    assert [(o.event, o.flows) for o in decisions.outcomes] == [
        (None, ()),
        ("x", ("u", "v")),
        ("x", ("v",)),
    ]


def test_outcomes_are_found_by_what_they_take(draw: Draw) -> None:
    """There is none where there is no decision."""
    decisions = found(draw, "g: xor\nt: task\nu: task\na: g -> t\nb: g -> u\nc: t -> u")
    assert decisions.find(ElementId("g"), (ElementId("b"),)) == (1,)
    assert decisions.find(ElementId("t"), (ElementId("c"),)) == ()


def test_events_at_gateways_and_closed_sub_processes_never_come(draw: Draw) -> None:
    """Only what runs can be met by an event."""
    decisions = found(
        draw,
        """
        g: xor
        x: boundary on g timer
        h: adhoc
        s: start in h
        y: boundary on h timer
    """,
    )
    assert not decisions.decisions
