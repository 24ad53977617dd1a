"""Rows become JSON-like values: text for what JSON has no word for, Decimal for fractions."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import asyncpg

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.payloads import describe
from pytest_orchestra.results import JsonLike

if TYPE_CHECKING:
    from asyncpg import Attribute, Record

Row = dict[str, JsonLike]


def column_names(attributes: Iterable[Attribute]) -> list[str]:
    """Give the names of a statement's columns.

    Raises:
        ConnectorError: two are called alike; a rule could not tell them apart.
    """
    names = [attribute.name for attribute in attributes]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ConnectorError(
            f"the statement gives more than one column called {', '.join(twice)}",
            code="db.duplicate_columns",
            hint="Name them apart: select a.id as a_id, b.id as b_id",
        )
    return names


def row_of(record: Record, names: Sequence[str]) -> Row:
    """Give a row by column name."""
    return {name: json_like(value) for name, value in zip(names, record.values(), strict=True)}


def json_like(value: object) -> JsonLike:
    """Give a value of the driver, or one of a step, as JSON-like."""
    if isinstance(value, float | Decimal):
        return value if math.isfinite(value) else str(Decimal(value))
    if value is None or isinstance(value, str | bool | int):
        return value
    for types, shape in _SHAPES:
        if isinstance(value, types):
            return shape(value)
    return str(value)


def size_of(value: JsonLike) -> int:
    """Give about how many bytes a JSON-like value has."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(len(name) + size_of(part) for name, part in value.items())
    if isinstance(value, list):
        return sum(map(size_of, value))
    return 8


def _object(value: Mapping[str, object]) -> JsonLike:
    return {str(name): json_like(part) for name, part in value.items()}


def _array(value: Sequence[object]) -> JsonLike:
    return [json_like(part) for part in value]


def _range(value: asyncpg.Range[Any]) -> str:
    """Give a range as the server writes it: ``[1,5)``."""
    if value.isempty:
        return "empty"
    lower, upper = (
        "" if bound is None else str(json_like(bound)) for bound in (value.lower, value.upper)
    )
    return f"{'[' if value.lower_inc else '('}{lower},{upper}{']' if value.upper_inc else ')'}"


_SHAPES: tuple[tuple[tuple[type, ...], Callable[[Any], JsonLike]], ...] = (
    ((dt.date, dt.time), lambda value: value.isoformat()),
    ((bytes, bytearray, memoryview), lambda value: describe(bytes(value))),
    ((asyncpg.Record, Mapping), _object),
    ((asyncpg.Range,), _range),
    ((asyncpg.BitString,), lambda value: value.as_string()),
    ((list, tuple), _array),
)
"""What becomes of the driver's types; of any other its text is given."""
