"""Event logs become TestRun documents: what ended, and what was in flight where a log breaks off.

The JSON Schema of the documents is made from the same classes. Values are as masked as in the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.results import (
    LOG,
    RunEvent,
    RunFinished,
    RunOverruled,
    RunStarted,
    RunStatus,
    SessionFinished,
    SessionStarted,
    StepFinished,
    StepResult,
    StepStarted,
    StepStatus,
    TestRun,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """What a session's log tells.

    Attributes:
        resumes: the id of the session that it went on with.
        finished_at: empty where the log breaks off: the session was killed, or still runs.
        cut_workers: whose part of the log breaks off; ``main`` without xdist.
        in_flight: ids of runs that began and have no end; they are IN_PROGRESS, and the steps that
            they were at are RUNNING.
        unreadable_lines: numbers, from 1: torn by a kill, or of another version.
        runs: in the order in which they began, each with its steps in theirs.
    """

    session_id: str = ""
    environment: str = ""
    mode: str = ""
    resumes: str = ""
    started_at: str = ""
    finished_at: str = ""
    workers: tuple[str, ...] = ()
    cut_workers: tuple[str, ...] = ()
    in_flight: tuple[str, ...] = ()
    unreadable_lines: tuple[int, ...] = ()
    runs: tuple[TestRun, ...] = ()


def read_session(path: Path) -> SessionReport:
    """Read a log, however it ends.

    Raises:
        OSError: it cannot be read.
        ConfigurationError: it is no session's log, or that of several.
    """
    reader = _Reader()
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            reader.take(line, number)
    if reader.unreadable and not (reader.sessions or reader.runs or reader.steps):
        raise ConfigurationError(
            f"{path} is no event log: none of its {len(reader.unreadable)} lines is an event",
            hint=f"Name a session, its folder, or its {LOG}.",
        )
    if len(names := {each.session_id: None for each in reader.sessions}) > 1:
        raise ConfigurationError(
            f"{path} holds the events of {len(names)} sessions: {', '.join(names)}",
            hint="Give each log a file of its own: runs do not say of which session they are.",
        )
    return reader.report()


def session_schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of a ``SessionReport`` as JSON."""
    schema = TypeAdapter(SessionReport).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def session_document(report: SessionReport) -> str:
    """The report as JSON, as the schema says."""
    return TypeAdapter(SessionReport).dump_json(report, indent=2).decode()


@cache
def _events() -> TypeAdapter[RunEvent]:
    return TypeAdapter(Annotated[RunEvent, Field(discriminator="event")])


@dataclass(slots=True)
class _Reader:
    """Puts runs together from the events of all workers."""

    sessions: list[SessionStarted] = field(default_factory=list)
    ends: dict[str, str] = field(default_factory=dict)
    runs: dict[str, TestRun] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    overruled: dict[str, str] = field(default_factory=dict)
    steps: dict[str, list[StepResult]] = field(default_factory=dict)
    running: dict[str, dict[tuple[str, str, int], StepStarted]] = field(default_factory=dict)
    unreadable: list[int] = field(default_factory=list)

    def take(self, line: bytes, number: int) -> None:
        """Take one line in."""
        if not line.strip():
            return
        try:
            self._put(_events().validate_json(line))
        except ValidationError:
            self.unreadable.append(number)

    def _put(self, event: RunEvent) -> None:
        match event:
            case SessionStarted():
                self.sessions.append(event)
            case SessionFinished():
                self.ends[event.worker] = event.at
            case RunStarted():
                self.runs[event.run.id] = event.run
            case RunFinished():
                self.runs[event.run.id] = event.run
                self.ended.add(event.run.id)
                self.running.pop(event.run.id, None)
            case RunOverruled():
                self.overruled[event.run_id] = event.why
            case StepStarted():
                at = self.running.setdefault(event.run_id, {})
                at[event.step_id, event.element, event.visit] = event
            case StepFinished():
                step = event.step
                at = self.running.get(event.run_id, {})
                at.pop((step.step_id, step.element, step.visit), None)
                self.steps.setdefault(event.run_id, []).append(step)

    def report(self) -> SessionReport:
        """What was taken in."""
        first = next(iter(self.sessions), None)
        workers = tuple(dict.fromkeys(each.worker for each in self.sessions))
        cut = tuple(worker for worker in workers if worker not in self.ends)
        return SessionReport(
            session_id=first.session_id if first else "",
            environment=first.environment if first else "",
            mode=first.mode if first else "",
            resumes=first.resumes if first else "",
            started_at=first.at if first else "",
            finished_at="" if cut else max(self.ends.values(), default=""),
            workers=workers,
            cut_workers=cut,
            in_flight=tuple(run for run in self.runs if run not in self.ended),
            unreadable_lines=tuple(self.unreadable),
            runs=tuple(self._whole()),
        )

    def _whole(self) -> Iterator[TestRun]:
        for run in self.runs.values():
            steps = self.steps.get(run.id, [])
            status = run.status
            if run.id not in self.ended:
                status = RunStatus.IN_PROGRESS
                steps = [*steps, *map(_unfinished, self.running.get(run.id, {}).values())]
            if why := self.overruled.get(run.id, ""):
                status = RunStatus.FAILED
            ordered = tuple(sorted(steps, key=_number))
            yield replace(run, status=status, overruled=why, steps=ordered)


def _number(step: StepResult) -> int:
    return step.number


def _unfinished(step: StepStarted) -> StepResult:
    return StepResult(
        step_id=step.step_id,
        name=step.name,
        kind=step.kind,
        channel=step.channel,
        element=step.element,
        place=step.element,
        visit=step.visit,
        status=StepStatus.RUNNING,
        is_finally=step.is_finally,
        number=step.number,
    )
