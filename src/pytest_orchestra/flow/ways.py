"""All ways through a state space that turn back no more often than they may: counted, listed.

They are counted without walking them; what is too much to look at makes the count a lower bound.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping

from pytest_orchestra.flow.circles import Horizon
from pytest_orchestra.flow.routes import CHANGE, Routes
from pytest_orchestra.flow.space import Edge, Run, StateSpace, leaving
from pytest_orchestra.model import ElementId

MAX_PLACES = 60_000
"""States that are looked at, one with other turns counted as another."""

_Turns = tuple[tuple[int, int], ...]
"""How often a run has turned back by flows, by their number; only those that it may take again."""

_Place = tuple[int, _Turns]


class Ways:
    """The complete runs of a state space.

    Args:
        routes: distances in the space.
        bounds: how often a run may take each of the flows that turn back.
        max_places: how many states are looked at, those on the cheapest runs first.

    Attributes:
        total: how many runs there are at least.
        is_exact: whether there are no more.
    """

    def __init__(
        self, routes: Routes, bounds: Mapping[ElementId, int], max_places: int = MAX_PLACES
    ) -> None:
        self._routes = routes
        space = routes.space
        self._flows = {flow: n for n, flow in enumerate(sorted(bounds))}
        self._bounds = [bounds[flow] for flow in self._flows]
        self._live = leaving(routes.live)
        self._returns = {id(edge.move): self._returning(edge) for edge in routes.live}
        self._ahead = Horizon(routes.live, self._mark).ahead
        self._numbers: dict[_Place, int] = {}
        self._places: list[_Place] = []
        self._onwards: list[list[tuple[Edge, int, int]]] = []
        self.is_exact = not (space.is_cut or space.growing or space.game.decisions.is_cut)
        self._counts: list[int] = []
        self._changes: list[int] = []
        if StateSpace.START in routes.to_end:
            self._explore(max_places)
            self._count()
        self.total: int = self._counts[0] if self._counts else 0

    def runs(self) -> Iterator[Run]:
        """Yield all runs, those with fewest outcomes other than the default first."""
        found = self._changes[0] if self._changes else 0
        for changes in range(found.bit_length()):
            if found >> changes & 1:
                yield from self._with_changes(changes)

    def _returning(self, edge: Edge) -> tuple[int, ...]:
        return tuple(self._flows[flow] for flow in edge.move.taken if flow in self._flows)

    def _mark(self, edge: Edge) -> int:
        return sum({1 << flow for flow in self._returns[id(edge.move)]})

    def _explore(self, max_places: int) -> None:
        """Look at what lies on runs, on the cheapest first."""
        to_end = self._routes.to_end
        self._number((StateSpace.START, ()))
        heap = [(to_end[StateSpace.START], 0)]
        done: set[int] = set()
        while heap:
            through, place = heapq.heappop(heap)
            if place in done:
                continue
            done.add(place)
            state, turns = self._places[place]
            for edge in self._live.get(state, ()):
                there = self._follow(edge, turns)
                if there is None:
                    continue
                target = self._numbers.get(there, -1)
                if target < 0:
                    if len(self._places) >= max_places:
                        self.is_exact = False
                        continue
                    target = self._number(there)
                cost = self._routes.cost(edge)
                self._onwards[place].append((edge, target, cost // CHANGE))
                if target not in done:
                    cost += to_end[edge.target] - to_end[state]
                    heapq.heappush(heap, (through + cost, target))

    def _number(self, place: _Place) -> int:
        self._numbers[place] = number = len(self._places)
        self._places.append(place)
        self._onwards.append([])
        return number

    def _follow(self, edge: Edge, turns: _Turns) -> _Place | None:
        """Return where an edge leads; nowhere where it turns back too often."""
        returning = self._returns[id(edge.move)]
        if returning:
            counts = dict(turns)
            for flow in returning:
                counts[flow] = counts.get(flow, 0) + 1
                if counts[flow] > self._bounds[flow]:
                    return None
            turns = tuple(sorted(counts.items()))
        if turns:
            ahead = self._ahead[edge.target]
            turns = tuple(turn for turn in turns if ahead >> turn[0] & 1)
        return edge.target, turns

    def _count(self) -> None:
        """Count the runs from every place, the last places first.

        What still turns back, by links for instance, is left out.
        """
        number = len(self._places)
        self._counts = [0] * number
        self._changes = [0] * number
        states = self._routes.space.states
        for place, is_open in self._last_first():
            if not states[self._places[place][0]]:
                self._counts[place] = self._changes[place] = 1
            onwards = [step for step in self._onwards[place] if not is_open[step[1]]]
            self.is_exact &= len(onwards) == len(self._onwards[place])
            self._onwards[place] = [step for step in onwards if self._counts[step[1]]]
            for _, target, changed in self._onwards[place]:
                self._counts[place] += self._counts[target]
                self._changes[place] |= self._changes[target] << changed

    def _last_first(self) -> Iterator[tuple[int, bytearray]]:
        """Yield the places, each after those that it leads to, and from which the walk came."""
        seen = bytearray(len(self._places))
        is_open = bytearray(len(self._places))
        stack = [(0, iter(self._onwards[0]))]
        seen[0] = is_open[0] = 1
        while stack:
            place, onwards = stack[-1]
            target = next((target for _, target, _ in onwards if not seen[target]), None)
            if target is None:
                yield place, is_open
                is_open[place] = 0
                stack.pop()
            else:
                seen[target] = is_open[target] = 1
                stack.append((target, iter(self._onwards[target])))

    def _with_changes(self, changes: int) -> Iterator[Run]:
        """Yield the runs with a number of outcomes other than the default."""
        states = self._routes.space.states
        run: list[Edge] = []
        stack = [(changes, iter(self._onwards[0]))]
        while stack:
            left, onwards = stack[-1]
            for edge, target, changed in onwards:
                if left >= changed and self._changes[target] >> left - changed & 1:
                    run.append(edge)
                    stack.append((left - changed, iter(self._onwards[target])))
                    if not states[edge.target]:
                        yield tuple(run)
                    break
            else:
                stack.pop()
                if run:
                    run.pop()
