"""Sends messages and waits until all replicas have them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.kafka.brokers import Brokers
from pytest_orchestra.protocols.kafka.connection import KafkaConnection, driver_options
from pytest_orchestra.protocols.kafka.failures import DRIVER_ERRORS, failure, spoken
from pytest_orchestra.protocols.kafka.messages import Outgoing

ENVELOPE_BYTES = 64 * 1024
"""What key, headers and the record's own fields may add to a value."""


class Publisher:
    """Sends to one cluster; idempotent, so that a retry of the driver does not send twice.

    Args:
        connection: of the environment.
        brokers: of the same cluster.
    """

    def __init__(self, connection: KafkaConnection, brokers: Brokers) -> None:
        self._connection = connection
        self._brokers = brokers
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._known: set[str] = set()

    async def send(self, message: Outgoing, timestamp: int, within: float) -> RecordMetadata:
        """Send a message and give where it went; ``timestamp`` in milliseconds since the epoch.

        Raises:
            ConnectorError: it was not acknowledged within ``within`` seconds.
        """
        topic = message.topic
        doing, is_missing = "connecting", False
        try:
            async with asyncio.timeout(within):
                producer = await self._started()
                doing = f"looking for the topic {topic}"
                is_missing = await self._is_missing(topic)
                await producer.partitions_for(topic)
                is_missing = False
                await self._check_partition(producer, message)
                doing = f"sending to {topic}, which may have got the message all the same"
                stored: RecordMetadata = await producer.send_and_wait(
                    topic,
                    value=message.value,
                    key=message.key,
                    partition=message.partition,
                    headers=list(message.headers),
                    timestamp_ms=timestamp,
                )
                return stored
        except DRIVER_ERRORS as error:
            if is_missing:
                raise ConnectorError(
                    f"there is no topic {topic} on Kafka at {self._connection.address}",
                    code="kafka.topic_missing",
                    hint="Create it, or correct its name; these brokers make none by themselves.",
                ) from error
            if isinstance(error, KafkaError) and not error.retriable:
                await self.close()  # a broken sequence of an idempotent producer stays broken
            raise failure(error, self._connection, doing) from error

    async def close(self) -> None:
        """End the connections."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                await self._brokers.connect()
                limit = self._connection.max_message_bytes + ENVELOPE_BYTES
                producer = AIOKafkaProducer(
                    **driver_options(self._connection),
                    acks="all",
                    enable_idempotence=True,
                    max_request_size=limit,
                )
                try:
                    with spoken(self._connection):
                        await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def _is_missing(self, topic: str) -> bool:
        """Whether nobody made the topic yet; the brokers may do so at its first message."""
        if topic not in self._known:
            leaders = (await self._brokers.leaders([topic]))[topic]
            if isinstance(leaders, Mapping) and not leaders:
                return True
            self._known.add(topic)
        return False

    async def _check_partition(self, producer: AIOKafkaProducer, message: Outgoing) -> None:
        """Refuse a partition that the topic does not have."""
        if message.partition is None:
            return
        leaders = (await self._brokers.leaders([message.topic]))[message.topic]
        if isinstance(leaders, Mapping) and message.partition not in leaders:
            raise ConnectorError(
                f"the topic {message.topic} has no partition {message.partition}",
                code="kafka.partition",
                hint=f"It has {len(leaders)}, counted from 0.",
            )
        if message.partition not in await producer.partitions_for(message.topic):
            await producer.client.force_metadata_update()
