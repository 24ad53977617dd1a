"""A clock for a loop that runs several scenarios: it stands while one of them stalls the loop.

Else deadlines of the others would pass although nobody could have met them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

SHORT = 0.01
"""Seconds that something may have the loop at a time without stalling it."""

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Holder:
    """What runs on the loop beside others, and how many seconds it stalled it so far."""

    stalled: float = 0.0


HOLDER: ContextVar[Holder | None] = ContextVar("orchestra_holder", default=None)
"""Who has the loop; None: nobody whom we know."""


def own_clock() -> Callable[[], float]:
    """Gives seconds on the loop's clock, and those for which what asks stalled it itself.

    It also does so when the loop is gone, and what runs is closed.
    """
    time, holder = asyncio.get_running_loop().time, HOLDER.get()

    def read() -> float:
        now = time()  # first: it may take down a stall
        return now if holder is None else now + holder.stalled

    return read


def own_time() -> float:
    """What ``own_clock`` says now."""
    return own_clock()()


async def clocked(work: Awaitable[T]) -> T:
    """What ``work`` gives; what it stalls is taken down each time it lets go of the loop."""
    return await _Clocked(work)


class _Clocked(Generator[object, object, T]):
    """Asks the clock while the task still has the loop: later it would be another's stall."""

    def __init__(self, work: Awaitable[T]) -> None:
        self._work, self._clock = _awaited(work), own_clock()

    def __await__(self) -> Generator[object, object, T]:
        return self

    def send(self, value: object) -> object:
        try:
            return self._work.send(value)
        finally:
            self._clock()

    def throw(self, *error: Any) -> object:  # noqa: ANN401 - of three forms
        try:
            return self._work.throw(*error)
        finally:
            self._clock()


async def _awaited(work: Awaitable[T]) -> T:
    return await work


@dataclass(slots=True)
class StandingClock:
    """Gives a loop its time.

    The loop asks after each wait for news; whoever asks later, in a task, says by that how long
    tasks had the loop since then.

    Attributes:
        loop: asks ``time``.
        real: seconds on a clock that never stands.
        tell: is told of each stall, in seconds.
        stood: seconds for which it stood so far.
    """

    loop: asyncio.AbstractEventLoop
    real: Callable[[], float]
    tell: Callable[[float], None] = lambda _seconds: None
    stood: float = 0.0
    _asked: float | None = None

    @property
    def stalling(self) -> float:
        """Seconds since it was asked last: how long a task that has the loop had it at least."""
        return 0.0 if self._asked is None else self.real() - self._asked

    def time(self) -> float:
        """Seconds; never less than before."""
        if self.stalling > SHORT and asyncio.current_task(self.loop) is not None:
            self._stand(HOLDER.get())
        self._asked = now = self.real()
        return now - self.stood

    def catch_up(self) -> None:
        """Take the time since it was asked last for a stall: nobody turned the loop meanwhile."""
        self._stand(None)

    def _stand(self, holder: Holder | None) -> None:
        seconds = self.stalling
        self.stood += seconds
        if self._asked is not None:
            self._asked += seconds
        if holder is not None:
            holder.stalled += seconds
            self.tell(seconds)
