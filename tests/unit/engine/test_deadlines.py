"""Waits that end."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.deadlines import BELT, STOP_WITHIN, ask, bounded
from pytest_orchestra.errors import ConnectorError, EvaluationError

if TYPE_CHECKING:
    from tests.unit.engine.conftest import ClockLoop, Run


async def at_once() -> str:
    return "done"


async def never() -> None:
    await asyncio.Event().wait()


async def stubborn(ends: asyncio.Event) -> str:
    """Holds on although it is cancelled."""
    while not ends.is_set():
        try:
            await ends.wait()
        except asyncio.CancelledError:
            continue
    return "too late"


async def cancels_itself() -> None:
    raise asyncio.CancelledError


async def fails(error: Exception) -> None:
    raise error


def test_what_is_done_in_time_is_given(run: Run[str]) -> None:
    """At once."""
    assert run(bounded(at_once(), 1.0)) == "done"


def test_what_is_not_done_in_time_is_cut(run: Run[None], loop: ClockLoop) -> None:
    """At its deadline, and nothing of it goes on."""
    began = loop.time()
    with pytest.raises(TimeoutError):
        run(bounded(never(), 0.05))
    assert loop.time() - began == pytest.approx(0.05)
    assert asyncio.all_tasks(loop) == set()


def test_what_holds_on_is_left_behind(run: Run[None], loop: ClockLoop) -> None:
    """Nobody waits for it longer than for a moment, and nobody hears of how it ends."""

    async def main() -> None:
        ends = asyncio.Event()
        with pytest.raises(TimeoutError):
            await bounded(stubborn(ends), 1.0)
        ends.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    began = loop.time()
    run(main())
    assert loop.time() - began == pytest.approx(1.0 + STOP_WITHIN)


def test_what_fails_while_it_is_cut_is_not_complained_of(run: Run[None], loop: ClockLoop) -> None:
    """Else asyncio would say that nobody heard of it."""
    complaints: list[object] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))

    async def fails_late() -> None:
        try:
            await never()
        finally:
            raise ValueError

    with pytest.raises(TimeoutError):
        run(bounded(fails_late(), 0.05))
    assert complaints == []


def test_what_cancels_itself_is_broken(run: Run[None]) -> None:
    """The caller was not cancelled."""
    with pytest.raises(RuntimeError, match="it cancelled itself"):
        run(bounded(cancels_itself(), 1.0))


def test_a_caller_that_is_cancelled_cuts_the_work(run: Run[None], loop: ClockLoop) -> None:
    """Both end."""

    async def main() -> None:
        caller = asyncio.create_task(bounded(never(), 100.0))
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks(loop)) == 3
        caller.cancel()
        await asyncio.wait([caller])
        assert caller.cancelled()
        assert len(asyncio.all_tasks(loop)) == 1

    run(main())


def test_a_verb_gives_what_it_gives(run: Run[str]) -> None:
    """With its arguments."""

    async def verb(one: str, two: str) -> str:
        return one + two

    assert run(ask(verb, "a", "b", channel="post", what="it", within=1.0)) == "ab"


@pytest.mark.parametrize(
    "error", [ConnectorError("lost", code="post.lost"), EvaluationError("undefined")]
)
def test_errors_of_ours_go_on(run: Run[None], error: Exception) -> None:
    """A plugin may raise them."""
    with pytest.raises(type(error)) as caught:
        run(ask(fails, error, channel="post", what="it", within=1.0))
    assert caught.value is error


def test_a_verb_that_is_not_done_is_a_lost_connection(run: Run[None], loop: ClockLoop) -> None:
    """It may overrun its deadline by a moment."""
    began = loop.time()
    with pytest.raises(ConnectorError) as caught:
        run(ask(never, channel="post", what="the look", within=0.05))
    assert loop.time() - began == pytest.approx(0.05 + BELT)
    assert str(caught.value) == "the look: not done within 0.05 s"
    assert caught.value.code == "post.timeout"
    assert caught.value.retriable


@pytest.mark.parametrize(
    ("verb", "arguments", "text"),
    [
        (fails, (KeyError("a"),), "the call: KeyError: 'a'"),
        (fails, (ValueError(),), "the call: ValueError"),
        (cancels_itself, (), "the call: RuntimeError: it cancelled itself"),
        (at_once, ("too", "many"), "the call: TypeError: at_once() takes 0 positional"),
        (lambda: None, (), "the call: TypeError: "),
    ],
)
def test_what_a_plugin_must_not_raise_names_the_plugin(
    run: Run[None], verb: Callable[..., object], arguments: tuple[object, ...], text: str
) -> None:
    """And where it was raised."""
    with pytest.raises(ConnectorError) as caught:
        run(ask(verb, *arguments, channel="post", what="the call", within=1.0))
    assert str(caught.value).startswith(text)
    assert caught.value.code == "post.error"
    assert not caught.value.retriable


def test_the_place_is_the_innermost_one(run: Run[None]) -> None:
    """A line of the plugin."""
    with pytest.raises(ConnectorError) as caught:
        run(ask(fails, ValueError("a"), channel="post", what="the call", within=1.0))
    line = inspect.getsourcelines(fails)[1] + 1
    assert caught.value.hint == (
        f"The plugin of post should not raise this (test_deadlines.py:{line})."
    )
