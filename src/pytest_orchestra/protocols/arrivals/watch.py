"""Looks at one place from a position on."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals.place import MOST_KEPT, MOST_KEPT_BYTES, Arrival, Place
from pytest_orchestra.protocols.arrivals.selection import Selection
from pytest_orchestra.results import JsonLike
from pytest_orchestra.spi import SURE_WITHIN, Observation

MOST_PASSED_BY = 20
MOST_KEYS = 3
"""Other keys that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A position at a place.

    Attributes:
        number: arrivals before it were there before.
        gaps: of the place, so far: only later ones matter.
        counts: whether an arrival's ``order`` lies behind the position.
        kept: the position as JSON has it, for a later session.
    """

    place: Place
    number: int
    counts: Callable[[object], bool]
    gaps: int = 0
    kept: JsonLike = None


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
        self._forgotten = 0

    async def look(self, within: float) -> Sequence[Observation]:
        """Give what was selected since the last look, at once; else wait for it.

        Nothing is given only where it is sure that there is nothing; without time to wait all is
        given that has arrived.

        Raises:
            ConnectorError: nothing arrived, and nothing could have, or it could have been missed.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + within
        if self._mark is None:
            self._mark = await self._take(within)
            self._next = self._mark.number
        place = self._mark.place
        if within <= 0:
            return [arrival.observe() for arrival in await self._make_sure(self._mark)]
        while not (fresh := self._fresh(self._mark)):
            if place.trouble is not None and not place.trouble.retriable:
                raise place.trouble
            left = until - clock()
            if left <= 0:
                fresh = await self._make_sure(self._mark)
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
            number = sum(map(self._selection.matches, since))
            line += f", {number} of them with {wanted}"
            line += "" if number else _others(since, self._selection.key)
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

    async def _make_sure(self, mark: Mark) -> list[Arrival]:
        """Give what arrived until now and was not read yet; nothing only where that is sure."""
        place = mark.place
        if place.catch_up is not None:
            try:
                await place.catch_up(SURE_WITHIN if place.trouble is None else SURE_WITHIN / 2)
            except ConnectorError as error:
                raise place.trouble or error from error
        elif place.trouble is not None:
            raise place.trouble
        if not (fresh := self._fresh(mark)) and (missed := self._missed(mark)):
            raise place.trouble or ConnectorError(
                f"it is not known what came to {place.name}: {missed}",
                code=f"{place.channel}.missed",
                retriable=True,
                hint="Run the scenario again.",
            )
        return fresh

    def _missed(self, mark: Mark) -> str:
        """Why messages since the arming may have been missed."""
        if mark.place.gaps > mark.gaps:
            return mark.place.gap
        if self._forgotten:
            most = f"no more than {MOST_KEPT} and {MOST_KEPT_BYTES // 2**20} MiB are kept"
            return f"{self._forgotten} were forgotten before they were looked at, as {most}"
        return ""

    def _fresh(self, mark: Mark) -> list[Arrival]:
        self._forgotten += max(mark.place.dropped - self._next, 0)
        arrivals = mark.place.since(self._next, self._selection.key)
        self._next = mark.place.count
        return [
            arrival
            for arrival in arrivals
            if mark.counts(arrival.order) and self._selection.matches(arrival)
        ]

    @staticmethod
    def _notes(mark: Mark) -> str:
        notes = f"; {mark.place.gap}" if mark.place.gaps > mark.gaps else ""
        if (lost := mark.place.dropped - mark.number) > 0:
            notes += f"; {lost} older ones are forgotten: no more than {MOST_KEPT} messages and "
            notes += f"{MOST_KEPT_BYTES // 2**20} MiB are kept"
        return notes

    @staticmethod
    def _since_arming(mark: Mark) -> list[Arrival]:
        return [arrival for arrival in mark.place.since(mark.number) if mark.counts(arrival.order)]


def _others(arrivals: Sequence[Arrival], key: str | None) -> str:
    """Which keys there were instead of the one that is looked for, the latest first."""
    keys = dict.fromkeys(arrival.key for arrival in reversed(arrivals) if arrival.key != key)
    if key is None or not keys:
        return ""
    shown = ["none" if each is None else repr(each) for each in islice(keys, MOST_KEYS)]
    more = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
    return f" (other keys: {', '.join(shown)}{more})"


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
