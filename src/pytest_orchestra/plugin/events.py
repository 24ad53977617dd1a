"""Hands every run event on: to the session's log, to reports, to the hooks of users."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.session import timestamp
from pytest_orchestra.results import (
    RunEvent,
    RunFinished,
    RunStarted,
    RunStatus,
    StepFinished,
    StepResult,
    StepStarted,
    TestRun,
)

if TYPE_CHECKING:
    from pluggy import HookRelay

    from pytest_orchestra.plugin.items import ScenarioItem

Listener = Callable[[RunEvent], None]

CUT = pytest.StashKey[TestRun]()
"""Of an item its run that was cut, with the steps that ran."""


@dataclass(slots=True)
class Events:
    """What the engine tells goes through here.

    Attributes:
        listeners: are told of every event; they must not raise.
        reports: so are they, of a run while pytest has its item.
    """

    listeners: tuple[Listener, ...]
    reports: tuple[Listener, ...] = ()
    _items: dict[str, tuple[ScenarioItem, HookRelay]] = field(default_factory=dict)
    _runs: dict[str, TestRun] = field(default_factory=dict)
    _steps: dict[str, dict[int, StepStarted]] = field(default_factory=dict)
    _results: dict[str, list[StepResult]] = field(default_factory=dict)
    _held: dict[str, list[RunEvent]] = field(default_factory=dict)

    def tell(self, event: RunEvent) -> None:
        """Tell the listeners, then the hooks of users; a run that was cut has no more to tell."""
        if self._is_over(event):
            return
        for listen in self.listeners:
            listen(event)
        self._report(event)
        match event:
            case RunStarted():
                self._runs[event.run.id] = event.run
                self._results[event.run.id] = []
            case RunFinished():
                self._runs.pop(event.run.id, None)
                self._end(event.run)
            case StepStarted():
                self._before(event)
            case StepFinished():
                self._results[event.run_id].append(event.step)
                self._after(event)

    def hold(self, run_id: str) -> None:
        """Keep what reports are to be told of a run."""
        self._held[run_id] = []

    def release(self, run_id: str) -> None:
        """Tell reports what was kept for them, and from now on at once."""
        for event in self._held.pop(run_id, ()):
            self._report(event)

    def forget(self, run_id: str) -> None:
        """Keep nothing more of a run that no report will be made of, and tell none."""
        if run_id in self._held:
            self._held[run_id] = []

    def step_of(self, run_id: str) -> str:
        """The step that a run is at, for people; of branches that run at once, one of several."""
        steps = self._steps.get(run_id, {}).values()
        names = " or ".join(f"'{step.name}'" for step in steps)
        return f"step {names}" if names else "something beside the steps"

    @contextmanager
    def of_run(self, run_id: str, item: ScenarioItem) -> Iterator[None]:
        """Know which item a run belongs to; one that is still running afterwards was cut."""
        if CUT in item.stash:  # of an earlier attempt
            del item.stash[CUT]
        self._items[run_id] = item, item.ihook  # which pytest puts together anew each time
        try:
            yield
        finally:
            self._steps.pop(run_id, None)
            if (run := self._runs.get(run_id)) is not None:
                at = timestamp()
                cut = replace(run, status=RunStatus.CANCELLED, finished_at=at)
                self.tell(RunFinished(run=cut, at=at))
            del self._items[run_id]

    def _report(self, event: RunEvent) -> None:
        if (kept := self._held.get(_run_of(event))) is not None:
            kept.append(event)
            return
        for report in self.reports:
            report(event)

    def _end(self, run: TestRun) -> None:
        """Keep the steps of a run that was cut for whoever tells why."""
        steps, known = self._results.pop(run.id, []), self._items.get(run.id)
        if run.status is RunStatus.CANCELLED and known is not None:
            known[0].stash[CUT] = replace(run, steps=tuple(steps))

    def _is_over(self, event: RunEvent) -> bool:
        if isinstance(event, RunFinished | StepStarted | StepFinished):
            return _run_of(event) not in self._runs
        return False

    def _before(self, step: StepStarted) -> None:
        self._steps.setdefault(step.run_id, {})[step.number] = step
        if (known := self._items.get(step.run_id)) is not None:
            item, hooks = known
            hooks.pytest_orchestra_before_step(item=item, step=step)

    def _after(self, event: StepFinished) -> None:
        step = self._steps.get(event.run_id, {}).pop(event.step.number, None)
        known = self._items.get(event.run_id)
        if step is not None and known is not None:
            item, hooks = known
            hooks.pytest_orchestra_after_step(item=item, step=step, result=event.step)


def _run_of(event: RunEvent) -> str:
    """The id of the run that an event is of; empty: of none."""
    match event:
        case RunStarted() | RunFinished():
            return event.run.id
        case StepStarted() | StepFinished():
            return event.run_id
        case _:
            return ""
