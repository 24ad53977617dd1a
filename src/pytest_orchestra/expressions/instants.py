"""Filters for instants and days: ISO 8601 text or datetimes come in, ISO 8601 text goes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from pytest_orchestra.expressions.filters import demanded_text
from pytest_orchestra.expressions.values import instant, iso_text

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def shift(sign: int) -> Callable[..., str]:
    """The filter ``plus`` (1) or ``minus`` (-1)."""

    def shifted(value: object, **parts: float) -> str:
        try:
            by = dt.timedelta(**{name: float(part) for name, part in parts.items()})
        except TypeError as error:
            raise TypeError(
                "it takes weeks, days, hours, minutes, seconds, milliseconds"
            ) from error
        return iso_text(_moment(value) + sign * by)

    return shifted


def epoch(*, microseconds: int) -> Callable[[object], int]:
    """The filter that counts units of so many microseconds since 1970-01-01 UTC."""

    def counted(value: object) -> int:
        moment = _moment(value)
        if not isinstance(moment, dt.datetime):
            raise TypeError("a day is no instant")
        return (moment - _EPOCH) // dt.timedelta(microseconds=microseconds)

    return counted


def iso(value: object) -> str:
    """An instant or day in ISO 8601."""
    return iso_text(_moment(value))


def day(value: object) -> str:
    """The day of an instant, by its own offset."""
    return _moment(value).strftime("%Y-%m-%d")


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
