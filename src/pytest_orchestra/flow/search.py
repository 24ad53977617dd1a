"""The cheapest run that takes given outcomes and turns back a given number of times.

A*: the routes' distance to the end is never more than what is still to pay.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from pytest_orchestra.flow.decisions import Outcome
from pytest_orchestra.flow.routes import CHANGE, Routes
from pytest_orchestra.flow.space import Edge, Run, StateSpace
from pytest_orchestra.model import ElementId

MAX_STEPS = 20_000
"""Steps of one search."""

MAX_STEPS_IN_ALL = 400_000
"""Steps of all searches in one process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a run has to do.

    Attributes:
        outcomes: indices of outcomes that it takes at least once; they cost nothing then.
        flows: flows that it takes at least once.
        turns: how often it takes these flows that turn back, exactly.
    """

    outcomes: tuple[int, ...] = ()
    flows: tuple[ElementId, ...] = ()
    turns: Mapping[ElementId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a search found; without a run, ``is_proved`` says that there is none."""

    run: Run | None = None
    is_proved: bool = False


class Reasons(Protocol):
    """Says why data does not allow what other runs do."""

    @property
    def plain(self) -> RunFinder:
        """What finds runs whatever data says."""

    def why(self, *outcomes: Outcome) -> str:
        """Say why data allows no run that takes outcomes; nothing where no other run does."""

    def why_flows(self, *flows: ElementId) -> str:
        """Say the same of flows."""

    def why_not(self, demand: Demand) -> str:
        """Say the same of whatever is asked of a run."""

    def why_run(self, run: Run) -> str:
        """Say why data does not allow a run; nothing where that is not proved."""


class RunFinder:
    """Finds runs that keep to the bound on turning back.

    Attributes:
        routes: distances in the state space.
        back: the flows that turn back.
        max_turns: how often each of them may be taken in one run.
        bounds: the same for those of which the suite says otherwise.
        steps_left: steps that all searches together may still take.
        space: the states to look at where every way is looked for.
        clashes: where data has a say, tells what it does not allow.
        is_possible: where what is found has still to be looked at, whether data allows it.
    """

    def __init__(
        self,
        routes: Routes,
        back: frozenset[ElementId],
        max_turns: int,
        max_steps: int = MAX_STEPS_IN_ALL,
        bounds: Mapping[ElementId, int] = MappingProxyType({}),
    ) -> None:
        self.routes = routes
        self.back = back
        self.max_turns = max_turns
        self.bounds = bounds
        self.steps_left = max_steps
        self.space: StateSpace = routes.space
        self.clashes: Reasons | None = None
        self.is_possible: Callable[[Run], bool] | None = None

    def allows(self, run: Run) -> bool:
        """Whether data allows a run that was put together of known moves."""
        return self.is_possible is None or self.is_possible(run)

    def main(self) -> Finding:
        """Find the cheapest run."""
        return self.find(Demand())

    def find(self, demand: Demand) -> Finding:
        """Find the cheapest run that meets a demand."""
        finding = self._direct(demand) or _Search(self, demand, {}).result()
        limits: dict[ElementId, int] = {}
        while finding.run and (over := self.overturned(finding.run) - demand.turns.keys()):
            limits |= {flow: self.most_turns(flow) for flow in over}
            finding = _Search(self, demand, limits).result()
        return finding

    def _direct(self, demand: Demand) -> Finding | None:
        """Find the cheapest run without looking at the bound, where that needs no search."""
        routes = self.routes
        none = Finding(is_proved=not routes.space.is_cut)
        if StateSpace.START not in routes.to_end:
            return none
        wanted = [routes.by_outcome.get(index) for index in demand.outcomes]
        wanted += [routes.by_flow.get(flow) for flow in (*demand.flows, *demand.turns)]
        if not wanted:
            return Finding(run=routes.run_from(StateSpace.START))
        if not all(wanted):
            return none
        if len(wanted) > 1 or demand.turns:
            return None
        edge = min(wanted[0] or (), key=lambda edge: (routes.through(edge), edge.number))
        return Finding(run=routes.run_over(edge))

    def overturned(self, run: Run) -> set[ElementId]:
        """Return the flows that a run takes more often than it may."""
        turns = self.turns(run)
        return {flow for flow, count in turns.items() if count > self.most_turns(flow)}

    def most_turns(self, flow: ElementId) -> int:
        """Return how often a flow that turns back may be taken in one run."""
        return self.bounds.get(flow, self.max_turns)

    def allow(self, run: Run) -> None:
        """Raise the bounds to what a run takes."""
        turns = self.turns(run)
        self.max_turns = max(turns.values())
        self.bounds = {flow: max(most, turns.get(flow, 0)) for flow, most in self.bounds.items()}

    def turns(self, run: Run) -> dict[ElementId, int]:
        """Return how often a run turns back by each flow that does so."""
        counts = Counter(flow for edge in run for flow in edge.move.taken)
        return {flow: counts[flow] for flow in self.back & counts.keys()}


