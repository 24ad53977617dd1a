"""A session's connection to one Kafka cluster; needs the driver."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import ArrivalWatch, Mark, Selection
from pytest_orchestra.protocols.kafka import kcat
from pytest_orchestra.protocols.kafka.brokers import Brokers
from pytest_orchestra.protocols.kafka.connection import KafkaConnection, driver_options
from pytest_orchestra.protocols.kafka.messages import observation, outgoing, topic_of
from pytest_orchestra.protocols.kafka.publisher import Publisher
from pytest_orchestra.protocols.kafka.quiet import calm_log
from pytest_orchestra.protocols.kafka.reader import Reader
from pytest_orchestra.protocols.payloads import PayloadError, as_text
from pytest_orchestra.results import JsonLike
from pytest_orchestra.spi import Call, Observation, Position

CLOSE_WITHIN = 1.5


class KafkaClient:
    """Publishes, and watches topics by one consumer; connects when first used.

    Args:
        connection: of the environment.

    Raises:
        ConfigurationError: a certificate or key cannot be read.
    """

    def __init__(self, connection: KafkaConnection) -> None:
        driver_options(connection)
        calm_log()
        self._connection = connection
        self._brokers = Brokers(connection)
        self._reader = Reader(connection, self._brokers)
        self._publisher = Publisher(connection, self._brokers)
        self._others: list[Reader] = []

    async def act(self, call: Call) -> Observation:
        """Send the call's message and wait until it is stored."""
        message, now = outgoing(call, self._connection), time.time_ns() // 1_000_000
        stored = await self._publisher.send(message, now, call.within)
        return observation(
            message.at(stored.partition),
            offset=stored.offset,
            timestamp=now,
            most=self._connection.max_message_bytes,
        )

    async def arm(self, call: Call) -> Position:
        """Take the end of the call's topic; one that is not there yet counts from its start."""
        return await self._reader.arm(topic_of(call), call.within)

    def keep(self, position: Position) -> JsonLike:
        """Give the offsets of the position, by partition."""
        return position.kept if isinstance(position, Mark) else None

    async def rearm(self, call: Call, kept: JsonLike) -> Position:
        """Take a position of an earlier session; a reader of its own reads on from there."""
        reader = Reader(self._connection, self._brokers)
        self._others.append(reader)
        return await reader.arm(topic_of(call), call.within, kept=kept)

    def watch(self, call: Call, position: Position) -> ArrivalWatch:
        """Watch the call's topic for what its key, headers and correlation_id select."""
        try:
            selection = Selection.of(call, self._connection.correlation_header)
        except PayloadError as error:
            raise ConnectorError(
                f"messages of {topic_of(call)} cannot be selected: {error}", code="kafka.selector"
            ) from error

        async def take(within: float) -> Mark:
            return await self._reader.arm(topic_of(call), within)

        return ArrivalWatch(selection, position if isinstance(position, Mark) else None, take)

    def reproduce(self, call: Call) -> str:
        """Give the kcat line."""
        topic, key = topic_of(call), call.fields.get("key")
        try:
            if "value" in call.fields:
                return kcat.produce(self._connection, outgoing(call, self._connection))
            return kcat.consume(self._connection, topic, None if key is None else as_text(key))
        except (ConnectorError, PayloadError) as error:
            return f"# {error}"

    async def close(self) -> None:
        """End the connections, in vain if it must be."""
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_WITHIN):
                await asyncio.gather(
                    *(reader.close() for reader in (self._reader, *self._others)),
                    self._publisher.close(),
                    self._brokers.close(),
                    return_exceptions=True,
                )
