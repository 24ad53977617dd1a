"""How long a run may clean up: once it was cut, its ``finally`` steps have one deadline."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from pytest_orchestra.engine.deadlines import bounded

T = TypeVar("T")


@dataclass(slots=True)
class Grace:
    """Of one run.

    Attributes:
        limit: seconds, after a cut.
        clock: of the loop.
        cut: what cut the run; None: nothing so far.
    """

    limit: float
    clock: Callable[[], float]
    cut: BaseException | None = None
    _end: float = math.inf

    def __post_init__(self) -> None:
        """The time of a run that was cut before begins."""
        if self.cut is not None:
            self.begin(self.cut)

    @property
    def is_over(self) -> bool:
        """Whether nothing more may begin."""
        return self.clock() >= self._end

    def begin(self, cut: BaseException) -> None:
        """Take the run for cut from now on."""
        self.cut, self._end = cut, self.clock() + self.limit

    async def of(self, work: Coroutine[Any, Any, T]) -> T:
        """What ``work`` gives; the first cut does not end it.

        Raises:
            TimeoutError: it was not done in time.
            asyncio.CancelledError: the run was cut again; so was the work.
        """
        if self.cut is None:
            task = asyncio.create_task(work)
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError as error:
                if task.cancelled() or is_cut_again():
                    task.cancel()
                    raise
                self.begin(error)
            work = _result(task)
        return await bounded(work, max(self._end - self.clock(), 0.0))


def is_cut_again() -> bool:
    """Whether nothing may be begun any more: the user asked twice to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 1


async def _result(task: asyncio.Task[T]) -> T:
    return await task
