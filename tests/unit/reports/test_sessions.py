"""Logs become documents, wherever they break off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from pytest_orchestra.reports.jsonl import encode
from pytest_orchestra.reports.sessions import (
    SessionReport,
    read_session,
    session_document,
    session_schema,
)
from pytest_orchestra.results import (
    Evidence,
    RunEvent,
    RunFinished,
    RunOverruled,
    RunStarted,
    RunStatus,
    SessionFinished,
    SessionStarted,
    StepFinished,
    StepKind,
    StepResult,
    StepStarted,
    StepStatus,
    TestRun,
    Violation,
)

AT = "2026-11-21T10:00:0{}.000+00:00"
SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "session.schema.json"


def started(worker: str = "main") -> SessionStarted:
    return SessionStarted(
        session_id="20261121-100000-abcd",
        worker=worker,
        environment="local",
        mode="RUN_ALL_STEPS",
        at=AT.format(0),
    )


def finished(worker: str = "main") -> SessionFinished:
    return SessionFinished(session_id="20261121-100000-abcd", worker=worker, at=AT.format(9))


def at_step(run_id: str) -> StepStarted:
    return StepStarted(
        run_id=run_id,
        step_id="paid",
        name="It is paid",
        element="Task_2",
        visit=1,
        kind=StepKind.ASSERTION,
        channel="KAFKA",
        at=AT.format(2),
    )


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., SessionReport]:
    """Write events and lines, and read them again."""

    def read(*events: RunEvent | str) -> SessionReport:
        lines = [each if isinstance(each, str) else encode(each) for each in events]
        path = tmp_path / "events.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_session(path)

    return read


@pytest.fixture
def runs(run: Callable[..., TestRun]) -> tuple[TestRun, TestRun]:
    """As they begin."""
    one = run(status=RunStatus.IN_PROGRESS, id="one")
    return one, replace(one, id="two", item="main")


def test_a_whole_session(
    log: Callable[..., SessionReport],
    runs: tuple[TestRun, TestRun],
    step: Callable[..., StepResult],
    violation: Callable[..., Violation],
) -> None:
    """Steps stand in their runs, values as the log has them."""
    failed = step(
        violation("TIMEOUT", "not met"), evidence=Evidence(response_body={"total": Decimal("1.50")})
    )
    report = log(
        started(),
        RunStarted(run=runs[0], at=AT.format(1)),
        at_step("one"),
        StepFinished(run_id="one", step=failed, at=AT.format(3)),
        RunFinished(run=replace(runs[0], status=RunStatus.FAILED), at=AT.format(4)),
        finished(),
    )
    body = replace(failed, evidence=Evidence(response_body={"total": 1.5}))
    assert report == SessionReport(
        session_id="20261121-100000-abcd",
        environment="local",
        mode="RUN_ALL_STEPS",
        started_at=AT.format(0),
        finished_at=AT.format(9),
        workers=("main",),
        runs=(replace(runs[0], status=RunStatus.FAILED, steps=(body,)),),
    )


def test_a_run_that_pytest_overruled_has_failed(
    log: Callable[..., SessionReport], runs: tuple[TestRun, TestRun]
) -> None:
    """It says why; its neighbour stays as it ended."""
    report = log(
        started(),
        *(RunStarted(run=run, at=AT.format(1)) for run in runs),
        *(RunFinished(run=replace(run, status=RunStatus.PASSED), at=AT.format(2)) for run in runs),
        RunOverruled(run_id="one", why="teardown: OSError: gone", at=AT.format(3)),
        finished(),
    )
    assert [(run.status, run.overruled) for run in report.runs] == [
        (RunStatus.FAILED, "teardown: OSError: gone"),
        (RunStatus.PASSED, ""),
    ]


def test_a_log_that_was_cut_names_what_was_in_flight(
    log: Callable[..., SessionReport],
    runs: tuple[TestRun, TestRun],
    step: Callable[..., StepResult],
) -> None:
    """The worker, its run, and the step that it was at; the rest is whole."""
    report = log(
        started("gw0"),
        started("gw1"),
        RunStarted(run=runs[0], at=AT.format(1)),
        RunStarted(run=runs[1], at=AT.format(1)),
        StepFinished(run_id="one", step=step(), at=AT.format(2)),
        at_step("one"),
        RunFinished(run=replace(runs[1], status=RunStatus.PASSED), at=AT.format(3)),
        finished("gw1"),
        '{"event": "step_finished", "run_id": "one", "st',
    )
    assert (report.workers, report.cut_workers) == (("gw0", "gw1"), ("gw0",))
    assert (report.in_flight, report.finished_at) == (("one",), "")
    assert report.unreadable_lines == (9,)
    cut, whole = report.runs
    assert (cut.status, whole.status) == (RunStatus.IN_PROGRESS, RunStatus.PASSED)
    assert [(each.name, each.status) for each in cut.steps] == [
        ("The customer places an order", StepStatus.PASSED),
        ("It is paid", StepStatus.RUNNING),
    ]


def test_steps_of_branches_stand_in_the_order_of_the_way(
    log: Callable[..., SessionReport],
    runs: tuple[TestRun, TestRun],
    step: Callable[..., StepResult],
) -> None:
    """Whichever ended first; one step on two branches is at both."""
    others = {"name": "It is paid", "step_id": "paid", "visit": 1}
    report = log(
        started(),
        RunStarted(run=runs[0], at=AT.format(1)),
        replace(at_step("one"), number=1),
        replace(at_step("one"), element="Task_3", number=2),
        replace(at_step("one"), element="Task_4", number=3),
        StepFinished(
            run_id="one", step=step(element="Task_4", number=3, **others), at=AT.format(2)
        ),
        StepFinished(
            run_id="one", step=step(element="Task_2", number=1, **others), at=AT.format(2)
        ),
    )
    (cut,) = report.runs
    assert [(each.element, each.status, each.number) for each in cut.steps] == [
        ("Task_2", StepStatus.PASSED, 1),
        ("Task_3", StepStatus.RUNNING, 2),
        ("Task_4", StepStatus.PASSED, 3),
    ]


def test_a_run_in_flight_between_its_steps_has_what_ended(
    log: Callable[..., SessionReport], runs: tuple[TestRun, TestRun]
) -> None:
    report = log(started(), RunStarted(run=runs[0], at=AT.format(1)))
    assert report.runs == (runs[0],)
    assert report.in_flight == ("one",)


@pytest.mark.parametrize("line", ["", "[]", "7", '{"event": "of tomorrow"}', '{"run": 1}', "\x00"])
def test_what_is_no_event_is_counted(log: Callable[..., SessionReport], line: str) -> None:
    """An empty line is nothing."""
    report = log(started(), line, finished())
    assert report.unreadable_lines == ((2,) if line else ())
    assert report.finished_at == AT.format(9)


def test_an_empty_log(log: Callable[..., SessionReport]) -> None:
    assert log() == SessionReport()


def test_documents_are_as_the_schema_says(
    log: Callable[..., SessionReport],
    runs: tuple[TestRun, TestRun],
    step: Callable[..., StepResult],
    evidence: Evidence,
) -> None:
    report = log(
        started(),
        RunStarted(run=runs[0], at=AT.format(1)),
        StepFinished(run_id="one", step=step(evidence=evidence), at=AT.format(2)),
        at_step("one"),
    )
    document = json.loads(session_document(report))
    jsonschema.Draft202012Validator.check_schema(session_schema())
    jsonschema.validate(document, session_schema())
    assert document["runs"][0]["steps"][0]["evidence"]["response_body"] == {"id": 7}
    assert document["runs"][0]["status"] == "IN_PROGRESS"
    document["runs"][0]["status"] = "SHINY"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, session_schema())


def test_the_schema_is_published_as_it_is() -> None:
    """``orchestra report --schema > docs/reference/session.schema.json`` writes it anew."""
    assert json.loads(SCHEMA.read_text("utf-8")) == session_schema()
