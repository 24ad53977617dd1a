"""The cheapest run that meets a demand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.defaults import choose_defaults
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.search import Demand, RunFinder
from pytest_orchestra.flow.space import StateSpace
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]

LOOP = """
    s: start
    a: task
    g: xor
    e: end
    s -> a
    a -> g
    again: g -> a
    out: g -> e
"""


def finder_of(
    draw: Draw, text: str, turns: int = 2, max_states: int = 1000, steps: int = 1000
) -> RunFinder:
    game = TokenGame(index_process(draw(text)))
    defaults = choose_defaults(game.graph, game.decisions, game.ways)
    return RunFinder(Routes(StateSpace(game, max_states), defaults), game.back, turns, steps)


def flows(finder: RunFinder, demand: Demand) -> list[str]:
    run = finder.find(demand).run
    return [] if run is None else [flow for edge in run for flow in edge.move.taken]


@pytest.mark.parametrize("times", [0, 1, 2, 5])
def test_a_run_turns_back_exactly_so_often(draw: Draw, times: int) -> None:
    """More often than the bound only where it is demanded."""
    taken = flows(finder_of(draw, LOOP), Demand(turns={ElementId("again"): times}))
    assert taken.count("again") == times
    assert taken[-1] == "out"


def test_two_outcomes_are_taken_in_one_run(draw: Draw) -> None:
    """The nearest one."""
    finder = finder_of(
        draw,
        """
        s: start
        g: xor
        h: xor
        i: xor
        e: end
        s -> g
        g1: g -> h
        g2: g -> h
        h1: h -> i
        h2: h -> i
        i1: i -> e
        i2: i -> e
    """,
    )
    indices = {
        outcome.flows[0]: outcome.index for outcome in finder.routes.space.game.decisions.outcomes
    }
    demand = Demand(outcomes=(indices[ElementId("g2")], indices[ElementId("i2")]))
    assert flows(finder, demand) == ["s->g", "g2", "h1", "i2"]


def test_the_bound_on_turning_back_is_kept(draw: Draw) -> None:
    """A way that would need more turns is not found, and that is proved."""
    finder = finder_of(draw, LOOP, turns=0)
    finding = finder.find(Demand(flows=(ElementId("again"),)))
    assert finding.run is None
    assert finding.is_proved


def test_a_run_within_the_bound_goes_round_another_way(draw: Draw) -> None:
    """Where the nearest run turns back too often, the next one that does not is taken."""
    finder = finder_of(
        draw,
        """
        s: start
        a: task
        g: xor default=again
        long: task
        longer: task
        t: task
        e: end
        s -> a
        a -> g
        again: g -> a
        x: g -> t
        t -> e
        sec: boundary on a timer
        sec -> long
        long -> longer
        longer -> t
    """,
        turns=0,
    )
    assert flows(finder, Demand(flows=(ElementId("t->e"),))) == ["s->a", "a->g", "x", "t->e"]


def test_nothing_is_found_for_what_nothing_leads_to(draw: Draw) -> None:
    """It is proved unless the space was cut."""
    text = LOOP + "loose: task\nloose -> a"
    demand = Demand(flows=(ElementId("nowhere"),))
    assert finder_of(draw, text).find(demand).is_proved
    assert not finder_of(draw, LOOP, max_states=2).find(demand).is_proved


def test_a_process_without_an_end_has_no_main(draw: Draw) -> None:
    """No run comes home."""
    finding = finder_of(draw, "s: start\na: task\ns -> a\na -> a").main()
    assert finding.run is None
    assert finding.is_proved


def test_a_search_stops_at_its_budget(draw: Draw) -> None:
    """It proves nothing then."""
    finder = finder_of(draw, LOOP, steps=3)
    finding = finder.find(Demand(turns={ElementId("again"): 2}))
    assert finding.run is None
    assert not finding.is_proved
