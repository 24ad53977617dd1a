"""The session's connections: one client each, opened when first used, closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from pytest_orchestra.engine.environment import Environment
from pytest_orchestra.errors import ConfigurationError, ConnectorError
from pytest_orchestra.spi import Client, ProtocolPlugin

CLOSE_WITHIN = 2.0


class Clients:
    """Clients by channel and alias.

    Args:
        protocols: by channel id.
        environment: says what each connection is.
    """

    def __init__(self, protocols: Mapping[str, ProtocolPlugin], environment: Environment) -> None:
        self._protocols = protocols
        self._environment = environment
        self._open: dict[tuple[str, str], Client] = {}
        self._opening: dict[tuple[str, str], asyncio.Lock] = {}

    async def get(self, channel: str, alias: str, *, within: float) -> Client:
        """The client of a connection; a connection that failed is tried anew.

        Raises:
            ConfigurationError: it is not there, a field is wrong, a driver is missing.
            ConnectorError: it could not be opened within ``within`` seconds.
        """
        place = (channel, alias)
        if (client := self._open.get(place)) is not None:
            return client
        async with self._opening.setdefault(place, asyncio.Lock()):
            if (client := self._open.get(place)) is None:
                client = await self._connect(channel, alias, within)
                self._open[place] = client
            return client

    async def _connect(self, channel: str, alias: str, within: float) -> Client:
        plugin = self._protocols.get(channel)
        if plugin is None:
            raise ConfigurationError(f"no protocol plugin is called {channel!r}")
        connection = await asyncio.to_thread(self._environment.connection, channel, alias)
        try:
            async with asyncio.timeout(within):
                return await plugin.step_executor.open(alias, connection)
        except TimeoutError as error:
            raise ConnectorError(
                f"{channel} connection {alias!r} did not open within {within:g} s",
                code=f"{channel}.connect",
                retriable=True,
            ) from error

    async def close(self) -> None:
        """Close all, each within two seconds."""
        clients, self._open = list(self._open.values()), {}
        closing = (asyncio.wait_for(client.close(), CLOSE_WITHIN) for client in clients)
        await asyncio.gather(*closing, return_exceptions=True)
