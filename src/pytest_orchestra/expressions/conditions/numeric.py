"""FEEL's functions for numbers (DMN 1.4, 10.3.4.5), and those that make a number of a text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from pytest_orchestra.expressions.conditions.arithmetic import negated
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.signatures import function, table
from pytest_orchestra.expressions.conditions.values import NUMBERS, Months, Value, number

_LEAST_SCALE, _MOST_SCALE = -6111, 6176
_TWO = Decimal(2)
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_GROUPS = (" ", ",", ".", None)
_POINTS = (".", ",", None)


def _abs(value: Value) -> Value:
    match value:
        case Decimal():
            return NUMBERS.abs(value)
        case Months(months=months):
            return Months(abs(months))
    is_negative = isinstance(value, dt.timedelta) and value < dt.timedelta()
    return negated(value) if is_negative else value


def _modulo(dividend: Decimal, divisor: Decimal) -> Value:
    """``dividend - divisor * floor(dividend / divisor)``: it has the divisor's sign."""
    rest = NUMBERS.remainder(dividend, divisor)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _parity(wanted: int) -> Callable[[Decimal], Value]:
    def judged(value: Decimal) -> Value:
        if value != value.to_integral_value():
            raise Refused("even(…) and odd(…) take whole numbers")
        return abs(NUMBERS.remainder(value, _TWO)) == wanted

    return judged


def _rounded(rounding: str) -> Callable[..., Value]:
    def rounded(value: Decimal, scale: Decimal | None = None) -> Value:
        places = Decimal(0) if scale is None else scale
        if places != places.to_integral_value():
            raise Refused("a number is rounded to a fraction of a digit")
        if not _LEAST_SCALE <= places <= _MOST_SCALE:
            return None
        exponent = -int(places)
        if isinstance(found := value.as_tuple().exponent, int) and found >= exponent:
            return value
        return value.quantize(Decimal((0, (1,), exponent)), rounding, NUMBERS)

    return rounded


def _log(value: Decimal) -> Value:
    return NUMBERS.ln(value) if value > 0 else None


def _number(text: str, grouping: Value = None, point: Value = None) -> Value:
    """The number that a text writes with these separators."""
    if grouping not in _GROUPS or point not in _POINTS:
        return None
    if grouping is not None and grouping == point:
        return None
    if isinstance(grouping, str):
        text = text.replace(grouping, "")
    if isinstance(point, str) and point != ".":
        if "." in text:
            return None
        text = text.replace(point, ".")
    return number(text) if _NUMBER.fullmatch(text) else None


NUMERIC = table(
    function("abs", "n: number|days and time duration|years and months duration", call=_abs),
    function("sqrt", "number: number", call=NUMBERS.sqrt),
    function("exp", "number: number", call=NUMBERS.exp),
    function("log", "number: number", call=_log),
    function("even", "number: number", call=_parity(0)),
    function("odd", "number: number", call=_parity(1)),
    function("modulo", "dividend: number, divisor: number", call=_modulo),
    function("floor", "n: number, scale: number?", call=_rounded(ROUND_FLOOR)),
    function("ceiling", "n: number, scale: number?", call=_rounded(ROUND_CEILING)),
    function("decimal", "n: number, scale: number", call=_rounded(ROUND_HALF_EVEN)),
    function("round up", "n: number, scale: number", call=_rounded(ROUND_UP)),
    function("round down", "n: number, scale: number", call=_rounded(ROUND_DOWN)),
    function("round half up", "n: number, scale: number", call=_rounded(ROUND_HALF_UP)),
    function("round half down", "n: number, scale: number", call=_rounded(ROUND_HALF_DOWN)),
    function(
        "number",
        "from: string",
        "from: string, grouping separator: any, decimal separator: any",
        call=_number,
    ),
)
