"""A clock that stands while something stalls the loop."""

import asyncio

import pytest

from pytest_orchestra.engine.stalls import HOLDER, SHORT, Holder, StandingClock, clocked, own_time


class Real:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def clock_of(loop: asyncio.AbstractEventLoop, real: Real, told: list[float]) -> StandingClock:
    clock = StandingClock(loop=loop, real=real, tell=told.append)
    clock.time()
    return clock


def test_what_waits_sees_no_time_pass_while_a_task_has_the_loop() -> None:
    """And time goes on from there; what stalled it is told of it, once."""
    real, told, holder = Real(), [], Holder()

    async def stall() -> list[float]:
        clock = clock_of(asyncio.get_running_loop(), real, told)
        HOLDER.set(holder)
        real.now += 30
        stood = clock.time()
        real.now += SHORT / 2
        return [stood, clock.time()]

    assert asyncio.run(stall()) == [100, pytest.approx(100 + SHORT / 2)]
    assert told == [30]
    assert holder.stalled == 30


def test_time_passes_while_the_loop_waits_for_news() -> None:
    """The loop asks outside of any task."""
    loop = asyncio.new_event_loop()
    real, told = Real(), []
    clock = clock_of(loop, real, told)
    real.now += 30
    assert clock.time() == 130
    assert not told
    loop.close()


def test_time_that_nobody_turned_the_loop_counts_for_nobody() -> None:
    loop = asyncio.new_event_loop()
    real, told = Real(), []
    clock = clock_of(loop, real, told)
    real.now += 30
    assert clock.stalling == 30
    clock.catch_up()
    assert clock.stalling == 0
    assert clock.time() == 100
    assert clock.stood == 30
    assert not told
    loop.close()


def test_a_clock_that_no_loop_asks_never_stands() -> None:
    """Some loops do not let go of their own."""
    loop = asyncio.new_event_loop()
    real = Real()
    clock = StandingClock(loop=loop, real=real)
    real.now += 30
    clock.catch_up()
    assert (clock.stalling, clock.stood) == (0, 0)
    loop.close()


def test_the_time_of_what_stalls_the_loop_goes_on() -> None:
    """Its own deadline passes; that of another does not."""
    real = Real()

    async def stall() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        loop.time = clock_of(loop, real, []).time  # type: ignore[method-assign]
        HOLDER.set(Holder())
        began = own_time()
        real.now += 30
        own = own_time() - began
        HOLDER.set(Holder())
        return own, own_time() - began

    assert asyncio.run(stall()) == (30, 0)


def test_what_stalls_the_loop_before_it_waits_for_others_is_told_of_it() -> None:
    """Not whoever asks for the time next; nor does that pass for the loop."""
    real, told, holder, other = Real(), list[float](), Holder(), Holder()

    async def stall() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        loop.time = clock_of(loop, real, told).time  # type: ignore[method-assign]
        over = loop.create_future()

        async def hold() -> None:
            real.now += 30
            try:
                await over
            finally:
                real.now += 5

        HOLDER.set(holder)
        holding = loop.create_task(clocked(hold()))
        HOLDER.set(other)
        await asyncio.sleep(0)
        stood = loop.time()
        over.set_exception(LookupError("not there"))
        with pytest.raises(LookupError):
            await holding
        return stood, loop.time()

    assert asyncio.run(stall()) == (100, 100)
    assert told == [30, 5]
    assert (holder.stalled, other.stalled) == (35, 0)
