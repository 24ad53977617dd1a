"""Where events that may come at any time are placed."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.catching import match_catches
from pytest_orchestra.flow.decisions import find_decisions
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.places import Stage
from pytest_orchestra.flow.watches import place_watches
from pytest_orchestra.model import Process

Draw = Callable[[str], Process]


def placed(draw: Draw, text: str) -> dict[str, list[str]]:
    """By node, the scopes whose events come there while their place is still ahead."""
    graph = index_process(draw(text))
    watches = place_watches(graph, find_decisions(graph, match_catches(graph)))
    return {
        node: [
            watch.scope + ("?" if watch.misplaced else "")
            for watch in found
            if watch.stage is Stage.FRESH
        ]
        for node, found in watches.items()
    }


INSIDE = "x: sub\nb: boundary on x timer\n"


def test_waits_go_before_activities(draw: Draw) -> None:
    """An activity will do only for want of a wait."""
    text = INSIDE + "a: service in x\nu: user in x\ng: xor in x\nt: task"
    assert placed(draw, text) == {"a": ["x?"], "u": ["x"]}


def test_activities_go_before_other_nodes(draw: Draw) -> None:
    """These only where there is nothing else."""
    assert placed(draw, INSIDE + "a: service in x\ng: xor in x") == {"a": ["x"]}
    assert placed(draw, INSIDE + "g: xor in x") == {"g": ["x"]}


def test_what_nothing_leads_to_is_no_better_place(draw: Draw) -> None:
    """Else the event could not come at all."""
    text = INSIDE + "s: start in x\ne: end in x\ns -> e\na: user in x\nf: user in x"
    found = placed(draw, text + "\na -> f\nf -> a")
    assert (found["s"], found["e"]) == (["x"], ["x"])


def test_inner_waits_count_for_outer_scopes(draw: Draw) -> None:
    """A sub-process itself is no place."""
    text = INSIDE + "y: sub in x\nc: boundary in x on y timer\nu: user in y"
    assert placed(draw, text) == {"u": ["y", "x"]}


def test_what_an_event_sub_process_does_is_no_place_for_its_scope(draw: Draw) -> None:
    """Its own inside may be one for what stands in it."""
    text = """
        u: user
        h: sub by-event
        hs: start in h message
        hu: user in h
        hs -> hu
        k: sub in h by-event
        ks: start in k timer
    """
    assert placed(draw, text) == {"u": ["P"], "hu": ["h"]}


def test_late_events_interrupt_what_has_no_end(draw: Draw) -> None:
    """Once the place is behind, another place is a makeshift."""
    graph = index_process(draw(INSIDE + "u: user in x"))
    watches = place_watches(graph, find_decisions(graph, match_catches(graph)))
    (late,) = (w for found in watches.values() for w in found if w.stage is Stage.SETTLED)
    assert late.misplaced
