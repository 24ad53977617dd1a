"""Run events as JSON lines, appended as they happen; one file for all workers of a session."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from pytest_orchestra.results import RunEvent


class EventLog:
    """Appends every event to a file, each line by one write, so that workers may share it.

    Args:
        path: of the file; its folder is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._file = os.open(path, flags, 0o600)

    def tell(self, event: RunEvent) -> None:
        """Write one event.

        Raises:
            OSError: it could not be written.
        """
        os.write(self._file, (encode(event) + "\n").encode())

    def close(self) -> None:
        """End the log."""
        os.close(self._file)


def encode(event: RunEvent) -> str:
    """One event as a JSON object on one line; fields that say nothing are left out.

    A decimal is a number where a float holds it exactly as written, else text.
    """
    return json.dumps(_plain(event), ensure_ascii=False, separators=(",", ":"))


def to_json(value: object) -> str:
    """A JSON-like value as indented JSON text, by the same rules."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_AS_IT_IS = frozenset({type(None), bool, int, float, str})


def _plain(value: object) -> object:
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, dict):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        pairs = ((name, getattr(value, name)) for name in _names(type(value)))
        return {name: _plain(held) for name, held in pairs if not _says_nothing(held)}
    return _scalar(value)


def _says_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str | tuple | dict) and not value)


def _scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        number = float(value)
        return number if Decimal(repr(number)) == value else str(value)
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
