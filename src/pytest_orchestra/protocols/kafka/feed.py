"""The driver's consumer, in no group: it reads every open topic from where its log stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from heapq import merge
from operator import attrgetter
from typing import TYPE_CHECKING

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    CorruptRecordException,
    KafkaError,
    OffsetOutOfRangeError,
    TopicAuthorizationFailedError,
    UnsupportedCodecError,
)

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import end
from pytest_orchestra.protocols.kafka.brokers import Brokers, End
from pytest_orchestra.protocols.kafka.connection import KafkaConnection, driver_options
from pytest_orchestra.protocols.kafka.failures import failure, spoken
from pytest_orchestra.protocols.kafka.quiet import QuietConsumer
from pytest_orchestra.protocols.kafka.topic_log import TopicLog

if TYPE_CHECKING:
    from pytest_orchestra.protocols.kafka.messages import Record

UNREADABLE = (CorruptRecordException, UnsupportedCodecError)
"""What a message in itself makes the driver raise: of that topic it comes again and again."""

READ_MS = 200
PAUSE = 0.05
READS_AGAIN_AFTER = 2.0
"""Seconds without a failed read after which reading counts as recovered."""


class Feed:
    """Reads topics into their logs.

    Args:
        connection: of the environment.
        brokers: of the same cluster.
        logs: by topic; whoever adds one, or moves one, assigns.
        tell: is called where the trouble with reading changed.

    Attributes:
        trouble: why nothing could be read of late; None: it could.
    """

    def __init__(
        self,
        connection: KafkaConnection,
        brokers: Brokers,
        logs: Mapping[str, TopicLog],
        tell: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._brokers = brokers
        self._logs = logs
        self._tell = tell
        self._consumer: AIOKafkaConsumer | None = None
        self._reading: asyncio.Task[None] | None = None
        self._was_read = asyncio.Event()
        self._failed_at = 0.0
        self.trouble: ConnectorError | None = None

    async def start(self) -> None:
        """Connect; nothing is read before something is assigned.

        Raises:
            ConnectorError: nobody answers, or lets us in.
        """
        consumer: AIOKafkaConsumer = QuietConsumer(
            driver_options(self._connection), self._connection
        )
        try:
            with spoken(self._connection):
                await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        self._consumer = consumer

    async def close(self) -> None:
        """Stop reading."""
        consumer, self._consumer = self._consumer, None
        reading, self._reading = self._reading, None
        if reading is not None:
            await end([reading])
        if consumer is not None:
            await consumer.stop()

    def assign(self) -> None:
        """Read every open topic from where its log stands."""
        offsets = {
            TopicPartition(topic, partition): offset
            for topic, log in self._logs.items()
            for partition, offset in log.next.items()
            if not log.is_closed
        }
        consumer = self._consumer
        if consumer is None or not (offsets or consumer.assignment()):
            return
        consumer.assign(list(offsets))
        for partition, offset in offsets.items():
            consumer.seek(partition, offset)
        if self._reading is None:
            self._reading = asyncio.create_task(self._keep_reading(consumer))

    async def read_to(self, topic: str) -> dict[int, int]:
        """Give the next offsets; the driver's own are further behind what it does not give."""
        read = dict(self._logs[topic].next)
        for number, offset in read.items():
            partition = TopicPartition(topic, number)
            if self._consumer is not None and partition in self._consumer.assignment():
                read[number] = max(offset, await self._consumer.position(partition))
        return read

    async def wait(self, within: float) -> None:
        """Return when something was read, or nothing came of a read, or after so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._was_read.wait(), within)

    async def _keep_reading(self, consumer: AIOKafkaConsumer) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            try:
                await self._read(consumer)
                self._was_read.set()  # wakes who waits now, and nobody who comes later
                self._was_read.clear()
                if self.trouble is not None and clock() - self._failed_at > READS_AGAIN_AFTER:
                    self.trouble = None
                    self._tell()
            except Exception as error:  # noqa: BLE001  whatever the driver meets, the waits hear it
                self.trouble = failure(error, self._connection, "reading")
                self.trouble.retriable = True  # another topic may be read all the same
                self._failed_at = clock()
                self._tell()
                await asyncio.sleep(PAUSE)

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        try:
            batches = await consumer.getmany(timeout_ms=READ_MS)
        except OffsetOutOfRangeError as error:
            await self._find_again({partition.topic for partition in error.args[0]})
        except TopicAuthorizationFailedError as error:
            self._give_up(error.args[0], error)
        except UNREADABLE:
            await self._find_unreadable(consumer)
        else:
            self._take_in(batches)

    def _take_in(self, batches: Mapping[TopicPartition, Iterable[Record]]) -> None:
        """Hand on what was read of each topic, in the order in which it was sent."""
        by_topic: dict[str, list[Iterable[Record]]] = {}
        for partition, records in batches.items():
            by_topic.setdefault(partition.topic, []).append(records)
        for topic, several in by_topic.items():
            in_order = merge(*several, key=attrgetter("timestamp"))
            self._logs[topic].take_in(in_order, self._connection.max_message_bytes)

    def _give_up(self, topic: str, error: KafkaError) -> None:
        log = self._logs[topic]
        log.is_closed = True
        log.trouble = failure(error, self._connection, f"reading {topic}")
        self.assign()
        self._tell()

    async def _find_unreadable(self, consumer: AIOKafkaConsumer) -> None:
        """Give up topics with messages that cannot be read; the driver does not say which."""
        self.assign()  # else what it read of others at the same time would be lost
        for topic, log in tuple(self._logs.items()):
            if log.is_closed or not log.next:
                continue
            partitions = [TopicPartition(topic, number) for number in log.next]
            try:
                self._take_in(await consumer.getmany(*partitions, timeout_ms=READ_MS))
            except UNREADABLE as error:
                self._give_up(topic, error)

    async def _find_again(self, topics: Collection[str]) -> None:
        """Go on reading topics of which offsets are gone: cut at the front, or made anew."""
        for topic in topics:
            starts = await self._brokers.ends(topic, End.FIRST)
            ends = await self._brokers.ends(topic, End.NEXT)
            log = self._logs[topic]
            if any(ends.get(partition, 0) < offset for partition, offset in log.next.items()):
                log.begin_anew(starts)
                continue
            for partition, start in starts.items():
                if log.next.get(partition, start) < start:
                    log.skip(partition, start)
        self.assign()
