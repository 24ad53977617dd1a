"""The session's connections: one client each, opened when first used, closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.engine.deadlines import ask, bounded, heard
from pytest_orchestra.engine.environment import Environment
from pytest_orchestra.errors import ConfigurationError, ConnectorError
from pytest_orchestra.spi import Client, ProtocolPlugin

if TYPE_CHECKING:
    from pydantic import BaseModel

_TOO_LATE = "Let steps and fixtures await what they start."
START_WITHIN = 60.0
"""Seconds that looking up a connection may take: its embedded server may have to start."""
OPEN_WITHIN = 10.0
"""Seconds that a client may take to open, unless said."""
CLOSE_WITHIN = 2.0

Place = tuple[str, str]
"""Channel and alias."""


@dataclass(slots=True)
class _Opening:
    """A client that is being opened, and how many wait for it."""

    task: asyncio.Task[Client]
    waiting: int = 0


class Clients:
    """Clients by channel and alias.

    Args:
        protocols: by channel id.
        environment: says what each connection is.
    """

    def __init__(self, protocols: Mapping[str, ProtocolPlugin], environment: Environment) -> None:
        self._protocols = protocols
        self._environment = environment
        self._open: dict[Place, Client] = {}
        self._opening: dict[Place, _Opening] = {}
        self._is_closed = False

    async def get(self, channel: str, alias: str, *, within: float = OPEN_WITHIN) -> Client:
        """The client of a connection; one that could not be opened is tried anew.

        Whoever asks while it is being opened waits for the same attempt.

        Args:
            channel: the plugin's id.
            alias: of the connection; empty: the only one of the channel.
            within: seconds that opening may take, beside the start of an embedded server.

        Raises:
            ConfigurationError: it is not there, a variable or driver is missing.
            DefinitionError: a field of it is wrong.
            ConnectorError: it could not be opened.
        """
        place = (channel, alias)
        if (client := self._open.get(place)) is not None:
            return client
        if self._is_closed:
            raise ConfigurationError(
                f"the session is over, {channel} {alias!r} cannot be opened", hint=_TOO_LATE
            )
        opening = self._opening.get(place)
        if opening is None:
            task = asyncio.get_running_loop().create_task(self._connect(place, within))
            task.add_done_callback(heard)
            opening = self._opening[place] = _Opening(task)
        return await self._await(place, opening)

    async def _await(self, place: Place, opening: _Opening) -> Client:
        opening.waiting += 1
        try:
            await asyncio.wait((opening.task,))  # _connect has deadlines of its own
        except asyncio.CancelledError:
            if opening.waiting == 1:
                opening.task.cancel()
                await asyncio.wait((opening.task,), timeout=CLOSE_WITHIN)
            raise
        finally:
            opening.waiting -= 1
            if opening.task.done() and self._opening.get(place) is opening:
                del self._opening[place]
        if opening.task.cancelled():
            raise ConfigurationError(
                f"the session is over, {place[0]} {place[1]!r} was not opened", hint=_TOO_LATE
            )
        return opening.task.result()

    async def _connect(self, place: Place, within: float) -> Client:
        channel, alias = place
        plugin = self._protocols.get(channel)
        if plugin is None:
            hint = suggestion(channel, list(self._protocols), "Known channels")
            raise ConfigurationError(f"no protocol plugin is called {channel!r}", hint=hint)
        what = f"the {channel} connection {alias!r}"
        try:
            connection = await bounded(
                asyncio.to_thread(self._environment.connection, channel, alias or None),
                START_WITHIN,
            )
        except TimeoutError as error:
            raise ConnectorError(
                f"{what} was not ready within {START_WITHIN:g} s",
                code=f"{channel}.start",
                hint="See the logs of embedded servers beside the session's events.",
            ) from error
        client = await ask(
            _opened,
            plugin,
            alias,
            connection,
            channel=channel,
            what=f"{what} was opened",
            within=within,
        )
        self._open[place] = client
        return client

    async def close(self) -> None:
        """Close all, each within two seconds; nothing can be opened any more."""
        self._is_closed = True
        openings, self._opening = list(self._opening.values()), {}
        for opening in openings:
            opening.task.cancel()
        if openings:
            await asyncio.wait([opening.task for opening in openings], timeout=CLOSE_WITHIN)
        clients, self._open = list(self._open.values()), {}
        await asyncio.gather(*(_close(client) for client in clients))


async def _opened(plugin: ProtocolPlugin, alias: str, connection: BaseModel) -> Client:
    """Open a client; one that opens although nobody waits any more is closed again."""
    client = await plugin.step_executor.open(alias, connection)
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        await client.close()
    return client


async def _close(client: Client) -> None:
    with suppress(Exception):  # the session is over: nobody can do anything about it
        await bounded(client.close(), CLOSE_WITHIN)
