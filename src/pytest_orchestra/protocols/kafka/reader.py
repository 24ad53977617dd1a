"""One consumer for a cluster: it reads every armed topic from its position on, in no group.

What arrives goes to the topic's place; a topic that is not there yet is read from its start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial
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
from pytest_orchestra.protocols.arrivals import Mark, Patience, Place, end
from pytest_orchestra.protocols.kafka.brokers import Brokers, End
from pytest_orchestra.protocols.kafka.connection import KafkaConnection, driver_options
from pytest_orchestra.protocols.kafka.failures import DRIVER_ERRORS, failure, spoken
from pytest_orchestra.protocols.kafka.quiet import QuietConsumer
from pytest_orchestra.protocols.kafka.topic_log import TopicLog, kept_ends
from pytest_orchestra.results import JsonLike

if TYPE_CHECKING:
    from pytest_orchestra.protocols.kafka.messages import Record

UNREADABLE = (CorruptRecordException, UnsupportedCodecError)
"""What a message in itself makes the driver raise: of that topic it comes again and again."""

READ_MS = 200
REFRESH_EVERY = 1.0
"""Seconds between two looks for new partitions and deleted topics."""
MISSING_EVERY = 0.05
"""Seconds between two looks for a topic that is not there yet."""
REFRESH_WITHIN = 5.0
LOST_AFTER = 2
"""Looks that fail before the cluster counts as lost: the first may have slept with the loop."""
RECOVER_WITHIN = 5.0
"""Seconds that an arming waits for a cluster that was there before."""
PAUSE = 0.05
READS_AGAIN_AFTER = 2.0
"""Seconds without a failed read after which reading counts as recovered."""


class Reader:
    """Reads the armed topics of one cluster into their places.

    Args:
        connection: of the environment.
        brokers: of the same cluster.
    """

    def __init__(self, connection: KafkaConnection, brokers: Brokers) -> None:
        self._connection = connection
        self._brokers = brokers
        self._logs: dict[str, TopicLog] = {}
        self._consumer: AIOKafkaConsumer | None = None
        self._turn = asyncio.Lock()
        self._missing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._lost: ConnectorError | None = None
        self._unread: ConnectorError | None = None
        self._unread_at = 0.0
        self._replaced = brokers.replaced
        self._was_read = asyncio.Event()

    async def arm(self, topic: str, within: float, *, kept: JsonLike = None) -> Mark:
        """Take the topic's end as a position and read on from there, if it is not read already.

        Args:
            topic: its name.
            within: seconds.
            kept: a position of an earlier session, of a topic that is not read yet.

        Raises:
            ConnectorError: it could not be taken within ``within`` seconds, or is gone.
        """
        try:
            async with asyncio.timeout(within):
                await self._start()
                patience = min(within / 2, RECOVER_WITHIN)
                if topic in self._logs:
                    return await self._mark(topic, patience)
                async with self._turn:  # of two first armings the later reads what the other skips
                    return await self._mark(topic, patience, kept)
        except DRIVER_ERRORS as error:
            raise failure(error, self._connection, f"taking the position of {topic}") from error

    async def close(self) -> None:
        """Stop reading."""
        tasks, self._tasks = self._tasks, []
        await end(tasks)
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _start(self) -> None:
        async with self._turn:
            if self._consumer is not None:
                return
            await self._brokers.connect()
            options = driver_options(self._connection)
            consumer: AIOKafkaConsumer = QuietConsumer(options, self._connection)
            try:
                with spoken(self._connection):
                    await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
            self._tasks = [asyncio.create_task(self._keep_refreshing())]

    async def _mark(self, topic: str, patience: float, kept: JsonLike = None) -> Mark:
        log = self._logs.get(topic)
        number, era = (log.place.count, log.era) if log is not None else (0, 0)
        read = dict(log.next) if log is not None else {}
        ends = await self._ends(topic, patience)
        if kept is not None:
            ends = await self._found_again(topic, kept, ends)
        if log is None:
            place = Place(topic, "kafka", catch_up=partial(self._catch_up, topic))
            log = self._logs[topic] = TopicLog(place, next=dict(ends))
            self._assign()
        else:
            if log.era == era and any(read.get(each, 0) > end for each, end in ends.items()):
                log.begin_anew({})  # now: what is in it already must not count
            if not log.is_known(ends):
                self._assign()
        if not ends:
            self._missing.set()
        self._tell()
        return log.mark(number, ends)

    async def _ends(self, topic: str, patience: float) -> Mapping[int, int]:
        """Give the topic's ends; ask again for so many seconds where the cluster is in trouble."""
        clock = asyncio.get_running_loop().time
        until = clock() + patience
        while True:
            try:
                ends = await self._offsets(topic, End.NEXT)
            except KafkaError as error:
                if not error.retriable or clock() > until:
                    raise
            else:
                self._look_for_another_cluster()
                return ends
            await asyncio.sleep(PAUSE)

    def _look_for_another_cluster(self) -> None:
        """Begin anew with all topics where brokers came back without what they held."""
        if self._brokers.replaced == self._replaced:
            return
        self._replaced = self._brokers.replaced
        for log in self._logs.values():
            log.begin_anew({})
        self._assign()

    async def _catch_up(self, topic: str, within: float) -> None:
        """Read the topic to where it ends by now.

        Raises:
            ConnectorError: that is not done, and nothing was read for so many seconds.
        """
        is_anew = False
        try:
            async with asyncio.timeout(within) as limit:
                patience = Patience(limit, within)
                while True:
                    read = await self._read_to(topic)
                    ends = await self._ends(topic, within / 2)
                    is_anew = any(ends.get(each, 0) < offset for each, offset in read.items())
                    if not is_anew and await self._reaches(topic, ends, patience):
                        return
                    await asyncio.sleep(PAUSE)
        except DRIVER_ERRORS as error:
            doing = f"looking for the latest messages of {topic}"
            raise _deleted(topic) if is_anew else failure(error, self._connection, doing) from error

    async def _reaches(self, topic: str, ends: Mapping[int, int], patience: Patience) -> bool:
        """Wait until the topic is read to these ends; False: it was made anew meanwhile."""
        log = self._logs[topic]
        era = log.era
        if not log.is_known(ends):
            self._assign()
        while log.era == era:
            read = await self._read_to(topic)
            if all(read.get(partition, 0) >= end for partition, end in ends.items()):
                return True
            patience.renew(sum(read.values()))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._was_read.wait(), PAUSE)
        return False

    async def _read_to(self, topic: str) -> dict[int, int]:
        """Give the next offsets; the driver's own are further behind what it does not give."""
        read = dict(self._logs[topic].next)
        for number, offset in read.items():
            partition = TopicPartition(topic, number)
            if self._consumer is not None and partition in self._consumer.assignment():
                read[number] = max(offset, await self._consumer.position(partition))
        return read

    async def _found_again(
        self, topic: str, kept: JsonLike, ends: Mapping[int, int]
    ) -> Mapping[int, int]:
        try:
            return kept_ends(kept, starts=await self._offsets(topic, End.FIRST), ends=ends)
        except ValueError as error:
            raise ConnectorError(
                f"the position in {topic} that was kept is gone: {error}",
                code="kafka.position_gone",
                hint="Run the scenario as a whole again.",
            ) from error

    async def _offsets(self, topic: str, end: End) -> Mapping[int, int]:
        """Give the offsets at that end of the topic's partitions; none: there is no such topic."""
        leaders = (await self._brokers.leaders([topic]))[topic]
        if isinstance(leaders, KafkaError):
            raise leaders
        return await self._brokers.offsets(topic, leaders, end)

    def _assign(self) -> None:
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
        if len(self._tasks) == 1:
            self._tasks.append(asyncio.create_task(self._keep_reading(consumer)))

    def _tell(self) -> None:
        """Let the places know what keeps messages from them."""
        for log in self._logs.values():
            trouble = log.trouble or self._lost or self._unread
            if trouble is not log.place.trouble:
                log.place.fail(trouble)

    async def _keep_reading(self, consumer: AIOKafkaConsumer) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            try:
                await self._read(consumer)
                self._was_read.set()  # wakes who waits now, and nobody who comes later
                self._was_read.clear()
                if self._unread is not None and clock() - self._unread_at > READS_AGAIN_AFTER:
                    self._unread = None
                    self._tell()
            except Exception as error:  # noqa: BLE001  whatever the driver meets, the waits hear it
                self._unread = failure(error, self._connection, "reading")
                self._unread.retriable = True  # another topic may be read all the same
                self._unread_at = clock()
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
        self._assign()
        self._tell()

    async def _find_unreadable(self, consumer: AIOKafkaConsumer) -> None:
        """Give up topics with messages that cannot be read; the driver does not say which."""
        self._assign()  # else what it read of others at the same time would be lost
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
            starts = await self._offsets(topic, End.FIRST)
            ends = await self._offsets(topic, End.NEXT)
            log = self._logs[topic]
            if any(ends.get(partition, 0) < offset for partition, offset in log.next.items()):
                log.begin_anew(starts)
                continue
            for partition, start in starts.items():
                if log.next.get(partition, start) < start:
                    log.skip(partition, start)
        self._assign()

    async def _keep_refreshing(self) -> None:
        failed = 0
        while True:
            await self._pause()
            try:
                async with asyncio.timeout(REFRESH_WITHIN):
                    await self._refresh()
                failed, self._lost = 0, None
            except Exception as error:  # noqa: BLE001  whatever the driver meets, the waits hear it
                failed += 1
                if failed >= LOST_AFTER:
                    self._lost = failure(error, self._connection, "waiting for messages")
            self._tell()

    async def _pause(self) -> None:
        """Wait until it is time to refresh: sooner where a topic is missing."""
        if all(log.next for log in self._logs.values()):
            self._missing.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(REFRESH_EVERY):
                await self._missing.wait()
                await asyncio.sleep(MISSING_EVERY)

    async def _refresh(self) -> None:
        """Look for partitions that are new and topics that came or went."""
        if not self._logs:
            return
        now = asyncio.get_running_loop().time()
        changed = False
        found = await self._brokers.leaders(self._logs)
        self._look_for_another_cluster()
        for topic, leaders in found.items():
            log = self._logs[topic]
            if isinstance(leaders, KafkaError):
                log.trouble = failure(leaders, self._connection, f"reading {topic}")
            elif leaders:
                log.trouble = None if not log.is_closed else log.trouble
                changed |= not log.is_known(leaders)
            elif log.is_gone(now):
                log.begin_anew({})
                log.trouble = _deleted(topic)
                changed = True
        if changed:
            self._assign()


def _deleted(topic: str) -> ConnectorError:
    return ConnectorError(
        f"the topic {topic} was deleted while it was watched",
        code="kafka.topic_deleted",
        retriable=True,
    )
