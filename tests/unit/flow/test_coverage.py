"""Coverage where the process is too large to be looked at as a whole."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.coverage import measure_coverage
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.routes import Routes
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.soundness import find_problems
from pytest_orchestra.flow.space import StateSpace
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import Process

Draw = Callable[[str], Process]

TEXT = """
    s: start
    a: task
    b: task
    c: task
    e: end
    s -> a
    a -> b
    b -> c
    c -> e
    w: task
    w -> w
"""


def cut(draw: Draw) -> Routes:
    return Routes(StateSpace(TokenGame(index_process(draw(TEXT))), max_states=3), frozenset())


def test_what_was_not_looked_at_counts_as_reachable(draw: Draw) -> None:
    """If flows lead to it; and the reason is told."""
    coverage = measure_coverage(cut(draw), Selection(1))
    assert (coverage.total, coverage.reachable, coverage.covered) == (5, 4, 0)
    why = {missing.id: missing.why for missing in coverage.uncovered}
    assert why["c->e"] == "the process has too many states to look at them all"
    assert why["w->w"] == "no way from a start leads to it"


def test_a_cut_is_a_problem_of_the_process(draw: Draw) -> None:
    """Beside what was found up to there."""
    codes = [problem.code for problem in find_problems(cut(draw))]
    assert codes == ["no-end", "search-cut", "unreachable"]
