"""CSV text becomes a list of mappings from column name to text, a row each (RFC 4180)."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_orchestra.documents.document import Document, Place
from pytest_orchestra.documents.problems import in_file_order, mistake, shortened
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem, SourceLocation

MAX_ROWS = 100_000
"""Rows of a table; a data set each."""
MAX_COLUMNS = 1_000
"""Columns of a table."""


@dataclass(frozen=True, slots=True)
class Text:
    """What was read, and where its lines begin.

    Attributes:
        begins: of each line, in characters from 0.
        start: the number of the first one.
    """

    source: str
    begins: Sequence[int]
    start: int

    @classmethod
    def of(cls, source: str, start: int) -> Text:
        """Lines end as the reader of tables ends them."""
        begins = [0]
        for line in io.StringIO(source, newline=""):
            begins.append(begins[-1] + len(line))
        return cls(source, begins, start)

    def place(self, position: int) -> Place:
        """Where a character stands."""
        line = bisect_right(self.begins, position) - 1
        return Place(self.start + line, position - self.begins[line] + 1)


@dataclass(slots=True, eq=False)  # frozen is dear to make
class Cells(Mapping[str | int, Place]):
    """Where the cells of a row stand, by column; looked for when somebody asks: few do.

    Attributes:
        line: of the row.
    """

    names: Sequence[str]
    text: Text
    line: int

    def __getitem__(self, name: str | int) -> Place:
        """Where a cell stands.

        Raises:
            KeyError: there is no such column.
        """
        if name not in self.names:
            raise KeyError(name)
        source, position = self.text.source, self.text.begins[self.line - self.text.start]
        for _ in range(self.names.index(str(name))):
            position = _end_of_cell(source, position) + 1
        return self.text.place(position)

    def __iter__(self) -> Iterator[str | int]:
        """The columns."""
        return iter(self.names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.names)


def _end_of_cell(source: str, position: int) -> int:
    """Where the comma after the cell stands that begins at a position; there is one."""
    if source[position] == '"':
        position += 1
        while source[position] != '"' or source[position : position + 2] == '""':
            position += 1 + (source[position] == '"')
    return source.index(",", position)


def parse_csv(text: str, file: str, *, start: int = 1) -> Document:
    """Read comma-separated rows under a row of column names; empty rows are skipped.

    Raises:
        DefinitionError: quotes that never end, a row longer or shorter than the first, a column
            without a name or with another's, too many of either.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = start
    try:
        for cells in reader:
            if cells:
                rows.append((line, cells))
            if len(rows) > MAX_ROWS + 1 or len(rows[0][1] if rows else ()) > MAX_COLUMNS:
                raise _too_much(SourceLocation(file=file, line=line))
            line = start + reader.line_num
    except csv.Error as error:
        at = SourceLocation(file=file, line=line)
        raise DefinitionError([mistake("csv-syntax", str(error), at=at)]) from error
    if not rows:
        return Document(file=file, value=[], places=Place(start, 1), source=text)
    return _table(rows, file, Text.of(text, start))


def _table(rows: list[tuple[int, list[str]]], file: str, text: Text) -> Document:
    first, names = rows[0]
    problems = _problems_of_names(names, SourceLocation(file=file, line=first))
    value: list[object] = []
    parts: dict[str | int, Place] = {}
    for line, cells in rows[1:]:
        if len(cells) != len(names):
            message = f"this row has {len(cells)} cells, the first one {len(names)}"
            hint = "Put a cell that holds a comma in double quotes."
            at = SourceLocation(file=file, line=line)
            problems.append(mistake("csv-row", message, at=at, hint=hint))
            continue
        parts[len(value)] = Place(line, 0, parts=Cells(names, text, line))
        value.append(dict(zip(names, cells, strict=True)))
    if problems:
        raise DefinitionError(in_file_order(problems))
    return Document(file=file, value=value, places=Place(first, 0, parts=parts), source=text.source)


def _problems_of_names(names: list[str], at: SourceLocation) -> list[Problem]:
    problems: list[Problem] = []
    if len(names) == 1 and ";" in names[0]:
        hint = "Separate the cells by commas."
        problems.append(mistake("csv-columns", "the cells are separated by ';'", at=at, hint=hint))
    seen: set[str] = set()
    for index, name in enumerate(names):
        if not name.strip():
            hint = "Give every column a name in the first row."
            message = f"column {index + 1} has no name"
            problems.append(mistake("csv-columns", message, at=at, hint=hint))
        elif name in seen:
            message = f"two columns are called '{shortened(name)}'"
            hint = "Rename one of them."
            problems.append(mistake("csv-columns", message, at=at, hint=hint))
        seen.add(name)
    return problems


def _too_much(at: SourceLocation) -> DefinitionError:
    message = f"the table has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns"
    return DefinitionError([mistake("file-too-large", message, at=at, hint="Split the file.")])
