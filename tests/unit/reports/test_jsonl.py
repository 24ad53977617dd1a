"""Run events as JSON lines."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest

from pytest_orchestra.reports.jsonl import DEEPEST, EventLog, encode, to_json
from pytest_orchestra.results import (
    Evidence,
    RunFinished,
    SessionFinished,
    StepFinished,
    StepResult,
    TestRun,
)

resource = pytest.importorskip("resource", reason="limits need POSIX")

MakeStep = Callable[..., StepResult]
AT = "2026-11-21T10:00:00.000+00:00"
FINISHED = SessionFinished(session_id="s", worker="main", at=AT)


def body_of(step: MakeStep, value: object) -> object:
    """What a reader sees of a reply's body."""
    result = step(evidence=Evidence(response_body=value))
    line = encode(StepFinished(run_id="5f3c", step=result, at=AT))
    assert "\n" not in line
    return json.loads(line)["step"].get("evidence", {}).get("response_body", "left out")


def test_an_event_is_one_line_of_its_fields(step: MakeStep) -> None:
    """Empty fields say nothing and are left out; numbers always say something."""
    line = encode(StepFinished(run_id="5f3c", step=step(attempts=0, duration_ms=0.0), at=AT))
    assert json.loads(line) == {
        "run_id": "5f3c",
        "step": {
            "step_id": "place",
            "name": "The customer places an order",
            "kind": "ACTION",
            "channel": "HTTP_REST",
            "element": "Task_1",
            "place": "Place order",
            "visit": 1,
            "status": "PASSED",
            "definition": "order.suite.yaml:12:5",
            "attempts": 0,
            "retries": 0,
            "within": 10.0,
            "duration_ms": 0.0,
            "number": 0,
        },
        "at": AT,
        "event": "step_finished",
    }


@pytest.mark.parametrize("value", [{}, [], "", 0, False, {"a": None}, "a\nb\u2028c", "\ud800"])
def test_what_was_seen_stands_as_it_was(step: MakeStep, value: object) -> None:
    """An empty body is a body."""
    assert body_of(step, value) == value


def test_nothing_seen_is_left_out(step: MakeStep) -> None:
    """Null is what stands for it."""
    assert body_of(step, None) == "left out"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("12.10"), 12.1),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal("1e400"), "1E+400"),
        (Decimal("NaN"), "NaN"),
        (Decimal("sNaN"), "sNaN"),
        (float("inf"), "inf"),
        (
            {"at": float("nan"), "n": 1.5, "b": True, "z": None},
            {"at": "nan", "n": 1.5, "b": True, "z": None},
        ),
        (dt.date(2026, 11, 21), "2026-11-21"),
        (dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC), "2026-11-21T10:00:00+00:00"),
        (dt.time(10, 30), "10:30:00"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (MappingProxyType({"a": (1, 2)}), {"a": [1, 2]}),
        ({("a", 1): Decimal("0.5")}, {"('a', 1)": 0.5}),
        ({1: "a"}, {"1": "a"}),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_values_that_json_has_no_word_for(step: MakeStep, value: object, written: object) -> None:
    """Decimals are numbers where nothing is lost."""
    assert body_of(step, value) == written


def test_a_value_that_is_nested_too_deep_is_cut(step: MakeStep) -> None:
    """The event is not lost for it; nor for a circle."""
    deep: list[object] = []
    circle: list[object] = [deep]
    for _ in range(100_000):
        deep = [deep]
    circle[0] = circle
    for value in (deep, circle):
        seen, depth = body_of(step, value), 0
        while isinstance(seen, list):
            seen, depth = seen[0], depth + 1
        assert seen == "nested too deep to be written"
        assert 0 < depth < DEEPEST


def test_a_number_that_python_cannot_write_out_is_hexadecimal(step: MakeStep) -> None:
    """Whatever a Python step delivers, the log goes on."""
    assert body_of(step, {"n": 10**5000, "m": 7}) == {"n": hex(10**5000), "m": 7}
    assert body_of(step, 10**4000) == 10**4000


def test_half_of_a_surrogate_pair_stands_as_text(
    tmp_path: Path, step: MakeStep, complaints: list[str]
) -> None:
    r"""A service may send ``"\ud83d"``; readers refuse a line that has it."""
    log = EventLog(tmp_path / "events.jsonl", complain=complaints.append)
    result = step(evidence=Evidence(response_body="a\ud83db"))
    log.tell(StepFinished(run_id="5f3c", step=result, at=AT))
    log.close()
    line = (tmp_path / "events.jsonl").read_bytes()
    assert json.loads(line)["step"]["evidence"]["response_body"] == r"a\ud83db"


def test_indented_json_follows_the_same_rules() -> None:
    """For people."""
    assert to_json({"a": Decimal("0.1"), "b": ["ä"]}) == (
        '{\n  "a": 0.1,\n  "b": [\n    "ä"\n  ]\n}'
    )
    assert to_json(float("nan")) == '"nan"'


def test_every_event_is_appended_as_it_happens(tmp_path: Path, run: Callable[..., TestRun]) -> None:
    """Two workers share the file."""
    path = tmp_path / "events.jsonl"
    one, two = EventLog(path), EventLog(path)
    one.tell(RunFinished(run=run(), at=AT))
    assert json.loads(path.read_text(encoding="utf-8"))["run"]["id"] == "5f3c"
    two.tell(FINISHED)
    one.tell(FINISHED)
    one.close()
    two.close()
    events = [json.loads(line)["event"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert events == ["run_finished", "session_finished", "session_finished"]
    assert (one.missing, two.missing) == (0, 0)


@pytest.fixture
def complaints() -> list[str]:
    """What the log complained of."""
    return []


def test_a_log_that_cannot_be_opened_stops_nothing(tmp_path: Path, complaints: list[str]) -> None:
    """It is told once, and at the end how many events are missing."""
    path = tmp_path / "nowhere" / "events.jsonl"
    log = EventLog(path, complain=complaints.append)
    log.tell(FINISHED)
    log.tell(FINISHED)
    log.close()
    assert complaints == [
        f"{path}: run events cannot be written: No such file or directory; the run goes on",
        f"{path}: 2 events are missing from the log of this session",
    ]


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file that can take 20 bytes, and no more until the limit is lifted."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, before[1]))
    yield tmp_path / "events.jsonl"
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, told)


def test_a_full_disk_stops_nothing(full_disk: Path, complaints: list[str]) -> None:
    """What could be written of the event stays; the next one that can begins on its own line."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = EventLog(full_disk, complain=complaints.append)
    log.tell(FINISHED)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit[1], limit[1]))
    log.tell(FINISHED)
    log.close()
    assert complaints == [
        f"{full_disk}: run events cannot be written: File too large; the run goes on",
        f"{full_disk}: 1 event is missing from the log of this session",
    ]
    torn, whole = full_disk.read_text(encoding="utf-8").splitlines()
    assert torn == '{"session_id":"s","w'
    assert json.loads(whole)["event"] == "session_finished"


def test_without_anybody_to_complain_to_it_goes_to_stderr(tmp_path: Path) -> None:
    """The real one, past any capturing."""
    code = (
        "import pathlib, sys\n"
        "from pytest_orchestra.reports.jsonl import EventLog\n"
        "sys.stderr = None\n"
        f"EventLog(pathlib.Path({str(tmp_path / 'no' / 'log')!r})).close()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "run events cannot be written" in done.stderr
