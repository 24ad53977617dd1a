"""Runs counted without walking them, and listed in order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest

from pytest_orchestra.flow.defaults import choose_defaults
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.keys import changed_outcomes
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.space import StateSpace, is_placed, run_key
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.flow.ways import Ways
from pytest_orchestra.model import Process

Draw = Callable[[str], Process]


def chain(splits: int) -> str:
    lines = ["s: start", "e: end", "s -> g0"]
    for n in range(splits):
        target = f"g{n + 1}" if n + 1 < splits else "e"
        lines += [f"g{n}: xor", f"a{n}: g{n} -> {target}", f"b{n}: g{n} -> {target}"]
    return "\n".join(lines)


LOOPS = """
    s: start
    m: xor
    t: task
    g: xor
    n: xor
    u: task
    h: xor
    e: end
    s -> m
    m -> t
    t -> g
    first: g -> m
    g -> n
    n -> u
    u -> h
    second: h -> n
    h -> e
"""


def explore(process: Process, turns: int = 2, **bounds: int) -> tuple[Routes, Ways]:
    game = TokenGame(index_process(process))
    defaults = choose_defaults(game.graph, game.decisions, game.ways, game.steering)
    routes = Routes(StateSpace(game, takes=is_placed), defaults)
    return routes, Ways(routes, dict.fromkeys(game.back, turns), **bounds)


def test_runs_come_in_order_of_what_they_change(draw: Draw) -> None:
    """``main``, then those with one other outcome, then those with two; none twice."""
    routes, ways = explore(draw(chain(4)))
    runs = list(ways.runs())
    changes = [len(changed_outcomes(run, routes.defaults)) for run in runs]
    assert changes == [0, *[1] * 4, *[2] * 6, *[3] * 4, 4]
    assert len({run_key(run) for run in runs}) == ways.total == 16
    assert ways.is_exact


def test_a_count_needs_no_walk(draw: Draw) -> None:
    """Two hundred splits are counted at once, and the first runs are there at once."""
    _, ways = explore(draw(chain(200)))
    assert ways.total == 2**200
    assert len(list(islice(ways.runs(), 300))) == 300


@pytest.mark.parametrize("turns", [0, 1, 5])
def test_loops_in_a_row_multiply(draw: Draw, turns: int) -> None:
    """Turns by one flow are no turns by the other."""
    _, ways = explore(draw(LOOPS), turns)
    assert ways.total == len(list(ways.runs())) == (turns + 1) ** 2
    assert ways.is_exact


def test_what_is_too_much_to_look_at_gives_a_lower_bound(draw: Draw) -> None:
    """The cheapest runs are among what is looked at."""
    routes, ways = explore(draw(LOOPS), 5, max_places=30)
    runs = list(ways.runs())
    assert 1 <= ways.total == len(runs) < 36
    assert not ways.is_exact
    assert changed_outcomes(runs[0], routes.defaults) == ()


def test_where_no_run_ends_there_is_none(draw: Draw) -> None:
    """Nothing to count, nothing to list."""
    _, ways = explore(draw("s: start\nj: and\nw: task\ns -> j\nw -> j\nw -> w"))
    assert ways.total == 0
    assert list(ways.runs()) == []
