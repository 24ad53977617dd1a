"""Asks a cluster which topics there are and where they end; never makes a topic by asking."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

from aiokafka import AIOKafkaClient
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    LeaderNotAvailableError,
    NoError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.offset import OffsetRequest

from pytest_orchestra.protocols.kafka.connection import KafkaConnection, driver_options
from pytest_orchestra.protocols.kafka.failures import spoken
from pytest_orchestra.protocols.kafka.quiet import QuietClient

Leaders = Mapping[int, int]
"""Partition to the broker that leads it."""


class End(Enum):
    """Which end of a partition (ListOffsets, special timestamps)."""

    FIRST = -2
    NEXT = -1


class Brokers:
    """Answers about the topics of one cluster.

    Args:
        connection: of the environment.

    Attributes:
        replaced: how often another cluster was met at the same address.
    """

    def __init__(self, connection: KafkaConnection) -> None:
        self._connection = connection
        self._client: AIOKafkaClient | None = None
        self._connecting = asyncio.Lock()
        self._cluster: str | None = None
        self.replaced = 0

    async def connect(self) -> None:
        """Make first contact, once.

        Raises:
            ConnectorError: nobody answers, or lets us in.
        """
        async with self._connecting:
            if self._client is not None:
                return
            client: AIOKafkaClient = QuietClient(driver_options(self._connection))
            try:
                with spoken(self._connection):
                    await client.bootstrap()
            except BaseException:
                await client.close()
                raise
            self._client = client

    async def leaders(self, topics: Collection[str]) -> dict[str, Leaders | KafkaError]:
        """Give the partitions of each topic with their leaders, or what is wrong with it.

        A topic that does not exist has no partitions.

        Raises:
            aiokafka.errors.KafkaError: the cluster could not be asked.
        """
        request = MetadataRequest(list(topics), allow_auto_topic_creation=False)
        answer = await self._ask_any(request)
        return {topic["topic"]: _leaders(topic) for topic in answer["topics"]}

    async def ends(self, topic: str, end: End) -> Mapping[int, int]:
        """Give the offsets at that end of the topic's partitions; none: there is no such topic.

        Raises:
            aiokafka.errors.KafkaError: it could not be asked.
        """
        leaders = (await self.leaders([topic]))[topic]
        if isinstance(leaders, KafkaError):
            raise leaders
        return await self._offsets(topic, leaders, end)

    async def close(self) -> None:
        """End the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _ask_any(self, request: MetadataRequest) -> dict[str, Any]:
        """Give the answer of the first broker that has one."""
        client = self._connected()
        failed: KafkaError = KafkaConnectionError("no broker is known")
        for broker in client.cluster.brokers():
            try:
                answer: dict[str, Any] = (await client.send(broker.nodeId, request)).to_object()
            except KafkaError as error:
                failed = error
            else:
                self._recognise(answer.get("cluster_id"))
                return answer
        raise failed

    def _recognise(self, cluster: str | None) -> None:
        """Take note of which cluster answered; old brokers do not say."""
        self.replaced += None not in (self._cluster, cluster) and self._cluster != cluster
        self._cluster = cluster or self._cluster

    async def _offsets(self, topic: str, leaders: Leaders, end: End) -> dict[int, int]:
        """Give the offset at that end of each partition."""
        client = self._connected()
        led: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for partition, leader in leaders.items():
            led[leader].append((partition, end.value))
        isolation = 1 if self._connection.isolation_level == "read_committed" else 0
        found: dict[int, int] = {}
        for leader, wanted in led.items():
            request = OffsetRequest(-1, isolation, [(topic, wanted)])
            answer = (await client.send(leader, request)).to_object()
            for part in answer["topics"][0]["partitions"]:
                error = for_code(part["error_code"])
                if error is not NoError:
                    raise error(topic)
                found[part["partition"]] = part["offset"]
        return found

    def _connected(self) -> AIOKafkaClient:
        if self._client is None:
            raise KafkaConnectionError("the connection is closed")
        return self._client


def _leaders(topic: Mapping[str, Any]) -> Leaders | KafkaError:
    error: type[KafkaError] = for_code(topic["error_code"])
    if error is UnknownTopicOrPartitionError:
        return {}
    if error is not NoError:
        return error(topic["topic"])
    leaders = {part["partition"]: part["leader"] for part in topic["partitions"]}
    if any(leader < 0 for leader in leaders.values()):
        return LeaderNotAvailableError(topic["topic"])
    return leaders
