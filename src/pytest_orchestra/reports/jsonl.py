"""Run events as JSON lines, appended as they happen; one file for all workers of a session."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from pytest_orchestra.results import RunEvent

DEEPEST = 100
"""Levels of a value that is written where the encoder itself cannot."""

_HALF = re.compile("[\ud800-\udfff]")
_MOST_BITS = 14_000
"""Of a number that is written as one: Python writes out at most 4300 digits."""


def _to_stderr(text: str) -> None:
    """Where people look if nobody says where to complain."""
    print(text, file=sys.__stderr__)


class EventLog:
    """Appends every event to a file, each line by one write, so that workers may share it.

    A log that cannot be written stops no run: that is told once, and at the end how many events
    are missing.

    Args:
        path: of the file; its folder is there.
        complain: is given the text that says what went wrong.
    """

    def __init__(self, path: Path, *, complain: Callable[[str], None] = _to_stderr) -> None:
        self.path = path
        self.missing = 0
        self._complain = complain
        self._is_torn = False
        self._file: int | None = None
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(path, flags, 0o600)
        except OSError as error:
            self._say(error)

    def tell(self, event: RunEvent) -> None:
        """Write one event, if it can be written."""
        if self._file is None:
            self.missing += 1
            return
        line = _as_utf8(f"{encode(event)}\n")
        if self._is_torn:
            line = b"\n" + line
        try:
            while line:
                line = line[os.write(self._file, line) :]
                self._is_torn = bool(line)
        except OSError as error:
            if not self.missing:
                self._say(error)
            self.missing += 1

    def close(self) -> None:
        """End the log."""
        if self.missing:
            events = "1 event is" if self.missing == 1 else f"{self.missing} events are"
            self._complain(f"{self.path}: {events} missing from the log of this session")
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _say(self, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        self._complain(f"{self.path}: run events cannot be written: {reason}; the run goes on")


def encode(event: RunEvent) -> str:
    """One event as a JSON object on one line; fields that say nothing are left out.

    A decimal is a number where a float holds it exactly, else text; so is what JSON has no word
    for.
    """
    return _encoded(_ENCODER, event)


def to_json(value: object) -> str:
    """A JSON-like value as indented JSON text, by the same rules."""
    return _encoded(_INDENTING, value)


def _encoded(encoder: json.JSONEncoder, value: object) -> str:
    try:
        return encoder.encode(value)
    except (TypeError, ValueError, RecursionError):
        return encoder.encode(_harmless(value, DEEPEST))


def _as_utf8(line: str) -> bytes:
    r"""Half of a surrogate pair, which readers of JSON refuse, becomes the text ``\ud83d``."""
    try:
        return line.encode()
    except UnicodeEncodeError:
        return _HALF.sub(lambda half: rf"\\u{ord(half[0]):x}", line).encode()


class _Fields(NamedTuple):
    """Of a dataclass: names, the defaults that say nothing (else MISSING), how to get values."""

    names: tuple[str, ...]
    defaults: tuple[object, ...]
    values: Callable[[object], tuple[object, ...]]


@cache
def _fields(kind: Any) -> _Fields | None:  # noqa: ANN401 - any class
    """None for what is no dataclass."""
    if not is_dataclass(kind):
        return None
    names = tuple(field.name for field in fields(kind))
    return _Fields(names, tuple(map(_nothing, fields(kind))), attrgetter(*names))


def _nothing(field: Any) -> object:  # noqa: ANN401 - dataclasses.Field of any type
    default = field.default if field.default_factory is MISSING else field.default_factory()
    says_nothing = default is False or default in (None, "", (), {}) or is_dataclass(default)
    return default if says_nothing else MISSING


def _plain(value: object) -> object:
    """One level of what the encoder does not know."""
    kind: Any = type(value)
    if (known := _fields(kind)) is not None:
        parts = zip(known.names, known.values(value), known.defaults, strict=True)
        return {name: part for name, part, default in parts if part != default}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _number(value: Decimal) -> object:
    if not value.is_finite():
        return str(value)
    number = float(value)
    return number if math.isfinite(number) and Decimal(repr(number)) == value else str(value)


def _harmless(value: object, levels: int) -> object:
    """A value that the encoder can write: no circles, odd keys, or numbers that are none."""
    if isinstance(value, str | int | None):
        is_long = isinstance(value, int) and value.bit_length() > _MOST_BITS
        return f"{value:#x}" if is_long else value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if not levels:
        return "nested too deep to be written"
    if isinstance(value, list | tuple):
        return [_harmless(each, levels - 1) for each in value]
    if isinstance(value, dict):
        return {str(key): _harmless(held, levels - 1) for key, held in value.items()}
    return _harmless(_plain(value), levels - 1)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    separators=(",", ":"),
    default=_plain,
)
_INDENTING = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, indent=2, default=_plain
)
