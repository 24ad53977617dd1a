"""FEEL's functions for strings (DMN 1.4, 10.3.4.3); characters are code points."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.signatures import function, table
from pytest_orchestra.expressions.conditions.temporal import text_of
from pytest_orchestra.expressions.conditions.values import MAX_STRING, Interval, Opaque, Value

_PLAIN_EXPONENT = 34


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> Value:
    """From the ``start``-th character, from the end where it is negative."""
    if start != start.to_integral_value():
        raise Refused("substring(…) begins at a fraction of a character")
    if start == 0 or abs(start) > len(text):
        if start == 0:
            return None
        raise Refused("substring(…) begins outside of the string")
    first = int(start) - 1 if start > 0 else len(text) + int(start)
    if length is None:
        return text[first:]
    if length < 1:
        raise Refused("substring(…) has a length below 1")
    return text[first : first + int(min(length, Decimal(len(text))))]


def _before(text: str, match: str) -> Value:
    return text[: max(text.find(match), 0)]


def _after(text: str, match: str) -> Value:
    return text[text.find(match) + len(match) :] if match in text else ""


def _joined(texts: tuple[Value, ...], delimiter: Value = None) -> Value:
    """The strings of a list in one, nulls left out."""
    if delimiter is not None and not isinstance(delimiter, str):
        return None
    strings: list[str] = []
    for text in texts:
        if isinstance(text, str):
            strings.append(text)
        elif text is not None:
            return None
    size = sum(map(len, strings)) + len(strings) * len(delimiter or "")
    if size > MAX_STRING:
        raise Refused("a string is too long")
    return (delimiter or "").join(strings)


def string(value: Value) -> Value:
    """A value as text.

    Raises:
        Refused: it is a list, context or range.
    """
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return _digits(value)
        case tuple() | Interval() | Mapping() | Opaque():
            raise Refused(
                "string(…) of a list, context, range or function", "Engines write them differently."
            )
    return text_of(value)


def _digits(value: Decimal) -> str:
    if abs(value.adjusted()) > _PLAIN_EXPONENT:
        raise Refused("string(…) of a very large or small number")
    text = f"{value:f}"
    if "." in text and text.endswith("0"):
        raise Refused("string(…) of a number with zeros at its end")
    return text


STRINGS = table(
    function(
        "substring",
        "string: string, start position: number, length: number?",
        call=_substring,
    ),
    function("string length", "string: string", call=lambda text: Decimal(len(text))),
    function("upper case", "string: string", call=str.upper),
    function("lower case", "string: string", call=str.lower),
    function("substring before", "string: string, match: string", call=_before),
    function("substring after", "string: string, match: string", call=_after),
    function("contains", "string: string, match: string", call=str.__contains__),
    function("starts with", "string: string, match: string", call=str.startswith),
    function("ends with", "string: string, match: string", call=str.endswith),
    function("string join", "list: list, delimiter: any?", call=_joined),
    function("string", "from: any", call=string),
)
