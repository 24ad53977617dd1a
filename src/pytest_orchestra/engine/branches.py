"""Does at once what waits for nothing more: the branches of a scenario go on beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

Work = Callable[[int], Coroutine[Any, Any, None]]


@dataclass(slots=True, kw_only=True)
class Branches:
    """What is to be done, by index.

    Attributes:
        after: of each the indices of those that must be over before it begins.
        work: does one.
        goes_on: is asked, with the indices of what has not begun, before anything begins; once it
            says no, nothing more does, and what runs goes on to its end.
        left: what has not begun, with what it still waits for.
    """

    after: Sequence[Collection[int]]
    work: Work
    goes_on: Callable[[Collection[int]], bool]
    left: dict[int, set[int]] = field(init=False)
    _running: dict[asyncio.Task[BaseException | None], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing has begun."""
        self.left = {index: set(others) for index, others in enumerate(self.after)}

    async def run(self) -> None:
        """Do all of it; of what may begin the lowest index does so first.

        Raises:
            BaseException: the first that a work raised, or what cut the caller. What ran beside
                it was cancelled and has ended.
        """
        try:
            self._begin()
            while self._running:
                done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                for task in sorted(done, key=self._running.__getitem__):
                    self._take(task)
                self._begin()
        except GeneratorExit:  # the loop is gone
            raise
        except BaseException:
            await self._end()
            raise

    def _begin(self) -> None:
        """Begin what waits for nothing, if anything may begin."""
        ready = [index for index, others in self.left.items() if not others]
        if ready and self.goes_on(self.left):
            for index in ready:
                del self.left[index]
                self._running[asyncio.create_task(_told(self.work, index))] = index

    def _take(self, task: asyncio.Task[BaseException | None]) -> None:
        over = self._running.pop(task)
        for others in self.left.values():
            others.discard(over)
        if (error := task.result()) is not None:
            raise error

    async def _end(self) -> None:
        """Cancel what runs and see it end; whoever is cancelled meanwhile hears of it then."""
        cut: asyncio.CancelledError | None = None
        for task in self._running:
            task.cancel()
        tasks = set(self._running)
        while tasks:
            try:
                _, tasks = await asyncio.wait(tasks)
            except asyncio.CancelledError as again:
                cut = again
                for task in tasks:
                    task.cancel()
        if cut is not None:
            raise cut


async def _told(work: Work, index: int) -> BaseException | None:
    """What a work raises, as a value: raised in a task, some of it would end the loop."""
    try:
        await work(index)
    except BaseException as error:  # noqa: BLE001 - it is raised where the work is waited for
        return error
    return None
