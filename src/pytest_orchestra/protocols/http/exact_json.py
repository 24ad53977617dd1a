"""JSON whose fractions keep every digit: Decimals in, Decimals out (RFC 8259)."""

from __future__ import annotations

import json
from decimal import Decimal

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.payloads import PayloadError, as_json
from pytest_orchestra.results import JsonLike

MAX_EXPONENT = 6144
"""The greatest power of ten that a number may have, either way: that of IEEE 754 decimal128."""


def json_bytes(value: object) -> bytes:
    """Give a value as compact JSON in UTF-8; a Decimal as the number it is.

    Raises:
        EvaluationError: JSON has no such value.
    """
    try:
        try:
            text = _ENCODER.encode(value)
        except TypeError:
            text = as_json(value)
        return text.encode()
    except (PayloadError, ValueError, RecursionError) as error:
        raise EvaluationError(f"the value cannot be written as JSON: {error}") from error


def json_value(text: str) -> JsonLike:
    """Read JSON.

    Raises:
        ValueError: it is none, is nested too deeply, or has a number that is too large.
    """
    try:
        value: JsonLike = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def _fraction(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"the number {text:.20} is out of range")
    return number


def _refused(constant: str) -> JsonLike:
    raise ValueError(f"JSON has no {constant}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_float=_fraction, parse_constant=_refused)
