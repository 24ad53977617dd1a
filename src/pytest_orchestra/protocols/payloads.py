"""Bodies of messages: bytes become JSON-like values, values become bytes; fractions stay exact."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import uuid
from collections.abc import Mapping
from decimal import Decimal

from pytest_orchestra.results import JsonLike

MOST_SHOWN_BYTES = 1024
"""How much of a body that is no text stands in its description."""


class PayloadError(ValueError):
    """A value that cannot be sent or selected; the text says why, and not what it is."""


def decode(body: bytes, *, most: int) -> JsonLike:
    """Give what a body holds: JSON if it parses as such, else text, else a description of bytes.

    Args:
        body: as it was received.
        most: bytes; a larger body is described and not read.
    """
    if len(body) > most:
        return {"bytes": len(body), "larger_than": most, **describe(body)}
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return describe(body)
    return decode_text(text)


def decode_text(text: str) -> JsonLike:
    """Give the JSON that ``text`` is, fractions as Decimal; the text itself if it is none."""
    try:
        value: JsonLike = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return value


def describe(body: bytes) -> dict[str, JsonLike]:
    """Give size and content of a body that is no text: ``{"bytes": 3, "base64": "AAEC"}``.

    Of more than ``MOST_SHOWN_BYTES`` only the first stand there, and ``truncated`` is true.
    """
    shown = base64.b64encode(body[:MOST_SHOWN_BYTES]).decode("ascii")
    description: dict[str, JsonLike] = {"bytes": len(body), "base64": shown}
    if len(body) > MOST_SHOWN_BYTES:
        description["truncated"] = True
    return description


def text_of(body: bytes) -> str:
    """Give a key or header as text; bytes that are none as ``base64:…``."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(body[:MOST_SHOWN_BYTES]).decode("ascii")


def encode(value: object) -> bytes:
    """Give the bytes of a body: text and bytes as they are, anything else as JSON.

    Raises:
        PayloadError: a value that JSON does not have.
    """
    return bytes(value) if isinstance(value, bytes | bytearray) else as_text(value).encode("utf-8")


def encode_headers(headers: object) -> list[tuple[str, bytes | None]]:
    """Give names and bytes of a mapping of headers; none for None.

    Raises:
        PayloadError: it is no mapping, or has a value that JSON does not have.
    """
    if headers is None:
        return []
    if not isinstance(headers, Mapping):
        raise PayloadError("headers is not a mapping of names to values")
    return [
        (str(name), None if value is None else encode(value)) for name, value in headers.items()
    ]


def as_text(value: object) -> str:
    """Give a value as keys, headers and their selectors spell it: text as it is, else JSON.

    Raises:
        PayloadError: a value that JSON does not have.
    """
    if isinstance(value, bytes | bytearray):
        return text_of(bytes(value))
    if isinstance(value, dt.date | dt.time | uuid.UUID):
        return _stamp(value)
    return value if isinstance(value, str) else as_json(value)


def as_json(value: object) -> str:
    """Give a value as compact JSON; a Decimal as the number it is, to its last digit.

    Raises:
        PayloadError: a value that JSON does not have.
    """
    try:
        return _write(value)
    except RecursionError:
        raise PayloadError("the value is nested too deeply") from None


def _write(value: object) -> str:
    if isinstance(value, Mapping):
        members = (
            f"{json.dumps(str(key), ensure_ascii=False)}:{_write(value[key])}" for key in value
        )
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_write, value)) + "]"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise PayloadError(f"JSON has no {value}")
        return str(value)
    if isinstance(value, dt.date | dt.time | uuid.UUID):
        return json.dumps(_stamp(value))
    if isinstance(value, float) and not math.isfinite(value):
        raise PayloadError(f"JSON has no {value}")
    if value is None or isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    raise PayloadError(f"JSON has no {type(value).__name__}")


def _stamp(value: dt.date | dt.time | uuid.UUID) -> str:
    return str(value) if isinstance(value, uuid.UUID) else value.isoformat()


def _refuse(constant: str) -> JsonLike:
    raise PayloadError(f"JSON has no {constant}")
