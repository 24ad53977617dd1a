"""Runs Python steps: an ACTION once, an ASSERTION until it raises no AssertionError."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pytest_orchestra.checks.schedule import Schedule
from pytest_orchestra.engine.deadlines import bounded
from pytest_orchestra.engine.outcome import Outcome, timeout
from pytest_orchestra.engine.stalls import clocked, own_time
from pytest_orchestra.results import RAISED, StepKind, Violation, ViolationType
from pytest_orchestra.suite.bound import Expect
from pytest_orchestra.suite.expectations import EVERY_RESULT
from pytest_orchestra.suite.python_steps import PythonStep

CHANNEL = "python"

_OURS = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Exceptions by which user code talks to the test framework.

    Attributes:
        fails: the step has failed, at once (``pytest.fail``).
        ends: the run ends (``pytest.skip``); the exception goes on to the caller unless a step had
            failed before.
        exits: the session ends (``pytest.exit``), whatever happened before.
    """

    fails: tuple[type[BaseException], ...] = ()
    ends: tuple[type[BaseException], ...] = ()
    exits: tuple[type[BaseException], ...] = ()


NO_SIGNALS = Signals()


class _Attempt(NamedTuple):
    """What one call came to: what it gave, what it raised, or that it was not done in time."""

    given: object = None
    raised: BaseException | None = None
    is_late: bool = False


async def call_python(
    step: PythonStep,
    fixtures: Mapping[str, object],
    expect: Expect,
    *,
    signals: Signals = NO_SIGNALS,
) -> Outcome:
    """Call the function with the fixtures it asks for.

    A synchronous function runs on the session's loop and cannot be interrupted; its deadline is
    looked at when it returns.

    Args:
        step: what is called.
        fixtures: by name.
        expect: has the deadline, and how often an ASSERTION is repeated.
        signals: what the test framework's exceptions mean.
    """
    if lacking := [name for name in step.fixtures if name not in fixtures]:
        return _wrong(step, "fixture", f"asks for {', '.join(lacking)}, which nobody gave")
    began = own_time()
    schedule = Schedule(within=expect.within, every=expect.every, most=expect.every_most)
    arguments = {name: fixtures[name] for name in step.fixtures}
    unmet: AssertionError | None = None
    attempts = 0
    while True:
        attempts += 1
        attempt = await _attempt(step, arguments, began + expect.within, signals)
        elapsed = own_time() - began
        if attempt.is_late:
            return _late(step, unmet, expect, attempts)
        if attempt.raised is None:
            return _delivered(step, attempt.given, attempts, elapsed)
        pause = schedule.pause(elapsed)
        if step.kind is StepKind.ACTION or not isinstance(attempt.raised, AssertionError):
            return _failed(step, attempt.raised, attempts)
        if pause is None:
            return _late(step, attempt.raised, expect, attempts)
        unmet = attempt.raised
        await asyncio.sleep(pause)


async def _attempt(
    step: PythonStep, arguments: Mapping[str, object], deadline: float, signals: Signals
) -> _Attempt:
    """Call once; what is not meant for us goes on."""
    try:
        given = step.function(**arguments)
    except asyncio.CancelledError as error:  # nobody can cancel what does not wait
        return _Attempt(raised=error)
    except BaseException as error:  # noqa: BLE001 - a user's function may raise anything
        attempt = _taken(error, signals)
    else:
        attempt = _Attempt(given=given)
        if inspect.isawaitable(given):
            try:
                left = max(deadline - own_time(), 0.0)
                attempt = await bounded(_awaited(given, signals), left)
            except TimeoutError:
                return _Attempt(is_late=True)
            except RuntimeError as error:
                return _Attempt(raised=error)
    is_late = attempt.raised is None and own_time() > deadline
    return _Attempt(is_late=True) if is_late else attempt


async def _awaited(given: Awaitable[object], signals: Signals) -> _Attempt:
    try:
        return _Attempt(given=await clocked(given))
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001 - a user's function may raise anything
        return _taken(error, signals)


def _taken(error: BaseException, signals: Signals) -> _Attempt:
    """A failure of the step; anything that ends more than the step is raised again."""
    if isinstance(error, (*signals.ends, *signals.exits)) or not isinstance(
        error, (Exception, SystemExit, *signals.fails)
    ):
        raise error
    return _Attempt(raised=error)


def _delivered(step: PythonStep, given: object, attempts: int, after: float) -> Outcome:
    if given is not None and not isinstance(given, Mapping):
        return _wrong(
            step, "result", f"returned {type(given).__name__}; return a mapping, or nothing"
        )
    saved = {str(name): value for name, value in (given or {}).items()}
    if EVERY_RESULT in saved:
        return _wrong(
            step, "result", f"saves {EVERY_RESULT!r}, which is every result; choose another name"
        )
    return Outcome(
        saved=saved, delivered=True, attempts=attempts, satisfied_after=_after(step, after)
    )


def _after(step: PythonStep, after: float) -> float | None:
    return after if step.kind is StepKind.ASSERTION else None


def _wrong(step: PythonStep, code: str, what: str) -> Outcome:
    name = getattr(step.function, "__name__", "the function")
    violation = Violation(
        type=ViolationType.VALIDATION_ERROR, code=f"{CHANNEL}.{code}", message=f"{name} {what}"
    )
    return Outcome(violations=(violation,))


def _failed(step: PythonStep, error: BaseException, attempts: int) -> Outcome:
    return Outcome(violations=(_violation(error),), attempts=attempts, notes=_place(step, error))


def _late(step: PythonStep, unmet: AssertionError | None, expect: Expect, attempts: int) -> Outcome:
    name = getattr(step.function, "__name__", "the function")
    own = Violation(
        type=ViolationType.BUSINESS_RULE_VIOLATION,
        code=f"{CHANNEL}.unmet",
        message=f"{name} did not return",
    )
    return Outcome(
        violations=(
            timeout(CHANNEL, expect.within),
            own if unmet is None else _violation(unmet),
        ),
        attempts=attempts,
        notes=_place(step, unmet),
    )


def _violation(error: BaseException) -> Violation:
    """An assertion or a failure that was meant is a broken rule, anything else our side's."""
    kind = type(error).__name__
    text = str(error).strip()
    ours = Exception | SystemExit | asyncio.CancelledError
    if isinstance(error, ours) and not isinstance(error, AssertionError):
        return Violation(
            type=ViolationType.VALIDATION_ERROR,
            code=RAISED,
            message=f"{kind}: {text}" if text else kind,
        )
    return Violation(
        type=ViolationType.BUSINESS_RULE_VIOLATION,
        code=f"{CHANNEL}.assertion",
        message=text or kind,
    )


def _place(step: PythonStep, error: BaseException | None) -> tuple[str, ...]:
    """Where it was raised: the innermost place in the step's own file, else the innermost one."""
    trace = traceback.extract_tb(error.__traceback__) if error is not None else []
    frames = [frame for frame in trace if Path(frame.filename).parent != _OURS]
    file = step.location.file if step.location is not None else ""
    frames = [frame for frame in frames if frame.filename == file] or frames
    if not frames:
        return ()
    return (f"raised at {frames[-1].filename}:{frames[-1].lineno} in {frames[-1].name}",)
