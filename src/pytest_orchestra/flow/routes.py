"""The cheapest ways through a state space: those that change the fewest outcomes.

Cost is a number: outcomes other than the default, then misplaced events, then nodes visited.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from pytest_orchestra.flow.space import Edge, Run, StateSpace
from pytest_orchestra.model import ElementId

CHANGE = 1 << 40
MISPLACEMENT = 1 << 28


class Routes:
    """Distances from the start and to the end, and the edges that lie between.

    Attributes:
        defaults: the outcomes that cost nothing.
        from_start: cost by state, of those that can be reached.
        to_end: cost by state, of those from which the end can be reached.
        live: the edges that lie on some complete run, in order of discovery.
        by_outcome, by_flow: those among them that take an outcome, a flow.
        reached_outcomes, reached_flows: what any edge takes, also of runs that get stuck.
    """

    def __init__(self, space: StateSpace, defaults: AbstractSet[int]) -> None:
        self.space = space
        self.defaults = defaults
        self.from_start: dict[int, int] = {}
        self._arrival: dict[int, Edge] = {}
        self._departures: dict[int, Edge] = {}
        self._before: defaultdict[int, list[Edge]] = defaultdict(list)
        self.reached_outcomes: set[int] = set()
        self.reached_flows: set[ElementId] = set()
        self._explore()
        self.to_end: dict[int, int] = self._measure()
        self.live: list[Edge] = [
            edge
            for state in sorted(self.from_start)
            for edge in space.edges_from(state)
            if edge.target in self.to_end
        ]
        self.by_outcome: defaultdict[int, list[Edge]] = defaultdict(list)
        self.by_flow: defaultdict[ElementId, list[Edge]] = defaultdict(list)
        for edge in self.live:
            for outcome in edge.move.outcomes:
                self.by_outcome[outcome].append(edge)
            for flow in edge.move.taken:
                self.by_flow[flow].append(edge)

    def cost(self, edge: Edge) -> int:
        """Return what an edge costs."""
        move = edge.move
        changes = 0
        for outcome in move.outcomes:
            changes += outcome not in self.defaults
        return changes * CHANGE + move.misplaced * MISPLACEMENT + move.visits

    def through(self, edge: Edge) -> int:
        """Return the cost of the cheapest run over a live edge."""
        return self.from_start[edge.source] + self.cost(edge) + self.to_end[edge.target]

    def run_over(self, edge: Edge) -> Run:
        """Return the cheapest run over a live edge."""
        return (*self.run_to(edge.source), edge, *self.run_from(edge.target))

    def run_to(self, state: int) -> Run:
        """Return the cheapest way from the start to a state."""
        edges: list[Edge] = []
        while state != StateSpace.START:
            edge = self._arrival[state]
            edges.append(edge)
            state = edge.source
        return tuple(reversed(edges))

    def run_from(self, state: int) -> Run:
        """Return the cheapest way from a state to the end."""
        edges: list[Edge] = []
        while self.space.states[state]:
            edge = self._departure(state)
            edges.append(edge)
            state = edge.target
        return tuple(edges)

    def distances_to(self, edges: Iterable[Edge]) -> dict[int, int]:
        """Return, by state, the cost of the cheapest way that ends with one of these edges."""
        found: dict[int, int] = {}
        heap = [(self.cost(edge), edge.number, edge.source) for edge in edges]
        heapq.heapify(heap)
        while heap:
            cost, _, state = heapq.heappop(heap)
            if state not in found:
                found[state] = cost
                for edge in self._before[state]:
                    if edge.source not in found:
                        heapq.heappush(heap, (cost + self.cost(edge), edge.number, edge.source))
        return found

    def _departure(self, state: int) -> Edge:
        """Return the first move of the cheapest way from a state to the end."""
        edge = self._departures.get(state)
        if edge is None:
            edges = (e for e in self.space.edges_from(state) if e.target in self.to_end)
            edge = min(edges, key=lambda edge: self.cost(edge) + self.to_end[edge.target])
            self._departures[state] = edge
        return edge

    def _explore(self) -> None:
        """Dijkstra from the start; a state is expanded at its final cost."""
        heap = [(0, 0, StateSpace.START)]
        best = {StateSpace.START: 0}
        while heap:
            cost, _, state = heapq.heappop(heap)
            if state in self.from_start:
                continue
            self.from_start[state] = cost
            for edge in self.space.edges_from(state):
                total = cost + self.cost(edge)
                if total < best.get(edge.target, total + 1):
                    best[edge.target] = total
                    self._arrival[edge.target] = edge
                    heapq.heappush(heap, (total, edge.number, edge.target))

    def _measure(self) -> dict[int, int]:
        """Dijkstra from the end, backwards over what was explored."""
        for state in self.from_start:
            for edge in self.space.edges_from(state):
                self._before[edge.target].append(edge)
                self.reached_outcomes.update(edge.move.outcomes)
                self.reached_flows.update(edge.move.taken)
        ends = [state for state in self.from_start if not self.space.states[state]]
        arrivals = [edge for state in ends for edge in self._before[state]]
        return dict.fromkeys(ends, 0) | self.distances_to(arrivals)
