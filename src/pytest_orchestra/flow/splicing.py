"""Two runs that each take one outcome become a run that takes both, without a search.

On branches of a parallel block one run comes, after its outcome, to the very state in which the
other takes its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytest_orchestra.flow.space import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRun:
    """The nearest run that takes one outcome.

    Attributes:
        at: the edge that takes it.
        later: the states to which the run comes afterwards.
    """

    run: Run
    at: int
    later: frozenset[int]

    @property
    def state(self) -> int:
        """The state in which the outcome is taken."""
        return self.run[self.at].source


def base_run(run: Run, outcome: int) -> BaseRun:
    """Look at a run for the place where it first takes an outcome."""
    at = next(n for n, edge in enumerate(run) if outcome in edge.move.outcomes)
    return BaseRun(run=run, at=at, later=frozenset(edge.target for edge in run[at:]))


def can_splice(first: BaseRun, second: BaseRun) -> bool:
    """Whether one of two runs comes to where the other takes its outcome."""
    return second.state in first.later or first.state in second.later


def splice(first: BaseRun, second: BaseRun) -> Run:
    """Return the run that follows one to where the other takes its outcome, then the other."""
    if second.state not in first.later:
        first, second = second, first
    later = range(first.at, len(first.run))
    leave = next(n for n in later if first.run[n].target == second.state)
    return first.run[: leave + 1] + second.run[second.at :]
