"""``extends``: what a data set has of others, nearest scope first; the set's own values win."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.data.written_sets import WrittenSet
from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.model import Problem

Values = Mapping[str, object]


class Inheritance:
    """Puts the values of the sets of one scope together.

    Args:
        own: each set's own values, by name.
        beyond: the sets of farther scopes, the nearest of each name; None: they are not known.

    Attributes:
        problems: names that nothing is called, and sets that extend themselves.
    """

    def __init__(
        self,
        sets: Iterable[WrittenSet],
        own: Mapping[str, Values],
        beyond: Mapping[str, DataSet] | None,
    ) -> None:
        self.problems: list[Problem] = []
        self._sets = {each.name: each for each in sets}
        self._own = own
        self._beyond = beyond
        self._known: dict[str, Values] = {}

    def values(self, name: str) -> Values:
        """The values of a set of this scope, with those of the sets that it extends."""
        chain: list[str] = []
        values: Values = {}
        current = name
        while current not in self._known:
            chain.append(current)
            written = self._sets[current]
            extended = written.part.extends
            if extended is None:
                break
            if extended in self._sets and extended != current:
                if extended in chain:
                    self._circle(chain[chain.index(extended) :])
                    break
                current = extended
                continue
            values = self._from_beyond(written, extended)
            break
        else:
            values = self._known[current]
        for each in reversed(chain):
            values = self._known[each] = {**values, **self._own[each]}
        return values

    def _from_beyond(self, written: WrittenSet, extended: str) -> Values:
        if self._beyond is None:
            return {}
        if extended in self._beyond:
            return self._beyond[extended].values
        if extended == written.name:
            self._circle([extended])
            return {}
        self.problems.append(
            mistake(
                "unknown-data",
                f"no data set is called '{extended}'",
                at=written.at("extends"),
                hint=suggestion(extended, {*self._sets, *self._beyond}, "There are"),
            )
        )
        return {}

    def _circle(self, names: Sequence[str]) -> None:
        first, *others = names
        by_way = f" by way of {', '.join(map(repr, others))}" if others else ""
        self.problems.append(
            mistake(
                "data-circle",
                f"the data set '{first}' extends itself{by_way}",
                at=self._sets[first].at("extends"),
                hint="Let one of them stand by itself.",
            )
        )
