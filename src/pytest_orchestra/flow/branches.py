"""The criterion ``branches``: base choice, loops, and pairs on concurrent branches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from pytest_orchestra.flow.concurrency import concurrent_decisions
from pytest_orchestra.flow.cover import cover_flows
from pytest_orchestra.flow.decisions import Decision, Outcome
from pytest_orchestra.flow.keys import changed_outcomes
from pytest_orchestra.flow.search import Demand, Finding, RunFinder
from pytest_orchestra.flow.selection import Selection
from pytest_orchestra.flow.space import Run
from pytest_orchestra.flow.splicing import BaseRun, base_run, can_splice, splice

MAX_PAIRS = 100_000
"""Pairs of outcomes that are looked at in one process."""


def choose_branches(finder: RunFinder, selection: Selection) -> None:
    """Choose ``main``, and for each other outcome the run nearest to it that takes it.

    Args:
        finder: finds runs; its routes know the default outcomes.
        selection: takes the runs; where there is not room for all, flow coverage is kept.
    """
    selection.add(finder.main())
    changed = changed_in_order(finder)
    if len(changed) >= selection.max_scenarios:
        for run in cover_flows(finder):
            selection.add(Finding(run=run))
    bases = take_outcomes(finder, selection, changed)
    turn_back(finder, selection)
    _Pairs(finder, selection, bases).take()
    complete(finder, selection)


def changed_in_order(finder: RunFinder) -> list[Outcome]:
    """Return the outcomes that are not the default, in the order of the way."""
    outcomes = finder.routes.space.game.open_outcomes()
    return [outcome for outcome in outcomes if outcome.index not in finder.routes.defaults]


def take_outcomes(
    finder: RunFinder, selection: Selection, outcomes: list[Outcome]
) -> dict[int, BaseRun]:
    """Choose the nearest run for each outcome, and return them by the outcome's index."""
    bases: dict[int, BaseRun] = {}
    for outcome in outcomes:
        finding = finder.find(Demand(outcomes=(outcome.index,)))
        selection.add(finding)
        if finding.run:
            bases[outcome.index] = base_run(finding.run, outcome.index)
        elif finding.is_proved:
            selection.rule_out(why_not(finder, outcome), outcome)
    return bases


def why_not(finder: RunFinder, outcome: Outcome) -> str:
    """Say why no run takes an outcome."""
    if outcome.index in finder.routes.by_outcome:
        return "only runs that turn back more often than max_loop_iterations take it"
    if finder.clashes and (why := finder.clashes.why(outcome)):
        return why
    if outcome.index in finder.routes.reached_outcomes:
        return finder.routes.space.why_no_end()
    return "no run comes to it"


def why_not_both(finder: RunFinder, first: Outcome, second: Outcome) -> str:
    """Say why no run takes two outcomes."""
    why = finder.clashes.why(first, second) if finder.clashes else ""
    return why or "no run takes both"


def turn_back(finder: RunFinder, selection: Selection) -> None:
    """Choose a run that turns back once for each flow that does, and one that does so N times.

    Where turning back is no one's choice, as in what goes on until an event ends it, the number
    of turns makes no scenario of its own.
    """
    defaults = finder.routes.defaults
    known = {changed_outcomes(run, defaults) for run in selection.runs}
    for flow in sorted(finder.back & finder.routes.by_flow.keys()):
        most = finder.most_turns(flow)
        for times in dict.fromkeys((min(1, most), most)):
            if times and (flow, times) not in selection.turns:
                finding = finder.find(Demand(turns={flow: times}))
                changed = changed_outcomes(finding.run or (), defaults)
                if changed not in known:
                    known.add(changed)
                    selection.add(finding)


class _Pairs:
    """Each two outcomes of concurrent branches that are both not the default."""

    def __init__(self, finder: RunFinder, selection: Selection, bases: dict[int, BaseRun]) -> None:
        self._finder = finder
        self._selection = selection
        self._bases = bases

    def take(self) -> None:
        """Choose a run that takes both, for each two that no chosen run takes."""
        for first, second in islice(self._pairs(), MAX_PAIRS):
            if not self._selection.has(first.index, second.index):
                self._take(first, second)

    def _take(self, first: Outcome, second: Outcome) -> None:
        bases = self._bases[first.index], self._bases[second.index]
        if self._selection.is_full:
            self._selection.leave_out(is_certain=can_splice(*bases))
            return
        is_plain = self._finder.is_possible is None
        run = splice(*bases) if is_plain and can_splice(*bases) else ()
        finding = Finding(run=run)
        if not run or not self._is_good(run, bases):
            finding = self._finder.find(Demand(outcomes=(first.index, second.index)))
        self._selection.add(finding)
        if finding.is_proved:
            self._selection.rule_out(why_not_both(self._finder, first, second), first, second)

    def _is_good(self, run: Run, bases: tuple[BaseRun, BaseRun]) -> bool:
        """Whether a spliced run changes no more than the two outcomes and what one needs."""
        defaults = self._finder.routes.defaults
        needed = max(len(changed_outcomes(base.run, defaults)) for base in bases) + 1
        is_near = len(changed_outcomes(run, defaults)) <= needed
        return is_near and not self._finder.overturned(run)

    def _pairs(self) -> Iterator[tuple[Outcome, Outcome]]:
        game = self._finder.routes.space.game
        seen: set[tuple[int, int]] = set()
        for one, other in concurrent_decisions(game.graph, game.decisions.decisions):
            for first, second in product(self._changed(one), self._changed(other)):
                pair = min(first.index, second.index), max(first.index, second.index)
                if pair not in seen:
                    seen.add(pair)
                    yield first, second

    def _changed(self, decision: Decision) -> list[Outcome]:
        return [outcome for outcome in decision.outcomes if outcome.index in self._bases]


def complete(finder: RunFinder, selection: Selection) -> None:
    """Choose runs for default outcomes and flows that no run takes yet."""
    for outcome in finder.routes.space.game.open_outcomes():
        if outcome.index in finder.routes.by_outcome and not selection.has(outcome.index):
            selection.add(finder.find(Demand(outcomes=(outcome.index,))))
    for flow in sorted(finder.routes.by_flow.keys() - selection.flows):
        if flow not in selection.flows:
            selection.add(finder.find(Demand(flows=(flow,))))
