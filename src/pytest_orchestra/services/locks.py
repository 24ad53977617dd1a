"""Locks between processes that the kernel lets go of when their last holder ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if sys.platform != "win32":  # pragma: no branch - importing must work on Windows, locking need not
    import fcntl

if TYPE_CHECKING:
    from pathlib import Path


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Take the lock, or say at once that somebody else has it.

    Args:
        path: a file of its own, made where it is missing.
        shared: others may have it, too, if they say the same.

    Returns:
        A descriptor that holds the lock until it and all that were inherited from it are closed;
        None if the lock is taken.

    Raises:
        OSError: the folder is missing, or its file system knows no locks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return descriptor


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock now."""
    descriptor = try_lock(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False
