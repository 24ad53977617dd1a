"""The alarm by which pytest-timeout ends an item, while scenarios of other items run beside it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from pytest_orchestra.engine import python_calls
from pytest_orchestra.engine.stalls import HOLDER, SHORT, Holder, StandingClock

AGAIN = 5.0
"""Seconds after which it rings again if what has the loop does not let go of it."""


def is_in_user_code(frame: FrameType | None) -> bool:
    """Whether a Python step has the loop: it may never let go of it."""
    while frame is not None:
        if frame.f_code.co_filename == python_calls.__file__:
            return True
        frame = frame.f_back
    return False


@dataclass(slots=True, kw_only=True)
class Alarm:
    """During one item's turn.

    Raised wherever the loop stands, its exception would end another item's scenario: so it is
    heard between two turns of the loop, or where a Python step has the loop for too long.

    Attributes:
        loop: is turned.
        clock: knows for how long others stalled the loop; the item has that much more time.
        own: the run whose turn it is.
        limit_of: seconds for which a run may stall the others at a time.
        theirs: what rings it.
    """

    loop: asyncio.AbstractEventLoop
    clock: StandingClock
    own: Holder
    limit_of: Callable[[Holder | None], float]
    theirs: Callable[[int, FrameType | None], Any]
    _rang: list[FrameType | None] = field(default_factory=list)
    _given: float = 0.0
    _is_over: bool = False

    def __post_init__(self) -> None:
        """Owe nothing of other turns."""
        self._given = self._owed(0.0)

    def on_alarm(self, number: int, frame: FrameType | None) -> None:
        """Hear it: as the handler of the signal, so wherever the loop stands."""
        __tracebackhide__ = True
        holder = HOLDER.get() if is_in_user_code(frame) else None
        if holder is None or holder is self.own:
            self._hear(number, frame, is_own_step=holder is not None)
            return
        stalls = self.clock.stalling
        left, owed = self.limit_of(holder) - stalls, self._owed(stalls)
        if left < SHORT:
            self._give(self.limit_of(self.own) if self._is_over else owed)
            self.theirs(number, frame)
        elif self._is_over or owed > SHORT:
            self._give(left if self._is_over else min(owed, left))
        else:
            self._end_turn(frame, left)

    def ring(self) -> None:
        """Raise what they raise, if it rang."""
        if self._rang:
            self.theirs(signal.SIGALRM, self._rang[0])

    def end(self) -> None:
        """Let the item have for its teardown what others took of its time; nothing if it rang."""
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        if self._is_over:
            signal.setitimer(signal.ITIMER_REAL, 0)
        elif left:
            self._give(left + self._owed(0.0))

    def _hear(self, number: int, frame: FrameType | None, *, is_own_step: bool) -> None:
        if not self._is_over and (owed := self._owed(0.0)) > SHORT:
            self._give(owed)
        elif is_own_step:
            self._is_over = True
            self._give(self.limit_of(self.own))  # whatever has the loop next
            self.theirs(number, frame)
        else:
            self._end_turn(frame, AGAIN)

    def _end_turn(self, frame: FrameType | None, again: float) -> None:
        """Stop the loop, and look again if it is not let go of."""
        self._is_over = True
        self._rang.append(frame)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._give(again)

    def _give(self, seconds: float) -> None:
        """Let the item have so many more."""
        self._given += seconds
        signal.setitimer(signal.ITIMER_REAL, max(seconds, SHORT))

    def _owed(self, stalls: float) -> float:
        """Seconds of the item's time that others took, with those of a stall that goes on."""
        return self.clock.stood - self.own.stalled + stalls - self._given


@contextmanager
def alarm(
    loop: asyncio.AbstractEventLoop,
    clock: StandingClock,
    own: Holder,
    limit_of: Callable[[Holder | None], float],
) -> Iterator[Callable[[], None]]:
    """Take over the alarm, if there is one, and give what rings it; arguments: of ``Alarm``."""
    number = getattr(signal, "SIGALRM", None)  # which Windows has not
    theirs = signal.getsignal(number) if number is not None else None
    if (
        number is None
        or not callable(theirs)
        or threading.current_thread() is not threading.main_thread()
    ):
        yield lambda: None
        return
    taken = Alarm(loop=loop, clock=clock, own=own, limit_of=limit_of, theirs=theirs)
    signal.signal(number, taken.on_alarm)
    try:
        yield taken.ring
    finally:
        taken.end()
        signal.signal(number, theirs)