_Progress = tuple[int, ...]


_Here = tuple[int, _Progress]


class _Search:
    """One search over states and what of the demand was met so far."""

    def __init__(self, finder: RunFinder, demand: Demand, limits: Mapping[ElementId, int]) -> None:
        self._finder = finder
        self._routes = finder.routes
        self._demand = demand
        self._bounds = {**limits, **demand.turns}
        self._once = len(demand.outcomes) + len(demand.flows)
        self._returns = [_Return(finder.routes, flow, n) for flow, n in demand.turns.items()]

    def result(self) -> Finding:
        first = (StateSpace.START, (0,) * (self._once + len(self._bounds)))
        heap = [(0, 0, 0, first)]
        arrival: dict[_Here, tuple[_Here, Edge]] = {}
        best = {first: 0}
        done: set[_Here] = set()
        while heap:
            _, _, cost, here = heapq.heappop(heap)
            if here in done:
                continue
            done.add(here)
            if self._is_goal(here):
                return Finding(run=_traced(arrival, here))
            self._finder.steps_left -= 1
            if len(done) > MAX_STEPS or self._finder.steps_left < 0:
                return Finding()
            for edge in self._routes.space.edges_from(here[0]):
                there, total = self._follow(edge, here[1], cost)
                if there is not None and total < best.get(there, total + 1):
                    best[there] = total
                    arrival[there] = (here, edge)
                    ahead = total + self._ahead(there)
                    heapq.heappush(heap, (ahead, len(arrival), total, there))
        return Finding(is_proved=not self._routes.space.is_cut)

    def _follow(self, edge: Edge, progress: _Progress, cost: int) -> tuple[_Here | None, int]:
        """Return where an edge leads and what it cost; nowhere where it breaks a bound."""
        cost += self._routes.cost(edge)
        move = edge.move
        if edge.target not in self._routes.to_end:
            return None, cost
        if not (move.outcomes or move.taken):
            return (edge.target, progress), cost
        new = list(progress)
        for place, outcome in enumerate(self._demand.outcomes):
            if not new[place] and outcome in move.outcomes:
                new[place] = 1
                cost -= CHANGE * (outcome not in self._routes.defaults)
        for place, flow in enumerate(self._demand.flows, start=len(self._demand.outcomes)):
            new[place] |= flow in move.taken
        for place, (flow, bound) in enumerate(self._bounds.items(), start=self._once):
            new[place] += move.taken.count(flow)
            if new[place] > bound:
                return None, cost
        return (edge.target, tuple(new)), cost

    def _ahead(self, here: _Here) -> int:
        """Return what is still to pay at least."""
        state, progress = here
        cost = self._routes.to_end[state]
        free = progress[: len(self._demand.outcomes)].count(0)
        if free and cost >= CHANGE:
            cost = max(0, cost // CHANGE - free) * CHANGE
        counts = dict(zip(self._bounds, progress[self._once :], strict=True))
        return max((cost, *(back.ahead(state, counts[back.flow]) for back in self._returns)))

    def _is_goal(self, here: _Here) -> bool:
        state, progress = here
        if self._routes.space.states[state] or not all(progress[: self._once]):
            return False
        counts = dict(zip(self._bounds, progress[self._once :], strict=True))
        return all(counts[flow] == number for flow, number in self._demand.turns.items())


class _Return:
    """What it costs at least to turn back by one flow a given number of times."""

    def __init__(self, routes: Routes, flow: ElementId, times: int) -> None:
        edges = routes.by_flow[flow]
        self.flow = flow
        self._times = times
        self._to_flow = routes.distances_to(edges)
        self._round = min(self._to_flow.get(edge.target, 0) for edge in edges)
        self._home = min(routes.to_end[edge.target] for edge in edges)

    def ahead(self, state: int, count: int) -> int:
        """Return the least cost from a state, the flow having been taken so many times."""
        still = self._times - count
        if still <= 0:
            return 0
        return self._to_flow.get(state, 0) + (still - 1) * self._round + self._home


def _traced(arrival: Mapping[_Here, tuple[_Here, Edge]], here: _Here) -> Run:
    edges: list[Edge] = []
    while here in arrival:
        here, edge = arrival[here]
        edges.append(edge)
    return tuple(reversed(edges))
