"""The criterion ``branches``: base choice, loops, and pairs on concurrent branches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from pytest_orchestra.flow.concurrency import concurrent_decisions
from pytest_orchestra.flow.cover import cover_flows
from pytest_orchestra.flow.decisions import Decision, Outcome
from pytest_orchestra.flow.search import Demand, Finding, RunFinder
from pytest_orchestra.flow.selection import Selection

MAX_PAIRS = 100_000
"""Pairs of outcomes that are looked at in one process."""


def choose_branches(finder: RunFinder, selection: Selection) -> None:
    """Choose ``main``, and for each other outcome the run nearest to it that takes it.

    Args:
        finder: finds runs; its routes know the default outcomes.
        selection: takes the runs; where there is not room for all, flow coverage is kept.
    """
    _Choice(finder, selection).choose()


class _Choice:
    def __init__(self, finder: RunFinder, selection: Selection) -> None:
        self._selection = selection
        self._finder = finder
        self._game = finder.routes.space.game
        self._live = finder.routes.by_outcome.keys()

    def choose(self) -> None:
        self._selection.add(self._finder.main())
        outcomes = sorted(self._game.decisions.outcomes, key=self._game.rank)
        changed = [outcome for outcome in outcomes if not self._is_default(outcome)]
        if len(changed) >= self._selection.max_scenarios:
            for run in cover_flows(self._finder):
                self._selection.add(Finding(run=run))
        for outcome in changed:
            self._take(outcome)
        self._turn_back()
        for first, second in islice(self._pairs(), MAX_PAIRS):
            if not self._selection.has(first.index, second.index):
                self._take(first, second)
        self._complete(outcomes)

    def _is_default(self, outcome: Outcome) -> bool:
        return outcome.index in self._finder.routes.defaults

    def _take(self, *outcomes: Outcome) -> None:
        """Choose the nearest run that takes an outcome, or two."""
        if self._selection.is_full:
            self._selection.leave_out()
            return
        finding = self._finder.find(Demand(outcomes=tuple(o.index for o in outcomes)))
        self._selection.add(finding)
        if finding.is_proved:
            why = "every run that takes it gets stuck or turns back too often"
            if len(outcomes) > 1:
                why = "no run takes both"
            elif outcomes[0].index not in self._finder.routes.reached_outcomes:
                why = "no run comes to it"
            self._selection.rule_out(why, *outcomes)

    def _turn_back(self) -> None:
        """Choose a run that turns back once for each flow that does, and one that does so often."""
        wanted = dict.fromkeys((1, self._finder.max_turns))
        for flow in sorted(self._finder.back & self._finder.routes.by_flow.keys()):
            for times in wanted:
                if times and (flow, times) not in self._selection.turns:
                    self._selection.add(self._finder.find(Demand(turns={flow: times})))

    def _pairs(self) -> Iterator[tuple[Outcome, Outcome]]:
        """Yield each two outcomes of concurrent branches that are both not the default."""
        seen: set[frozenset[int]] = set()
        for decisions in concurrent_decisions(self._game.graph, self._game.decisions.decisions):
            for first, second in product(*(self._changed(decision) for decision in decisions)):
                pair = frozenset((first.index, second.index))
                if pair not in seen:
                    seen.add(pair)
                    yield first, second

    def _changed(self, decision: Decision) -> list[Outcome]:
        return [o for o in decision.outcomes if not self._is_default(o) and o.index in self._live]

    def _complete(self, outcomes: list[Outcome]) -> None:
        """Choose runs for default outcomes and flows that no run takes yet."""
        for outcome in outcomes:
            if outcome.index in self._live and not self._selection.has(outcome.index):
                self._take(outcome)
        for flow in sorted(self._finder.routes.by_flow.keys() - self._selection.flows):
            if flow not in self._selection.flows:
                self._selection.add(self._finder.find(Demand(flows=(flow,))))
