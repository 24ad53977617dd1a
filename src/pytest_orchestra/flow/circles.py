"""Which states lie on circles, and what lies ahead of each state and behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_orchestra.flow.space import Edge, StateSpace, leaving


def reverse_postorder(leaving: dict[int, list[Edge]]) -> list[int]:
    """Return the states so that every edge but those that close a circle leads onwards."""
    finished: list[int] = []
    seen = {StateSpace.START}
    stack = [(StateSpace.START, iter(leaving.get(StateSpace.START, ())))]
    while stack:
        state, edges = stack[-1]
        for edge in edges:
            if edge.target not in seen:
                seen.add(edge.target)
                stack.append((edge.target, iter(leaving.get(edge.target, ()))))
                break
        else:
            finished.append(state)
            stack.pop()
    return finished[::-1]


def find_circles(order: list[int], edges: list[Edge]) -> dict[int, int]:
    """Return, for each state, the first state of those with which it lies on a circle (Kosaraju).

    Args:
        order: the states in reverse postorder.
        edges: the edges between them.
    """
    before: dict[int, list[int]] = {}
    for edge in edges:
        before.setdefault(edge.target, []).append(edge.source)
    circles: dict[int, int] = {}
    for first in order:
        todo = [] if first in circles else [first]
        while todo:
            state = todo.pop()
            if state not in circles:
                circles[state] = first
                todo.extend(before.get(state, ()))
    return circles


class Horizon:
    """What edges have, told by state: on all ways on from there, on all ways to there.

    Args:
        edges: of a space, each on a way from its start.
        marks: what an edge has, as bits.

    Attributes:
        ahead, behind: the bits by state.
    """

    def __init__(self, edges: list[Edge], marks: Callable[[Edge], int]) -> None:
        circles = find_circles(reverse_postorder(leaving(edges)), edges)
        rank = {first: n for n, first in enumerate(dict.fromkeys(circles.values()))}
        links = [(circles[e.source], circles[e.target], marks(e)) for e in edges]
        links.sort(key=lambda link: rank[link[0]])
        ahead, behind = dict.fromkeys(rank, 0), dict.fromkeys(rank, 0)
        for source, target, own in reversed(links):
            ahead[source] |= ahead[target] | own
        links.sort(key=lambda link: rank[link[1]])
        for source, target, own in links:
            behind[target] |= behind[source] | own
        self.ahead: Mapping[int, int] = {s: ahead[first] for s, first in circles.items()}
        self.behind: Mapping[int, int] = {s: behind[first] for s, first in circles.items()}
