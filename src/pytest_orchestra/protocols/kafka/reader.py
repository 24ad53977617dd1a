"""Reads every armed topic of a cluster from its position on.

What arrives goes to the topic's place; a topic that is not there yet is read from its start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from aiokafka.errors import KafkaError

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import Mark, Patience, Place, end
from pytest_orchestra.protocols.kafka.brokers import Brokers, End
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.protocols.kafka.failures import DRIVER_ERRORS, failure
from pytest_orchestra.protocols.kafka.feed import Feed
from pytest_orchestra.protocols.kafka.topic_log import TopicLog, kept_ends
from pytest_orchestra.results import JsonLike

REFRESH_EVERY = 1.0
"""Seconds between two looks for new partitions and deleted topics."""
MISSING_EVERY = 0.05
"""Seconds between two looks for a topic that is not there yet."""
REFRESH_WITHIN = 5.0
LOST_AFTER = 2
"""Looks that fail before the cluster counts as lost: the first may have slept with the loop."""
RECOVERS = 0.9
"""The part of an arming's time for which it waits for a cluster that is in trouble."""
PAUSE = 0.05


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
        self._feed = Feed(connection, brokers, self._logs, self._tell)
        self._turn = asyncio.Lock()
        self._missing = asyncio.Event()
        self._refreshing: asyncio.Task[None] | None = None
        self._lost: ConnectorError | None = None
        self._replaced = brokers.replaced

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
                patience = within * RECOVERS
                if topic in self._logs:
                    return await self._mark(topic, patience)
                async with self._turn:  # of two first armings the later reads what the other skips
                    return await self._mark(topic, patience, kept)
        except DRIVER_ERRORS as error:
            raise failure(error, self._connection, f"taking the position of {topic}") from error

    async def close(self) -> None:
        """Stop reading."""
        refreshing, self._refreshing = self._refreshing, None
        if refreshing is not None:
            await end([refreshing])
        await self._feed.close()

    async def _start(self) -> None:
        async with self._turn:
            if self._refreshing is not None:
                return
            await self._brokers.connect()
            await self._feed.start()
            self._refreshing = asyncio.create_task(self._keep_refreshing())

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
            self._feed.assign()
        else:
            if log.era == era and any(read.get(each, 0) > end for each, end in ends.items()):
                log.begin_anew({})  # now: what is in it already must not count
            if not log.is_known(ends):
                self._feed.assign()
        if not ends:
            self._missing.set()
        self._tell()
        return log.mark(number, ends)

    async def _ends(self, topic: str, patience: float) -> Mapping[int, int]:
        """Give the topic's ends; ask again for so many seconds where the cluster is in trouble."""
        clock = asyncio.get_running_loop().time
        until = clock() + patience
        refusal: KafkaError | None = None
        while True:
            try:
                async with asyncio.timeout_at(None if refusal is None else until):
                    ends = await self._brokers.ends(topic, End.NEXT)
            except KafkaError as error:
                if not error.retriable or clock() + PAUSE > until:
                    raise
                refusal = error
            except TimeoutError:
                if refusal is None:
                    raise
                raise refusal from None  # it says more than that the time is over
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
        self._feed.assign()

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
                    read = await self._feed.read_to(topic)
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
            self._feed.assign()
        while log.era == era:
            read = await self._feed.read_to(topic)
            if all(read.get(partition, 0) >= end for partition, end in ends.items()):
                return True
            patience.renew(sum(read.values()))
            await self._feed.wait(PAUSE)
        return False

    async def _found_again(
        self, topic: str, kept: JsonLike, ends: Mapping[int, int]
    ) -> Mapping[int, int]:
        try:
            return kept_ends(kept, starts=await self._brokers.ends(topic, End.FIRST), ends=ends)
        except ValueError as error:
            raise ConnectorError(
                f"the position in {topic} that was kept is gone: {error}",
                code="kafka.position_gone",
                hint="Run the scenario as a whole again.",
            ) from error

    def _tell(self) -> None:
        """Let the places know what keeps messages from them."""
        for log in self._logs.values():
            trouble = log.trouble or self._lost or self._feed.trouble
            if trouble is not log.place.trouble:
                log.place.fail(trouble)

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
            self._feed.assign()


def _deleted(topic: str) -> ConnectorError:
    return ConnectorError(
        f"the topic {topic} was deleted while it was watched",
        code="kafka.topic_deleted",
        retriable=True,
    )
