"""Runs Python steps: an ACTION once, an ASSERTION until it raises no AssertionError."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping

from pytest_orchestra.checks.schedule import Schedule
from pytest_orchestra.engine.outcome import Outcome
from pytest_orchestra.results import StepKind, Violation, ViolationType
from pytest_orchestra.suite.bound import Expect, PythonStep


async def call_python(step: PythonStep, fixtures: Mapping[str, object], expect: Expect) -> Outcome:
    """Call the function with the fixtures it asks for.

    A synchronous function runs on the session's loop and cannot be interrupted; its deadline is
    looked at when it returns.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    schedule = Schedule(within=expect.within, every=expect.every)
    arguments = {name: fixtures[name] for name in step.fixtures}
    attempts = 0
    while True:
        attempts += 1
        try:
            delivered = await _call(step, arguments, began + expect.within)
        except AssertionError as error:
            pause = schedule.pause(clock() - began)
            if step.kind is StepKind.ASSERTION and pause is not None:
                await asyncio.sleep(pause)
                continue
            return _failed(error, expect, attempts, timed_out=step.kind is StepKind.ASSERTION)
        except Exception as error:  # noqa: BLE001 - a user's function may raise anything
            return _failed(error, expect, attempts, timed_out=clock() >= began + expect.within)
        return _delivered(step, delivered, attempts, clock() - began)


async def _call(step: PythonStep, arguments: Mapping[str, object], deadline: float) -> object:
    """Call once.

    Raises:
        TimeoutError: it was not done by then, on the loop's clock.
    """
    async with asyncio.timeout_at(deadline):
        delivered = step.function(**arguments)
        if inspect.isawaitable(delivered):
            delivered = await delivered
    if asyncio.get_running_loop().time() > deadline:
        raise TimeoutError
    return delivered


def _delivered(step: PythonStep, delivered: object, attempts: int, after: float) -> Outcome:
    if delivered is not None and not isinstance(delivered, Mapping):
        violation = Violation(
            type=ViolationType.VALIDATION_ERROR,
            code="python.result",
            message=f"{step.function.__name__} returned {type(delivered).__name__};"
            " return a mapping, or nothing",
        )
        return Outcome(violations=(violation,), attempts=attempts)
    roots = {str(name): value for name, value in (delivered or {}).items()}
    return Outcome(roots=roots, delivered=True, attempts=attempts, satisfied_after=after)


def _failed(error: Exception, expect: Expect, attempts: int, *, timed_out: bool) -> Outcome:
    kind = type(error).__name__
    text = str(error).strip() or kind
    violation = Violation(
        type=ViolationType.BUSINESS_RULE_VIOLATION
        if isinstance(error, AssertionError)
        else ViolationType.VALIDATION_ERROR,
        code="python.assertion" if isinstance(error, AssertionError) else "python.error",
        message=text if isinstance(error, AssertionError) else f"{kind}: {text}",
    )
    timeout = Violation(
        type=ViolationType.TIMEOUT,
        code="python.timeout",
        message=f"not met within {expect.within:g} s",
    )
    own = () if isinstance(error, TimeoutError) and timed_out else (violation,)
    return Outcome(violations=((timeout, *own) if timed_out else own), attempts=attempts)
