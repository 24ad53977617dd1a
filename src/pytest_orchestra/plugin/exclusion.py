"""Scenarios that take turns across xdist's workers: locks that end with the process that has them.

In one process nothing is locked: there pytest, or the plugin itself, keeps them apart.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.plugin.items import ScenarioItem
from pytest_orchestra.services.locks import try_lock
from pytest_orchestra.suite.bound import EVERYTHING

_POLL_S = 0.01
_SHOWN = 500
_GATE = "gate"
"""Whoever wants everything holds it while waiting: nobody else begins then."""

_Value = TypeVar("_Value")


@dataclass(slots=True)
class Exclusion:
    """What keeps this worker's scenarios from those of others.

    Attributes:
        folder: that all workers share; None: there are no others.
        worker: this one, for messages.
        within: seconds that a scenario may wait.
        is_interrupted: whether the session is to end.
    """

    folder: Path | None
    worker: str
    within: float
    is_interrupted: Callable[[], bool] = lambda: False
    _alone: ScenarioItem | None = None
    _is_needed: bool | None = None

    def is_needed(self, session: pytest.Session) -> bool:
        """Whether any scenario of the session, of whichever worker, wants something for itself."""
        if self._is_needed is None:
            self._is_needed = self.folder is not None and any(
                isinstance(item, ScenarioItem) and item.bound.exclusive for item in session.items
            )
        return self._is_needed

    async def of(self, item: ScenarioItem, work: Coroutine[Any, Any, _Value]) -> _Value:
        """Do the work of an item when nobody is in its way.

        Raises:
            ConfigurationError: somebody was for too long.
        """
        try:
            if item is self._alone:
                return await work
            async with AsyncExitStack() as stack:
                deadline = time.monotonic() + self.within
                for name, shared in self._wanted(item):
                    held = self._held(name, item, shared=shared, deadline=deadline)
                    await stack.enter_async_context(held)
                return await work
        finally:
            work.close()  # which never began where it was cut before

    def take_whole(self, item: ScenarioItem, held: ExitStack) -> None:
        """Wait, the loop standing still, until no other worker runs anything.

        Args:
            item: wants everything.
            held: lets go of it.

        Raises:
            ConfigurationError: somebody ran for too long.
            KeyboardInterrupt: the session is to end.
        """
        deadline = time.monotonic() + self.within
        for name, shared in self._wanted(item):
            while (lock := self._try(name, item, shared=shared)) is None:
                self._see(name, item, deadline)
                if self.is_interrupted():
                    raise KeyboardInterrupt
                time.sleep(_POLL_S)
            held.callback(os.close, lock)
        self._alone = item

    def _wanted(self, item: ScenarioItem) -> list[tuple[str, bool]]:
        """Locks in one order for all, and whether others may have each, too."""
        names = item.bound.exclusive
        if names == (EVERYTHING,):
            return [(_GATE, False), (EVERYTHING, False)]
        return [(EVERYTHING, True), *((f"={name}", False) for name in names)]

    @asynccontextmanager
    async def _held(
        self, name: str, item: ScenarioItem, *, shared: bool, deadline: float
    ) -> AsyncIterator[None]:
        gate = await self._taken(_GATE, item, shared=True, deadline=deadline) if shared else None
        try:
            lock = await self._taken(name, item, shared=shared, deadline=deadline)
        finally:
            if gate is not None:
                os.close(gate)
        try:
            yield
        finally:
            os.close(lock)

    async def _taken(self, name: str, item: ScenarioItem, *, shared: bool, deadline: float) -> int:
        while (lock := self._try(name, item, shared=shared)) is None:
            self._see(name, item, deadline)
            await asyncio.sleep(_POLL_S)
        return lock

    def _try(self, name: str, item: ScenarioItem, *, shared: bool) -> int | None:
        lock = try_lock(self._path(name), shared=shared)
        if lock is not None and not shared:
            os.ftruncate(lock, 0)
            os.write(lock, f"{self.worker}, {item.nodeid}".encode())
        return lock

    def _see(self, name: str, item: ScenarioItem, deadline: float) -> None:
        """See that nobody waits for too long."""
        if time.monotonic() > deadline:
            raise ConfigurationError(
                f"{item.nodeid} waited {self.within:g} s for"
                f" {_called(name)}; last taken by {_read(self._path(name))}",
                hint="Let it have more time with orchestra_exclusive_s, or fewer workers.",
            )

    def _path(self, name: str) -> Path:
        if sys.platform == "win32" or self.folder is None:  # pragma: no cover - Linux and macOS
            raise ConfigurationError(
                "scenarios of several workers cannot take turns on this system",
                hint="Run without -n, or leave out 'exclusive' and 'isolation'.",
            )
        return self.folder / f"exclusive-{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock"


def _called(name: str) -> str:
    return f"exclusive: {name.removeprefix('=')}" if name.startswith("=") else "all others to end"


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace")[:_SHOWN] or "scenarios that share it"


EXCLUSION = pytest.StashKey[Exclusion]()
"""There in a worker that has scenarios which run alone."""
