"""Which of the data sets that fit a scenario it gets, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pytest_orchestra.data.data_sets import DataSet, DataSets
from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.suite.fitting import Demands, Fitting, told

NAMED = "'mark' names it"
"""The reason where nobody had to choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The data set of a scenario, or why it cannot run; nothing where no data is asked for.

    Attributes:
        reason: why it is this set.
        skip: why the user's own selection leaves the scenario out.
        unmet: why no set fits: the scenario fails.
    """

    data: DataSet | None = None
    reason: str = ""
    skip: str = ""
    unmet: str = ""


class Chooser:
    """Chooses among data sets that no mark names.

    Args:
        sets: all that the suite may use.
        selected: those of them that the user asked for.
        fitting: compares them with ways.
        picks_all: whether a scenario gets every set that fits, each for an item of its own.
    """

    def __init__(
        self, sets: DataSets, selected: DataSets, fitting: Fitting, *, picks_all: bool = False
    ) -> None:
        self._sets = sets
        self._selected = selected
        self._fitting = fitting
        self._picks_all = picks_all
        self._candidates: dict[tuple[str, ...], tuple[DataSet, ...]] = {}

    def choose(
        self, demands: Demands, tags: tuple[str, ...], wishes: Demands = ()
    ) -> Sequence[Choice]:
        """One choice or, where all are picked, one for each set that fits.

        Args:
            demands: what the way asks of data.
            tags: of the scenario; sets that have one of them come first.
            wishes: what should be so besides, so that no other way is open to the set.
        """
        candidates = self._tried(tags)
        if not candidates:
            return (Choice(skip=self._none_selected()),)
        demands = self._cleared(demands, wishes, tags)
        found = self._fitting.fitting(demands, candidates)
        chosen = [*found] if self._picks_all else [*_first(found)]
        if chosen:
            return [Choice(data=each, reason=self._reason(each, demands, tags)) for each in chosen]
        why = self._fitting.why_none(demands, candidates)
        if self._selected is not self._sets:
            return (Choice(skip=f"of the selected data sets {why}"),)
        return (Choice(unmet=f"no data set fits: {why}"),)

    def _none_selected(self) -> str:
        """Why no set is looked at; empty where there is none at all."""
        if self._selected is self._sets or not self._sets.by_name:
            return ""
        known = suggestion("", self._sets.by_name, "There are")
        return f"none of the selected data sets is there. {known}"

    def _cleared(self, demands: Demands, wishes: Demands, tags: tuple[str, ...]) -> Demands:
        """What is asked, and the wishes that some set of the suite meets with it.

        A tag says more than a wish: where a set that has one fits, only such are looked at.
        """
        if not wishes:
            return demands
        among: Sequence[DataSet] = self._sets.candidates(tags)
        if tags and not self._picks_all:
            tagged = [each for each in among if not frozenset(tags).isdisjoint(each.tags)]
            among = tagged if _first(self._fitting.fitting(demands, tagged)) else among
        for wish in wishes:
            more = (*demands, wish)
            if _first(self._fitting.fitting(more, among)):
                demands = more
        return demands

    def _tried(self, tags: tuple[str, ...]) -> tuple[DataSet, ...]:
        if tags not in self._candidates:
            self._candidates[tags] = self._selected.candidates(tags)
        return self._candidates[tags]

    def _reason(self, data: DataSet, demands: Demands, tags: Collection[str]) -> str:
        met = f" fits: it meets {told(demands)}" if demands else ""
        if self._picks_all:
            return met.strip() or "all are picked, and the way asks nothing of them"
        shared = next((tag for tag in data.tags if tag in tags), None)
        which = f"the first with the tag '{shared}'" if shared else "the first"
        return f"{which} that{met}" if met else which


def _first(found: Iterable[DataSet]) -> Iterable[DataSet]:
    for data in found:
        return (data,)
    return ()
