"""FEEL's equality and order (DMN 1.4, 10.3.2.15, table 51): True, False, or None for null.

Values of different kinds give null. Where engines disagree (parts of a second, a time with an
offset and one without, a date and a date and time) the comparison is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import cast

from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.values import (
    Interval,
    Kind,
    Months,
    Opaque,
    Value,
    kind_of,
)

_SECOND = dt.timedelta(seconds=1)
_CLOSE: frozenset[frozenset[Kind]] = frozenset(
    (
        frozenset(("date", "date and time")),
        frozenset(("days and time duration", "years and months duration")),
    )
)
_ORDERED: frozenset[Kind] = frozenset(
    (
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
)


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; null equals only null.

    Raises:
        Refused: engines disagree about it.
    """
    if left is None or right is None:
        return left is right
    if kind_of(left) != kind_of(right):
        _demand_different(left, right)
        return None
    return _equal_of_kind(left, right)


def _equal_of_kind(left: Value, right: Value) -> bool | None:
    match left, right:
        case tuple(), tuple():
            return _all_equal(len(left) == len(right), zip(left, right, strict=False))
        case Mapping(), Mapping():
            pairs = ((left[key], right[key]) for key in left if key in right)
            return _all_equal(left.keys() == right.keys(), pairs)
        case Interval(), Interval():
            return _same_range(left, right)
        case bool() | str() | Decimal(), _:
            return left == right
        case Opaque(), _:
            raise Refused("functions are compared")
    return _order(left, right) == 0


def order(left: Value, right: Value) -> int | None:
    """Negative, zero or positive as ``left`` comes before, with or after ``right``; else None.

    Raises:
        Refused: engines disagree about it.
    """
    if left is None or right is None:
        return None
    if kind_of(left) != kind_of(right):
        _demand_different(left, right)
        return None
    return _order(left, right) if kind_of(left) in _ORDERED else None


def same(left: Value, right: Value) -> bool:
    """The function ``is`` (DMN 1.4, 10.3.4.11): the same kind, value and offset."""
    if kind_of(left) != kind_of(right) or _offset(left) != _offset(right):
        return False
    return equal(left, right) is True


def _offset(value: Value) -> dt.timedelta | None:
    return value.utcoffset() if isinstance(value, dt.time | dt.datetime) else None


def _order(left: Value, right: Value) -> int:
    if isinstance(left, dt.time | dt.datetime) and isinstance(right, dt.time | dt.datetime):
        return _moment_order(left, right)
    return _sign(cast("Months", left), cast("Months", right))


def _sign(left: Months, right: Months) -> int:
    return (left > right) - (left < right)


def _moment_order(left: dt.time | dt.datetime, right: dt.time | dt.datetime) -> int:
    if (left.utcoffset() is None) != (right.utcoffset() is None):
        raise Refused("a time with an offset is compared with one without")
    if isinstance(left, dt.time) and left.utcoffset() != right.utcoffset():
        raise Refused("times with different offsets are compared", "Compare dates and times.")
    apart = _moment(left) - _moment(right)
    if apart and abs(apart) < _SECOND:
        raise Refused("times are compared that differ by less than a second")
    return (apart > dt.timedelta()) - (apart < dt.timedelta())


def _moment(value: dt.time | dt.datetime) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(dt.date.min, value)


def _demand_different(left: Value, right: Value) -> None:
    """Refuse two kinds of which some engines turn one into the other."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, tuple) and len(one) == 1 and not isinstance(other, Interval):
            raise Refused("a list of one item is compared with what is no list")
    kinds = frozenset((kind_of(left), kind_of(right)))
    if kinds in _CLOSE:
        raise Refused(f"a {' is compared with a '.join(sorted(kinds))}")


def _all_equal(may_be: bool, pairs: Iterable[tuple[Value, Value]]) -> bool | None:  # noqa: FBT001 - private
    if not may_be:
        return False
    found = {equal(left, right) for left, right in pairs}
    if False not in found and None in found:
        raise Refused("lists or contexts are compared that hold values of different kinds")
    return found <= {True}


def _same_range(left: Interval, right: Interval) -> bool:
    if left.form != right.form:
        raise Refused("ranges of different forms are compared")
    if (left.has_start, left.has_end) != (right.has_start, right.has_end):
        return False
    ends = ((left.start, right.start), (left.end, right.end))
    return all(equal(one, other) is True for one, other in ends)
