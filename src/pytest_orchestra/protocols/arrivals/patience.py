"""A time limit for reading on: it begins anew as often as something was read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(slots=True)
class Patience:
    """Puts a limit off.

    Attributes:
        limit: of what is waited for.
        within: seconds that it may last without anything read.
    """

    limit: asyncio.Timeout
    within: float
    _read: int | None = None

    def renew(self, read: int) -> None:
        """Begin anew if more was read than when it was called last."""
        if self._read is not None and read > self._read:
            self.limit.reschedule(asyncio.get_running_loop().time() + self.within)
        self._read = read
