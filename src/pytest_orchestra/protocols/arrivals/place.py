"""What arrived at one topic or queue, in order and by key, and who is woken by it."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.spi import Observation

MOST_KEPT = 20_000
"""Messages that a place remembers; the oldest go first."""
MOST_KEPT_BYTES = 64 * 1024 * 1024
"""Bytes of messages that a place remembers; the oldest go first."""


@dataclass(slots=True, eq=False, kw_only=True)
class Arrival:
    """One message as it was read.

    Attributes:
        order: what tells whether it lies behind a position; only its reader knows how.
        key: as text; None where it has none.
        headers: names and texts as sent; a name may stand several times.
        size: bytes.
        at: seconds since the epoch; None where the stream does not say.
        read: decodes it; called once, when somebody wants to see it.
        number: of the place's arrivals, from 0.
    """

    order: object
    key: str | None
    headers: Sequence[tuple[str, str]]
    size: int
    at: float | None
    read: Callable[[], Observation]
    number: int = -1
    _observation: Observation | None = None

    def observe(self) -> Observation:
        """Give the message decoded."""
        if self._observation is None:
            self._observation = self.read()
        return self._observation


@dataclass(slots=True, eq=False)
class Place:
    """What arrived at one topic or queue, in order, also by key.

    Attributes:
        channel: the plugin's id, for the codes of errors.
        trouble: why nothing may arrive at present; a watch that sees nothing tells it.
        catch_up: returns when all that is there by now was added, or raises a ConnectorError; is
            given the seconds that it may take without reading anything.
        gap: what was missed last: it went before it was read; ``gaps``: how often that was.
        dropped: how many arrivals were forgotten, oldest first.
    """

    name: str
    channel: str
    trouble: ConnectorError | None = None
    catch_up: Callable[[float], Awaitable[None]] | None = None
    gap: str = ""
    gaps: int = 0
    dropped: int = 0
    _arrivals: deque[Arrival] = field(default_factory=deque)
    _by_key: dict[str | None, deque[Arrival]] = field(default_factory=lambda: defaultdict(deque))
    _bytes: int = 0
    _waiting: dict[str | None, set[asyncio.Future[None]]] = field(
        default_factory=lambda: defaultdict(set)
    )

    @property
    def count(self) -> int:
        """How many arrived so far: the number of the next one."""
        return self.dropped + len(self._arrivals)

    def add(self, arrival: Arrival) -> None:
        """Take in the next arrival and wake who waits for its key, or for any."""
        arrival.number = self.count
        self._arrivals.append(arrival)
        self._by_key[arrival.key].append(arrival)
        self._bytes += arrival.size
        while len(self._arrivals) > MOST_KEPT or (
            self._bytes > MOST_KEPT_BYTES and len(self._arrivals) > 1
        ):
            self._drop_oldest()
        self._wake(arrival.key)
        self._wake(None)

    def fail(self, trouble: ConnectorError | None) -> None:
        """Say why nothing may arrive, or that all is well again; trouble wakes everybody."""
        self.trouble = trouble
        if trouble is not None:
            for key in tuple(self._waiting):
                self._wake(key)

    def miss(self, gap: str) -> None:
        """Say that messages went before they were read, or may have; ``gap`` is one line."""
        self.gap = gap
        self.gaps += 1

    def since(self, number: int, key: str | None = None) -> list[Arrival]:
        """Give the kept arrivals from ``number`` on, in order; with ``key`` only those."""
        arrivals = self._arrivals if key is None else self._by_key.get(key, deque())
        fresh = list(takewhile(lambda arrival: arrival.number >= number, reversed(arrivals)))
        fresh.reverse()
        return fresh

    async def wait(self, key: str | None, within: float) -> None:
        """Return when something of ``key`` (None: anything) arrives, or after that many seconds."""
        arrived = asyncio.get_running_loop().create_future()
        self._waiting[key].add(arrived)
        try:
            await asyncio.wait([arrived], timeout=within)
        finally:
            self._waiting[key].discard(arrived)
            if not self._waiting[key]:
                del self._waiting[key]

    def _wake(self, key: str | None) -> None:
        for waiting in self._waiting.get(key, ()):
            if not waiting.done():
                waiting.set_result(None)

    def _drop_oldest(self) -> None:
        oldest = self._arrivals.popleft()
        same = self._by_key[oldest.key]
        same.popleft()
        if not same:
            del self._by_key[oldest.key]
        self._bytes -= oldest.size
        self.dropped += 1
