"""Values on a scale: each sort of values that has an order, as rational numbers or texts.

A sort is a kind of FEEL; a moment with an offset is of another sort than one without.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, DecimalException
from fractions import Fraction
from typing import TypeAlias, cast

from pytest_orchestra.expressions.conditions.values import (
    NUMBERS,
    Kind,
    Months,
    Scalar,
    Value,
    kind_of,
)
from pytest_orchestra.expressions.solving.formulas import Limit

Sort: TypeAlias = str

WITH_OFFSET = "@"
DAY = 86_400
"""Seconds of a day."""
WHOLE = frozenset(("date", "years and months duration", "boolean"))
"""Sorts whose values are whole numbers of their scale."""

_MICROSECONDS = 1_000_000
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - the scale of moments without offset
_UTC_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SORTED = frozenset(
    (
        "any",
        "boolean",
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
)


def sort_of(value: Value) -> Sort:
    """The sort of a value."""
    kind = kind_of(value)
    if isinstance(value, dt.time | dt.datetime) and (offset := value.utcoffset()) is not None:
        zone = "" if isinstance(value, dt.datetime) else str(offset // dt.timedelta(minutes=1))
        return f"{kind}{WITH_OFFSET}{zone}"
    return kind


def kind_of_sort(sort: Sort) -> Kind:
    """FEEL's kind of a sort."""
    return cast("Kind", sort.partition(WITH_OFFSET)[0])


def has_scale(sort: Sort) -> bool:
    """Whether values of the sort stand on a scale."""
    return kind_of_sort(sort) in _SORTED


def place(value: Scalar) -> Limit:
    """Where a value stands on the scale of its sort."""
    match value:
        case str():
            return value
        case bool() | Decimal():
            return Fraction(value)
        case Months(months=months):
            return Fraction(months)
        case None:
            raise TypeError(value)
    return _seconds(value) if isinstance(value, dt.timedelta) else _moment(value)


def value_at(at: Limit, sort: Sort) -> Scalar:
    """The value that stands at a place of its sort's scale.

    Raises:
        ValueError: there is none that can be held.
    """
    if isinstance(at, str):
        return at
    kind = kind_of_sort(sort)
    if sort in ("number", "any"):
        return _decimal(at)
    if kind in WHOLE:
        return _whole_value(at, kind)
    length = _duration(at)
    try:
        if kind == "date and time":
            return (_UTC_EPOCH if WITH_OFFSET in sort else _EPOCH) + length
        return _time(length, sort) if kind == "time" else length
    except OverflowError as error:
        raise ValueError(at) from error


def _moment(value: dt.date | dt.time) -> Fraction:
    if isinstance(value, dt.time):
        return _seconds(dt.datetime.combine(_EPOCH.date(), value.replace(tzinfo=None)) - _EPOCH)
    if isinstance(value, dt.datetime):
        return _seconds(value - (_EPOCH if value.tzinfo is None else _UTC_EPOCH))
    return Fraction(value.toordinal())


def _whole_value(at: Fraction, kind: Kind) -> Scalar:
    if at.denominator != 1:
        raise ValueError(at)
    number = int(at)
    if kind == "boolean":
        return bool(number)
    if kind == "years and months duration":
        return Months(number)
    if not 0 < number <= dt.date.max.toordinal():
        raise ValueError(at)
    return dt.date.fromordinal(number)


def _time(length: dt.timedelta, sort: Sort) -> dt.time:
    moment = _EPOCH + length
    if moment.date() != _EPOCH.date():
        raise ValueError(length)
    minutes = sort.partition(WITH_OFFSET)[2]
    zone = dt.timezone(dt.timedelta(minutes=int(minutes))) if minutes else None
    return moment.time().replace(tzinfo=zone)


def _decimal(at: Fraction) -> Decimal:
    try:
        found = NUMBERS.divide(Decimal(at.numerator), Decimal(at.denominator))
    except DecimalException as error:
        raise ValueError(at) from error
    if Fraction(found) != at:
        raise ValueError(at)
    return found


def _seconds(length: dt.timedelta) -> Fraction:
    return Fraction(length // dt.timedelta(microseconds=1), _MICROSECONDS)


def _duration(at: Fraction) -> dt.timedelta:
    micro = at * _MICROSECONDS
    if micro.denominator != 1:
        raise ValueError(at)
    try:
        return dt.timedelta(microseconds=int(micro))
    except OverflowError as error:
        raise ValueError(at) from error
