"""What people read when a wait was not met: what was seen, and the closest of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pytest_orchestra.checks.judging import Judgement
from pytest_orchestra.checks.matching import Mismatch, Part, show
from pytest_orchestra.spi import Observation

MOST_MISMATCHES = 6
MOST_FOUND = 5

Hide = Callable[[object], object]
"""Gives a value without what nobody may read."""


def _as_it_is(value: object) -> object:
    return value


def describe(
    judgement: Judgement,
    *,
    seen: str,
    others: Sequence[Observation] = (),
    expected: str = "",
    hide: Hide = _as_it_is,
) -> tuple[str, ...]:
    """Lines of at most 10, most telling first.

    Args:
        judgement: the last one before the wait ended.
        expected: what was looked for, in a line.
        seen: the watch's own line of what passed by.
        others: what the call's selectors left out, latest last.
        hide: of values, before they are shown.
    """
    lines = [f"expected: {expected}"] if expected else []
    lines += [f"seen: {seen}"] if seen else []
    if judgement.blamed:
        lines += _each("found", judgement.blamed, hide)
    elif judgement.closest is not None:
        lines.append(f"closest: {tell(judgement.closest, hide)}")
        lines.extend(f"  {line}" for line in shorten(judgement.mismatches))
    elif judgement.matched:
        lines += _each("matched", judgement.matched, hide)
    elif others:
        lines.append(f"others there, the latest: {tell(others[-1], hide)}")
    return tuple(lines)


def tell(observation: Observation, hide: Hide = _as_it_is) -> str:
    """``orders/0@17 at 12:00:01.500 UTC: {'type': 'OrderPaid'}``, ``status 404: 'no order'``."""
    status = f"status {observation.status}" if observation.status is not None else ""
    what = ", ".join(part for part in (name(observation), status) if part)
    held = show(hide(observation.value))
    return f"{what}: {held}" if what else held


def without_secrets(mismatches: Sequence[Mismatch], hide: Hide) -> tuple[Mismatch, ...]:
    """The mismatches; what stood, or should stand, under a key that ``hide`` hides is hidden."""
    return tuple(_hidden(each, hide) for each in mismatches)


def _hidden(mismatch: Mismatch, hide: Hide) -> Mismatch:
    if mismatch.part not in (Part.VALUE, Part.HEADER):
        return mismatch
    seen = [mismatch.expected, mismatch.seen]
    keys = dict.fromkeys(mismatch.path.replace("[", ".").split("."), seen)
    hidden = hide(keys)
    shown = hidden.values() if isinstance(hidden, Mapping) else ()
    found = next((each for each in shown if isinstance(each, str)), None)
    return mismatch if found is None else replace(mismatch, expected=found, seen=found)


def _each(what: str, observations: Sequence[Observation], hide: Hide) -> list[str]:
    lines = [f"{what}: {tell(each, hide)}" for each in observations[:MOST_FOUND]]
    if (more := len(observations) - MOST_FOUND) > 0:
        lines.append(f"{what}: {more} more")
    return lines


def shorten(mismatches: Sequence[Mismatch]) -> list[str]:
    """Each mismatch as a line, the first six and how many more."""
    lines = [str(mismatch) for mismatch in mismatches[:MOST_MISMATCHES]]
    if len(mismatches) > MOST_MISMATCHES:
        lines.append(f"… and {len(mismatches) - MOST_MISMATCHES} more")
    return lines


def name(observation: Observation) -> str:
    """``orders.events/0@17 at 12:00:01.500 UTC``; empty for a present state, which has no name."""
    what = observation.id
    if observation.at is None or not what:
        return what
    try:
        at = dt.datetime.fromtimestamp(observation.at, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):  # no time that a calendar has
        return what
    return f"{what} at {at:%H:%M:%S}.{at.microsecond // 1000:03d} UTC"
