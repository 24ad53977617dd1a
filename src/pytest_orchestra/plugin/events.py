"""Hands every run event on: to the session's log, to reports, to the hooks of users."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_orchestra.engine.session import timestamp
from pytest_orchestra.results import (
    RunEvent,
    RunFinished,
    RunStarted,
    RunStatus,
    StepFinished,
    StepStarted,
    TestRun,
)

if TYPE_CHECKING:
    from pluggy import HookRelay

    from pytest_orchestra.plugin.items import ScenarioItem

Listener = Callable[[RunEvent], None]


@dataclass(slots=True)
class Events:
    """What the engine tells goes through here.

    Attributes:
        listeners: are told of every event; they must not raise.
    """

    listeners: tuple[Listener, ...]
    _items: dict[str, tuple[ScenarioItem, HookRelay]] = field(default_factory=dict)
    _runs: dict[str, TestRun] = field(default_factory=dict)
    _steps: dict[str, StepStarted] = field(default_factory=dict)

    def tell(self, event: RunEvent) -> None:
        """Tell the listeners, then the hooks of users; a run that was cut has no more to tell."""
        if self._is_over(event):
            return
        for listen in self.listeners:
            listen(event)
        match event:
            case RunStarted():
                self._runs[event.run.id] = event.run
            case RunFinished():
                self._runs.pop(event.run.id, None)
            case StepStarted():
                self._before(event)
            case StepFinished():
                self._after(event)

    @contextmanager
    def of_run(self, run_id: str, item: ScenarioItem) -> Iterator[None]:
        """Know which item a run belongs to; one that is still running afterwards was cut."""
        self._items[run_id] = item, item.ihook  # which pytest puts together anew each time
        try:
            yield
        finally:
            del self._items[run_id]
            self._steps.pop(run_id, None)
            if (run := self._runs.get(run_id)) is not None:
                at = timestamp()
                cut = replace(run, status=RunStatus.CANCELLED, finished_at=at)
                self.tell(RunFinished(run=cut, at=at))

    def _is_over(self, event: RunEvent) -> bool:
        match event:
            case RunFinished():
                return event.run.id not in self._runs
            case StepStarted() | StepFinished():
                return event.run_id not in self._runs
            case _:
                return False

    def _before(self, step: StepStarted) -> None:
        self._steps[step.run_id] = step
        if (known := self._items.get(step.run_id)) is not None:
            item, hooks = known
            hooks.pytest_orchestra_before_step(item=item, step=step)

    def _after(self, event: StepFinished) -> None:
        step = self._steps.pop(event.run_id, None)
        known = self._items.get(event.run_id)
        if step is not None and known is not None:
            item, hooks = known
            hooks.pytest_orchestra_after_step(item=item, step=step, result=event.step)
