"""What all runs of one pytest process share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_orchestra.engine.clients import Clients
from pytest_orchestra.engine.environment import Environment
from pytest_orchestra.engine.files import FileReader
from pytest_orchestra.engine.python_calls import NO_SIGNALS, Signals
from pytest_orchestra.engine.saving import SavedContext
from pytest_orchestra.results import RunEvent
from pytest_orchestra.spi import ProtocolPlugin

FINALLY_WITHIN = 8.0
"""Seconds, unless said: xdist gives its workers 10 to end after Ctrl-C."""


@dataclass(slots=True, kw_only=True)
class EngineSession:
    """The protocols, the environment, the open connections, and who listens.

    Attributes:
        worker: ``{{run.worker}}``: ``gw0`` under xdist, else ``main``.
        emit: is told of every event as it happens; what it gets is masked. It must not raise.
        triggered_by: who or what started the session.
        time_scale: every deadline is so many times as long.
        keep: is given what each run leaves for a later one, masked. It must not raise.
        finally_within: seconds that the ``finally`` steps of a run that was cut may take together.
        signals: what the test framework's exceptions mean when a Python step raises them.
    """

    id: str
    worker: str
    protocols: Mapping[str, ProtocolPlugin]
    environment: Environment
    emit: Callable[[RunEvent], None]
    triggered_by: str = ""
    time_scale: float = 1.0
    keep: Callable[[SavedContext], None] | None = None
    finally_within: float = FINALLY_WITHIN
    signals: Signals = NO_SIGNALS
    clients: Clients = field(init=False)
    _files: dict[Path, FileReader] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin without any connection."""
        self.clients = Clients(self.protocols, self.environment)

    def files_beside(self, suite_file: Path) -> FileReader:
        """Reads the payload files of a suite."""
        return self._files.setdefault(suite_file.parent, FileReader(suite_file.parent))

    async def close(self) -> None:
        """Close every connection."""
        await self.clients.close()


def timestamp() -> str:
    """Now, ISO 8601 with offset and milliseconds."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
