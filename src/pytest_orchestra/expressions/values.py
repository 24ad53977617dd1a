"""Kinds of values, and values as text: as in JSON, with instants and UUIDs as text.

Messages name kinds of values, never values.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeGuard, TypeVar
from uuid import UUID

from jinja2 import Undefined

from pytest_orchestra.expressions.work import charge, weight

MAX_TEXT = 10_000_000
"""Characters of a text, and items of a list, that an expression may make."""

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)\Z"
)
_SHORTEST_INSTANT = len("2026-11-21T10:00Z")

S = TypeVar("S", str, list[object])

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "true or false"),
    ((int, float, Decimal), "a number"),
    (str, "text"),
    (Mapping, "a mapping"),
    (bytes, "bytes"),
    (Sequence, "a list"),
    ((dt.date, dt.time), "a date or time"),
)


def kind_of(value: object) -> str:
    """What sort of value it is, for messages."""
    for types, kind in _KINDS:
        if isinstance(value, types):
            return kind
    return f"a {type(value).__name__}"


def is_number(value: object) -> TypeGuard[int | float | Decimal]:
    """Whether it is a number; ``true`` is none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Whether it is a list or tuple; a text is none."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def demand(*values: object) -> None:
    """Let an undefined value raise what it has to say.

    Raises:
        UndefinedError: one of the values is undefined.
    """
    for value in values:
        if isinstance(value, Undefined):
            str(value)


def bounded(value: S) -> S:
    """``value`` again.

    Raises:
        OverflowError: it is longer than ``MAX_TEXT``.
    """
    if len(value) > MAX_TEXT:
        raise OverflowError(f"the result is longer than {MAX_TEXT}")
    return value


def instant(text: str) -> dt.datetime | None:
    """The instant that a text writes in ISO 8601 with its offset; None if it writes none."""
    if len(text) < _SHORTEST_INSTANT or not _INSTANT.match(text):
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def iso_text(value: dt.date | dt.time) -> str:
    """ISO 8601, ``Z`` for UTC."""
    return value.isoformat().replace("+00:00", "Z")


def written(value: object) -> object:
    """Instants, days, times and UUIDs as text; anything else as it is."""
    if isinstance(value, dt.date | dt.time):
        return iso_text(value)
    return str(value) if isinstance(value, UUID) else value


def text_of(value: object) -> str:
    """A value within a text: texts as they are, instants in ISO 8601, all else as JSON."""
    value = written(value)
    return value if isinstance(value, str) else json_text(value)


def json_text(value: object) -> str:
    """A value as JSON on one line; a decimal keeps its digits.

    Raises:
        TypeError: it has no JSON form.
    """
    demand(value)
    value = written(value)
    charge(1 + weight(value))
    if isinstance(value, Decimal | float):
        if not math.isfinite(value):
            raise TypeError("infinity and not-a-number cannot be sent")
        return str(value)
    if isinstance(value, Mapping):
        pairs = (f"{json_text(str(key))}: {json_text(each)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    if is_list(value):
        return f"[{', '.join(map(json_text, value))}]"
    if value is None or isinstance(value, bool | int | str):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"{kind_of(value)} has no JSON form")
