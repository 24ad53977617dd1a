"""Which outcome is the default."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.defaults import choose_defaults, measure_ways
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]


def defaults(draw: Draw, text: str) -> list[str]:
    game = TokenGame(index_process(draw(text)))
    chosen = choose_defaults(game.graph, game.decisions, game.ways)
    return [
        outcome.event or "+".join(outcome.flows)
        for outcome in game.decisions.outcomes
        if outcome.index in chosen
    ]


SPLIT = "s: start\ng: xor{mark}\nt: task\ne: end\nx: end {bad}\ns -> g\nt -> e\n"


def test_the_shortest_way_to_an_end_is_the_default(draw: Draw) -> None:
    """Fewer nodes are passed."""
    text = SPLIT.format(mark="", bad="") + "long: g -> t\nshort: g -> e"
    assert defaults(draw, text) == ["short"]


@pytest.mark.parametrize("bad", ["error", "escalation", "cancel", "terminate"])
def test_a_normal_end_goes_before_a_near_one(draw: Draw, bad: str) -> None:
    """A way to an end that is not normal counts as far."""
    text = SPLIT.format(mark="", bad=bad) + "long: g -> t\nshort: g -> x"
    assert defaults(draw, text) == ["long"]


def test_ties_go_by_id(draw: Draw) -> None:
    """The order in the file has no say."""
    text = SPLIT.format(mark="", bad="") + "z: g -> e\na: g -> x"
    assert defaults(draw, text) == ["a"]


def test_the_marked_flow_goes_first_where_it_leads_on(draw: Draw) -> None:
    """However long its way is."""
    text = SPLIT.format(mark=" default=long", bad="") + "long: g -> t\nshort: g -> e"
    assert defaults(draw, text) == ["long"]


def test_a_marked_flow_that_turns_back_is_passed_over(draw: Draw) -> None:
    """At once or later."""
    text = "s: start\na: task\ng: xor default=again\nb: task\ne: end\ns -> a\na -> g\ng -> e\n"
    assert defaults(draw, text + "again: g -> a") == ["g->e"]
    assert defaults(draw, text + "again: g -> b\nb -> a") == ["g->e"]


def test_a_marked_flow_beside_one_that_turns_back_to_the_same_node_counts(draw: Draw) -> None:
    """A circle elsewhere does not harm it."""
    text = """
        s: start
        a: xor default=on
        b: xor
        e: end
        s -> a
        on: a -> b
        off: a -> e
        b -> a
        b -> e
    """
    assert "on" in defaults(draw, text)


def test_an_event_comes_by_default_only_where_nothing_else_ends(draw: Draw) -> None:
    """An activity that turns for ever is left by its event."""
    text = "s: start\nt: task\nx: boundary on t timer\ne: end\ns -> t\nx -> e\n"
    assert defaults(draw, text + "t -> e") == ["t->e"]
    assert defaults(draw, text) == [""]
    assert defaults(draw, text + "t -> t") == ["x"]


def test_the_inside_of_a_sub_process_counts(draw: Draw) -> None:
    """A way through many inner nodes is long."""
    assert defaults(
        draw,
        """
        s: start
        g: xor
        x: sub
        i: task in x
        j: task in x
        k: task in x
        t: task
        u: task
        e: end
        s -> g
        a: g -> x
        b: g -> t
        i -> j
        j -> k
        x -> e
        t -> u
        u -> e
    """,
    ) == ["b"]


def test_an_inclusive_split_takes_one_flow_by_default(draw: Draw) -> None:
    """The marked one, else that with the shortest way."""
    text = "s: start\ng: or{mark}\nt: task\ne: end\ns -> g\nt -> e\na: g -> t\nb: g -> e"
    assert defaults(draw, text.format(mark="")) == ["b"]
    assert defaults(draw, text.format(mark=" default=a")) == ["a"]


def test_an_activity_takes_by_default_what_has_no_condition(draw: Draw) -> None:
    """Conditional flows are taken by choice."""
    text = "s: start\nt: task{mark}\ne: end\nf: end\nn: end\ns -> t\na: t -> e if x\n"
    assert defaults(draw, text.format(mark="") + "b: t -> f") == ["b"]
    marked = text.format(mark=" default=c") + "b: t -> f\nc: t -> n"
    assert defaults(draw, marked) == ["b+c"]


def test_the_nearest_start_event_is_the_default(draw: Draw) -> None:
    """Ties by id."""
    assert defaults(draw, "a: start\nb: start\nt: task\ne: end\na -> t\nt -> e\nb -> e") == ["b"]


def test_distances_are_absent_where_no_end_is_reached(draw: Draw) -> None:
    """A circle without a way out leads nowhere."""
    graph = index_process(draw("s: start\na: task\nb: task\ns -> a\na -> b\nb -> a"))
    ways = measure_ways(graph, frozenset({ElementId("b->a")}))
    assert not ways.leads_to_end(ElementId("s"))
    assert ways.to_end == {}


def test_a_link_leads_on(draw: Draw) -> None:
    """The way goes on at its catch event."""
    graph = index_process(
        draw("s: start\na: throw link=x\nb: catch link=x\ne: end\ns -> a\nb -> e")
    )
    assert measure_ways(graph, frozenset()).to_end == {"s": 4, "a": 3, "b": 2, "e": 1}
