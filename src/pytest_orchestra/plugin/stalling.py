"""What stalls the loop while scenarios wait: it costs nobody else's time, and users are told."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest

from pytest_orchestra.engine.stalls import HOLDER, Holder, StandingClock
from pytest_orchestra.plugin.alarm import AGAIN, alarm
from pytest_orchestra.plugin.items import ScenarioItem
from pytest_orchestra.plugin.neighbours import TIME_LIMIT

WORTH_TELLING = 1.0
"""Seconds that a step stalled the loop."""
MOST_TOLD = 10
"""Steps."""


@dataclass(slots=True, eq=False)
class Running(Holder):
    """A run on the loop.

    Attributes:
        item: what it is of.
        step: names the step that it is at.
    """

    item: ScenarioItem = field(kw_only=True)
    step: Callable[[], str] = field(kw_only=True)


@dataclass(slots=True, kw_only=True)
class Turn:
    """The turn of one item, and what runs beside it."""

    clock: StandingClock
    own: Running
    tasks: Callable[[], Iterable[asyncio.Task[object]]]

    def alarm(self) -> AbstractContextManager[Callable[[], None]]:
        """Take over the alarm that ends the item, and give what rings it."""
        limit = self.own.item.stash.get(TIME_LIMIT, AGAIN)

        def limit_of(holder: Holder | None) -> float:
            return limit if not isinstance(holder, Running) else _own_limit(holder.item, limit)

        return alarm(self.clock.loop, self.clock, self.own, limit_of)


class Stalls:
    """Gives the loop a clock that stands meanwhile, and takes down what stalled it.

    Args:
        loop: runs several scenarios; where it is not asyncio's own, its clock runs on.
        others: how many run beside what has the loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, others: Callable[[], int]) -> None:
        self.clock = StandingClock(loop=loop, real=loop.time, tell=self._take_down)
        self._others = others
        self._told: dict[str, tuple[float, int]] = {}
        try:
            loop.time = self.clock.time  # type: ignore[method-assign]  # of this one only
        except AttributeError:
            return

    def lines(self) -> Iterable[str]:
        """What is worth telling, the worst first."""
        worst = sorted(self._told.items(), key=lambda told: -told[1][0])
        for step, (seconds, others) in worst[:MOST_TOLD]:
            yield (
                f"{step} held up the {others} beside it for {seconds:.1f} s: nothing else runs"
                " until a step awaits; make it 'async def', and give what takes so long to"
                " asyncio.to_thread"
            )
        if (more := len(worst) - MOST_TOLD) > 0:
            yield f"{more} more steps held up what ran beside them"

    def _take_down(self, seconds: float) -> None:
        holder, others = HOLDER.get(), self._others()
        if seconds < WORTH_TELLING or not others or not isinstance(holder, Running):
            return
        name = f"{holder.step()} of {holder.item.nodeid}"
        before, most = self._told.get(name, (0.0, 0))
        self._told[name] = before + seconds, max(most, others)


def _own_limit(item: pytest.Item, limit: float) -> float:
    """Seconds that the item may take by a mark of its own, else ``limit``."""
    mark = item.get_closest_marker("timeout")
    if mark is None:
        return limit
    own = mark.args[0] if mark.args else mark.kwargs.get("timeout", limit)
    return (own or math.inf) if isinstance(own, int | float) else limit
