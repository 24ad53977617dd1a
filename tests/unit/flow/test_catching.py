"""Who catches what is thrown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.catching import Catching, Escape, match_catches
from pytest_orchestra.flow.graph import ProcessGraph, index_process
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]


def matched(draw: Draw, text: str) -> tuple[ProcessGraph, Catching]:
    graph = index_process(draw(text))
    return graph, match_catches(graph)


def catcher(catching: Catching, throw: str) -> str | None:
    catch = catching.catches.get(ElementId(throw))
    return catch and catch.catcher.id


@pytest.mark.parametrize(
    ("thrown", "caught", "by"),
    [
        ("error=a", "error=a", "b"),
        ("error=a", "error", "b"),
        ("error", "error", "b"),
        ("error=a", "error=z", None),
        ("escalation=a", "error=a", None),
        ("cancel", "cancel", "b"),
    ],
)
def test_a_boundary_event_takes_its_kind_and_name(
    draw: Draw, thrown: str, caught: str, by: str | None
) -> None:
    """Without a name it takes all of its kind."""
    text = f"x: sub\nt: end in x {thrown}\nb: boundary on x {caught}"
    assert catcher(matched(draw, text)[1], "t") == by


def test_the_nearest_catch_wins(draw: Draw) -> None:
    """An inner host goes before an outer one; an event sub-process before its scope's host."""
    _, catching = matched(
        draw,
        """
        o: sub
        i: sub in o
        t: end in i error
        bi: boundary in o on i error=z
        bo: boundary on o error
        h: sub in o by-event
        hs: start in h error
        u: end in h error
    """,
    )
    assert catcher(catching, "t") == "h"
    assert catcher(catching, "u") == "bo"
    assert catching.catches[ElementId("t")].scope == "o"
    assert catching.ends_others() == {"t": "o", "u": "o"}


def test_an_escalation_may_go_on(draw: Draw) -> None:
    """A calm catch interrupts nothing, but an error always does (BPMN 2.0, 10.5.4)."""
    _, catching = matched(
        draw,
        """
        x: sub
        t: throw in x escalation
        u: end in x error
        b: boundary on x escalation calm
        c: boundary on x error calm
    """,
    )
    assert not catching.catches[ElementId("t")].interrupting
    assert catching.catches[ElementId("u")].interrupting
    assert catching.ends_others() == {"u": "x"}


def test_an_event_sub_process_that_takes_an_error_always_interrupts(draw: Draw) -> None:
    """Whatever its start event says (BPMN 2.0, 10.5.6)."""
    _, catching = matched(
        draw, "x: sub\nu: end in x error\nh: sub in x by-event\nc: start in h error calm"
    )
    assert catching.catches[ElementId("u")].interrupting


def test_messages_are_not_thrown_inside(draw: Draw) -> None:
    """A message goes to another process."""
    _, catching = matched(draw, "x: sub\nt: throw in x message\nb: boundary on x message")
    assert not catching.catches
    assert not catching.escapes


def test_what_nothing_catches_ends_plainly_unless_it_is_meant_to_be_caught(draw: Draw) -> None:
    """With a fitting catch elsewhere a sub-process cannot go on as if nothing were."""
    plain = "x: sub\nt: end in x error=a"
    assert matched(draw, plain)[1].escapes == {"t": Escape.ENDS_PLAINLY}
    elsewhere = plain + "\ny: task\nb: boundary on y error=a"
    assert matched(draw, elsewhere)[1].escapes == {"t": Escape.HAS_NO_WAY_ON}
    other = plain + "\ny: task\nb: boundary on y error=z"
    assert matched(draw, other)[1].escapes == {"t": Escape.ENDS_PLAINLY}
    top = "t: end error=a\ny: task\nb: boundary on y error=a"
    assert matched(draw, top)[1].escapes == {"t": Escape.ENDS_PLAINLY}
    quiet = "t: end escalation"
    assert not matched(draw, quiet)[1].escapes


def test_events_that_a_throw_brings_about_do_not_come_by_themselves(draw: Draw) -> None:
    """A timer may come any time, compensation never does."""
    graph, catching = matched(
        draw,
        """
        x: sub
        t: end in x error
        fed: boundary on x error
        late: boundary on x timer
        zboth: boundary on x error timer
        undo: boundary on x compensate
        h: sub in x by-event
        hs: start in h message
        loose: boundary on x
    """,
    )
    free = {
        name
        for name in ("fed", "late", "zboth", "undo", "loose")
        if catching.is_free(graph.nodes[ElementId(name)])
    }
    assert free == {"late", "zboth", "loose"}
    handler = graph.nodes[ElementId("h")]
    assert catching.is_free(handler, graph.start_events(handler.id))
