"""Who ends with whom, by the Linux kernel's means. Elsewhere these do nothing."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_STEP_S = 0.005
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with_parent(number: int) -> Callable[[], None] | None:
    """Make what a child calls before it executes its program, to be signalled when we end.

    To be called in the child last, as changing the account undoes it.
    """
    if sys.platform != "linux":  # pragma: no cover - macOS has no such means
        return None
    parent = os.getpid()

    def ask_kernel() -> None:  # pragma: no cover - runs between fork and exec, unseen by coverage
        _prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def adopt_orphans() -> None:
    """Become the parent of descendants whose own has ended, to reap them in containers too."""
    if sys.platform == "linux":  # pragma: no branch - macOS has no such means
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def kill_adopted(within: float) -> None:
    """Kill the descendants that left their process group and were adopted, and theirs."""
    deadline = time.monotonic() + within
    while (children := _children()) and time.monotonic() < deadline:
        for child in children:
            with suppress(PermissionError):  # it runs as somebody else
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, os.WNOHANG)
        time.sleep(_STEP_S)


def _children() -> tuple[int, ...]:
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii")
    except OSError:  # pragma: no cover - no Linux, or a kernel built without it
        return ()
    return tuple(int(child) for child in listed.split())


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), *(ctypes.c_ulong(0),) * 3)
