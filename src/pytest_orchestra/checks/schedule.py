"""When to look again: pure arithmetic that the engine awaits and tests step through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Looks every ``every`` seconds, the last time at the deadline.

    Attributes:
        within: seconds from the first look to the deadline.
        every: seconds between looks, at least 1 ms.
        most: seconds up to which they grow, each half as long as it was waited so far; below
            ``every``: they do not.
    """

    within: float
    every: float
    most: float = 0.0

    def pause(self, elapsed: float) -> float | None:
        """Seconds to wait before the next look; None: give up.

        Args:
            elapsed: seconds since the first look began.
        """
        left = self.within - elapsed
        if left <= 0:
            return None
        return min(max(self.every, min(elapsed / 2, self.most), 0.001), left)
