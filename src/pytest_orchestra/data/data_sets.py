"""Data sets: named values for ``{{data.*}}``, and the order in which a scenario may take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum

from pytest_orchestra.model import SourceLocation


class Scope(Enum):
    """How near a data set is to a scenario; of one name the nearest wins."""

    GLOBAL = "GLOBAL"
    SUITE = "SUITE"
    SCENARIO = "SCENARIO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What makes a data set a negative one: a step that the system refuses.

    Attributes:
        alias: of the step.
        location: where the set says so.
        status: what the refusal's status must be, any of these; empty: any 4xx.
    """

    alias: str
    location: SourceLocation
    status: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """Named values (``TestDataSet``).

    Attributes:
        values: shared by every run and not to be changed; users get ``copied_values``. Those of
            the set that it extends are among them.
        tags: a scenario takes the first set that has one of its own.
        origin: MANUAL, AI_GENERATED or IMPORTED.
        refused: of a negative set; None: the set is positive.
    """

    name: str
    values: Mapping[str, object]
    scope: Scope
    file: str
    location: SourceLocation
    tags: tuple[str, ...] = ()
    origin: str = "MANUAL"
    refused: Refused | None = None

    def copied_values(self) -> dict[str, object]:
        """The values for somebody who may change them."""
        return deepcopy(dict(self.values))


@dataclass(frozen=True, slots=True)
class DataSets:
    """All sets that a suite can use; of one name the nearest."""

    by_name: Mapping[str, DataSet] = field(default_factory=dict)

    @classmethod
    def merged(cls, *scopes: Sequence[DataSet]) -> DataSets:
        """Put scopes together, the farthest first; the nearest one's sets come first."""
        by_name: dict[str, DataSet] = {}
        for sets in reversed(scopes):
            for each in sets:
                by_name.setdefault(each.name, each)
        return cls(by_name)

    @property
    def negative(self) -> tuple[DataSet, ...]:
        """The sets that a step refuses."""
        return tuple(each for each in self.by_name.values() if each.refused is not None)

    def candidates(self, tags: Iterable[str] = ()) -> tuple[DataSet, ...]:
        """The positive sets in the order in which a scenario with these tags tries them.

        Those that have one of the tags come first.
        """
        wanted = frozenset(tags)
        sets = (each for each in self.by_name.values() if each.refused is None)
        return tuple(sorted(sets, key=lambda each: wanted.isdisjoint(each.tags)))

    def choose(self, *, named: str | None = None, tags: Iterable[str] = ()) -> DataSet | None:
        """The set of a scenario: the one named, else the first with its tag, else the first.

        Conditions are not looked at yet: every set fits every scenario. None: there is no set, or
        none called ``named``.
        """
        if named is not None:
            return self.by_name.get(named)
        return next(iter(self.candidates(tags)), None)

    def selected(self, *, names: Iterable[str] = (), tags: Iterable[str] = ()) -> DataSets:
        """Only the sets that the user asked for; all where nothing was asked.

        Args:
            names: of sets; with ``tags``, sets that are asked for in either way.
            tags: each set that has one of them.
        """
        names, tags = frozenset(names), frozenset(tags)
        if not names and not tags:
            return self
        return DataSets(
            {
                name: each
                for name, each in self.by_name.items()
                if name in names or tags.intersection(each.tags)
            }
        )
