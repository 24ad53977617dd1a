"""What stands behind a dot: entries of contexts, properties of dates (DMN 1.4, table 65)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.temporal import MONTHS_PER_YEAR
from pytest_orchestra.expressions.conditions.values import Interval, Kind, Value, kind_of

_HOUR, _MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
_SIXTY, _DAY_HOURS = 60, 24


def member(value: Value, key: str) -> Value:
    """``value.key``; of a list that of each item; null where there is none.

    Raises:
        Refused: engines disagree about it.
    """
    match value:
        case Mapping():
            return value.get(key)
        case tuple():
            return tuple(member(each, key) for each in value)
        case Interval():
            raise Refused("a property of a range")
    read = _PROPERTIES.get(kind_of(value), {}).get(key)
    return None if read is None else read(value)


def _whole(read: Callable[[Any], int]) -> Callable[[Any], Value]:
    return lambda value: Decimal(read(value))


def _weekday(value: dt.date) -> int:
    return value.isoweekday()


def _truncated(value: int, by: int) -> tuple[int, int]:
    """Quotient and rest, both with the sign of the value."""
    sign = -1 if value < 0 else 1
    quotient, rest = divmod(abs(value), by)
    return sign * quotient, sign * rest


def _parts(value: dt.timedelta) -> tuple[int, int, int, int]:
    """Days, hours, minutes and seconds, each with the duration's sign."""
    seconds = abs(value) // dt.timedelta(seconds=1)
    minutes, second = divmod(seconds, _SIXTY)
    hours, minute = divmod(minutes, _SIXTY)
    days, hour = divmod(hours, _DAY_HOURS)
    sign = -1 if value < dt.timedelta() else 1
    return sign * days, sign * hour, sign * minute, sign * second


def _offset(value: dt.time | dt.datetime) -> Value:
    return value.utcoffset()


def _zone(value: dt.time | dt.datetime) -> Value:
    if value.tzinfo is not None:
        raise Refused("the time zone of a time with an offset")
    return None


_DATE: dict[str, Callable[[Any], Value]] = {
    "year": _whole(lambda value: value.year),
    "month": _whole(lambda value: value.month),
    "day": _whole(lambda value: value.day),
    "weekday": _whole(_weekday),
}
_TIME: dict[str, Callable[[Any], Value]] = {
    "hour": _whole(lambda value: value.hour),
    "minute": _whole(lambda value: value.minute),
    "second": _whole(lambda value: value.second),
    "time offset": _offset,
    "timezone": _zone,
}
_PROPERTIES: Mapping[Kind, Mapping[str, Callable[[Any], Value]]] = {
    "date": _DATE,
    "time": _TIME,
    "date and time": {**_DATE, **_TIME},
    "years and months duration": {
        "years": _whole(lambda value: _truncated(value.months, MONTHS_PER_YEAR)[0]),
        "months": _whole(lambda value: _truncated(value.months, MONTHS_PER_YEAR)[1]),
    },
    "days and time duration": {
        "days": _whole(lambda value: _parts(value)[0]),
        "hours": _whole(lambda value: _parts(value)[1]),
        "minutes": _whole(lambda value: _parts(value)[2]),
        "seconds": _whole(lambda value: _parts(value)[3]),
    },
}
