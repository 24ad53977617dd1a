"""Waiting, for as long as the session lasts."""

from __future__ import annotations

import os
import select
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

_POLL_S = 0.01


class SessionOverError(Exception):
    """The lifeline's owner is gone, or SIGTERM asked the supervisor to end."""


class Watch:
    """Watches the lifeline, SIGTERM and the ends of children; made once, in the main thread.

    Args:
        fifo: the lifeline.

    Raises:
        SessionOverError: nobody holds it.
    """

    def __init__(self, fifo: Path) -> None:
        self._asked_to_end = False
        self._wakeup, written = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(written, False)
        signal.set_wakeup_fd(written)
        # Handlers, not SIG_IGN: what is ignored here would be ignored in the servers as well.
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, _wake)
        signal.signal(signal.SIGTERM, self._end)
        try:
            self._fifo = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError as error:
            raise SessionOverError from error
        self._check()

    def pause(self, seconds: float | None = None) -> None:
        """Wait until a signal comes or ``seconds`` have passed.

        Raises:
            SessionOverError: at once when the owner is gone or SIGTERM has come.
        """
        readable, _, _ = select.select([self._fifo, self._wakeup], [], [], seconds)
        if self._wakeup in readable:
            os.read(self._wakeup, 4096)
        self._check()

    def until(self, met: Callable[[], bool], deadline: float) -> bool:
        """Wait until the condition is met; False if it is not by ``deadline``."""
        while not met():
            if time.monotonic() > deadline:
                return False
            self.pause(_POLL_S)
        return True

    def _check(self) -> None:
        if self._asked_to_end or self._is_owner_gone():
            raise SessionOverError

    def _is_owner_gone(self) -> bool:
        # select() alone does not tell: a FIFO that had no writer when it was opened never is
        # readable on Linux. Nobody writes to it, so reading gives its end or nothing yet.
        try:
            return not os.read(self._fifo, 1)
        except BlockingIOError:
            return False

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_end = True


def _wake(_number: int, _frame: FrameType | None) -> None:
    """Only the wake-up counts."""
