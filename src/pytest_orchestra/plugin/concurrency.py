"""Runs scenarios of one process side by side, while pytest has each of them in its turn.

The session's loop turns only while an item waits for its scenario; those that come after it run
on the same loop meanwhile, and what they print, log and report is kept for their turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.engine.deadlines import heard
from pytest_orchestra.engine.stalls import HOLDER
from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.plugin.blocks import Blocks
from pytest_orchestra.plugin.events import Events
from pytest_orchestra.plugin.items import ScenarioItem
from pytest_orchestra.plugin.limits import limit_of
from pytest_orchestra.plugin.neighbours import Neighbours
from pytest_orchestra.plugin.overruling import OVERRULABLE
from pytest_orchestra.plugin.spooling import SPOOL, Spool, spooling
from pytest_orchestra.plugin.stalling import Running, Stalls, Turn
from pytest_orchestra.plugin.times import RAN, Ran
from pytest_orchestra.plugin.turning import Turner
from pytest_orchestra.plugin.unreported import Unreported
from pytest_orchestra.results import RunStatus, TestRun

if TYPE_CHECKING:
    from pytest_orchestra.engine.context import RunContext

Start = Callable[[ScenarioItem, Mapping[str, Any]], Coroutine[Any, Any, TestRun]]
"""Runs an item's scenario with fixtures, by name."""
NewContext = Callable[[ScenarioItem], "RunContext"]

_OWN_TURN = ("skip", "skipif", "xfail")
"""Marks that may keep an item from running; ``xfail`` with ``run=False``."""


@dataclass(slots=True, eq=False)
class _Begun:
    """A scenario that runs, or ran and waits for its turn."""

    item: ScenarioItem
    context: RunContext
    task: asyncio.Task[TestRun]
    stack: ExitStack
    spool: Spool
    running: Running
    began: float = field(default_factory=time.time)
    clock: float = field(default_factory=time.monotonic)
    lasted: float = 0.0

    def took(self) -> float:
        """Seconds, wherever the clock on the wall went meanwhile."""
        return self.lasted or time.monotonic() - self.clock


