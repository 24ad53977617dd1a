"""What the engine asks of the services floor, which it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Process(Protocol):
    """A process that was started for the session."""

    host: str
    port: int | None
    pid: int
    log: Path


class Starter(Protocol):
    """Starts what ends with the session."""

    def embedded(self, service: str, name: str) -> Mapping[str, str]:
        """Start an embedded server, or find it; gives fields of a connection."""
        ...

    def process(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None,
        cwd: Path | None,
        ready: str | None,
        within: float,
    ) -> Process:
        """Start a process, or find it."""
        ...
