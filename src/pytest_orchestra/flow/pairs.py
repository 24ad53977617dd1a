"""The criterion ``pairs``: every two outcomes that can occur together, with few runs.

Each run is walked so that it takes as many new pairs as can be seen on the way, one run after
the other; pairs that no such walk comes to are searched for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from pytest_orchestra.flow.branches import complete, turn_back, why_not, why_not_both
from pytest_orchestra.flow.circles import Horizon
from pytest_orchestra.flow.cover import cover_flows
from pytest_orchestra.flow.decisions import Outcome
from pytest_orchestra.flow.search import Demand, Finding, RunFinder
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.space import Edge, Run, StateSpace, leaving
from pytest_orchestra.model import ElementId

MAX_LOOKS = 300_000
"""Edges that are looked at for runs with many new pairs; past them the nearest run will do."""


def choose_pairs(finder: RunFinder, selection: Selection, *, is_told: bool = True) -> None:
    """Choose few runs that together take each two outcomes that one run can take.

    They turn back as often as those of ``branches``. Where there is not room for all, every flow
    is covered first.

    Args:
        finder: finds runs.
        selection: takes the runs; pairs that are in it already are not looked for again.
        is_told: whether outcomes that no run takes together are ruled out by name.
    """
    selection.add(finder.main())
    room = selection.max_scenarios - len(selection.runs)
    pairs = _Pairs(finder, selection, is_told=is_told)
    runs = list(islice(pairs.runs(), room + 1))
    if len(runs) > room:
        selection.leave_out(is_certain=False)
        for run in cover_flows(finder):
            selection.add(Finding(run=run))
    for run in runs:
        selection.add(Finding(run=run))
    turn_back(finder, selection)
    complete(finder, selection)


class _Pairs:
    """The pairs of outcomes that no chosen run takes yet; each outcome is a pair with itself.

    Sets of outcomes are bits of a number.
    """

    def __init__(self, finder: RunFinder, selection: Selection, *, is_told: bool) -> None:
        routes = finder.routes
        self._finder = finder
        self._is_told = is_told
        self._selection = selection
        self._bounds = {flow: finder.most_turns(flow) for flow in finder.back}
        self._looks_left = MAX_LOOKS
        self._leaving = leaving(routes.live)
        horizon = Horizon(routes.live, _outcomes)
        self._ahead = horizon.ahead
        self._open: dict[int, int] = {}
        for outcome, edges in sorted(routes.by_outcome.items()):
            self._open[outcome] = 0
            for edge in edges:
                own = _outcomes(edge)
                self._open[outcome] |= (
                    own | horizon.ahead[edge.target] | horizon.behind[edge.source]
                )
        self._known = _bits(self._open)
        self._rule_out()
        for run in selection.runs:
            self._strike(run)

    def runs(self) -> Iterator[Run]:
        """Yield runs, each with some new pair, until no pair is open."""
        while any(self._open.values()):
            run = self._extended(()) or ()
            if not self._strike(run):
                run = self._searched()
                self._strike(run)
            if run:
                yield run

    def _rule_out(self) -> None:
        """Note what no run takes at all, and what no run takes together."""
        space = self._finder.routes.space
        if space.is_cut:
            return
        outcomes = space.game.open_outcomes()
        later = self._known
        together = {
            outcome.index: _bits(other.index for other in decision.outcomes)
            for decision in space.game.decisions.decisions
            for outcome in decision.outcomes
        }
        by_index = {outcome.index: outcome for outcome in outcomes}
        for outcome in outcomes:
            index = outcome.index
            if index not in self._open:
                self._selection.rule_out(why_not(self._finder, outcome), outcome)
                continue
            later &= ~(1 << index)
            apart = later & ~self._open[index] & ~together[index]
            for other in _indices(apart if self._is_told else 0):
                self._rule_out_both(outcome, by_index[other])

    def _rule_out_both(self, first: Outcome, second: Outcome) -> None:
        if self._selection.is_listing:
            why = why_not_both(self._finder, first, second)
            self._selection.rule_out(why, first, second)
        else:
            self._selection.rule_out_more(1)

    def _strike(self, run: Run) -> bool:
        """Close the pairs that a run takes, and say whether there were any."""
        taken = 0
        for edge in run:
            taken |= _outcomes(edge)
        is_new = False
        for outcome in _indices(taken & self._known):
            is_new |= bool(self._open[outcome] & taken)
            self._open[outcome] &= ~taken
        return is_new

    # -- one run -------------------------------------------------------------------------------

    def _searched(self) -> Run:
        """Search for a run that takes an open pair, then go on for more; close the pair.

        Outcomes alone go first: one that no run takes has no pairs.
        """
        alone = (outcome for outcome, others in self._open.items() if others >> outcome & 1)
        first = second = next(alone, -1)
        if first < 0:
            first, others = next(each for each in self._open.items() if each[1])
            second = next(_indices(others))
        self._open[first] &= ~(1 << second)
        self._open[second] &= ~(1 << first)
        wanted = (first,) if first == second else (first, second)
        finding = self._finder.find(Demand(outcomes=wanted))
        if finding.run:
            return self._extended(_until(finding.run, _bits(wanted))) or finding.run
        if finding.is_proved:
            self._give_up(wanted)
        else:
            self._selection.leave_out(is_certain=False)
        return ()

    def _give_up(self, indices: tuple[int, ...]) -> None:
        """Note what no run takes that turns back no more often than it may."""
        known = self._finder.routes.space.game.decisions.outcomes
        outcomes = [known[index] for index in indices]
        if len(outcomes) > 1:
            if self._is_told:
                self._rule_out_both(*outcomes)
            return
        self._selection.rule_out(why_not(self._finder, outcomes[0]), *outcomes)
        for other in _indices(self._open[indices[0]]):
            self._open[other] &= ~(1 << indices[0])
        self._open[indices[0]] = 0

    def _extended(self, begun: Run) -> Run | None:
        """Walk on where there is time for it; None where not, or to no run that may be."""
        run = self._walked(begun) if self._looks_left > 0 else None
        return run if run and self._finder.allows(run) else None

    def _walked(self, begun: Run) -> Run | None:
        """Go on to the end by what takes most new pairs; None where the turns are used up."""
        space = self._finder.routes.space
        walk = _Walk(self._open)
        state = StateSpace.START
        for edge in begun:
            walk.take(edge, self._returning(edge))
            state = edge.target
        while space.states[state]:
            self._looks_left -= len(self._leaving[state])
            edges = [edge for edge in self._leaving[state] if self._may(edge, walk)]
            if not edges:
                return None
            edge = edges[0] if len(edges) == 1 else max(edges, key=lambda e: self._worth(e, walk))
            walk.take(edge, self._returning(edge))
            state = edge.target
        return tuple(walk.run)

    def _returning(self, edge: Edge) -> list[ElementId]:
        return [flow for flow in edge.move.taken if flow in self._bounds]

    def _may(self, edge: Edge, walk: _Walk) -> bool:
        """Whether a walk may go on so: no event comes elsewhere, no turn is one too many."""
        if edge.move.misplaced:
            return False
        returning = self._returning(edge)
        if not returning:
            return edge.target not in walk.seen
        turns = Counter(returning)
        return all(walk.turns[f] + n <= self._bounds[f] for f, n in turns.items())

    def _worth(self, edge: Edge, walk: _Walk) -> tuple[int, int, int, int]:
        """Return the new pairs by an edge, those still in sight, what is still open, the cost."""
        routes = self._finder.routes
        new = _outcomes(edge) & ~walk.taken
        taken = walk.taken | new
        wanted, gain = walk.wanted, 0
        for outcome in _indices(new):
            wanted |= self._open[outcome]
            gain += (self._open[outcome] & taken).bit_count()
        ahead = self._ahead[edge.target] & ~taken
        cost = routes.cost(edge) + routes.to_end[edge.target]
        return gain, (wanted & ahead).bit_count(), (walk.open & ahead).bit_count(), -cost


class _Walk:
    """A run that is being walked.

    Attributes:
        taken: the outcomes so far.
        wanted: what would make a new pair with one of them.
        open: what is in any open pair.
        turns: how often each flow that turns back was taken.
        seen: the states since something last turned back.
    """

    def __init__(self, pairs: dict[int, int]) -> None:
        self.run: list[Edge] = []
        self.taken = 0
        self.wanted = 0
        self.open = _bits(outcome for outcome, others in pairs.items() if others)
        self.turns: Counter[ElementId] = Counter()
        self.seen = {StateSpace.START}
        self._pairs = pairs

    def take(self, edge: Edge, returning: list[ElementId]) -> None:
        """Go by an edge that turns back by some flows."""
        self.run.append(edge)
        outcomes = _outcomes(edge)
        for outcome in _indices(outcomes & ~self.taken):
            self.wanted |= self._pairs[outcome]
        self.taken |= outcomes
        self.turns.update(returning)
        if returning:
            self.seen.clear()
        self.seen.add(edge.target)


def _until(run: Run, outcomes: int) -> Run:
    """Return a run's beginning up to where it has taken some outcomes."""
    for n, edge in enumerate(run, start=1):
        outcomes &= ~_outcomes(edge)
        if not outcomes:
            return run[:n]
    return run


def _outcomes(edge: Edge) -> int:
    return _bits(edge.move.outcomes) if edge.move.outcomes else 0


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in set(numbers))


def _indices(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
