"""The files of one service in the session's folder: lock, record, log; readable by us alone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

TAIL_LINES = 10
"""How much of a log an error shows."""

_TAIL_BYTES = 64 * 1024
_LINE_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of a service.

    Attributes:
        title: how messages call it.
        fingerprint: of the service that was asked for.
        supervisor: process id.
        address: how to reach it.
        ended: why it does not run; empty while it runs.
    """

    title: str
    fingerprint: str
    supervisor: int
    address: Mapping[str, str] = field(default_factory=dict)
    ended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFiles:
    """Where a service's files are.

    Attributes:
        directory: the session's folder of services.
        stem: the files' names without their endings.
        logs: where the log is when the session is over; None: nowhere else.
    """

    directory: Path
    stem: str
    logs: Path | None = None

    @property
    def lock(self) -> Path:
        """Held from the first attempt to start until the supervisor has ended."""
        return self.directory / f"{self.stem}.lock"

    @property
    def log(self) -> Path:
        """What the service and its supervisor print."""
        return self.directory / f"{self.stem}.log"

    @property
    def lasting_log(self) -> Path:
        """Where people find the log, whenever they look for it."""
        return self.log if self.logs is None else self.logs / self.log.name

    @property
    def record(self) -> Path:
        """There once it is known how the start went; gone after an orderly end."""
        return self.directory / f"{self.stem}.json"

    def open_log(self) -> int:
        """Open the log to append to; the caller closes the descriptor."""
        return os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def read(self) -> Record | None:
        """Read the record, if there is one."""
        try:
            return Record(**json.loads(self.record.read_text("utf-8")))
        except FileNotFoundError:
            return None

    def write(self, record: Record) -> None:
        """Put the record in place at once, so that nobody sees half of it."""
        draft = self.directory / f"{self.stem}.new"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(record), stream)
        draft.replace(self.record)

    def log_end(self, start: int = 0) -> str:
        """Read what the log holds from the byte ``start`` on, of that at most the last 64 KiB."""
        try:
            with self.log.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(max(start, size - _TAIL_BYTES))
                return stream.read(_TAIL_BYTES).decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def tail(self) -> tuple[str, ...]:
        """The last lines of the log that say something, without control characters."""
        lines = (
            "".join(character for character in line if character.isprintable())
            for line in self.log_end().splitlines()
            if line.strip()
        )
        return tuple(line[:_LINE_CHARACTERS] for line in lines)[-TAIL_LINES:]
