"""What lies ahead of states and behind them, circles included."""

from __future__ import annotations

from pytest_orchestra.flow.circles import Horizon, find_circles, reverse_postorder
from pytest_orchestra.flow.move import Move, MoveKind
from pytest_orchestra.flow.space import Edge, leaving
from pytest_orchestra.model import ElementId

MOVE = Move(kind=MoveKind.VISIT, element=ElementId("t"))
WAYS = [(0, 1), (1, 2), (2, 1), (2, 3), (0, 3), (3, 3)]
EDGES = [Edge(number, source, target, MOVE, ()) for number, (source, target) in enumerate(WAYS)]


def test_states_on_one_circle_share_their_first() -> None:
    """The others stand for themselves."""
    circles = find_circles(reverse_postorder(leaving(EDGES)), EDGES)
    assert circles == {0: 0, 1: 1, 2: 1, 3: 3}


def test_edges_are_told_by_all_states_before_and_after_them() -> None:
    """On a circle each edge is both."""
    horizon = Horizon(EDGES, lambda edge: 1 << edge.number)
    assert horizon.ahead == {0: 0b111111, 1: 0b101110, 2: 0b101110, 3: 0b100000}
    assert horizon.behind == {0: 0, 1: 0b000111, 2: 0b000111, 3: 0b111111}


def test_no_edges_leave_the_start_alone() -> None:
    """A process that is nothing but its start."""
    assert Horizon([], lambda _: 1).ahead == {0: 0}
