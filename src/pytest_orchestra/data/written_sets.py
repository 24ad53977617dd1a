"""A file of data sets becomes its entries, as they are written: nothing is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, RootModel, model_validator

from pytest_orchestra.documents.decoding import decode
from pytest_orchestra.documents.document import Document, PartPath, Place
from pytest_orchestra.documents.models import DocumentModel, Refusal, Statuses
from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.documents.reading import read_document
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem, SourceLocation


class RefusalPart(DocumentModel):
    """``expect`` of a negative set."""

    status: Statuses = None


class SetPart(DocumentModel):
    """One data set."""

    name: str = Field(min_length=1)
    tags: list[str] | str = Field(default_factory=list)
    values: dict[str, object] = Field(default_factory=dict)
    extends: str | None = None
    schema_file: str | None = Field(default=None, alias="schema", min_length=1)
    origin: Literal["MANUAL", "AI_GENERATED", "IMPORTED"] = "MANUAL"
    refused_by: str | None = Field(default=None, min_length=1)
    expect: RefusalPart | None = None

    @model_validator(mode="after")
    def _expect_of_a_negative_set(self) -> SetPart:
        if self.expect is not None and self.refused_by is None:
            raise Refusal(
                "'expect' is for sets that are refused",
                hint="Add 'refused_by: ALIAS', or leave it out.",
                at=("expect",),
            )
        return self


class _SetsPart(RootModel[list[SetPart]]):
    """What a file of data sets holds."""


_COLUMNS = frozenset({"name", "tags", "extends", "schema", "origin", "refused_by"})
"""Columns of a table that are the set's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSet:
    """An entry of a file.

    Attributes:
        index: its position in the file.
        is_row: whether it is a row of a table, all of its values text.
    """

    part: SetPart
    file: Path
    document: Document
    index: int
    is_row: bool = False

    @property
    def name(self) -> str:
        """The set's name."""
        return self.part.name

    def at(self, *path: str | int) -> SourceLocation:
        """Where a part of it stands, or the deepest part of that which exists."""
        return self.document.location((self.index, *path))

    def at_value(self, steps: PartPath) -> SourceLocation:
        """Where a value stands; of one that it does not have itself, what it extends."""
        if not self.is_row and steps and steps[0] not in self.part.values and self.part.extends:
            return self.at("extends")
        return self.at("values", *steps)


def written_sets(path: Path, problems: list[Problem]) -> Iterator[WrittenSet]:
    """Read the entries of a YAML, JSON or CSV file; none, and its problems, where it is wrong.

    In CSV a row is a set: its columns ``name``, ``tags`` (divided by white space), ``extends``,
    ``schema``, ``origin`` and ``refused_by`` are the set's own, all others values and text.
    """
    try:
        document = read_document(path)
    except DefinitionError as error:
        problems.extend(each for each in error.problems if isinstance(each, Problem))
        return
    is_table = path.suffix.lower() == ".csv"
    if is_table:
        if unnamed := _without_names(document):
            problems.append(unnamed)
            return
        document = _arranged(document)
    part, wrong = decode(document, _SetsPart)
    problems.extend(wrong)
    for index, each in enumerate(part.root if part is not None else ()):
        yield WrittenSet(part=each, file=path, document=document, index=index, is_row=is_table)


def _without_names(table: Document) -> Problem | None:
    """That no column of a table has the sets' names; told once, not for each row."""
    rows = table.value if isinstance(table.value, list) else []
    if not rows or "name" in rows[0]:
        return None
    hint = suggestion("name", rows[0], "There are")
    return mistake("csv-columns", "no column is called 'name'", at=table.location(()), hint=hint)


def _arranged(table: Document) -> Document:
    """A table's rows as the list of sets that a YAML file would hold."""
    rows = table.value if isinstance(table.value, list) else []
    sets = [
        {
            "values": {column: cell for column, cell in row.items() if column not in _COLUMNS},
            **{column: cell for column, cell in row.items() if column in _COLUMNS and cell},
            "tags": row.get("tags", "").split(),
        }
        for row in rows
    ]
    top = table.places
    places = top and top._replace(
        parts={n: row._replace(parts=_SetParts(row)) for n, row in top.parts.items()}
    )
    return Document(file=table.file, value=sets, places=places, source=table.source)


@dataclass(frozen=True, slots=True, eq=False)
class _SetParts(Mapping[str | int, Place]):
    """Where the parts of a set stand: its values in its row, as what is its own does."""

    row: Place

    def __getitem__(self, name: str | int) -> Place:
        return self.row if name == "values" else self.row.parts[name]

    def __iter__(self) -> Iterator[str | int]:
        return iter(dict.fromkeys(("values", *self.row.parts)))

    def __len__(self) -> int:
        return sum(1 for _ in self)
