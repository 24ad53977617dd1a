"""What all runs of one pytest process share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pytest_orchestra.engine.clients import Clients
from pytest_orchestra.engine.environment import Environment
from pytest_orchestra.results import RunEvent
from pytest_orchestra.spi import ProtocolPlugin


@dataclass(slots=True, kw_only=True)
class EngineSession:
    """The protocols, the environment, the open connections, and who listens.

    Attributes:
        emit: is told of every event as it happens; what it gets is masked.
        worker: ``{{run.worker}}``: ``gw0`` under xdist, else ``main``.
        triggered_by: who or what started the session.
    """

    id: str
    worker: str
    protocols: Mapping[str, ProtocolPlugin]
    environment: Environment
    emit: Callable[[RunEvent], None]
    triggered_by: str = ""
    clients: Clients = field(init=False)

    def __post_init__(self) -> None:
        self.clients = Clients(self.protocols, self.environment)

    async def close(self) -> None:
        """Close every connection."""
        await self.clients.close()


def timestamp() -> str:
    """Now, ISO 8601 with offset and milliseconds."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
