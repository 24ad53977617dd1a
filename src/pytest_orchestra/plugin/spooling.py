"""Keeps what a scenario prints and logs before its turn, and gives it out when that comes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TextIO

_STREAMS = ("stdout", "stderr")


@dataclass(slots=True, eq=False)
class Spool:
    """What one scenario printed and logged so far; open: nothing is kept any more."""

    is_open: bool = False
    _texts: list[tuple[str, str]] = field(default_factory=list)
    _records: list[logging.LogRecord] = field(default_factory=list)

    def print(self, stream: str, text: str) -> None:
        """Keep what was printed."""
        self._texts.append((stream, text))

    def log(self, record: logging.LogRecord) -> None:
        """Keep a record; each handler of the root logger asks anew."""
        if not any(record is kept for kept in self._records[-1:]):
            self._records.append(record)

    def release(self) -> None:
        """Give it all out, to the streams and handlers of now."""
        self.is_open = True
        texts, self._texts = self._texts, []
        records, self._records = self._records, []
        for stream, text in texts:
            getattr(sys, stream).write(text)
        for record in records:
            for handler in logging.getLogger().handlers:
                if record.levelno >= handler.level:
                    handler.handle(record)


SPOOL: ContextVar[Spool | None] = ContextVar("orchestra_spool", default=None)
"""Where what runs puts its output; none: where all do."""


def _closed_spool() -> Spool | None:
    spool = SPOOL.get()
    return None if spool is None or spool.is_open else spool


def is_early() -> bool:
    """Whether what has the loop is of a scenario that had no turn yet."""
    return _closed_spool() is not None


class _Stream:
    """A stream of ``sys`` that lets each scenario have its own."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self._name = name
        self._stream = stream

    def write(self, text: str) -> int:
        if (spool := _closed_spool()) is None:
            return self._stream.write(text)
        spool.print(self._name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:  # noqa: ANN401 - as of streams
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


def _is_for_all(record: logging.LogRecord) -> bool:
    """A filter of handlers: what is kept for later is not for now."""
    if (spool := _closed_spool()) is None:
        return True
    spool.log(record)
    return False


@contextmanager
def spooling() -> Iterator[None]:
    """Let scenarios that have a closed spool print and log into it."""
    streams = {name: getattr(sys, name) for name in _STREAMS}
    handlers = list(logging.getLogger().handlers)
    own = {name: _Stream(name, stream) for name, stream in streams.items()}
    for name, stream in own.items():
        setattr(sys, name, stream)
    for handler in handlers:
        handler.addFilter(_is_for_all)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(_is_for_all)
        for name, stream in own.items():
            if getattr(sys, name) is stream:  # else somebody took it meanwhile
                setattr(sys, name, streams[name])
