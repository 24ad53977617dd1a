"""What a session spent waiting, step by step, and which deadlines its history suggests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_orchestra.results import (
    RunEvent,
    RunFinished,
    RunStarted,
    StepFinished,
    StepKind,
    StepResult,
    StepStatus,
)

MOST_STEPS = 5
"""Steps that are told, unless all are asked for."""
WORTH_TELLING = 5.0
"""Seconds that a session must have waited for it to be told unasked."""
SHOWN_FROM = 0.05
"""Seconds of one step below which it is told only where all are asked for."""
FEWEST = 5
"""Times that an assertion must have held before a deadline is suggested."""
MOST_SAMPLES = 500
"""Times of one step that a session keeps."""
MARGIN = 2.0
"""A suggested deadline is so many times as long as the wait that 99 of 100 stay below."""
FEW = 20
"""Times below which the longest wait says little of what may come."""
MARGIN_OF_FEW = 3.0
"""What it is then."""
_HUNDRED = 100
_MOST_SECONDS = 1e9
SHORTEST = 0.5
"""Seconds below which no deadline is suggested."""
_ROUND = (1, 1.5, 2, 3, 4, 5, 8, 10)

Key = tuple[str, str, str]
"""The suite's file, the environment, the step's id."""


@dataclass(slots=True, kw_only=True)
class Spent:
    """What one step waited, in all its visits.

    Attributes:
        within: its deadline in seconds.
        seconds: that it waited in all.
        times: how often.
        held_after: seconds after which it held, of each time that it did.
        sleeps: whether it is a Python step whose function calls a sleep.
    """

    name: str
    definition: str = ""
    within: float | None = None
    seconds: float = 0.0
    times: int = 0
    held_after: list[float] = field(default_factory=list)
    sleeps: bool = False

    @property
    def waits_out(self) -> bool:
        """Whether it holds at its deadline only, as ``absent`` does: a shorter one proves less."""
        within = self.within or 0.0
        return bool(self.held_after) and min(self.held_after) >= within


class Waiting:
    """Adds up what steps tell; one per process, put together by the controller of xdist."""

    def __init__(self) -> None:
        self.steps: dict[Key, Spent] = {}
        self._runs: dict[str, tuple[str, str]] = {}

    def tell(self, event: RunEvent) -> None:
        """Take one event."""
        match event:
            case RunStarted():
                self._runs[event.run.id] = event.run.suite_file, event.run.environment
            case RunFinished():
                self._runs.pop(event.run.id, None)
            case StepFinished(step=step) if _waits(step):
                self._add((*self._runs.get(event.run_id, ("", "")), step.step_id), step)

    def _add(self, key: Key, step: StepResult) -> None:
        spent = self.steps.setdefault(key, Spent(name=step.name))
        spent.definition, spent.sleeps = step.definition, step.sleeps
        spent.within = step.within
        spent.seconds += step.duration_ms / 1000
        spent.times += 1
        after = step.satisfied_after_ms
        if after is not None and not step.retries and len(spent.held_after) < MOST_SAMPLES:
            spent.held_after.append(round(after / 1000, 3))

    def as_json(self) -> list[Any]:
        """All of it, JSON-like."""
        return [
            [*key, {name: getattr(spent, name) for name in Spent.__slots__}]
            for key, spent in self.steps.items()
        ]

    def merge(self, other: Sequence[Any]) -> None:
        """Add what another process, or an earlier session, took down; ``as_json`` gave it."""
        for file, environment, step_id, fields in other:
            more = Spent(**fields)
            known = self.steps.setdefault((file, environment, step_id), Spent(name=more.name))
            known.definition, known.sleeps = more.definition, more.sleeps
            known.within = more.within
            known.seconds += more.seconds
            known.times += more.times
            known.held_after += more.held_after


def of_these_steps(found: object, steps: Mapping[Key, Spent]) -> list[Any]:
    """What a file says of these steps, to be merged; of other steps, or in other words: nothing.

    A step without an alias is known by its place in the file, so its name must be the same, too.

    Args:
        found: as read of JSON; may be anything.
        steps: by key.
    """
    entries = found if isinstance(found, list) else []
    return [each for each in entries if _is_known(each) and _is_of(each, steps)]


def _is_known(entry: object) -> bool:
    match entry:
        case [
            str(),
            str(),
            str(),
            {
                "name": str(),
                "definition": str(),
                "within": within,
                "seconds": seconds,
                "times": int(),
                "held_after": [*held],
                "sleeps": bool(),
                **more,
            },
        ]:
            return not more and all(map(_is_time, (seconds, within or 0, *held)))
    return False


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < _MOST_SECONDS


def _is_of(entry: Sequence[Any], steps: Mapping[Key, Spent]) -> bool:
    file, environment, step_id, fields = entry
    step = steps.get((file, environment, step_id))
    return step is not None and step.name == fields["name"]


def budget(
    session: Mapping[Key, Spent],
    history: Mapping[Key, Spent],
    *,
    most: int | None = MOST_STEPS,
    worth_telling: float = WORTH_TELLING,
) -> Iterator[str]:
    """What people read: the steps that cost most, dearest first.

    Nothing where little was waited.

    Args:
        session: what was spent in it.
        history: of it and of earlier sessions.
        most: steps that are told; None: all.
        worth_telling: seconds that must have been waited in all.
    """
    whole = sum(spent.seconds for spent in session.values())
    if not session or whole < worth_telling:
        return
    dearest = sorted(session.items(), key=lambda each: -each[1].seconds)
    yield f"waited {whole:.1f} s in all, most of it in:"
    least = 0.0 if most is None else SHOWN_FROM
    for key, spent in (each for each in dearest[:most] if each[1].seconds >= least):
        times = "once" if spent.times == 1 else f"{spent.times} times"
        yield f"{spent.seconds:7.1f} s  {spent.name} ({times}, {spent.definition})"
        yield f"           {advice(spent, history.get(key, spent))}"
    if most is not None and (more := len(dearest) - most) > 0:
        yield f"and {more} more steps: -v tells all"


def advice(spent: Spent, history: Spent) -> str:
    """What to do about a step."""
    if spent.sleeps:
        return "a fixed sleep: let an ASSERTION wait for what it sleeps for"
    within, held = spent.within or 0.0, history.held_after
    if history.waits_out:
        return f"waits its deadline of {within:g} s out, as absent and stable_for do"
    if len(held) < FEWEST:
        return f"deadline {within:g} s; it held {len(held)} of {FEWEST} times that advice needs"
    wait = percentile(held, 0.99)
    deadline = suggested(wait, MARGIN_OF_FEW if len(held) < FEW else MARGIN)
    those = f"99 % of {len(held)}" if len(held) >= _HUNDRED else f"all {len(held)}"
    said = f"deadline {within:g} s; {those} times it held within {wait:.2g} s"
    return f"{said}: fits" if within == deadline else f"{said}: suggested {deadline:g} s"


def suggested(wait: float, margin: float = MARGIN) -> float:
    """A deadline with a margin over a wait, in round seconds."""
    least = max(wait * margin, SHORTEST)
    unit = 10.0 ** math.floor(math.log10(least))
    return next(step * unit for step in _ROUND if step * unit >= least * 0.999)


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest of the values that this part of them does not exceed (nearest rank)."""
    return sorted(values)[max(math.ceil(part * len(values)) - 1, 0)]


def _waits(step: StepResult) -> bool:
    if step.status is StepStatus.SKIPPED:
        return False
    return step.kind is StepKind.ASSERTION or step.sleeps
