"""A session's connection to one Redis server; needs the driver."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import ArrivalWatch, Mark, Selection
from pytest_orchestra.protocols.payloads import PayloadError
from pytest_orchestra.protocols.queue import redis_cli
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.entries import observation, outgoing, queue_of
from pytest_orchestra.protocols.queue.failures import DRIVER_ERRORS, failure
from pytest_orchestra.protocols.queue.reader import Reader
from pytest_orchestra.protocols.queue.streams import Streams
from pytest_orchestra.results import JsonLike
from pytest_orchestra.spi import Call, Observation, Position

CLOSE_WITHIN = 1.5


class QueueClient:
    """Adds entries to streams and watches them by one reader; connects when first used.

    Args:
        connection: of the environment.
    """

    def __init__(self, connection: QueueConnection) -> None:
        self._connection = connection
        self._streams = Streams(connection)
        self._reader = Reader(connection, self._streams)
        self._others: list[Reader] = []

    async def act(self, call: Call) -> Observation:
        """Add the call's message to its stream."""
        queue, fields = queue_of(call), outgoing(call, self._connection)
        try:
            async with asyncio.timeout(call.within):
                added = await self._streams.add(queue, fields)
        except DRIVER_ERRORS as error:
            unsure = ", which may have got the message all the same"
            doing = f"sending to {queue}{unsure if isinstance(error, TimeoutError) else ''}"
            raise failure(error, self._connection, doing) from error
        return observation(queue, added, fields, self._connection)

    async def arm(self, call: Call) -> Position:
        """Take the end of the call's stream; one that is not there yet counts from its start."""
        return await self._reader.arm(queue_of(call), call.within)

    def keep(self, position: Position) -> JsonLike:
        """Give the id of the entry before the position."""
        return position.kept if isinstance(position, Mark) else None

    async def rearm(self, call: Call, kept: JsonLike) -> Position:
        """Take a position of an earlier session; a reader of its own reads on from there."""
        reader = Reader(self._connection, self._streams)
        self._others.append(reader)
        return await reader.arm(queue_of(call), call.within, kept=kept)

    def watch(self, call: Call, position: Position) -> ArrivalWatch:
        """Watch the call's stream for what its key, headers and correlation_id select."""
        try:
            selection = Selection.of(call, self._connection.correlation_header)
        except PayloadError as error:
            raise ConnectorError(
                f"messages of {queue_of(call)} cannot be selected: {error}", code="queue.selector"
            ) from error

        async def take(within: float) -> Mark:
            return await self._reader.arm(queue_of(call), within)

        return ArrivalWatch(selection, position if isinstance(position, Mark) else None, take)

    def reproduce(self, call: Call) -> str:
        """Give the redis-cli line."""
        queue = queue_of(call)
        if "value" not in call.fields:
            return redis_cli.read(self._connection, queue)
        try:
            return redis_cli.add(self._connection, queue, outgoing(call, self._connection))
        except ConnectorError as error:
            return f"# {error}"

    async def close(self) -> None:
        """End the connections, in vain if it must be."""
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_WITHIN):
                for reader in (self._reader, *self._others):
                    await reader.close()
                await self._streams.close()
