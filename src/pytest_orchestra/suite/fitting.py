"""Which data sets meet what a way asks; each condition is judged once a set, and only when needed.

Sets are bits of a number, the first one the lowest: a thousand are put together at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pytest_orchestra.data.data_sets import DataSet, DataSets
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.flow.scenario import WayCondition
from pytest_orchestra.model import ElementId
from pytest_orchestra.suite.demands import Demand, DemandReader, Items, LengthDemand, Misfit
from pytest_orchestra.suite.each import EACH, NO_EACH, Each, item_keys
from pytest_orchestra.suite.ways import Way

Demands = Sequence[Demand | LengthDemand]
"""What one way asks."""

_MAX_TOLD = 3
"""Misfits of one set that are told."""


@dataclass(slots=True)
class _Judged:
    """What is known of one condition: for which sets, and of which it may be true, and not."""

    known: int = 0
    true: int = 0
    false: int = 0

    def met(self, *, holds: bool) -> int:
        return self.true if holds else self.false


class Fitting:
    """Compares data sets with ways.

    Args:
        sets: all that a suite may use.
        name_of: what people call an element.
        each: which elements take the items of which lists.
    """

    def __init__(
        self,
        sets: Sequence[DataSet],
        name_of: Callable[[ElementId], str] = str,
        each: Each = NO_EACH,
    ) -> None:
        self._sets = tuple(sets)
        self._index = {data.name: index for index, data in enumerate(self._sets)}
        names = frozenset(name for data in self._sets for name in data.values)
        self._each = each
        self._reader = DemandReader(names, name_of, _names_in_items(each, self._sets))
        self._judged: dict[Hashable, _Judged] = {}

    def demands(self, way: Way, before: int | None = None) -> Demands:
        """What a way asks of data, each once, in its order; how long lists are comes last.

        Args:
            way: of a scenario with its conditions.
            before: only conditions that are decided before this moment; None: everything.
        """
        conditions = way.scenario.conditions
        if before is not None:
            conditions = tuple(each for each in conditions if each.moment < before)
        read = (self._reader.read(each, self._items(way, each)) for each in conditions)
        asked = {(each.key, each.holds): each for each in read if each is not None}
        lengths = self._lengths(way) if before is None else ()
        return (*asked.values(), *lengths)

    def wishes(self, way: Way) -> Sequence[Demand]:
        """What a way does not ask of data, but what makes it the only one that data takes."""
        read = (self._reader.read(each, self._items(way, each)) for each in way.scenario.aside)
        return tuple({(each.key, each.holds): each for each in read if each is not None}.values())

    def _items(self, way: Way, asked: WayCondition) -> Items:
        """The items that a condition looks into where it is decided."""
        if not self._each.elements or not self._reader.looks_into_items(asked):
            return ()
        return tuple(self._each.numbers_at(way, asked.moment).items())

    def _lengths(self, way: Way) -> Sequence[LengthDemand]:
        if not self._each.elements:
            return ()
        return [
            LengthDemand(key=(EACH, name, visits), name=name, visits=visits)
            for name, visits in self._each.visits(way).items()
        ]

    def decides(self, asked: WayCondition) -> bool:
        """Whether a condition is about data, or about the visit."""
        return self._reader.decides(asked)

    def fitting(self, demands: Demands, among: Iterable[DataSet]) -> Iterator[DataSet]:
        """The sets that meet all demands, in the order in which they are given."""
        lost = 0
        for demand in demands:
            judged = self._judged.get(demand.key)
            if judged is not None:
                lost |= judged.known & ~judged.met(holds=demand.holds)
        for data in among:
            index = self._index[data.name]
            if not lost >> index & 1 and all(self._meets(each, index) for each in demands):
                yield data

    def misfits(self, demands: Demands, data: DataSet) -> tuple[Misfit, ...]:
        """What a set does not meet; it need not be one of the suite's."""
        found = (demand.misfit(data.values) for demand in demands)
        return tuple(misfit for misfit in found if misfit is not None)

    def why_none(self, demands: Demands, among: Sequence[DataSet]) -> str:
        """Why no set meets all demands: what none of them meets, and which comes nearest."""
        everyone = sum(1 << self._index[data.name] for data in among)
        met = [self._met(demand, everyone) for demand in demands]
        never = [demand for demand, sets in zip(demands, met, strict=True) if not sets]
        what = (
            f"no set meets {told(never)}"
            if never
            else f"no set meets all {len(demands)} conditions of its way"
        )
        best = _least_missing(everyone, met)
        nearest = next(data for data in among if best >> self._index[data.name] & 1)
        return f"{what}; nearest is '{nearest.name}': {told(self.misfits(demands, nearest))}"

    def _meets(self, demand: Demand | LengthDemand, index: int) -> bool:
        return bool(self._met(demand, 1 << index))

    def _met(self, demand: Demand | LengthDemand, sets: int) -> int:
        """Which of some sets meet a demand."""
        judged = self._judged.get(demand.key)
        if judged is None:
            judged = self._judged[demand.key] = _Judged()
        rest = sets & ~judged.known
        while rest:
            bit = rest & -rest
            rest ^= bit
            self._judge(judged, demand, bit)
        return sets & judged.met(holds=demand.holds)

    def _judge(self, judged: _Judged, demand: Demand | LengthDemand, bit: int) -> None:
        judged.known |= bit
        try:
            found = demand.possible(self._sets[bit.bit_length() - 1].values)
        except EvaluationError:
            return
        if True in found:
            judged.true |= bit
        if False in found:
            judged.false |= bit


def _names_in_items(each: Each, sets: Sequence[DataSet]) -> frozenset[str]:
    keys = item_keys(each, DataSets({data.name: data for data in sets}))
    return keys | {EACH} if each.elements else keys


def _least_missing(everyone: int, met: Sequence[int]) -> int:
    """The sets that meet the most demands."""
    missing = [everyone]  # by how many demands they miss so far
    for sets in met:
        fail = [each & ~sets for each in missing]
        missing = [each & sets for each in missing]
        missing = [a | b for a, b in zip([*missing, 0], [0, *fail], strict=True)]
    return next((each for each in missing if each), 0)


def told(parts: Sequence[Demand | LengthDemand | Misfit]) -> str:
    """Demands or misfits in one line, the first ones by name."""
    more = f" and {len(parts) - _MAX_TOLD} more" if len(parts) > _MAX_TOLD else ""
    return ", ".join(map(str, parts[:_MAX_TOLD])) + more
