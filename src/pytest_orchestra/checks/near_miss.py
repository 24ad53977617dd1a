"""What people read when a wait was not met: what was seen, and the closest of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from pytest_orchestra.checks.expectation import Expectation, Expected, mismatches_of
from pytest_orchestra.checks.judging import Judgement
from pytest_orchestra.checks.matching import Mismatch, Part, lacking, show
from pytest_orchestra.spi import Observation

MOST_MISMATCHES = 50
"""Mismatches that are told; the terminal shows the first of them."""
MOST_FOUND = 20

Hide = Callable[[object], object]
"""Gives a value without what nobody may read."""


def _as_it_is(value: object) -> object:
    return value


def describe(
    judgement: Judgement,
    *,
    seen: str,
    expectation: Expectation | None = None,
    others: Sequence[Observation] = (),
    passed_over: int = 0,
    hide: Hide = _as_it_is,
) -> tuple[str, ...]:
    """Lines, most telling first.

    Args:
        judgement: the last one before the wait ended.
        seen: the watch's own line of what passed by.
        expectation: what was looked for.
        others: what the call's selectors left out, latest last.
        passed_over: how many counted no more, as earlier visits of the step passed on them.
        hide: of values, before they are shown.
    """
    expected = str(expectation) if expectation is not None else ""
    lines = [f"expected: {expected}"] if expected else []
    lines += [f"seen: {seen}"] if seen else []
    if judgement.blamed:
        lines += _each("found", judgement.blamed, hide)
    elif judgement.closest is not None:
        lines += _nearest("closest", judgement.closest, judgement.mismatches, hide)
    elif judgement.matched:
        lines += _each("matched", judgement.matched, hide)
    elif others:
        lines += _of_others(expectation or Expectation(), others, hide)
    if passed_over:
        lines.append(f"skipped: {passed_over}, as an earlier visit of this step passed on them")
    return tuple(lines)


def _of_others(
    expectation: Expectation, others: Sequence[Observation], hide: Hide
) -> Iterator[str]:
    """The closest of what was left out, so that a wrong selector comes to light."""
    patterns = expectation.messages[:1] or (expectation.expected,)
    missing = [mismatches_of(patterns[0], other) for other in others]
    least = min(map(lacking, missing))
    index = max(n for n, each in enumerate(missing) if lacking(each) == least)
    yield f"skipped: {len(others)} that the key, headers or correlation_id leave out"
    shown = without_secrets(missing[index], hide)
    yield from _nearest("closest of these", others[index], shown, hide)
    if headers := others[index].headers:
        yield f"  headers: {show(hide(headers))}"
    if not missing[index] and patterns[0] != Expected():
        yield "  but for these it is as expected"


def _nearest(
    what: str, observation: Observation, mismatches: Sequence[Mismatch], hide: Hide
) -> list[str]:
    return [
        f"{what}: {tell(observation, hide)}",
        *(f"  {line}" for line in shorten(mismatches)),
    ]


def tell(observation: Observation, hide: Hide = _as_it_is) -> str:
    """``orders/0@17 at 12:00:01.500 UTC, key 'o-1': {'type': 'Paid'}``, ``status 404: 'none'``."""
    status = f"status {observation.status}" if observation.status is not None else ""
    key = f"key {show(observation.key)}" if observation.key is not None else ""
    what = ", ".join(part for part in (name(observation), key, status) if part)
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
    """Each mismatch as a line, the first of them and how many more."""
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
