"""Turns the session's loop until one piece of work is done, whatever breaks in on it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeVar

DRAIN_WITHIN = 5.0
"""Seconds that work which was cut may take to end."""

_Value = TypeVar("_Value")


def complete(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, _Value]) -> _Value:
    """Run to the end; work that is cut is ended before this returns.

    Raises:
        KeyboardInterrupt: Ctrl-C came; the work was cancelled and has ended.
    """
    task = loop.create_task(work)
    with _interrupts(loop, task) as interrupts:
        try:
            return loop.run_until_complete(task)
        except asyncio.CancelledError:
            if interrupts.number:
                raise KeyboardInterrupt from None
            raise
        except BaseException:
            if not task.done():
                task.cancel()
                loop.run_until_complete(asyncio.wait([task], timeout=DRAIN_WITHIN))
            raise
        finally:
            interrupts.end()


@dataclass(slots=True)
class _Interrupts:
    """Cancels the work at the first Ctrl-C, as asyncio's own runner does.

    Raised wherever the loop stands, a KeyboardInterrupt would end a stranger's task, and come up
    a second time when that one is awaited.
    """

    loop: asyncio.AbstractEventLoop
    task: asyncio.Task[Any]
    number: int = 0

    def on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        self.number += 1
        if self.number > 1:
            raise KeyboardInterrupt
        self.loop.call_soon_threadsafe(self.task.cancel)

    def end(self) -> None:
        """An interrupt that the work withstood is not lost."""
        if self.number and self.task.done() and not self.task.cancelled():
            raise KeyboardInterrupt


@contextmanager
def _interrupts(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> Iterator[_Interrupts]:
    """Take over Ctrl-C where it is pytest's to take: in the main thread, with Python's handler."""
    interrupts = _Interrupts(loop, task)
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield interrupts
        return
    signal.signal(signal.SIGINT, interrupts.on_signal)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
