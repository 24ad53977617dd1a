"""What the engine asks of the services floor, which it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Process(Protocol):
    """A process that was started for the session."""

    @property
    def host(self) -> str:
        """Where its port is."""
        ...

    @property
    def port(self) -> int | None:
        """What ``{port}`` became; None where the command has none."""
        ...

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def log(self) -> Path:
        """Its standard output and error."""
        ...


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
