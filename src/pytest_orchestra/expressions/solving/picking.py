"""Picks values that people like to read: whole, near a limit, short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from itertools import count, islice
from math import ceil, floor

from pytest_orchestra.expressions.conditions.values import Value
from pytest_orchestra.expressions.solving.formulas import Limit
from pytest_orchestra.expressions.solving.scales import Sort, kind_of_sort, place
from pytest_orchestra.expressions.solving.spans import Span

DEFAULT_DATE = dt.date(2026, 1, 1)
MAX_TRIES = 200
"""Values that are looked at for one."""
_MAX_FRACTION_DIGITS = 20
_STARTS: dict[str, Fraction] = {
    "date": place(DEFAULT_DATE),  # type: ignore[dict-item]  # of a date it is a number
    "date and time": Fraction(1_767_225_600),
    "time": Fraction(43_200),
    "days and time duration": Fraction(86_400),
    "boolean": Fraction(1),
}
"""What a value is where nothing is asked of it: 2026-01-01, noon, a day, true; else 1."""


def picked(span: Span, sort: Sort) -> Limit | None:
    """A place in a span on the scale of its sort; None if none was found."""
    kind = kind_of_sort(sort)
    places: Iterator[Limit] = _texts(span) if kind == "string" else _numbers(span, kind)
    return next((each for each in islice(places, MAX_TRIES) if span.holds(each)), None)


def default(sort: Sort) -> Value:
    """A value without a scale of which nothing is asked."""
    return {"list": (), "context": {}}.get(sort)  # type: ignore[return-value]  # both are values


def _numbers(span: Span, kind: str) -> Iterator[Fraction]:
    low = None if span.low is None else Fraction(span.low)
    high = None if span.high is None else Fraction(span.high)
    if low is None and high is None:
        start = _STARTS.get(kind, Fraction(1))
        yield from (start + step for step in range(MAX_TRIES // 2))
        if kind == "boolean":
            yield Fraction(0)
    elif low is not None:
        first = ceil(low)
        yield from (Fraction(first + step) for step in range(MAX_TRIES // 2))
        yield from _between(low, high)
    elif high is not None:
        last = floor(high)
        yield from (Fraction(last - step) for step in range(MAX_TRIES // 2))


def _between(low: Fraction, high: Fraction | None) -> Iterator[Fraction]:
    """Decimals between two numbers, those with few digits first."""
    if low == high:
        yield low
    for digits in range(1, _MAX_FRACTION_DIGITS):
        unit = Fraction(1, 10**digits)
        first = ceil(low / unit)
        yield from (unit * (first + step) for step in range(4))


def _texts(span: Span) -> Iterator[str]:
    low = None if span.low is None else str(span.low)
    high = None if span.high is None else str(span.high)
    if low is not None:
        yield low
        yield from (low + end for end in ("a", "A", "0", " ", "\t", "\x00"))
    if high is not None:
        yield high
        yield from (high[:size] for size in range(len(high) - 1, -1, -1))
        if high and high[0] > "!":
            yield chr(ord(high[0]) - 1) + "z"
    yield "other"
    yield from (f"{low or ''}other{number}" for number in count(2))
