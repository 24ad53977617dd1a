"""Data sets: named values for ``{{data.*}}``, and which of them a scenario gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, RootModel

from pytest_orchestra.documents.decoding import decode
from pytest_orchestra.documents.document import Document
from pytest_orchestra.documents.models import DocumentModel
from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.documents.reading import read_document
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem, SourceLocation


class Scope(Enum):
    """How near a data set is to a scenario; of one name the nearest wins."""

    GLOBAL = "GLOBAL"
    SUITE = "SUITE"
    SCENARIO = "SCENARIO"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """Named values (``TestDataSet``).

    Attributes:
        values: shared by every run and not to be changed; users get ``copied_values``.
        tags: a scenario takes the first set that has one of its own.
        origin: MANUAL, AI_GENERATED or IMPORTED.
    """

    name: str
    values: Mapping[str, object]
    scope: Scope
    file: str
    location: SourceLocation
    tags: tuple[str, ...] = ()
    origin: str = "MANUAL"

    def copied_values(self) -> dict[str, object]:
        """The values for somebody who may change them."""
        return deepcopy(dict(self.values))


class _SetPart(DocumentModel):
    later: ClassVar[Mapping[str, str]] = dict.fromkeys(("extends", "schema", "refused_by"), "")

    name: str = Field(min_length=1)
    tags: list[str] | str = Field(default_factory=list)
    values: dict[str, object] = Field(default_factory=dict)
    origin: Literal["MANUAL", "AI_GENERATED", "IMPORTED"] = "MANUAL"


class _SetsPart(RootModel[list[_SetPart]]):
    """What a file of data sets holds."""


_COLUMNS = frozenset(_SetPart.model_fields) - {"values"}


def read_data_sets(paths: Iterable[Path], scope: Scope) -> tuple[DataSet, ...]:
    """Read the data sets of YAML, JSON and CSV files, in the files' order.

    In CSV a row is a set: its columns ``name``, ``tags`` (divided by white space) and ``origin``
    are the set's own, all others values, and all values text.

    Args:
        paths: the files; one that is named twice is read once.
        scope: of all of them.

    Raises:
        DefinitionError: a file is wrong, or two sets have one name; with every problem.
    """
    problems: list[Problem] = []
    found: dict[str, DataSet] = {}
    for path in dict.fromkeys(paths):
        for data_set in _sets_of(path, scope, problems):
            if (other := found.get(data_set.name)) is not None:
                message = f"the data set '{data_set.name}' is also at {other.location}"
                hint = "Rename one of them."
                problems.append(mistake("data-twice", message, at=data_set.location, hint=hint))
            found.setdefault(data_set.name, data_set)
    if problems:
        raise DefinitionError(problems)
    return tuple(found.values())


def _sets_of(path: Path, scope: Scope, problems: list[Problem]) -> Iterator[DataSet]:
    try:
        document = read_document(path)
    except DefinitionError as error:
        problems.extend(each for each in error.problems if isinstance(each, Problem))
        return
    if path.suffix.lower() == ".csv":
        document = _arranged(document)
    part, wrong = decode(document, _SetsPart)
    problems.extend(wrong)
    for index, each in enumerate(part.root if part is not None else ()):
        yield DataSet(
            name=each.name,
            values=each.values,
            scope=scope,
            file=str(path),
            location=document.location((index,)),
            tags=(each.tags,) if isinstance(each.tags, str) else tuple(each.tags),
            origin=each.origin,
        )


def _arranged(table: Document) -> Document:
    """A table's rows as the list of sets that a YAML file would hold; the places are the rows'."""
    rows = table.value if isinstance(table.value, list) else []
    sets = [
        {
            "values": {column: cell for column, cell in row.items() if column not in _COLUMNS},
            **{column: cell for column, cell in row.items() if column in _COLUMNS and cell},
            "tags": row.get("tags", "").split(),
        }
        for row in rows
    ]
    return Document(file=table.file, value=sets, places=table.places, source=table.source)


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

    def choose(self, *, named: str | None = None, tags: Iterable[str] = ()) -> DataSet | None:
        """The set of a scenario: the one named, else the first with its tag, else the first.

        Conditions are not looked at yet: every set fits every scenario. None: there is no set, or
        none called ``named``.
        """
        if named is not None:
            return self.by_name.get(named)
        wanted = frozenset(tags)
        tagged = (each for each in self.by_name.values() if wanted.intersection(each.tags))
        return next(tagged, next(iter(self.by_name.values()), None))

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
