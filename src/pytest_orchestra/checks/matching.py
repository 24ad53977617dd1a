"""Compares a value that was seen with the one expected: given keys must match, lists whole."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import zip_longest


class Part(Enum):
    """Which part of an expectation a mismatch is about."""

    STATUS = "status"
    VALUE = "value"
    HEADER = "header"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One place where what was seen is not what was expected.

    Attributes:
        path: ``value.items[0].sku``, ``status``, ``headers.x-id``; of a rule its text.
        expected: as text for people; of a rule nothing.
        seen: what stood there, as text for people, or that nothing did; of a rule the values of
            its parts.
        weight: how much is wrong: the values that were expected below it.
    """

    path: str
    expected: str = ""
    seen: str = ""
    part: Part = Part.VALUE
    weight: int = 1

    def __str__(self) -> str:
        if self.part is Part.RULE:
            return f"{self.path} does not hold" + (f": {self.seen}" if self.seen else "")
        return f"{self.path}: expected {self.expected}, saw {self.seen}"


_MISSING = object()
_SHOWN = 200
_DEEPEST = 20
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)\Z")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def show(value: object) -> str:
    """A value as people read it in a mismatch: text quoted, cut after 200 characters."""
    if value is _MISSING:
        return "nothing there"
    if isinstance(value, str):
        text = repr(value[: _SHOWN + 1])
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(value)} characters)"
    text = ""
    for piece in _pieces(value, 0):
        text += piece
        if len(text) > _SHOWN:
            return f"{text[:_SHOWN]}…"
    return text


def _pieces(value: object, depth: int) -> Iterator[str]:
    """The text of a value, bit by bit, so that a large one need not be written whole."""
    if isinstance(value, Mapping):
        yield from _joined("{", "}", (_pair(key, held, depth) for key, held in value.items()))
    elif isinstance(value, list | tuple):
        yield from _joined("[", "]", (_inner(each, depth) for each in value))
    elif isinstance(value, str):
        yield repr(value[: _SHOWN + 1])
    elif value is None or isinstance(value, bool):
        yield "null" if value is None else str(value).lower()
    else:
        yield str(value) if isinstance(value, Decimal) else repr(value)


def _pair(key: object, value: object, depth: int) -> Iterator[str]:
    yield f"{key!r}: "
    yield from _inner(value, depth)


def _inner(value: object, depth: int) -> Iterator[str]:
    return _pieces(value, depth + 1) if depth < _DEEPEST else iter("…")


def _joined(begin: str, end: str, parts: Iterator[Iterator[str]]) -> Iterator[str]:
    yield begin
    for number, part in enumerate(parts):
        if number:
            yield ", "
        yield from part
    yield end


def same(expected: object, seen: object) -> bool:
    """Whether two plain values are equal: numbers as decimals, instants and UUIDs as text too."""
    if isinstance(expected, str) and isinstance(seen, str):
        return expected == seen or _same_text(expected, seen)
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
        weight = _leaves(expected)
        yield Mismatch(path=path, expected=wanted, seen=show(seen), weight=weight)


def _leaves(value: object, depth: int = 0) -> int:
    """How many values lie in one."""
    parts = value.values() if isinstance(value, Mapping) else value
    if depth == _DEEPEST or not isinstance(parts, Iterable) or isinstance(parts, str | bytes):
        return 1
    return sum(_leaves(each, depth + 1) for each in parts) or 1


def lacking(mismatches: Iterable[Mismatch]) -> int:
    """How far from what was expected it is that has these mismatches."""
    return sum(mismatch.weight for mismatch in mismatches)


def _compare_mappings(
    expected: Mapping[object, object], seen: Mapping[object, object], path: str, *, exact: bool
) -> Iterator[Mismatch]:
    for key, wanted in expected.items():
        yield from compare(wanted, seen.get(key, _MISSING), _below(path, key), exact=exact)
    if exact:
        for key in seen:
            if key not in expected:
                yield from compare(_MISSING, seen[key], _below(path, key), exact=exact)


def _below(path: str, key: object) -> str:
    """The path of what stands under a key, on one line whatever a system calls its keys."""
    name = str(key)
    return f"{path}.{name if name.isprintable() else repr(name)}"


def _number(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(str(value)) if isinstance(value, float) else None


def _same_text(left: str, right: str) -> bool:
    """Whether two texts write one instant or one UUID."""
    if _UUID.fullmatch(left):
        return left.lower() == right.lower()
    if not (_INSTANT.match(left) and _INSTANT.match(right)):
        return False
    return _instant(left) == _instant(right)


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
