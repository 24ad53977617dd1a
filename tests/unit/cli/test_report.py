"""``orchestra report`` as people and CI call it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_orchestra.cli import main
from pytest_orchestra.reports.jsonl import encode
from pytest_orchestra.reports.sessions import session_schema
from pytest_orchestra.results import (
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
    StepStatus,
    TestRun,
    Violation,
    ViolationType,
)

Captured = pytest.CaptureFixture[str]
NAMES = ("20261120-100000-0001", "20261121-100000-0002")
RUN = TestRun(
    id="5f3c",
    suite="Orders",
    suite_file="order.suite.yaml",
    process_id="order",
    scenario="main",
    item="main",
    status=RunStatus.IN_PROGRESS,
    mode="RUN_ALL_STEPS",
    environment="local",
)
STEP = StepResult(
    step_id="paid",
    name="It is paid",
    kind=StepKind.ASSERTION,
    channel="KAFKA",
    element="Task_2",
    place="Charge",
    visit=1,
    status=StepStatus.FAILED,
    violations=(
        Violation(type=ViolationType.TIMEOUT, code="kafka.timeout", message="late"),
        Violation(
            type=ViolationType.KAFKA_MESSAGE_NOT_FOUND,
            code="kafka.unmet",
            message="0 of 3 seen match",
        ),
    ),
)


def write(state: Path, name: str, *events: RunEvent | str) -> Path:
    """Write a session's log."""
    folder = state / name
    folder.mkdir(parents=True)
    lines = [each if isinstance(each, str) else f"{encode(each)}\n" for each in events]
    (folder / "events.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sessions, the later one cut; and what is no session."""
    monkeypatch.chdir(tmp_path)
    state = tmp_path / ".orchestra"
    for name in NAMES:
        session = {"session_id": name, "worker": "main", "at": "t"}
        begin = SessionStarted(environment="local", mode="RUN_ALL_STEPS", **session)
        events: list[RunEvent | str] = [
            begin,
            RunStarted(run=RUN, at="t"),
            StepFinished(run_id="5f3c", step=STEP, at="t"),
        ]
        if name == NAMES[0]:
            events.append(RunFinished(run=replace(RUN, status=RunStatus.FAILED), at="t"))
            events.append(SessionFinished(**session))
        else:
            events.append("{torn")
        write(state, name, *events)
    (state / "20261122-100000-0003").mkdir()
    (state / "zzz").mkdir()
    return state


@pytest.mark.usefixtures("state")
def test_the_latest_session_is_told(capsys: Captured) -> None:
    """With what was in flight when it was cut."""
    assert main(["report"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"session {NAMES[1]}: 1 IN_PROGRESS",
        "cut, or still running: main",
        "in flight: order.suite.yaml::main at 'It is paid' (run 5f3c)",
        "failed: order.suite.yaml::main: 'Charge': KAFKA_MESSAGE_NOT_FOUND 0 of 3 seen match",
        f".orchestra/{NAMES[1]}/events.jsonl: 1 line cannot be read: 4",
    ]


@pytest.mark.parametrize(
    "session",
    [NAMES[0], f".orchestra/{NAMES[0]}", f".orchestra/{NAMES[0]}/events.jsonl"],
)
@pytest.mark.usefixtures("state")
def test_a_session_is_named_or_pointed_at(capsys: Captured, session: str) -> None:
    assert main(["report", session]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"session {NAMES[0]}: 1 FAILED",
        "failed: order.suite.yaml::main: 'Charge': KAFKA_MESSAGE_NOT_FOUND 0 of 3 seen match",
    ]


def test_what_was_flaky_resumed_or_torn_is_told(state: Path, capsys: Captured) -> None:
    name = "20261123-100000-0004"
    session = {"session_id": name, "worker": "main", "at": "t", "resumes": NAMES[1]}
    folder = write(
        state,
        name,
        SessionStarted(environment="local", mode="RUN_ALL_STEPS", **session),
        RunStarted(run=RUN, at="t"),
        StepFinished(run_id="5f3c", step=replace(STEP, status=StepStatus.FLAKY, retries=2), at="t"),
        RunFinished(run=replace(RUN, status=RunStatus.PASSED), at="t"),
        SessionFinished(session_id=name, worker="main", at="t"),
        *["torn\n"] * 12,
    )
    assert main(["report", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"session {name}: 1 PASSED",
        f"resumed session {NAMES[1]}",
        "flaky: order.suite.yaml::main at 'Charge' (try 3)",
        f"{folder}/events.jsonl: 12 lines cannot be read: 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, …",
    ]


@pytest.mark.usefixtures("state")
def test_documents_are_printed_as_json(capsys: Captured) -> None:
    assert main(["report", NAMES[0], "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["session_id"] == NAMES[0]
    assert document["runs"][0]["steps"][0]["violations"][0]["type"] == "TIMEOUT"


def test_the_schema_is_printed(capsys: Captured) -> None:
    assert main(["report", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == session_schema()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--dir", "gone"], "gone holds no session with events. Run pytest first, or give --dir."),
        (["20200101-000000-0000"], "events.jsonl cannot be read: No such file or directory. Name"),
    ],
)
@pytest.mark.usefixtures("state")
def test_a_session_that_is_not_there(capsys: Captured, arguments: list[str], told: str) -> None:
    assert main(["report", *arguments]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is no event log: none of its 3 lines is an event. Name"),
        (b'{"version": 1, "durations": {}}', "is no event log: none of its 1 lines is an event."),
        (None, "holds the events of 2 sessions: 20261120-100000-0001, 20261121-100000-0002. Give"),
    ],
    ids=["picture", "JSON", "two sessions"],
)
def test_a_file_that_is_not_one_session(
    state: Path, capsys: Captured, content: bytes | None, told: str
) -> None:
    """Runs of two would be counted as one, and an end of one would hide the other's cut."""
    two = b"".join((state / name / "events.jsonl").read_bytes() for name in NAMES)
    file = state / "other.jsonl"
    file.write_bytes(two if content is None else content)
    assert main(["report", str(file)]) == 2
    assert f"{file} {told}" in capsys.readouterr().err


def test_a_session_without_runs(tmp_path: Path, capsys: Captured) -> None:
    log = write(tmp_path, NAMES[0])
    assert main(["report", str(log)]) == 0
    assert capsys.readouterr().out == f"session {NAMES[0]}: no runs\n"


def test_what_overruled_a_run_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """All of its steps had passed."""
    monkeypatch.chdir(tmp_path)
    log = write(
        tmp_path,
        "kept",
        SessionStarted(session_id="kept", worker="main", environment="", mode="", at="t"),
        RunStarted(run=RUN, at="t"),
        RunFinished(run=replace(RUN, status=RunStatus.PASSED), at="t"),
        RunOverruled(run_id="5f3c", why="teardown: OSError: left open", at="t"),
        SessionFinished(session_id="kept", worker="main", at="t"),
    )
    assert main(["report", str(log)]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "session kept: 1 FAILED",
        "failed: order.suite.yaml::main: teardown: OSError: left open",
    ]
