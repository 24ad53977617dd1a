"""One reader for a server: it reads every armed stream from its position on, in no group.

What arrives goes to the stream's place; a stream that is not there yet is read from its start.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from functools import partial

from redis import exceptions

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import Mark, Place, end
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.failures import DRIVER_ERRORS, failure
from pytest_orchestra.protocols.queue.stream_log import StreamLog, StreamState, kept_state
from pytest_orchestra.protocols.queue.streams import Streams
from pytest_orchestra.results import JsonLike

BLOCK_MS = 20
"""How long a read waits: a stream that is armed meanwhile is read after it."""
MOST_READ = 500
"""Entries of a stream that one read takes."""
READ_WITHIN = 5.0
CHECK_EVERY = 1.0
"""Seconds between two looks for entries that were trimmed before they were read."""
LOST_AFTER = 2
"""Reads that fail before the server counts as lost: the first may have slept with the loop."""
PAUSE = 0.05


@dataclass(slots=True)
class _Asked:
    """Somebody who waits until all is read that was there when they asked.

    Attributes:
        state: of the stream then, once the server was asked; in which ``era``.
    """

    caught: asyncio.Future[None]
    state: StreamState | None = None
    era: int = 0


class Reader:
    """Reads the armed streams of one server into their places.

    Args:
        connection: of the environment.
        streams: of the same server.
    """

    def __init__(self, connection: QueueConnection, streams: Streams) -> None:
        self._connection = connection
        self._streams = streams
        self._logs: dict[str, StreamLog] = {}
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._lost: ConnectorError | None = None
        self._due: dict[str, list[_Asked]] = defaultdict(list)
        self._error: Exception | None = None
        self._saved_at: str | None = None

    async def arm(self, queue: str, within: float, *, kept: JsonLike = None) -> Mark:
        """Take the stream's end as a position and read on from there, if it is not read already.

        Args:
            queue: its name.
            within: seconds.
            kept: a position of an earlier session, of a stream that is not read yet.

        Raises:
            ConnectorError: it could not be taken within ``within`` seconds, is gone, or is no
                stream.
        """
        try:
            async with asyncio.timeout(within):
                if queue in self._logs:
                    return await self._mark(queue)
                async with self._turn:  # of two first armings the later reads what the other skips
                    return await self._mark(queue, kept)
        except DRIVER_ERRORS as error:
            doing = f"taking the position of {queue}"
            raise failure(error, self._connection, doing) from error

    async def close(self) -> None:
        """Stop reading."""
        task, self._task = self._task, None
        if task is not None:
            await end([task])

    async def _mark(self, queue: str, kept: JsonLike = None) -> Mark:
        number = self._logs[queue].place.count if queue in self._logs else 0
        if self._task is None:
            self._saved_at = await self._streams.saved_at()
        state = await self._streams.state(queue)
        if kept is not None:
            try:
                state = kept_state(kept, state)
            except ValueError as error:
                raise ConnectorError(
                    f"the position in {queue} that was kept is gone: {error}",
                    code="queue.position_gone",
                    hint="Run the scenario as a whole again.",
                ) from error
        if queue not in self._logs:
            place = Place(queue, "queue", catch_up=partial(self._catch_up, queue))
            self._logs[queue] = StreamLog.begin(place, state)
            self._tell()
        if self._task is None:
            self._task = asyncio.create_task(self._keep_reading())
        return self._logs[queue].mark(number, state)

    async def _catch_up(self, queue: str, within: float) -> None:
        """Wait until the stream was read to where it ends by now.

        Raises:
            ConnectorError: that is not done, and nothing was read for so many seconds.
        """
        caught: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._due[queue].append(_Asked(caught))
        place, read = self._logs[queue].place, -1
        while not caught.done() and place.count > read:
            read = place.count
            await asyncio.wait([caught], timeout=within)
        if not caught.done():
            caught.cancel()
            error = self._error or TimeoutError()
            doing = f"looking for the latest messages of {queue}"
            raise failure(error, self._connection, doing) from error

    def _tell(self) -> None:
        """Let the places know what keeps messages from them."""
        for log in self._logs.values():
            trouble = log.trouble or self._lost
            if trouble is not log.place.trouble:
                log.place.fail(trouble)

    async def _keep_reading(self) -> None:
        clock = asyncio.get_running_loop().time
        failed, checked = 0, clock()
        while True:
            try:
                async with asyncio.timeout(READ_WITHIN):
                    if self._error is not None:
                        await self._go_on()
                    await self._read()
                    for queue in tuple(self._due):
                        await self._settle(queue)
                    if clock() - checked > CHECK_EVERY:
                        await self._check()
                        checked = clock()
                failed, self._lost, self._error = 0, None, None
            except Exception as error:  # noqa: BLE001  whatever the driver meets, the waits hear it
                failed, self._error = failed + 1, error
                if failed >= LOST_AFTER:
                    self._lost = failure(error, self._connection, "waiting for messages")
                    self._lost.retriable = True
                await asyncio.sleep(PAUSE)
            self._tell()

    async def _read(self) -> None:
        open_logs = {queue: log for queue, log in self._logs.items() if not log.is_closed}
        if not open_logs:
            await asyncio.sleep(PAUSE)
            return
        positions = {queue: log.last for queue, log in open_logs.items()}
        try:
            answer = await self._streams.read(positions, most=MOST_READ, block_ms=BLOCK_MS)
        except exceptions.ResponseError:
            await self._close_others()
            raise
        for queue, entries in answer:
            self._logs[queue].take_in(entries, self._connection)

    async def _close_others(self) -> None:
        """Give up what is no stream any more: one such key makes the whole read fail."""
        for queue, log in self._logs.items():
            try:
                await self._streams.state(queue)
            except ConnectorError as error:
                log.trouble, log.is_closed = error, True

    async def _go_on(self) -> None:
        """See after a failure what the server has of the streams, if it may have been restarted."""
        saved_at = await self._streams.saved_at()
        if saved_at is not None and saved_at == self._saved_at:
            return
        for queue, log in list(self._logs.items()):
            if not log.is_closed:
                log.go_on(await self._streams.state(queue))
        self._saved_at = saved_at

    async def _settle(self, queue: str) -> None:
        """Tell those who wait for it that all is read that was there when they asked."""
        asked, log = self._due.pop(queue), self._logs[queue]
        try:
            state = await self._streams.state(queue)
            log.count_missed(state)
            for each in asked:
                if each.state is None or each.era != log.era:
                    each.state, each.era = state, log.era
                if not each.caught.done() and not log.is_behind(each.state):
                    each.caught.set_result(None)
        finally:
            if waiting := [each for each in asked if not each.caught.done()]:
                self._due[queue] += waiting

    async def _check(self) -> None:
        for queue, log in list(self._logs.items()):
            if not log.is_closed:
                log.count_missed(await self._streams.state(queue))
