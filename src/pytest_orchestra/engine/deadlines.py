"""Waits that end: what is asked of a plugin or of a user's function never outlasts its deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pytest_orchestra.errors import ConnectorError, OrchestraError

BELT = 1.0
"""Seconds that a client may overrun its own deadline before it is cut."""
STOP_WITHIN = 0.5
"""Seconds that what was cut may take to end; after that nobody waits for it."""

T = TypeVar("T")


async def bounded(work: Coroutine[Any, Any, T], within: float) -> T:
    """What ``work`` gives, if it does so within so many seconds; else it is cut.

    A wait that holds on although it was cancelled is left behind.

    Raises:
        TimeoutError: it did not.
        RuntimeError: it cancelled itself.
        asyncio.CancelledError: the caller was cancelled; the work is cut too.
    """
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    waiter = loop.create_future()  # half the cost of asyncio.wait, and this is the hot path
    task.add_done_callback(partial(_wake, waiter))
    timer = loop.call_later(within, _wake, waiter)
    try:
        await waiter
    except BaseException:
        await _cut(task)
        raise
    finally:
        timer.cancel()
    if not task.done():
        await _cut(task)
        raise TimeoutError
    if task.cancelled():
        message = "it cancelled itself"
        raise RuntimeError(message)
    return task.result()


def _wake(waiter: asyncio.Future[None], *_: object) -> None:
    if not waiter.done():
        waiter.set_result(None)


async def _cut(task: asyncio.Task[Any]) -> None:
    task.cancel()
    task.add_done_callback(heard)
    await asyncio.wait((task,), timeout=STOP_WITHIN)


def heard(task: asyncio.Task[Any]) -> None:
    """Take down how a task ended, so that asyncio does not complain that nobody did."""
    if not task.cancelled():
        task.exception()


async def ask(
    verb: Callable[..., Awaitable[T]],
    *arguments: object,
    channel: str,
    what: str,
    within: float,
    belt: float = BELT,
) -> T:
    """What a plugin's verb gives; whatever goes wrong with it is an error of ours.

    Args:
        verb: of a client or a watch.
        arguments: of the verb.
        channel: the plugin's id, for the error's code.
        what: is done, ``the kafka connection 'main' was opened``, for the error's text.
        within: seconds that the verb was given.
        belt: seconds by which it may overrun them.

    Raises:
        ConnectorError: the verb raised it, was not done in time, or is broken.
        OrchestraError: the verb raised it.
    """
    try:
        return await bounded(_call(verb, arguments), within + belt)
    except OrchestraError:
        raise
    except TimeoutError as error:
        raise ConnectorError(
            f"{what}: not done within {within:g} s", code=f"{channel}.timeout", retriable=True
        ) from error
    except Exception as error:
        raise broken(error, channel, what) from error


def broken(error: Exception, channel: str, what: str) -> ConnectorError:
    """What a plugin raised that it must not raise."""
    text = str(error).strip()
    return ConnectorError(
        f"{what}: {type(error).__name__}{': ' if text else ''}{text}",
        code=f"{channel}.error",
        hint=f"The plugin of {channel} should not raise this{_raised_at(error)}.",
    )


async def _call(verb: Callable[..., Awaitable[T]], arguments: tuple[object, ...]) -> T:
    return await verb(*arguments)


def _raised_at(error: BaseException) -> str:
    """`` (file.py:12)``, the innermost place; empty where there is none."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})"
