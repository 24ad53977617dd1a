"""The criterion ``flows``: every flow with few runs.

Each run takes as many new flows as a run without turning back can, then goes round by loops for
those that are near; runs that turn out to be needless are dropped (greedy set cover).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from pytest_orchestra.flow.circles import find_circles, reverse_postorder
from pytest_orchestra.flow.search import Demand, Finding, RunFinder
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.space import Edge, Run, StateSpace, leaving
from pytest_orchestra.model import ElementId

MAX_LOOKS = 2_000_000
"""Edges that are looked at for runs with many new flows; past them the nearest run will do."""


def choose_flows(finder: RunFinder, selection: Selection) -> None:
    """Choose few runs that take every flow; ``main`` where there is none to take.

    Args:
        finder: finds runs.
        selection: takes the runs.
    """
    for run in cover_flows(finder):
        selection.add(Finding(run=run))
    if not selection.runs:
        selection.add(finder.main())


def cover_flows(finder: RunFinder) -> list[Run]:
    """Return few runs that together take every flow that a run can take."""
    cover = _Cover(finder)
    runs: list[Run] = []
    while cover.missing:
        run = cover.next_run()
        if run is None:
            break
        runs.append(run)
    return _needed(runs)


class _Cover:
    """The flows that are missing, and the runs that take many of them.

    Attributes:
        missing: flows that no run takes yet.
    """

    def __init__(self, finder: RunFinder) -> None:
        self._finder = finder
        self._routes = finder.routes
        self.missing: set[ElementId] = set(self._routes.by_flow)
        outcomes = self._routes.space.game.decisions.outcomes
        numbers = {outcome.index for outcome in outcomes if outcome.turns is not None}
        self._turns = numbers - self._routes.defaults
        self._leaving = leaving(self._routes.live)
        self._order = reverse_postorder(self._leaving)
        circles = find_circles(self._order, self._routes.live)
        rank = {state: n for n, state in enumerate(self._order)}
        onwards = [
            (state, [e for e in self._leaving.get(state, ()) if rank[e.target] > rank[state]])
            for state in reversed(self._order)
        ]
        calm = [(s, [e for e in edges if not self._is_far_fetched(e)]) for s, edges in onwards]
        self._onwards = {True: onwards, False: calm}
        self._looks_left = MAX_LOOKS
        self._circling: dict[int, list[Edge]] = {
            state: [edge for edge in edges if self._is_on_circle(edge, circles)]
            for state, edges in self._leaving.items()
        }

    def next_run(self) -> Run | None:
        """Return a run that takes flows that are missing, None where none is found."""
        run: Run | None = None
        for misplaced in (False, True):
            if self._looks_left > 0 and not self._is_useful(run):
                run = self._longest(misplaced=misplaced)
        if not self._is_useful(run):
            run = self._any_run()
        if run is None:
            return None
        self._strike(run)
        while self.missing and (longer := self._with_detour(run)):
            run = longer
            self._strike(run)
        return run

    def _any_run(self) -> Run | None:
        """Return the cheapest run that takes some missing flow; give up flows without one."""
        for flow in sorted(self.missing):
            run = self._finder.find(Demand(flows=(flow,))).run
            if run:
                return run
            self.missing.discard(flow)
        return None

    def _is_useful(self, run: Run | None) -> bool:
        """Whether a run takes a missing flow and does not turn back too often."""
        flows = {flow for edge in run or () for flow in edge.move.taken}
        is_new = not self.missing.isdisjoint(flows) and not self._finder.overturned(run or ())
        return is_new and self._finder.allows(run or ())

    def _strike(self, run: Run) -> None:
        for edge in run:
            self.missing.difference_update(edge.move.taken)

    def _is_far_fetched(self, edge: Edge) -> bool:
        return edge.move.misplaced or not self._turns.isdisjoint(edge.move.outcomes)

    def _is_on_circle(self, edge: Edge, circles: dict[int, int]) -> bool:
        """Whether a way round may take an edge: activities take their one turn there."""
        is_on_circle = circles[edge.source] == circles[edge.target]
        return is_on_circle and self._turns.isdisjoint(edge.move.outcomes)

    def _longest(self, *, misplaced: bool) -> Run | None:
        """Return the run that takes most missing flows and never comes to a state twice.

        Args:
            misplaced: whether events may come elsewhere than where they are placed, and activities
                take several turns or none.
        """
        best: dict[int, tuple[int, Edge | None]] = {}
        for state, edges in self._onwards[misplaced]:
            if not self._routes.space.states[state]:
                best[state] = (0, None)
            for edge in edges:
                further = best.get(edge.target)
                if further is not None:
                    worth = further[0] + len(self.missing.intersection(edge.move.taken))
                    if state not in best or worth > best[state][0]:
                        best[state] = (worth, edge)
        self._looks_left -= len(self._routes.live)
        if StateSpace.START not in best:
            return None
        run: list[Edge] = []
        step = best[StateSpace.START][1]
        while step is not None:
            run.append(step)
            step = best[step.target][1]
        return tuple(run)

    def _with_detour(self, run: Run) -> Run | None:
        """Return the run with the shortest way round over a missing flow, None if there is none.

        The way round comes back to the state where it leaves the run.
        """
        places = {StateSpace.START: 0} | {edge.target: n for n, edge in enumerate(run, start=1)}
        for out in self._ways_out(places):
            leave = places[out[0].source]
            home = self._way(out[-1].target, out[0].source)
            longer = (*run[:leave], *out, *home, *run[leave:])
            if not self._finder.overturned(longer) and self._finder.allows(longer):
                return longer
        return None

    def _ways_out(self, places: dict[int, int]) -> Iterable[Run]:
        """Yield a way from the run to each missing flow that can be come to, the nearest first."""
        arrival: dict[int, Edge] = {}
        wanted = set(self.missing)
        todo = deque(sorted(places, key=lambda state: -places[state]))
        seen = set(todo)
        while todo:
            for edge in self._circling.get(todo.popleft(), ()):
                if not wanted.isdisjoint(edge.move.taken):
                    wanted.difference_update(edge.move.taken)
                    yield (*_traced(arrival, edge.source), edge)
                if edge.target not in seen:
                    seen.add(edge.target)
                    arrival[edge.target] = edge
                    todo.append(edge.target)

    def _way(self, start: int, goal: int) -> Run:
        """Return the shortest way from a state to another on one of its circles."""
        arrival: dict[int, Edge] = {}
        todo = deque([start])
        seen = {start}
        while goal not in seen:
            for edge in self._circling.get(todo.popleft(), ()):
                if edge.target not in seen:
                    seen.add(edge.target)
                    arrival[edge.target] = edge
                    todo.append(edge.target)
        return _traced(arrival, goal)


def _traced(arrival: dict[int, Edge], state: int) -> Run:
    edges: list[Edge] = []
    while state in arrival:
        edges.append(arrival[state])
        state = edges[-1].source
    return tuple(reversed(edges))


def _needed(runs: list[Run]) -> list[Run]:
    """Return the runs without those whose flows all others take as well, shortest tried first."""
    flows = [frozenset(flow for edge in run for flow in edge.move.taken) for run in runs]
    counts = Counter(flow for taken in flows for flow in taken)
    kept = list(range(len(runs)))
    for index in sorted(kept, key=lambda index: (len(flows[index]), -index)):
        if all(counts[flow] > 1 for flow in flows[index]):
            counts.subtract(flows[index])
            kept.remove(index)
    return [runs[index] for index in kept]
