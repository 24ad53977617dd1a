"""FEEL's functions for dates, times and durations (DMN 1.4, 10.3.4.1, 10.3.4.10)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.signatures import function, table
from pytest_orchestra.expressions.conditions.temporal import (
    MONTHS_PER_YEAR,
    date_from,
    duration_from,
    moment_from,
    time_from,
)
from pytest_orchestra.expressions.conditions.values import Months, Value

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MICROSECONDS = 1_000_000
_MAX_OFFSET = dt.timedelta(hours=14)


def _date(first: Value, month: Decimal | None = None, day: Decimal | None = None) -> Value:
    match first:
        case str():
            return date_from(first)
        case dt.datetime():
            return first.date()
        case Decimal() if month is not None and day is not None:
            parts = _whole(first, month, day)
            if not dt.MINYEAR <= parts[0] <= dt.MAXYEAR:
                raise Refused("a year is not between 1 and 9999")
            return date_from("{:04}-{:02}-{:02}".format(*parts))
    return first


def _time(
    first: Value,
    minute: Decimal | None = None,
    second: Decimal | None = None,
    offset: Value = None,
) -> Value:
    match first:
        case str():
            return time_from(first)
        case dt.datetime():
            return first.timetz()
        case dt.date():
            raise Refused("a time is made of a date")
        case Decimal() if minute is not None and second is not None:
            return _time_of(first, minute, second, offset)
    return first


def _time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: Value) -> Value:
    if offset is not None and not isinstance(offset, dt.timedelta):
        return None
    if offset is not None and (abs(offset) > _MAX_OFFSET or offset.seconds % 60):
        raise Refused("an offset is more than 14 hours, or has seconds")
    micro = (second % 1) * _MICROSECONDS
    hours, minutes, seconds, rest = _whole(hour, minute, second - second % 1, micro)
    zone = None if offset is None else dt.timezone(offset)
    try:
        return dt.time(hours, minutes, seconds, rest, tzinfo=zone)
    except ValueError:
        return None


def _moment(first: Value, time: dt.time | None = None) -> Value:
    match first:
        case str() if time is None:
            return moment_from(first)
        case dt.datetime() if time is None:
            return first
        case dt.date() if time is None:
            raise Refused("a date and time is made of a date alone")
        case dt.date() if time is not None:
            return dt.datetime.combine(first, time)
    return None


def _whole(*values: Decimal) -> tuple[int, ...]:
    for value in values:
        if value != value.to_integral_value():
            raise Refused("a part of a date or time is no whole number")
    return tuple(int(value) if abs(value) < _MICROSECONDS else -1 for value in values)


def _months_between(start: dt.date, end: dt.date) -> Value:
    """The whole months from one day to another; the times of day do not count."""
    if isinstance(start, dt.datetime) != isinstance(end, dt.datetime):
        raise Refused("a duration from a date to a date and time")
    sign = 1 if _day(start) <= _day(end) else -1
    first, last = sorted((_day(start), _day(end)))
    months = (last.year - first.year) * MONTHS_PER_YEAR + last.month - first.month
    if last.day == first.day and isinstance(start, dt.datetime):
        raise Refused("a duration between two times of the same day of the month")
    return Months(sign * (months - (last.day < first.day)))


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


_ANY_DAY = "date: date|date and time"

DATES = table(
    function(
        "date",
        "from: string|date|date and time",
        "year: number, month: number, day: number",
        call=_date,
    ),
    function(
        "time",
        "from: string|time|date and time|date",
        "hour: number, minute: number, second: number, offset: any?",
        call=_time,
    ),
    function(
        "date and time",
        "from: string|date|date and time",
        "date: date|date and time, time: time",
        call=_moment,
    ),
    function("duration", "from: string", call=duration_from),
    function(
        "years and months duration",
        "from: date|date and time, to: date|date and time",
        call=_months_between,
    ),
    function("day of week", _ANY_DAY, call=lambda day: _DAYS[day.weekday()]),
    function("day of year", _ANY_DAY, call=lambda day: Decimal(day.timetuple().tm_yday)),
    function("month of year", _ANY_DAY, call=lambda day: _MONTHS[day.month - 1]),
    function("week of year", _ANY_DAY, call=lambda day: Decimal(day.isocalendar().week)),
)
