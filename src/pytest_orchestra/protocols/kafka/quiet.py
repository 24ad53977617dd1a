"""The driver's client and consumer, kept from making topics, and its log from repeating itself.

A broker may make a topic that is asked for, and the driver's own requests for metadata let it: a
topic that a test deletes would come back at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from time import monotonic

from aiokafka import AIOKafkaClient, AIOKafkaConsumer
from aiokafka.cluster import ClusterMetadata
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from pytest_orchestra.protocols.kafka.connection import DriverOptions, KafkaConnection
from pytest_orchestra.protocols.kafka.failures import is_listened_to

FETCH_WAIT_MS = 20
"""How long a broker may hold a fetch: the embedded double does not end it when a message comes,
and a new topic's first fetch waits behind it."""


MISSING_PAUSE = 0.1
"""Seconds after which the driver hears that a topic is gone; it would ask again at once."""
SAID_AGAIN_AFTER = 60.0
"""Seconds after which a line of the driver's log may come again."""
MOST_REMEMBERED = 1_000
_LOGGERS = ("", ".cluster", ".conn", ".consumer.fetcher", ".producer.sender")


class Once(logging.Filter):
    """Lets a line pass that was not said a short while ago.

    Of brokers that are away the driver says so many times a second, and failed scenarios show
    all that was logged.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is to be logged."""
        text, now = record.getMessage(), monotonic()
        if len(self._said) > MOST_REMEMBERED:
            self._said.clear()
        if is_listened_to() or now - self._said.get(text, -SAID_AGAIN_AFTER) >= SAID_AGAIN_AFTER:
            self._said[text] = now
            return True
        return False


def calm_log() -> None:
    """Let the driver log nothing again and again."""
    for name in _LOGGERS:
        logger = logging.getLogger(f"aiokafka{name}")
        if not any(isinstance(each, Once) for each in logger.filters):
            logger.addFilter(Once())


class QuietClient(AIOKafkaClient):
    """Asks for the topics that it was told of, for no others, and makes none.

    Args:
        options: of the driver.
    """

    def __init__(self, options: DriverOptions) -> None:
        AIOKafkaClient.__init__(self, **options)

    async def _metadata_update(
        self, cluster_metadata: ClusterMetadata, topics: Collection[str]
    ) -> bool:
        client: AIOKafkaClient = self
        request = MetadataRequest(list(topics), allow_auto_topic_creation=False)
        for broker in self.cluster.brokers():
            try:
                metadata = await client.send(broker.nodeId, request)
            except (KafkaError, TimeoutError):
                continue
            if metadata.brokers:
                cluster_metadata.update_metadata(metadata)
                if any(cluster_metadata.partitions_for_topic(topic) is None for topic in topics):
                    await asyncio.sleep(MISSING_PAUSE)
                return True
        cluster_metadata.failed_update(None)
        return False


class QuietConsumer(AIOKafkaConsumer):
    """Reads the partitions that it is assigned, as no group's member.

    Args:
        options: of the driver.
        connection: that they were made from.
    """

    def __init__(self, options: DriverOptions, connection: KafkaConnection) -> None:
        AIOKafkaConsumer.__init__(
            self,
            **options,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=FETCH_WAIT_MS,
            max_partition_fetch_bytes=connection.max_message_bytes,
            isolation_level=connection.isolation_level,
        )
        self._client = QuietClient(options)
