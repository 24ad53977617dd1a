"""The values of FEEL (DMN 1.4, 10.3.2.2), and how Python's become them.

Numbers are decimals of 34 digits; lists are tuples; a range is an ``Interval``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Literal, TypeAlias
from uuid import UUID

from pytest_orchestra.expressions.conditions.refusal import Refused

Kind = Literal[
    "null",
    "boolean",
    "number",
    "string",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
    "list",
    "context",
    "range",
    "function",
]

MAX_DIGITS = 34
"""Of a number, as IEEE 754 decimal128 has them (DMN 1.4, 10.3.2.3.1)."""
MAX_EXPONENT = 6144
MAX_NESTING = 50
"""How deep lists and contexts of a value may lie in each other."""
MAX_ITEMS = 100_000
"""Items of one list or context."""
MAX_STRING = 1_000_000
"""Characters of a string."""

NUMBERS = Context(
    prec=MAX_DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emax=MAX_EXPONENT,
    Emin=1 - MAX_EXPONENT,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
_WIDE = Context(prec=MAX_DIGITS * 1000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration of years and months, as its months."""

    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A range of values.

    Attributes:
        form: ``..`` of one with two ends, else the operator of a unary test, whose limit is both.
    """

    form: str
    start: Value
    end: Value
    has_start: bool = True
    has_end: bool = True


@dataclass(frozen=True, slots=True)
class Opaque:
    """A function of one's own: it is a value that cannot be judged."""


Scalar: TypeAlias = (
    bool | Decimal | str | dt.date | dt.time | dt.datetime | dt.timedelta | Months | None
)
Value: TypeAlias = "Scalar | tuple[Value, ...] | Mapping[str, Value] | Interval | Opaque"

_KINDS: Mapping[type, Kind] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    dt.datetime: "date and time",
    dt.date: "date",
    dt.time: "time",
    dt.timedelta: "days and time duration",
    Months: "years and months duration",
    tuple: "list",
    Interval: "range",
    Opaque: "function",
}


def kind_of(value: Value) -> Kind:
    """What sort of value it is, in FEEL's words."""
    return _KINDS.get(type(value), "context")


def taken(value: object, nesting: int = 0) -> Value:
    """A value of Python's as one of FEEL's.

    Raises:
        Refused: there is none for it, or it is too large.
    """
    if type(value) in _KINDS and not isinstance(value, str | Decimal | tuple | dt.time | dt.date):
        return value  # type: ignore[return-value]  # the table lists Value's types
    match value:
        case int() | float() | Decimal():
            return _number(value)
        case str() | UUID():
            return bounded(str(value))
        case dt.datetime() | dt.time() | dt.date():
            return _fixed(value)
        case Mapping() | list() | tuple():
            return _collection(value, nesting + 1)
    raise Refused(f"a {type(value).__name__} cannot be judged")


def weight(value: Value) -> int:
    """How much work it is to look at all of a value, one of a number counting nothing."""
    match value:
        case str():
            return len(value) // 64
        case tuple():
            return len(value) + sum(map(weight, value))
        case dict():
            return len(value) + sum(map(weight, value.values()))
    return 0


def bounded(text: str) -> str:
    """``text`` again.

    Raises:
        Refused: it is longer than ``MAX_STRING``.
    """
    if len(text) > MAX_STRING:
        raise Refused(f"a string has more than {MAX_STRING} characters")
    return text


def number(text: str) -> Decimal:
    """The number that digits write.

    Raises:
        Refused: it needs more than 34 digits, or is too large.
    """
    found = _WIDE.create_decimal(text)
    if len(found.normalize(_WIDE).as_tuple().digits) > MAX_DIGITS:
        raise Refused(f"a number has more than {MAX_DIGITS} digits")
    if not found.is_finite() or abs(found.adjusted()) > MAX_EXPONENT:
        raise Refused("a number is too large")
    return found


def _number(value: float | Decimal) -> Decimal:
    if isinstance(value, int):
        if value.bit_length() > MAX_DIGITS * 4:
            raise Refused(f"a number has more than {MAX_DIGITS} digits")
        return number(str(value))
    if not math.isfinite(value):
        raise Refused("infinity and not-a-number cannot be judged")
    return number(str(value))


def _fixed(value: dt.datetime | dt.time | dt.date) -> dt.datetime | dt.time | dt.date:
    """A moment whose zone is an offset."""
    if not isinstance(value, dt.datetime | dt.time):
        return value
    if value.tzinfo is None or isinstance(value.tzinfo, dt.timezone):
        return value
    offset = value.utcoffset()
    if offset is None:
        raise Refused("a time in a named zone cannot be judged", "Give its offset.")
    return value.replace(tzinfo=dt.timezone(offset))


def _collection(
    value: Mapping[object, object] | Sequence[object], nesting: int
) -> tuple[Value, ...] | Mapping[str, Value]:
    if nesting > MAX_NESTING:
        raise Refused(f"a value is nested deeper than {MAX_NESTING} levels")
    if len(value) > MAX_ITEMS:
        raise Refused(f"a list or context has more than {MAX_ITEMS} items")
    if isinstance(value, Mapping):
        return {str(key): taken(each, nesting) for key, each in value.items()}
    return tuple(taken(each, nesting) for each in value)
