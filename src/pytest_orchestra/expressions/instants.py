"""Filters for instants and days: ISO 8601 text or datetimes come in, ISO 8601 text goes out."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

from pytest_orchestra.expressions.filters import demanded_text
from pytest_orchestra.expressions.values import demand, instant, is_number, iso_text, kind_of

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MONTHS = {"months": 1, "years": 12}
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_DIRECTIVES = "YymdHIMSfpjzGVu%"
"""Those that give the same on every machine."""


def shift(sign: int) -> Callable[..., str]:
    """The filter ``plus`` (1) or ``minus`` (-1)."""

    def shifted(value: object, **parts: float) -> str:
        demand(*parts.values())
        if wrong := [name for name, part in parts.items() if not is_number(part)]:
            raise TypeError(f"{wrong[0]} is {kind_of(parts[wrong[0]])}, not a number")
        months = sum(times * parts.pop(name, 0) for name, times in _MONTHS.items())
        try:
            by = dt.timedelta(**{name: float(part) for name, part in parts.items()})
        except TypeError as error:
            known = "years, months, weeks, days, hours, minutes, seconds, milliseconds"
            raise TypeError(f"it takes {known}") from error
        return iso_text(_months_later(_moment(value), sign * months) + sign * by)

    return shifted


def epoch(*, microseconds: int) -> Callable[[object], int]:
    """The filter that counts units of so many microseconds since 1970-01-01 UTC."""

    def counted(value: object) -> int:
        return (_instant(value) - _EPOCH) // dt.timedelta(microseconds=microseconds)

    return counted


def from_epoch(*, per_second: int) -> Callable[[object], str]:
    """The filter that gives the instant so many units after 1970-01-01 UTC."""

    def placed(value: object) -> str:
        if not is_number(value):
            raise TypeError(f"a number is needed, not {kind_of(value)}")
        microseconds = Decimal(str(value)) * 1_000_000 / per_second
        return iso_text(_EPOCH + dt.timedelta(microseconds=int(microseconds)))

    return placed


def seconds_since(value: object, earlier: object) -> Decimal:
    """Seconds from one instant, or day, to another."""
    later, first = _moment(value), _moment(earlier)
    if isinstance(later, dt.datetime) != isinstance(first, dt.datetime):
        raise TypeError("an instant and a day cannot be compared")
    apart = later - first
    return Decimal(apart // dt.timedelta(microseconds=1)) / 1_000_000


def iso(value: object) -> str:
    """An instant or day in ISO 8601."""
    return iso_text(_moment(value))


def utc(value: object) -> str:
    """The same instant, written in UTC."""
    return iso_text(_instant(value).astimezone(dt.UTC))


def day(value: object) -> str:
    """The day of an instant, by its own offset."""
    return _moment(value).strftime("%Y-%m-%d")


def strftime(value: object, form: object) -> str:
    """An instant or day as ``form`` says, ``%d.%m.%Y``."""
    return _moment(value).strftime(_checked(form))


def strptime(value: object, form: object) -> str:
    """The day, or with ``%z`` the instant, of a text that is as ``form`` says."""
    form = _checked(form)
    try:
        found = dt.datetime.strptime(demanded_text(value), form)  # noqa: DTZ007 - of a day none
    except (ValueError, re.error) as error:
        raise ValueError("the text is not as the format says") from error
    return iso_text(found if found.tzinfo else found.date())


def _checked(form: object) -> str:
    text = demanded_text(form)
    for found in _DIRECTIVE.finditer(text):
        if not found[1] or found[1] not in _DIRECTIVES:
            known = " ".join(f"%{each}" for each in _DIRECTIVES)
            raise ValueError(f"'{found[0]}' is not one of {known}")
    return text


def _months_later(moment: dt.datetime | dt.date, months: float) -> dt.datetime | dt.date:
    """The same day of another month, or that month's last."""
    if months != int(months):
        raise ValueError("months are whole")
    year, month = divmod(moment.year * 12 + moment.month - 1 + int(months), 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError("there is no such year")
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _instant(value: object) -> dt.datetime:
    moment = _moment(value)
    if not isinstance(moment, dt.datetime):
        raise TypeError("a day is no instant")
    return moment


def _moment(value: object) -> dt.datetime | dt.date:
    if isinstance(value, dt.date):
        return value
    text = demanded_text(value)
    if (found := instant(text)) is not None:
        return found
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("it is no ISO 8601 day, nor an instant with its offset") from error
