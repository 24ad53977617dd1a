"""Outcomes of what could not be tried, was lost, or was cut."""

from __future__ import annotations

import pytest

from pytest_orchestra.engine.outcome import cut, lost, refused, timeout, unavailable
from pytest_orchestra.errors import (
    BindingError,
    ConfigurationError,
    ConnectorError,
    DefinitionError,
    EvaluationError,
    OrchestraError,
)
from pytest_orchestra.results import ViolationType

KIND = ViolationType.DB_ASSERTION_FAILED


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EvaluationError("wrong", hint="Do this."), "validation"),
        (ConfigurationError("wrong", hint="Do this."), "configuration"),
        (DefinitionError(["wrong. Do this."]), "definition"),
        (BindingError(["wrong. Do this."]), "validation"),
    ],
)
def test_what_could_not_be_tried_is_our_mistake(error: OrchestraError, code: str) -> None:
    """With the whole text."""
    outcome = refused(error)
    (violation,) = outcome.violations
    assert (violation.type, violation.code) == (ViolationType.VALIDATION_ERROR, code)
    assert violation.message == "wrong. Do this."
    assert outcome.attempts == 0


def test_a_lost_connection_is_the_channels_violation() -> None:
    """With a missed deadline beside it where one was missed."""
    error = ConnectorError("lost", code="db.lost")
    assert [each.type for each in lost(error, KIND, attempts=3).violations] == [KIND]
    missed, own = lost(error, KIND, within=2.5).violations
    assert (missed.type, missed.code) == (ViolationType.TIMEOUT, "db.timeout")
    assert missed.message == "not met within 2.5 s"
    assert (own.type, own.code, own.message) == (KIND, "db.lost", "lost")
    late = ConnectorError("no answer", code="db.timeout")
    assert [each.type for each in lost(late, KIND).violations] == [ViolationType.TIMEOUT, KIND]


def test_a_connection_that_cannot_be_had_is_lost_or_refused() -> None:
    """By what is wrong."""
    assert unavailable(ConnectorError("a", code="db.a"), KIND).violations[0].type is KIND
    wrong = unavailable(ConfigurationError("a"), KIND).violations[0]
    assert wrong.type is ViolationType.VALIDATION_ERROR


def test_a_missed_deadline_says_which() -> None:
    """In seconds."""
    assert timeout("db", 0.05).message == "not met within 0.05 s"
    assert timeout("db", 10.0).details == {"within_s": 10.0}


def test_a_step_that_was_cut_says_by_what() -> None:
    """It neither passed nor failed by itself."""
    (violation,) = cut(KeyboardInterrupt()).violations
    assert violation.code == "run.cut"
    assert violation.message == "the run was cut off while this step ran (KeyboardInterrupt)"
