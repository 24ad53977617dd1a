"""How far a stream is read, and how many of its entries went before they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import Mark, Place
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.entries import Fields, arrival, entry_id
from pytest_orchestra.results import JsonLike

NOTHING = b"0-0"
"""The position before every entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """What the server says of a stream (XINFO STREAM).

    Attributes:
        last: id of the entry added last, also if it is gone.
        first: id of the oldest entry that is there; None: the stream is empty.
        latest: id of the newest entry that is there.
        length: how many entries are there.
        added: how many were ever added; None: a server before Redis 7 does not say.
    """

    last: bytes = NOTHING
    first: bytes | None = None
    latest: bytes = NOTHING
    length: int = 0
    added: int | None = 0

    @classmethod
    def of(cls, info: Mapping[str, object]) -> StreamState:
        """Read the server's answer."""
        generated, length = info.get("last-generated-id"), info.get("length")
        added, latest = info.get("entries-added"), _id(info.get("last-entry")) or NOTHING
        return cls(
            last=generated if isinstance(generated, bytes) else latest,
            first=_id(info.get("first-entry")),
            latest=latest,
            length=length if isinstance(length, int) else 0,
            added=added if isinstance(added, int) else None,
        )


def kept_state(kept: JsonLike, now: StreamState) -> StreamState:
    """The end of a stream as an earlier session kept it.

    Raises:
        ValueError: it is none, or entries behind it are gone; the text says so.
    """
    match kept:
        case {"last": str(last), "added": int() | None as added}:
            then = StreamState(last=last.encode(), added=added)
        case _:
            message = "it is no position of a stream"
            raise ValueError(message)
    if entry_id(now.last) < entry_id(then.last):
        message = f"the stream ends at {now.last.decode()} now: it was made anew"
        raise ValueError(message)
    if now.first is not None and entry_id(now.first) <= entry_id(then.last):
        return then
    if now.added is not None and then.added is not None:
        missed = now.added - then.added - now.length
        if missed > 0:
            message = f"{missed} entries that came after it were trimmed or deleted"
            raise ValueError(message)
    return then


def _id(entry: object) -> bytes | None:
    """Give the id of an entry in an answer; an empty stream has none."""
    match entry:
        case (bytes(id_), _):
            return id_
    return None


@dataclass(slots=True, eq=False)
class StreamLog:
    """One stream's reading.

    Attributes:
        last: id of the entry read last.
        era: how often the stream was made anew; ids of two eras do not compare.
        trouble: what is wrong with this stream alone.
        is_closed: it is no stream any more and is not read.
    """

    place: Place
    last: bytes
    era: int = 0
    trouble: ConnectorError | None = None
    is_closed: bool = False
    _added: int | None = None
    _read: int = 0

    @classmethod
    def begin(cls, place: Place, state: StreamState) -> StreamLog:
        """Read on from where the stream ends now."""
        return cls(place, last=state.last, _added=state.added)

    def mark(self, number: int, state: StreamState) -> Mark:
        """Give the position at the end of ``state``."""
        position = (self.era, *entry_id(state.last))
        kept = {"last": state.last.decode(), "added": state.added}

        def counts(order: object) -> bool:
            match order:
                case (int(era), int(milliseconds), int(sequence)):
                    return (era, milliseconds, sequence) > position
            return False

        gaps = self.place.gaps
        return Mark(place=self.place, number=number, counts=counts, gaps=gaps, kept=kept)

    def take_in(self, entries: Iterable[tuple[bytes, Fields]], connection: QueueConnection) -> None:
        """Hand on what was read."""
        for id_, fields in entries:
            self.last = id_
            self._read += 1
            entry = arrival(self.place.name, id_, fields, connection, era=self.era)
            self.place.add(entry)

    def is_behind(self, state: StreamState) -> bool:
        """Whether entries are there that were not read."""
        return state.length > 0 and entry_id(state.latest) > entry_id(self.last)

    def go_on(self, state: StreamState) -> None:
        """Go on with what a server that may have been restarted has of the stream."""
        if not self._is_in(state):
            self.place.miss("the server was restarted meanwhile and may have lost what it held")

    def count_missed(self, state: StreamState) -> None:
        """Compare what was added with what was read, where nothing is on its way."""
        if state.last != NOTHING and entry_id(state.last) < entry_id(self.last):
            self.era, self.last = self.era + 1, NOTHING
            self._added, self._read = 0, 0
        unread = self._unread(state)
        if unread is None or state.added is None:
            return
        missed = None if self._added is None else state.added - self._added - self._read - unread
        if missed is not None and missed > 0:
            self.place.miss(f"{missed} entries were trimmed or deleted before they were read")
        if missed:  # it is told once; below 0 the stream was made anew: count from here
            self._added, self._read = state.added - unread, 0

    def _is_in(self, state: StreamState) -> bool:
        """Whether the state surely is a later one of the same stream."""
        last = entry_id(self.last)
        if self.last == NOTHING or entry_id(state.last) < last:
            return False
        if state.first is not None and entry_id(state.first) <= last:
            return True
        if state.added is None or self._added is None:
            return False
        return state.added >= self._added + self._read

    def _unread(self, state: StreamState) -> int | None:
        last = entry_id(self.last)
        if entry_id(state.last) <= last:
            return 0
        if state.first is None or entry_id(state.first) > last:
            return state.length
        return None
