"""When an inclusive join goes on."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.joins import InclusiveJoin, ParallelJoin, join_at
from pytest_orchestra.flow.places import Places
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]

TEXT = """
    s: start
    f: or
    a: task
    b: task
    j: or
    e: end
    s -> f
    f -> a
    f -> b
    a -> j
    b -> j
    j -> e
"""


def rule(
    draw: Draw, text: str, node: str = "j"
) -> tuple[Places, InclusiveJoin | ParallelJoin | None]:
    game = TokenGame(index_process(draw(text)))
    return game.places, join_at(game.graph, game.places, game.graph.nodes[ElementId(node)])


def state(places: Places, *flows: str) -> tuple[int, ...]:
    return tuple(sorted(places.flows[ElementId(flow)] for flow in flows))


def test_it_waits_for_a_token_that_may_still_come(draw: Draw) -> None:
    """A token on the other branch holds it."""
    places, join = rule(draw, TEXT)
    assert join
    assert join.consume(state(places, "a->j", "f->b")) is None
    assert join.consume(state(places, "a->j", "s->f")) is not None


def test_it_goes_on_when_no_other_can_come(draw: Draw) -> None:
    """With one token, or with all."""
    places, join = rule(draw, TEXT)
    assert join
    assert join.consume(state(places, "a->j")) == state(places, "a->j")
    assert join.consume(state(places, "a->j", "b->j", "j->e")) == state(places, "a->j", "b->j")


def test_a_token_that_can_come_where_one_waits_does_not_hold_it(draw: Draw) -> None:
    """Clause 13.4.3: it could take the place of the one that is there."""
    places, join = rule(draw, TEXT + "g: xor\ng -> a\ng -> b\nx: task\nx -> g")
    assert join
    assert join.consume(state(places, "a->j", "x->g")) == state(places, "a->j")


def test_an_active_sub_process_holds_it(draw: Draw) -> None:
    """What comes out of it may come to the join, also by an event at its border."""
    places, join = rule(
        draw,
        """
        f: or
        a: task
        x: sub
        i: task in x
        late: boundary on x timer
        l: task
        j: or
        f -> a
        f -> x
        a -> j
        late -> l
        l -> j
    """,
    )
    assert join
    active = min(places.active[ElementId("x")].values())
    assert join.consume(tuple(sorted((*state(places, "a->j"), active)))) is None


def test_other_nodes_take_each_token_alone(draw: Draw) -> None:
    """So does a join of one flow."""
    assert rule(draw, TEXT, "e")[1] is None
    assert rule(draw, TEXT, "f")[1] is None
    places, join = rule(draw, TEXT.replace("j: or", "j: and"))
    assert isinstance(join, ParallelJoin)
    assert join.consume(state(places, "a->j")) is None
