"""FEEL's comparison operators, and what passes a test behind ``in`` (DMN 1.4, table 54)."""

from __future__ import annotations

from pytest_orchestra.expressions.conditions.comparison import equal, order
from pytest_orchestra.expressions.conditions.lists import conjunction
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.values import Interval, Value


def compared(operator: str, left: Value, right: Value) -> bool | None:
    """``left operator right``; None for null.

    Raises:
        Refused: engines disagree about it.
    """
    if operator in ("=", "!="):
        found = equal(left, right)
        return found if found is None or operator == "=" else not found
    step = order(left, right)
    if step is None:
        return None
    return {"<": step < 0, "<=": step <= 0, ">": step > 0, ">=": step >= 0}[operator]


def passes(value: Value, test: Value) -> bool | None:
    """Whether a value passes a test: it is equal to it, within it, or one of its items.

    Raises:
        Refused: engines disagree about it.
    """
    if test is None:
        raise Refused("'in' with null")
    if isinstance(test, Interval):
        return _is_within(value, test)
    if not isinstance(test, tuple):
        return equal(value, test)
    if isinstance(value, tuple) and not all(isinstance(each, tuple) for each in test):
        raise Refused("'in' with a list in a list")
    return any(
        (_is_within(value, each) if isinstance(each, Interval) else equal(value, each)) is True
        for each in test
    )


def _is_within(value: Value, interval: Interval) -> bool | None:
    if interval.form != "..":
        return compared(interval.form, value, interval.start)
    if value is None:
        return None
    span = order(interval.start, interval.end)
    if span is None or span > 0:
        raise Refused("a range without a start or end, or that ends before it starts")
    found = (
        compared(">=" if interval.has_start else ">", value, interval.start),
        compared("<=" if interval.has_end else "<", value, interval.end),
    )
    return conjunction(found)
