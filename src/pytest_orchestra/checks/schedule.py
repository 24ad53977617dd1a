"""When to look again: pure arithmetic that the engine awaits and tests step through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Looks every ``every`` seconds, the last time at the deadline.

    Attributes:
        within: seconds from the first look to the deadline.
        every: seconds between looks, at least 1 ms.
    """

    within: float
    every: float

    def pause(self, elapsed: float) -> float | None:
        """Seconds to wait before the next look; None: give up.

        Args:
            elapsed: seconds since the first look began.
        """
        left = self.within - elapsed
        if left <= 0:
            return None
        return min(max(self.every, 0.001), left)
