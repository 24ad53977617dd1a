"""One reader for a server: it reads every armed stream from its position on, in no group.

What arrives goes to the stream's place; a stream that is not there yet is read from its start.
"""

from __future__ import annotations

import asyncio

from redis import exceptions

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import Mark, end
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.failures import DRIVER_ERRORS, failure
from pytest_orchestra.protocols.queue.stream_log import StreamLog, kept_state
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
            self._logs[queue] = StreamLog.begin(queue, state)
            self._tell()
        if self._task is None:
            self._task = asyncio.create_task(self._keep_reading())
        return self._logs[queue].mark(number, state)

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
                    await self._read()
                    if clock() - checked > CHECK_EVERY:
                        await self._check()
                        checked = clock()
                failed, self._lost = 0, None
            except Exception as error:  # noqa: BLE001  whatever the driver meets, the waits hear it
                failed += 1
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

    async def _check(self) -> None:
        for queue, log in list(self._logs.items()):
            if not log.is_closed:
                log.count_missed(await self._streams.state(queue))
