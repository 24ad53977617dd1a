"""Messages by the place they arrived at, and watches that their arrival wakes.

A reader of a stream adds what it reads; nothing here knows which stream that is.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.payloads import as_text, encode_headers, text_of
from pytest_orchestra.spi import Call, Observation

MOST_KEPT = 20_000
"""Messages that a place remembers; the oldest go first."""
MOST_KEPT_BYTES = 64 * 1024 * 1024
"""Bytes of messages that a place remembers; the oldest go first."""
MOST_PASSED_BY = 20


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
        trouble: why nothing may arrive at present; a watch that sees nothing tells it.
        note: what people must know of the reading beside that; one line.
        dropped: how many arrivals were forgotten, oldest first.
    """

    name: str
    trouble: ConnectorError | None = None
    note: str = ""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A position at a place.

    Attributes:
        number: arrivals before it were there before.
        counts: whether an arrival's ``order`` lies behind the position.
    """

    place: Place
    number: int
    counts: Callable[[object], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a call's ``key``, ``headers`` and ``correlation_id`` select.

    Attributes:
        headers: lower-case name to text; of a name that stands several times one must be it.
    """

    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, call: Call, correlation_header: str) -> Selection:
        """Read the selectors of a call; what is missing or null selects nothing.

        Raises:
            PayloadError: a value that cannot be text.
        """
        headers = encode_headers(call.fields.get("headers"))
        wanted = {name.lower(): text_of(value) for name, value in headers if value is not None}
        if (correlation := call.fields.get("correlation_id")) is not None:
            wanted[correlation_header.lower()] = as_text(correlation)
        key = call.fields.get("key")
        return cls(key=None if key is None else as_text(key), headers=wanted)

    def matches(self, arrival: Arrival) -> bool:
        """Whether the arrival is selected."""
        if self.key is not None and arrival.key != self.key:
            return False
        sent = {(name.lower(), text) for name, text in arrival.headers} if self.headers else set()
        return all(wanted in sent for wanted in self.headers.items())

    def __str__(self) -> str:
        parts = [f"key {self.key!r}"] if self.key is not None else []
        return " and ".join(parts + [f"{name} {text!r}" for name, text in self.headers.items()])


class ArrivalWatch:
    """Looks at one place for what a selection selects; woken by arrivals.

    Args:
        selection: of the assertion.
        mark: where to look from; None: it is taken by the first look.
        take: takes it, within so many seconds.
    """

    standing = False

    def __init__(
        self,
        selection: Selection,
        mark: Mark | None,
        take: Callable[[float], Awaitable[Mark]],
    ) -> None:
        self._selection = selection
        self._mark = mark
        self._take = take
        self._next = mark.number if mark else 0

    async def look(self, within: float) -> Sequence[Observation]:
        """Give what was selected since the last look, at once; else wait for it.

        Raises:
            ConnectorError: nothing arrived, and nothing could have.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + within
        if self._mark is None:
            self._mark = await self._take(within)
            self._next = self._mark.number
        place = self._mark.place
        while not (fresh := self._fresh(self._mark)):
            left = until - clock()
            if place.trouble is not None and (left <= 0 or not place.trouble.retriable):
                raise place.trouble
            if left <= 0:
                break
            await place.wait(self._selection.key, left)
        return [arrival.observe() for arrival in fresh]

    def seen(self) -> str:
        """One line: how many messages passed by since the arming, when, how many selected."""
        if self._mark is None:
            return "nothing was looked at yet"
        since = self._since_arming(self._mark)
        where = f"on {self._mark.place.name} since the arming"
        if not since:
            return f"no message {where}{self._notes(self._mark)}"
        line = f"{len(since)} message{'s' * (len(since) != 1)} {where}{_span(since)}"
        if wanted := str(self._selection):
            line += f", {sum(map(self._selection.matches, since))} of them with {wanted}"
        return line + self._notes(self._mark)

    def passed_by(self) -> Sequence[Observation]:
        """The latest of what arrived since the arming and was not selected, latest last."""
        if self._mark is None:
            return ()
        others = [
            arrival
            for arrival in self._since_arming(self._mark)
            if not self._selection.matches(arrival)
        ]
        return [arrival.observe() for arrival in others[-MOST_PASSED_BY:]]

    def _fresh(self, mark: Mark) -> list[Arrival]:
        arrivals = mark.place.since(self._next, self._selection.key)
        self._next = mark.place.count
        return [
            arrival
            for arrival in arrivals
            if mark.counts(arrival.order) and self._selection.matches(arrival)
        ]

    @staticmethod
    def _notes(mark: Mark) -> str:
        notes = f"; {mark.place.note}" if mark.place.note else ""
        if (lost := mark.place.dropped - mark.number) > 0:
            notes += f"; {lost} older ones are forgotten: no more than {MOST_KEPT} messages and "
            notes += f"{MOST_KEPT_BYTES // 2**20} MiB are kept"
        return notes

    @staticmethod
    def _since_arming(mark: Mark) -> list[Arrival]:
        return [arrival for arrival in mark.place.since(mark.number) if mark.counts(arrival.order)]


async def end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they are gone: before Python 3.12 ``wait_for`` can lose a cancellation."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=0.1)


def _span(arrivals: Sequence[Arrival]) -> str:
    stamps = [arrival.at for arrival in arrivals if arrival.at is not None]
    if not stamps:
        return ""
    if len(stamps) == 1:
        return f", at {_time(stamps[0])}"
    return f", from {_time(min(stamps))} to {_time(max(stamps))}"


def _time(stamp: float) -> str:
    at = dt.datetime.fromtimestamp(stamp, tz=dt.UTC)
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d} UTC"
