"""Plain words of a file become values: YAML 1.2's core schema (10.3.2), numbers within bounds.

Other than there, a number with a leading zero (``010``, a postcode) stays text, and what is not
a number (``.nan``, ``.inf``) is refused, because nothing can be sent as such.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

MAX_DIGITS = 400
"""Digits of a number, and the exponent of one: past them arithmetic with it takes for ever."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST = frozenset("~nNtTfF.+-0123456789")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FRACTION = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")


class NumberError(ValueError):
    """A number that cannot be used; its text says why, without repeating it."""


def plain_value(text: str) -> object:
    """What an unquoted scalar means: None, bool, int, Decimal or the text itself.

    Raises:
        NumberError: it is no finite number, or one past ``MAX_DIGITS``.
    """
    if text and text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return integer(text)
    if _BASED.match(text):
        _refuse_long(text)
        return int(text, 0)
    if _FRACTION.match(text):
        return fraction(text)
    if _NOT_A_NUMBER.match(text):
        raise NumberError("infinity and not-a-number cannot be sent")
    return text


def integer(text: str) -> int:
    """A whole number.

    Raises:
        NumberError: it has more than ``MAX_DIGITS`` digits.
    """
    _refuse_long(text)
    return int(text)


def fraction(text: str) -> Decimal:
    """A number with a fraction or an exponent, as a decimal with its digits as written.

    Raises:
        NumberError: it is no finite number, or one past ``MAX_DIGITS``.
    """
    _refuse_long(text)
    if text.lstrip("+-")[:1].isalpha():
        raise NumberError("infinity and not-a-number cannot be sent")
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = None
    if number is None or abs(number.adjusted()) > MAX_DIGITS:
        raise NumberError(f"the number's exponent is past {MAX_DIGITS}")
    return number


def _refuse_long(text: str) -> None:
    if len(text) > MAX_DIGITS:
        raise NumberError(f"the number has more than {MAX_DIGITS} digits")
