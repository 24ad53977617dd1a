"""The runs that a criterion chooses, each once, and what had to be left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from pytest_orchestra.flow.decisions import Outcome
from pytest_orchestra.flow.scenario import Infeasible, LeftOut, TakenOutcome
from pytest_orchestra.flow.search import Finding
from pytest_orchestra.flow.space import Run, is_placed, run_key
from pytest_orchestra.model import ElementId

MAX_INFEASIBLE = 100
"""Outcomes without a run that are listed; the others are counted."""


class Selection:
    """Runs in the order in which they were chosen.

    Args:
        max_scenarios: how many runs there is room for.
        is_possible: whether data allows a run; None: it allows all that are found.

    Attributes:
        max_scenarios: the same.
        runs: no two alike, at most ``max_scenarios``.
        flows: the flows that they take.
        turns: the flows with the numbers of times that a run takes them.
    """

    def __init__(
        self, max_scenarios: int, is_possible: Callable[[Run], bool] | None = None
    ) -> None:
        self.runs: list[Run] = []
        self.flows: set[ElementId] = set()
        self.turns: set[tuple[ElementId, int]] = set()
        self._infeasible: list[Infeasible] = []
        self._more_infeasible = 0
        self.max_scenarios = max_scenarios
        self._is_possible = is_possible
        self._chosen: set[int] = set()
        self._takers: defaultdict[int, set[int]] = defaultdict(set)
        self._left_out: set[int] = set()
        self._more = 0
        self._total: int | None = None
        self._is_exact = True

    @property
    def is_listing(self) -> bool:
        """Whether what has no run is still listed, and not only counted."""
        return len(self._infeasible) < MAX_INFEASIBLE

    @property
    def is_full(self) -> bool:
        """Whether a further run would be left out."""
        return len(self.runs) >= self.max_scenarios

    @property
    def infeasible(self) -> tuple[Infeasible, ...]:
        """Outcomes for which there is no run; past the bound only how many."""
        more = f"{self._more_infeasible} more that no run takes, or not together"
        rest = (Infeasible(decisions=(), why=more),) if self._more_infeasible else ()
        return (*self._infeasible, *rest)

    @property
    def left_out(self) -> LeftOut:
        """How many runs were left out."""
        left = len(self._left_out) + self._more
        if self._total is not None:
            left = self._total - sum(all(is_placed(e.move) for e in run) for run in self.runs)
        return LeftOut(number=max(0, left), exact=self._is_exact)

    def add(self, finding: Finding) -> None:
        """Choose the run that was found, unless it is chosen already or there is no room."""
        if finding.run is None:
            if not finding.is_proved:
                self.leave_out(is_certain=False)
            return
        key = hash(run_key(finding.run))
        if key in self._chosen:
            return
        if self._is_possible and not self._is_possible(finding.run):
            self.leave_out(is_certain=False)
            return
        if self.is_full:
            self._left_out.add(key)
            return
        self._chosen.add(key)
        self._left_out.discard(key)
        counts = Counter([flow for edge in finding.run for flow in edge.move.taken])
        for outcome in {outcome for edge in finding.run for outcome in edge.move.outcomes}:
            self._takers[outcome].add(len(self.runs))
        self.flows.update(counts)
        self.turns.update(counts.items())
        self.runs.append(finding.run)

    def pin(self, run: Run) -> None:
        """Choose a run even where there is no room."""
        self.max_scenarios += 1
        self.add(Finding(run=run))

    def leave_out(self, *, is_certain: bool) -> None:
        """Note a run that was not looked for, or not to the end.

        Args:
            is_certain: whether there is such a run; then it is counted.
        """
        self._more += is_certain
        self._is_exact &= is_certain

    def settle(self, total: int, *, is_exact: bool) -> None:
        """Say how many runs there are in which all events come where they are placed.

        Args:
            total: what is not chosen of them is left out.
            is_exact: whether there are no more.
        """
        self._total, self._is_exact = total, is_exact

    def rule_out(self, why: str, *outcomes: Outcome) -> None:
        """Note outcomes that no run takes, or not together."""
        if not self.is_listing:
            self.rule_out_more(1)
            return
        taken = tuple(
            TakenOutcome(
                at=outcome.at, flows=outcome.flows, event=outcome.event, turns=outcome.turns
            )
            for outcome in outcomes
        )
        self._infeasible.append(Infeasible(decisions=taken, why=why))

    def rule_out_more(self, number: int) -> None:
        """Count what no run takes and is not listed."""
        self._more_infeasible += number

    def has(self, *outcomes: int) -> bool:
        """Whether a chosen run takes all these outcomes."""
        return bool(set.intersection(*(self._takers[outcome] for outcome in outcomes)))
