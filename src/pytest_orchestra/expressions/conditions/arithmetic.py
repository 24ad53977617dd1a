"""FEEL's arithmetic (DMN 1.4, 10.3.2.15.3, tables 52 to 55): other kinds of operands give null."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import TypeAlias

from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.temporal import MONTHS_PER_YEAR
from pytest_orchestra.expressions.conditions.values import NUMBERS, Months, Value, bounded

Duration: TypeAlias = dt.timedelta | Months

_SOME_DAY = dt.date(2000, 1, 1)
_MICROSECOND = dt.timedelta(microseconds=1)


def calculated(sign: str, left: Value, right: Value) -> Value:
    """``left sign right`` for ``+ - * / **``; null where FEEL has no such operation.

    Raises:
        Refused: the result cannot be held.
    """
    try:
        return _OPERATIONS[sign](left, right)
    except DecimalException:
        return None
    except OverflowError as error:
        raise Refused("a date or duration is too large") from error


def negated(value: Value) -> Value:
    """``-value``."""
    match value:
        case Decimal():
            return NUMBERS.minus(value)
        case Months(months=months):
            return Months(-months)
        case dt.timedelta():
            return -value
    return None


def _sum(left: Value, right: Value) -> Value:
    match left, right:
        case (Decimal(), Decimal()):
            return NUMBERS.add(left, right)
        case (str(), str()):
            return bounded(left + right)
        case (dt.date() | dt.time(), dt.timedelta() | Months()):
            return _shifted(left, right)
        case (dt.timedelta() | Months(), dt.date() | dt.time()):
            return _shifted(right, left)
    return _joined(left, right)


def _joined(left: Value, right: Value) -> Value:
    match left, right:
        case (Months(), Months()):
            return Months(left.months + right.months)
        case (dt.timedelta(), dt.timedelta()):
            return left + right
    return None


def _difference(left: Value, right: Value) -> Value:
    match left, right:
        case (Decimal(), Decimal()):
            return NUMBERS.subtract(left, right)
        case (_, Months() | dt.timedelta()):
            return _sum(left, negated(right))
        case (dt.date(), dt.date()):
            return _span(_midnight(left), _midnight(right))
        case (dt.time(), dt.time()):
            return _span(*(dt.datetime.combine(_SOME_DAY, each) for each in (left, right)))
    return None


def _product(left: Value, right: Value) -> Value:
    match left, right:
        case (Decimal(), Decimal()):
            return NUMBERS.multiply(left, right)
        case (Months() | dt.timedelta(), Decimal()):
            return _scaled(left, NUMBERS.multiply(_count(left), right))
        case (Decimal(), Months() | dt.timedelta()):
            return _scaled(right, NUMBERS.multiply(_count(right), left))
    return None


def _quotient(left: Value, right: Value) -> Value:
    match left, right:
        case (Decimal(), Decimal()):
            return NUMBERS.divide(left, right)
        case (Months() | dt.timedelta(), Decimal()):
            return _scaled(left, NUMBERS.divide(_count(left), right))
        case (Months(), Months()):
            return NUMBERS.divide(_count(left), _count(right))
        case (dt.timedelta(), dt.timedelta()):
            return NUMBERS.divide(_count(left), _count(right))
    return None


def _power(left: Value, right: Value) -> Value:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        if not (left or right):
            raise Refused("the power of zero by zero")
        return NUMBERS.power(left, right)
    return None


_OPERATIONS: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "**": _power,
}


def _count(value: Duration) -> Decimal:
    """A duration in months, or in microseconds."""
    return Decimal(value.months if isinstance(value, Months) else value // _MICROSECOND)


def _scaled(like: Duration, count: Decimal) -> Duration:
    """So many months, the fraction cut off, or microseconds."""
    if isinstance(like, Months):
        return Months(int(count))
    if count != count.to_integral_value():
        raise Refused("a duration is finer than microseconds")
    return int(count) * _MICROSECOND


def _shifted(moment: dt.date | dt.time, by: Duration) -> Value:
    if isinstance(moment, dt.time):
        if isinstance(by, Months):
            return None
        day = dt.datetime.combine(_SOME_DAY, moment)
        return (day + by % dt.timedelta(days=1)).timetz()
    if isinstance(by, Months):
        return _months_later(moment, by.months)
    if isinstance(moment, dt.datetime):
        return moment + by
    return (dt.datetime.combine(moment, dt.time()) + by).date()


def _months_later(moment: dt.date, months: int) -> dt.date:
    """The same day of another month, or its last one."""
    years, month = divmod(moment.month - 1 + months, MONTHS_PER_YEAR)
    year = moment.year + years
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError(year)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _midnight(moment: dt.date) -> dt.datetime:
    """A date as its midnight in UTC (DMN 1.4, 10.3.2.3.5)."""
    if isinstance(moment, dt.datetime):
        return moment
    return dt.datetime.combine(moment, dt.time(), tzinfo=dt.UTC)


def _span(left: dt.datetime, right: dt.datetime) -> Value:
    if (left.utcoffset() is None) != (right.utcoffset() is None):
        return None
    return left - right
