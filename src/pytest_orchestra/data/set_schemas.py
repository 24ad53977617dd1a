"""``schema``: values of data sets against a JSON Schema or a component of an OpenAPI file.

It also says what the cells of a table are: whole numbers, numbers, truth values, null, lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pytest_orchestra.data.written_sets import WrittenSet
from pytest_orchestra.documents.json_reader import parse_json
from pytest_orchestra.documents.problems import MAX_PROBLEMS, mistake, shortened
from pytest_orchestra.documents.scalars import NumberError, plain_value
from pytest_orchestra.documents.schemas.breaches import path_of
from pytest_orchestra.documents.schemas.bundles import Schemas
from pytest_orchestra.documents.schemas.checkers import Checker
from pytest_orchestra.documents.schemas.dialects import Direction
from pytest_orchestra.documents.schemas.references import Documents, Node, UnresolvedError
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem

Values = Mapping[str, object]

_NO_CELL = object()


class _Column(NamedTuple):
    """The types that the cells of a column may have, and what an empty one means."""

    kinds: frozenset[str]
    empty: object


class _Schema(NamedTuple):
    schemas: Schemas
    node: Node
    checker: Checker
    columns: dict[str, _Column]
    """Those that were looked at."""


class SetSchemas:
    """The schemas that the data sets of one session name; each file is read once.

    Attributes:
        problems: schemas that cannot be used, and values that break one.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._files: dict[Path, Documents] = {}
        self._known: dict[tuple[Path, str], _Schema | None] = {}

    def typed(self, written: WrittenSet) -> Values:
        """A set's own values; those of a table's row as their schema types them."""
        values = written.part.values
        schema = self._schema(written)
        if not written.is_row or schema is None:
            return values
        cells = ((name, _cell(schema, name, str(cell))) for name, cell in values.items())
        return {name: value for name, value in cells if value is not _NO_CELL}

    def check(self, written: WrittenSet, values: Values) -> None:
        """Tell of everything in which the values of a set break its schema."""
        schema = self._schema(written)
        if schema is None or len(self.problems) > MAX_PROBLEMS:
            return  # enough is told: explaining takes its time
        for finding in schema.checker.findings(values):
            where = path_of("", finding.steps).removeprefix(".")
            self.problems.append(
                mistake(
                    "data-breaks-schema",
                    f"data set '{written.name}': {f'{where} ' if where else ''}{finding.message}",
                    at=written.at_value(finding.steps),
                    hint="Correct the value, or the schema.",
                )
            )

    def _schema(self, written: WrittenSet) -> _Schema | None:
        name = written.part.schema_file
        if name is None:
            return None
        key = (written.file, name)  # of all sets of a file the same objects: found at once
        if key not in self._known:
            self._known[key] = None
            file, _, pointer = name.partition("#")
            try:
                self._known[key] = self._made(written.file.parent / file, pointer)
            except UnresolvedError as error:
                self._say(written, f"the schema '{shortened(name)}': {error}", error.hint)
            except DefinitionError as error:
                found = [each for each in error.problems if isinstance(each, Problem)]
                self._say(written, f"the schema '{shortened(name)}' cannot be read", "")
                self.problems.extend(found)
        return self._known[key]

    def _made(self, file: Path, pointer: str) -> _Schema:
        if file not in self._files:
            self._files[file] = Documents(file)
        documents = self._files[file]
        node = documents.follow(documents.resolve(f"#{pointer}", documents.root.file))
        version = str(documents.root.get("openapi").value or "")
        schemas = Schemas(documents, nullable=version.startswith("3.0"))
        checker = Checker(schemas.bundle(node, Direction.REQUEST))
        return _Schema(schemas, node, checker, {})

    def _say(self, written: WrittenSet, message: str, hint: str) -> None:
        at = written.at("schema")
        hint = hint or "Paths are taken from the data file's folder."
        self.problems.append(mistake("data-schema", message, at=at, hint=hint))


def _cell(schema: _Schema, name: str, cell: str) -> object:
    """What a cell means; text where its schema wants text, or nothing that it could be."""
    if name not in schema.columns:
        schema.columns[name] = _column(schema, name)
    column = schema.columns[name]
    if not cell:
        return column.empty
    if "string" in column.kinds:
        return cell
    if column.kinds & {"array", "object"} and cell[0] in "[{":
        return _listed(cell)
    try:
        value = plain_value(cell)
    except NumberError:
        return cell
    return value if _kinds(value) & column.kinds else cell


def _column(schema: _Schema, name: str) -> _Column:
    found = [each for each in _properties(schema, name) if each.value is not None]
    kinds = frozenset(kind for each in found for kind in schema.schemas.types(each))
    checkers = [Checker(schema.schemas.bundle(each, Direction.REQUEST)) for each in found]
    for empty in (None, "") if kinds else ("",):
        if not found or any(not checker.findings(empty) for checker in checkers):
            return _Column(kinds, empty)
    return _Column(kinds, _NO_CELL)


def _properties(schema: _Schema, name: str) -> Iterator[Node]:
    """What the schema says of a property, by itself and by its alternatives."""
    waiting, seen = [schema.node], set[int]()
    while waiting:
        node = schema.schemas.follow(waiting.pop())
        if id(node.value) not in seen:
            seen.add(id(node.value))
            yield node.get("properties").get(name)
            for keyword in ("allOf", "anyOf", "oneOf"):
                waiting += node.get(keyword).parts()


def _kinds(value: object) -> frozenset[str]:
    match value:
        case None:
            return frozenset({"null"})
        case bool():
            return frozenset({"boolean"})
        case int():
            return frozenset({"integer", "number"})
        case Decimal():
            return frozenset({"number"})
    return frozenset()


def _listed(cell: str) -> object:
    try:
        return parse_json(cell, "cell.json", places=False).value
    except DefinitionError:
        return cell
