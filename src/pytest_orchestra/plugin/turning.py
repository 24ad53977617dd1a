"""Turns the session's loop until one piece of work is done, whatever breaks in on it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Protocol, TypeVar

from pytest_orchestra.engine import python_calls
from pytest_orchestra.plugin.alarm import is_in_user_code

DRAIN_WITHIN = 5.0
"""Seconds that work which was cut may take to end, beside what it does to clean up."""
HURRY_WITHIN = 0.3
"""And that it may take after a second Ctrl-C."""
_POLL_S = 0.1

_ENGINE = Path(python_calls.__file__).parent

_Value = TypeVar("_Value")


class Beside(Protocol):
    """What else runs on the loop while a task has its turn."""

    def tasks(self) -> Iterable[asyncio.Task[Any]]:
        """All of it."""
        ...

    def alarm(self) -> AbstractContextManager[Callable[[], None]]:
        """Take over the alarm that ends the turn, and give what rings it."""
        ...


@dataclass(slots=True)
class Turner:
    """Turns one loop.

    Attributes:
        drain_within: seconds that work which was cut may take to end.
        is_told: whether whoever leads this process was asked to end; None: nobody does.
        interrupts: how often Ctrl-C came while it turned.
    """

    loop: asyncio.AbstractEventLoop
    drain_within: float = DRAIN_WITHIN
    is_told: Callable[[], bool] | None = None
    interrupts: int = 0

    @property
    def is_hurried(self) -> bool:
        """Whether the user asked a second time to end."""
        return self.interrupts > 1

    def complete(self, work: Coroutine[Any, Any, _Value], what: str) -> _Value:
        """Run to the end; work that is cut is ended before this returns, unless it withstands.

        Args:
            work: is done on the loop.
            what: it is, for whoever interrupts it.

        Raises:
            KeyboardInterrupt: Ctrl-C came; the work was cancelled.
        """
        return self.finish(self.loop.create_task(work), what)

    def finish(
        self,
        task: asyncio.Task[_Value],
        what: str,
        beside: Beside | None = None,
    ) -> _Value:
        """Run a task to its end, as ``complete``.

        Args:
            task: is on the loop.
            what: it is, for whoever interrupts it.
            beside: knows what goes on when it is cut, but for Ctrl-C.

        Raises:
            KeyboardInterrupt: Ctrl-C came; the task and those beside it were cancelled.
        """
        before = self.interrupts
        with self._led(task, beside), self._interruptible(task, what, beside):
            try:
                value = self._turn(task, beside)
            except asyncio.CancelledError:
                if self.interrupts == before:
                    raise
            except BaseException:
                self._end(task)
                raise
        if self.interrupts > before:  # also where the work withstood it: it is not lost
            raise KeyboardInterrupt(what)
        return value

    async def end_leftovers(self) -> None:
        """End what withstood being cut: the end of the loop would wait for it for ever."""
        left = [task for task in asyncio.all_tasks(self.loop) if _is_ours(task)]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=HURRY_WITHIN)
        for task in left:
            if not task.done():
                with suppress(RuntimeError):  # it withstands this, too
                    task.get_coro().close()
                task.cancel()
        await asyncio.sleep(0)

    def _turn(self, task: asyncio.Task[_Value], beside: Beside | None) -> _Value:
        """Turn the loop; an alarm is heard between two turns where it could hit a stranger."""
        if beside is None:
            return self.loop.run_until_complete(task)
        with beside.alarm() as ring:
            try:
                return self.loop.run_until_complete(task)
            except RuntimeError:
                ring()
                raise

    def _end(self, task: asyncio.Task[Any]) -> None:
        """See that work which was cut does not go on inside somebody else's turn."""
        if not task.done():
            task.cancel()
            within = HURRY_WITHIN if self.is_hurried else self.drain_within
            self.loop.run_until_complete(asyncio.wait([task], timeout=within))
        if task.done() and not task.cancelled():
            task.exception()  # or asyncio complains that nobody looked at it

    @contextmanager
    def _led(self, task: asyncio.Task[Any], beside: Beside | None) -> Iterator[None]:
        """Hear of a Ctrl-C that only whoever leads this process got."""
        timer: asyncio.TimerHandle | None = None

        def look() -> None:
            nonlocal timer
            if self.interrupts:
                return
            if self.is_told is not None and self.is_told():
                self.interrupts += 1
                self._cancel(task, beside)
            else:
                timer = self.loop.call_later(_POLL_S, look)

        if self.is_told is not None:
            timer = self.loop.call_later(_POLL_S, look)
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()

    def _cancel(self, task: asyncio.Task[Any], beside: Beside | None) -> None:
        """Cancel all, once each: what is cancelled twice leaves its finally steps out."""
        for each in {task, *(beside.tasks() if beside is not None else ())}:
            self.loop.call_soon_threadsafe(each.cancel)

    @contextmanager
    def _interruptible(
        self,
        task: asyncio.Task[Any],
        what: str,
        beside: Beside | None,
    ) -> Iterator[None]:
        """Take over Ctrl-C where it is pytest's to take: in the main thread, Python's handler.

        The first one cancels the work. Raised wherever the loop stands, a KeyboardInterrupt would
        end a stranger's task, and come up a second time when that one is awaited.
        """

        def on_signal(_signal: int, frame: FrameType | None) -> None:
            __tracebackhide__ = True  # pytest shows the line that was interrupted instead
            self.interrupts += 1
            if self.is_hurried or is_in_user_code(frame):
                raise KeyboardInterrupt(what)
            self._cancel(task, beside)

        if (
            threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        ):
            yield
            return
        signal.signal(signal.SIGINT, on_signal)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_ours(task: asyncio.Task[Any]) -> bool:
    """Whether the engine made the task, for a run or for a part of one."""
    code: CodeType | None = getattr(task.get_coro(), "cr_code", None)
    return code is not None and Path(code.co_filename).parent == _ENGINE
