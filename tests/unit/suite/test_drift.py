"""How locked scenarios are told to have drifted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.flow.lock import ProcessLock
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import ElementId
from pytest_orchestra.suite.drift import drift_problems
from pytest_orchestra.suite.lock_file import lock_path, lock_text

ORDER = ElementId("order")


def locked(
    *keys: str, process_id: str = ORDER, criterion: Criterion = Criterion.BRANCHES
) -> ProcessLock:
    return ProcessLock(
        process_id=ElementId(process_id),
        criterion=criterion,
        signatures={key: f"way {key}" for key in keys},
    )


def told(suite: Path, before: ProcessLock, now: ProcessLock) -> list[str]:
    lock_path(suite).write_text(lock_text([before]), encoding="utf-8")
    problems = drift_problems(suite, now, [now.process_id])
    return [f"{each.location.line} {each.message}" for each in problems if each.location]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite's path; nobody reads it."""
    return tmp_path / "order.suite.yaml"


def test_what_is_the_same_is_not_told(suite: Path) -> None:
    assert told(suite, locked("a", "b"), locked("b", "a")) == []


def test_each_kind_is_told_where_the_first_one_is_locked(suite: Path) -> None:
    """What is new has no line: the table is told."""
    now = ProcessLock(
        process_id=ORDER,
        criterion=Criterion.BRANCHES,
        signatures={"b": "other", "c2": "way c", "d": "way d", "e": "way e"},
    )
    assert told(suite, locked("a", "b", "c"), now) == [
        "8 1 scenario is gone: a",
        "7 2 scenarios are new: d, e",
        "9 1 scenario is of the same key and another way: b",
        "10 1 scenario is renamed: c -> c2",
    ]


def test_of_many_the_first_are_told(suite: Path) -> None:
    keys = [f"k{n:02}" for n in range(20)]
    (line,) = told(suite, locked(*keys), locked())
    assert line.endswith("20 scenarios are gone: " + ", ".join(keys[:12]) + " and 8 more")


def test_another_criterion_cannot_be_compared(suite: Path) -> None:
    (line,) = told(suite, locked("a"), locked("b", criterion=Criterion.FLOWS))
    assert line == (
        "5 the lock file is of the criterion 'branches', and these scenarios are of 'flows'"
    )


def test_processes_that_are_gone_or_new_are_told(suite: Path) -> None:
    assert told(suite, locked("a"), locked("a", process_id="parcel")) == [
        "4 process 'order' is gone, with all its scenarios",
        "4 process 'parcel' is new",
    ]


def test_a_lock_file_must_be_there(suite: Path) -> None:
    with pytest.raises(DefinitionError, match=r"\[lock-missing\].*orchestra plan --lock"):
        list(drift_problems(suite, locked(), [ORDER]))
