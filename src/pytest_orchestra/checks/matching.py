"""Compares a value that was seen with the one expected: given keys must match, lists whole."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import zip_longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One place where what was seen is not what was expected.

    Attributes:
        path: ``value.items[0].sku``, ``status``, ``headers.x-id``; of a rule its text.
        expected, seen: what stood there, as text for people; ``seen`` says so of what is missing.
    """

    path: str
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, saw {self.seen}"


_MISSING = object()
_SHOWN = 200


def show(value: object) -> str:
    """A value as people read it in a mismatch: text quoted, cut after 200 characters."""
    if value is _MISSING:
        return "nothing there"
    text = str(value) if isinstance(value, Decimal) else "null" if value is None else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"


def same(expected: object, seen: object) -> bool:
    """Whether two plain values are equal: numbers as decimals, instants and UUIDs as text too."""
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    left, right = _number(expected), _number(seen)
    if left is not None and right is not None:
        return left == right
    if isinstance(expected, dt.datetime) or isinstance(seen, dt.datetime):
        return _instant(expected) == _instant(seen)
    return _plain(expected) == _plain(seen)


def compare(expected: object, seen: object, path: str, *, exact: bool) -> Iterator[Mismatch]:
    """Yield every place where ``seen`` is not as ``expected``.

    Args:
        expected: JSON-like; of a mapping the keys that must be there.
        seen: JSON-like.
        path: what the two are called in the mismatches.
        exact: whether a mapping may have no other keys, at any depth.
    """
    if isinstance(expected, Mapping) and isinstance(seen, Mapping):
        yield from _compare_mappings(expected, seen, path, exact=exact)
    elif isinstance(expected, list | tuple) and isinstance(seen, list | tuple):
        pairs = zip_longest(expected, seen, fillvalue=_MISSING)
        for index, (wanted, had) in enumerate(pairs):
            yield from compare(wanted, had, f"{path}[{index}]", exact=exact)
    elif not same(expected, seen):
        wanted = "nothing" if expected is _MISSING else show(expected)
        yield Mismatch(path=path, expected=wanted, seen=show(seen))


def _compare_mappings(
    expected: Mapping[object, object], seen: Mapping[object, object], path: str, *, exact: bool
) -> Iterator[Mismatch]:
    for key, wanted in expected.items():
        yield from compare(wanted, seen.get(key, _MISSING), f"{path}.{key}", exact=exact)
    if exact:
        for key in seen:
            if key not in expected:
                yield from compare(_MISSING, seen[key], f"{path}.{key}", exact=exact)


def _number(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        try:
            return Decimal(str(value))
        except InvalidOperation:  # pragma: no cover - str of a float always parses
            return None
    return None


def _plain(value: object) -> object:
    return str(value) if isinstance(value, uuid.UUID | dt.date | dt.time) else value


def _instant(value: object) -> object:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return value