@dataclass(slots=True, kw_only=True)
class Concurrency:
    """The scenarios that were begun in this process.

    Attributes:
        turner: turns the loop.
        events: keeps reports of a run until its item has its turn.
        neighbours: knows what may run beside what.
        start, new_context: of the driver.
        folder: that all workers of the session share; None: there are none.
    """

    turner: Turner
    events: Events
    neighbours: Neighbours
    start: Start
    new_context: NewContext
    folder: Path | None
    _items: Sequence[pytest.Item] = ()
    _blocks: Blocks = field(init=False)
    _index: dict[pytest.Item, int] = field(default_factory=dict)
    _begun: dict[ScenarioItem, _Begun] = field(default_factory=dict)
    _had_turn: set[pytest.Item] = field(default_factory=set)
    _current: ScenarioItem | None = None
    _failed: int = 0
    _stalls: Stalls = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing."""
        self._stalls = Stalls(self.turner.loop, lambda: self._running() - 1)

    def context_of(self, item: ScenarioItem) -> RunContext | None:
        """The context of a run that was begun before its item's turn."""
        begun = self._begun.get(item)
        return begun.context if begun is not None else None

    def complete(self, item: ScenarioItem, fixtures: Mapping[str, Any]) -> TestRun:
        """Run the item's scenario to its end, if it is not there yet, and others beside it.

        Raises:
            BaseException: what ended the run, of a Python step or of pytest.
        """
        self._look(item.session)
        self._had_turn.add(item)
        begun = self._begun.get(item)
        was_early = begun is not None
        if begun is None:
            begun = self._begin(item, fixtures["orchestra_context"], fixtures)
        self._current = item
        turn = Turn(clock=self._stalls.clock, own=begun.running, tasks=self._tasks)
        turn.clock.catch_up()
        try:
            with spooling():
                begun.spool.release()
                self.events.release(begun.context.run_id)
                self._fill()
                return self.turner.finish(begun.task, f"in {item.nodeid}", beside=turn)
        finally:
            self._current = None
            self._begun.pop(item, None)
            begun.stack.close()
            if was_early:
                item.stash[RAN] = Ran(begun.began, begun.took())
                self._failed -= _has_failed(begun)

    async def close(self, within: float) -> Unreported:
        """Cancel what was begun and had no turn; their clean-up runs.

        Args:
            within: seconds that all of it may take.

        Returns:
            How many they were.
        """
        left = list(self._begun.values())
        self._begun.clear()
        running = [each.task for each in left if not each.task.done()]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=within)
        for each in left:
            self.events.forget(each.context.run_id)
            each.stack.close()
        cut = sum(not each.task.done() or each.task.cancelled() for each in left)
        return Unreported(cut, len(left) - cut)

    def stalls(self) -> Iterable[str]:
        """What stalled the others, for people."""
        return self._stalls.lines()

    def _running(self) -> int:
        return sum(not each.task.done() for each in self._begun.values())

    def _tasks(self) -> list[asyncio.Task[TestRun]]:
        return [each.task for each in self._begun.values()]

    def _look(self, session: pytest.Session) -> None:
        if self._items is not session.items:
            self._items = session.items
            self._index = {item: index for index, item in enumerate(session.items)}
            self._blocks = Blocks(session, self.folder)
        self._blocks.look()

    def _fill(self) -> None:
        """Begin scenarios until there are as many as may be."""
        item = self._current
        if item is None or self.neighbours.runs_alone(item):
            return
        limit = limit_of(item.config, item.suite)
        candidates = self._candidates(item, limit)
        while self._running() < limit:
            if self._is_ending(item.session) or not self._begin_next(candidates):
                return

    def _begin_next(self, candidates: Iterator[tuple[ScenarioItem, Mapping[str, object]]]) -> bool:
        """Begin the next scenario that can be; whether there was one."""
        for item, values in candidates:
            try:
                context = self.new_context(item)
            except (OrchestraError, pytest.skip.Exception):  # which its own turn will tell
                continue
            own = {"orchestra_context": context, "orchestra_data": _data(item)}
            item.stash[OVERRULABLE] = context.run_id  # unless its turn comes
            self._begin(item, context, {**values, **own})
            return True
        return False

    def _candidates(
        self, current: ScenarioItem, limit: int
    ) -> Iterator[tuple[ScenarioItem, Mapping[str, object]]]:
        """What may run beside ``current``: what follows it, up to one that must have its turn."""
        first = self._index[current]
        block = self._blocks.of(first)
        for index in range(first + 1, len(self._items)):
            item = self._items[index]
            if block is None or self._blocks.of(index) != block:
                return
            if not isinstance(item, ScenarioItem) or item.path.parent != current.path.parent:
                return
            if item in self._begun or item in self._had_turn or _may_not_run(item):
                continue
            values = self.neighbours.values_for(item)
            if values is None or limit_of(item.config, item.suite) != limit:
                return
            if self._busy().isdisjoint(item.bound.exclusive):
                yield item, values

    def _busy(self) -> set[str]:
        """What those that run have for themselves."""
        running = (each.item for each in self._begun.values() if not each.task.done())
        return {name for item in running for name in item.bound.exclusive}

    def _begin(
        self, item: ScenarioItem, context: RunContext, fixtures: Mapping[str, Any]
    ) -> _Begun:
        spool, running = (
            Spool(),
            Running(item=item, step=lambda: self.events.step_of(context.run_id)),
        )
        stack = ExitStack()
        stack.enter_context(self.events.of_run(context.run_id, item))
        self.events.hold(context.run_id)
        variables = copy_context()
        variables.run(SPOOL.set, spool)
        variables.run(HOLDER.set, running)
        task = self.turner.loop.create_task(
            self._in_turns(item, fixtures), name=item.nodeid, context=variables
        )
        begun = _Begun(item, context, task, stack, spool, running)
        self._begun[item] = begun
        task.add_done_callback(lambda _task: self._over(begun))
        return begun

    async def _in_turns(self, item: ScenarioItem, fixtures: Mapping[str, Any]) -> TestRun:
        """Wait for those that have what the scenario wants for itself."""
        names = set(item.bound.exclusive)
        while names and (before := self._before(item, names)):
            await asyncio.wait(before)
        return await self.start(item, fixtures)

    def _before(self, item: ScenarioItem, names: set[str]) -> list[asyncio.Task[TestRun]]:
        """The running scenarios that have one of the names and were begun before ``item``."""
        before: list[asyncio.Task[TestRun]] = []
        for other in self._begun.values():
            if other.item is item:
                break
            if not other.task.done() and not names.isdisjoint(other.item.bound.exclusive):
                before.append(other.task)
        return before

    def _over(self, begun: _Begun) -> None:
        begun.lasted = begun.took()
        heard(begun.task)
        if begun.item in self._begun and begun.item is not self._current:
            self._failed += _has_failed(begun)
        self._fill()

    def _is_ending(self, session: pytest.Session) -> bool:
        """Whether pytest will stop before it comes to what would be begun now."""
        most = session.config.getoption("maxfail")
        is_enough = bool(most) and session.testsfailed + self._failed >= most
        is_over = bool(session.shouldstop or session.shouldfail or self.turner.interrupts)
        return is_enough or is_over


def _may_not_run(item: ScenarioItem) -> bool:
    """Whether something may keep the item from running, which pytest sees in its turn."""
    marks = [mark for name in _OWN_TURN for mark in item.iter_markers(name)]
    return bool(item.bound.unmet) or any(
        mark.name != "xfail" or not mark.kwargs.get("run", True) for mark in marks
    )


def _has_failed(begun: _Begun) -> bool:
    """Whether the scenario will count among those that failed."""
    task = begun.task
    if not task.done() or task.cancelled() or begun.item.get_closest_marker("xfail") is not None:
        return False
    if (error := task.exception()) is not None:
        return not isinstance(error, pytest.skip.Exception | pytest.xfail.Exception)
    return task.result().status is not RunStatus.PASSED


def _data(item: ScenarioItem) -> dict[str, Any]:
    return item.bound.data.copied_values() if item.bound.data else {}
