"""What people read when a wait was not met: what was seen, and the closest of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pytest_orchestra.checks.judging import Judgement
from pytest_orchestra.checks.matching import Mismatch
from pytest_orchestra.spi import Observation

MOST_MISMATCHES = 6
MOST_BLAMED = 5


def describe(
    judgement: Judgement, *, seen: str, others: Sequence[Observation] = (), expected: str = ""
) -> tuple[str, ...]:
    """Lines of at most 10, most telling first.

    Args:
        judgement: the last one before the wait ended.
        expected: what was looked for, in a line.
        seen: the watch's own line of what passed by.
        others: what the call's selectors left out, latest last.
    """
    lines = [f"expected: {expected}"] if expected else []
    lines += [f"seen: {seen}"] if seen else []
    if judgement.blamed:
        lines.append(f"found: {', '.join(map(name, judgement.blamed[:MOST_BLAMED]))}")
        if (more := len(judgement.blamed) - MOST_BLAMED) > 0:
            lines[-1] += f" and {more} more"
    elif judgement.closest is not None:
        lines.append(f"closest: {name(judgement.closest)}")
        lines.extend(f"  {line}" for line in shorten(judgement.mismatches))
    elif others:
        lines.append(f"others there, the latest: {name(others[-1])}")
    return tuple(lines)


def shorten(mismatches: Sequence[Mismatch]) -> list[str]:
    """Each mismatch as a line, the first six and how many more."""
    lines = [str(mismatch) for mismatch in mismatches[:MOST_MISMATCHES]]
    if len(mismatches) > MOST_MISMATCHES:
        lines.append(f"… and {len(mismatches) - MOST_MISMATCHES} more")
    return lines


def name(observation: Observation) -> str:
    """``orders.events/0@17 at 12:00:01.500 UTC``, or what the channel calls it."""
    what = observation.id or "what the last look gave"
    if observation.at is None:
        return what
    try:
        at = dt.datetime.fromtimestamp(observation.at, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):  # no time that a calendar has
        return what
    return f"{what} at {at:%H:%M:%S}.{at.microsecond // 1000:03d} UTC"
