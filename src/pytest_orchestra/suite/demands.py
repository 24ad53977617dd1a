"""What a way asks of its data set, one condition at a time, and why a set does not meet it."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orchestra.checks.matching import show
from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.flow.scenario import WayCondition
from pytest_orchestra.model import ElementId
from pytest_orchestra.suite.each import items_of, names_of_items

if TYPE_CHECKING:
    from pytest_orchestra.expressions.conditions.conditions import Condition

VISIT = "visit"
"""In a condition the visit of the node where it is decided."""

Items = tuple[tuple[str, int], ...]
"""Names of lists, each with the number of an item, from 1."""

_NUMBER = re.compile(r"= '-?\d+(\.\d+)?'(,|$)", re.ASCII)
"""A text that looks like one, as it is shown."""
_MAX_TEXT = 100
_MAX_VALUE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One condition that a data set does not meet.

    Attributes:
        condition: as the way asks for it, ``not (amount > 1000)``, and where.
        values: those that it reads, ``amount = 5``; empty: none.
        why: in words.
    """

    condition: str
    values: str
    why: str

    def __str__(self) -> str:
        given = f" with {self.values}" if self.values else ""
        return f"{self.condition} {self.why}{given}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A condition that a way asks to be true, or not to be, of names that data sets hold.

    Attributes:
        key: of demands that say the same of every set; ``holds`` apart.
        place: what people call the flow or event that it decides.
        visit: of the node where it is decided; None where it is not read.
        free: names that need not have the data's value any more.
        items: of lists whose items the condition looks into first, the number of the item.
    """

    key: Hashable
    condition: Condition
    holds: bool
    place: str
    text: str
    visit: int | None
    free: frozenset[str] = frozenset()
    items: Items = ()

    def possible(self, data: Mapping[str, object]) -> frozenset[bool | None]:
        """What the condition may be with these values of data.

        Raises:
            EvaluationError: it cannot be judged with them.
        """
        return self.condition.may_be(self._values(data))

    def misfit(self, data: Mapping[str, object]) -> Misfit | None:
        """Why a set with these values does not meet it; None if it does."""
        try:
            found = self.possible(data)
        except EvaluationError as error:
            why = f"cannot be judged ({error.message})"
        else:
            if self.holds in found:
                return None
            why = "is null" if found == {None} else "does not hold"
        values = ", ".join(self._shown(data))
        if why == "is null" and _NUMBER.search(values):
            values += " (text: in a CSV file a 'schema' makes it a number)"
        return Misfit(condition=str(self), values=values, why=why)

    def __str__(self) -> str:
        text = shortened(self.text.strip().removeprefix("=").strip(), _MAX_TEXT)
        which = f", visit {self.visit}" if self.visit is not None else ""
        return f"`{text if self.holds else f'not ({text})'}` ({self.place}{which})"

    def _values(self, data: Mapping[str, object]) -> Mapping[str, object]:
        if self.visit is None and not self.free and not self.items:
            return data
        values = dict(data)
        if self.items:
            values.update(names_of_items(items_of(data, dict(self.items))))
        values = {name: value for name, value in values.items() if name not in self.free}
        return values if self.visit is None else {**values, VISIT: self.visit}

    def _shown(self, data: Mapping[str, object]) -> Iterator[str]:
        """The values that it reads; of those deep inside only they."""
        values = self._values(data)
        paths = {path[0]: path for path in reversed(self.condition.names)}
        for name in sorted((self.condition.all_names & values.keys()) - {VISIT}):
            path = paths.get(name, (name,))
            yield f"{'.'.join(path)} = {shortened(show(_at(values, path)), _MAX_VALUE)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthDemand:
    """A list that has to have an item for each visit of an element.

    Attributes:
        key: of demands that say the same of every set.
        name: of the list.
        visits: how many there are on the way.
    """

    key: Hashable
    name: str
    visits: int
    holds: bool = True

    def possible(self, data: Mapping[str, object]) -> frozenset[bool | None]:
        """Whether a set with these values has it; one without the list has no item."""
        return frozenset({self._length(data) == self.visits})

    def misfit(self, data: Mapping[str, object]) -> Misfit | None:
        """Why a set with these values does not meet it; None if it does."""
        length = self._length(data)
        if length == self.visits:
            return None
        has = "is no list" if length is None else f"has {length}"
        return Misfit(condition=str(self), values="", why=f"is not so: '{self.name}' {has}")

    def __str__(self) -> str:
        return f"{self.visits} item{'s' * (self.visits != 1)} in '{self.name}'"

    def _length(self, data: Mapping[str, object]) -> int | None:
        value = data.get(self.name, [])
        return len(value) if isinstance(value, list) else None


def _at(values: object, path: tuple[str, ...]) -> object:
    for key in path:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


class DemandReader:
    """Reads the demands of ways.

    Args:
        names: of data sets; a condition that reads none of them asks nothing of data.
        inner: names that items of lists hold.
        name_of: what people call an element.
    """

    def __init__(
        self,
        names: frozenset[str],
        name_of: Callable[[ElementId], str],
        inner: frozenset[str] = frozenset(),
    ) -> None:
        self._names = names | inner
        self._inner = inner
        self._name_of = name_of
        self._reads: dict[tuple[ElementId, str], frozenset[str]] = {}
        self._read: dict[Hashable, Demand | None] = {}

    def read(self, asked: WayCondition, items: Items = ()) -> Demand | None:
        """What a condition asks of data; None if nothing.

        Args:
            asked: on a way.
            items: that are looked into there.
        """
        key = (asked.element, asked.text, asked.visit, asked.free, asked.holds, items)
        if key not in self._read:
            self._read[key] = self._demand(asked, items)
        return self._read[key]

    def looks_into_items(self, asked: WayCondition) -> bool:
        """Whether a condition reads what items of lists hold."""
        return not self._inner.isdisjoint(self._names_in(asked))

    def decides(self, asked: WayCondition) -> bool:
        """Whether a condition is about data, or about the visit."""
        return bool((self._names_in(asked) - asked.free) & {VISIT, *self._names})

    def _demand(self, asked: WayCondition, items: Items) -> Demand | None:
        reads = self._names_in(asked)
        if asked.condition is None or not (reads - asked.free) & self._names:
            return None
        free = asked.free & reads & self._names
        visit = asked.visit if VISIT in reads else None
        return Demand(
            key=(asked.element, asked.text, visit, free, items),
            condition=asked.condition,
            holds=asked.holds,
            place=self._name_of(asked.element),
            text=asked.text,
            visit=visit,
            free=free,
            items=items,
        )

    def _names_in(self, asked: WayCondition) -> frozenset[str]:
        key = (asked.element, asked.text)
        if key not in self._reads:
            condition = asked.condition
            self._reads[key] = condition.all_names if condition is not None else frozenset()
        return self._reads[key]
