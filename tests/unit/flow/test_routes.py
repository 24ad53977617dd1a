"""Distances in a state space, and the runs that follow them."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.defaults import choose_defaults
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.routes import CHANGE, Routes
from pytest_orchestra.flow.space import Run, StateSpace, run_key
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]

TEXT = """
    s: start
    g: xor
    t: task
    e: end
    dead: and
    other: task
    s -> g
    short: g -> e
    long: g -> t
    t -> e
    stuck: g -> dead
    never: other -> dead
    around: other -> other
"""


def routes_of(draw: Draw, text: str = TEXT, max_states: int = 100) -> Routes:
    game = TokenGame(index_process(draw(text)))
    defaults = choose_defaults(game.graph, game.decisions, game.ways)
    return Routes(StateSpace(game, max_states), defaults)


def visited(run: Run) -> list[str]:
    return [edge.move.element for edge in run]


def test_the_way_home_takes_the_defaults(draw: Draw) -> None:
    """It costs only the nodes that it visits."""
    routes = routes_of(draw)
    run = routes.run_from(StateSpace.START)
    assert visited(run) == ["s", "g", "e"]
    assert routes.to_end[StateSpace.START] == 3


def test_a_run_over_an_edge_is_the_nearest(draw: Draw) -> None:
    """A change costs more than any length."""
    routes = routes_of(draw)
    (edge,) = routes.by_flow[ElementId("long")]
    run = routes.run_over(edge)
    assert visited(run) == ["s", "g", "t", "e"]
    assert routes.through(edge) == CHANGE + 4
    assert len(set(run_key(run))) == 4


def test_what_gets_stuck_is_reached_but_not_live(draw: Draw) -> None:
    """Its flow is known, and that no run takes it."""
    routes = routes_of(draw)
    assert ElementId("stuck") in routes.reached_flows
    assert ElementId("stuck") not in routes.by_flow
    assert len(routes.by_outcome) == 2
    assert len(routes.reached_outcomes) == 3
    assert len(routes.space.stuck) == 1


def test_a_small_budget_cuts_and_says_so(draw: Draw) -> None:
    """What lies beyond is not guessed at."""
    routes = routes_of(draw, max_states=3)
    assert routes.space.is_cut
    assert StateSpace.START not in routes.to_end


def test_tokens_that_pile_up_are_not_followed(draw: Draw) -> None:
    """The state that only adds tokens to an earlier one is dropped."""
    routes = routes_of(
        draw,
        """
        s: start
        m: xor
        f: and
        j: and
        x: task
        s -> m
        m -> f
        a: f -> m
        b: f -> j
        c: x -> j
        x -> x
    """,
    )
    space = routes.space
    assert not space.is_cut
    assert {space.game.places.listed[place].element for place in space.growing} == {"b"}
    assert space.growing <= space.piled


def test_several_tokens_may_wait_at_one_place(draw: Draw) -> None:
    """That is noted, and goes on."""
    routes = routes_of(draw, "s: start\na: task\nm: task\ns -> a\ntwo: s -> a\na -> m")
    places = routes.space.game.places.listed
    assert {places[place].element for place in routes.space.piled} == {"a->m"}
    assert not routes.space.growing


def test_distances_end_with_an_edge(draw: Draw) -> None:
    """They count the edge itself."""
    routes = routes_of(draw)
    distances = routes.distances_to(routes.by_flow[ElementId("t->e")])
    assert distances[StateSpace.START] == CHANGE + 3
