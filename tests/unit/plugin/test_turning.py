"""Turns of the session's loop, and what breaks in on them."""

import asyncio
from collections.abc import Iterator

import pytest

from pytest_orchestra.plugin.turning import Turner


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_a_worker_ends_when_its_controller_was_interrupted(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """The work is cancelled once, and what it cleans up is waited for."""
    told = iter([False, True])
    turner = Turner(loop, is_told=lambda: next(told))
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    with pytest.raises(KeyboardInterrupt, match="in main"):
        turner.complete(work(), "in main")
    assert ended == ["cleaned up"]
    assert turner.interrupts == 1


def test_the_first_interrupt_is_the_only_one_that_is_told(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """A terminal's Ctrl-C reaches the worker as well; a second one would leave no time."""
    turner = Turner(loop, is_told=lambda: True, interrupts=1)

    async def work() -> str:
        for _ in range(3):
            await asyncio.sleep(0.05)
        return "done"

    assert turner.complete(work(), "in main") == "done"
    assert turner.interrupts == 1
