"""Outcomes become results, without secrets."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.outcome import Outcome
from pytest_orchestra.engine.secrets import Mask
from pytest_orchestra.engine.telling import DEEPEST, step_result
from pytest_orchestra.results import (
    Evidence,
    StepKind,
    StepResult,
    StepStatus,
    Violation,
    ViolationType,
)
from pytest_orchestra.suite.python_steps import PythonStep

if TYPE_CHECKING:
    from tests.unit.engine.conftest import Kit


@pytest.fixture
def mask() -> Mask:
    """Knows one secret."""
    mask = Mask()
    mask.add("hunter22", "PASSWORD")
    return mask


WRONG = Violation(
    type=ViolationType.HTTP_ERROR,
    code="mail.status",
    message="saw hunter22",
    details={"seen": "hunter22", "all": ["hunter22", {"password": "abc", "a": 1}], "n": 1},
)


def test_a_result_has_all_that_is_known(kit: Kit, mask: Mask) -> None:
    """Of the step, its visit and its outcome."""
    step = kit.action("The customer writes", alias="write")
    outcome = Outcome(
        evidence=Evidence(request={"a": 1}, actual_status_code=200),
        saved={"id": 7},
        attempts=3,
        satisfied_after=0.25,
        notes=("seen: a",),
        reproduce="curl",
    )
    assert step_result(
        kit.at(step, visit=2), outcome, channel="MAIL", mask=mask, hidden=set(), duration=1.5
    ) == StepResult(
        step_id="write",
        name="The customer writes",
        kind=StepKind.ACTION,
        channel="MAIL",
        element="Task_1",
        place="Write",
        visit=2,
        status=StepStatus.PASSED,
        definition="shop.suite.yaml:7:3",
        attempts=3,
        within=5.0,
        duration_ms=1500.0,
        satisfied_after_ms=250.0,
        evidence=Evidence(request={"a": 1}, actual_status_code=200),
        saved={"id": 7},
        notes=("seen: a",),
        reproduce="curl",
    )


def test_a_step_failed_with_a_violation_and_is_skipped_with_a_reason(kit: Kit, mask: Mask) -> None:
    """A step that never began has no deadline."""
    bound = kit.at(kit.action())
    failed = step_result(
        bound, Outcome(violations=(WRONG,)), channel="MAIL", mask=mask, hidden=set()
    )
    assert failed.status is StepStatus.FAILED
    skipped = step_result(
        bound, Outcome(attempts=0), channel="MAIL", mask=mask, hidden=set(), skipped="why"
    )
    assert (skipped.status, skipped.skip_reason) == (StepStatus.SKIPPED, "why")
    assert (skipped.within, skipped.satisfied_after_ms, skipped.attempts) == (None, None, 0)


def test_nothing_that_is_told_has_a_secret(kit: Kit, mask: Mask) -> None:
    """By value, wherever it stands."""
    outcome = Outcome(
        violations=(WRONG,),
        evidence=Evidence(
            request="x hunter22",
            response_headers={"a": "hunter22"},
            response_body=["hunter22"],
            db_result={"a": "hunter22"},
            kafka_message="hunter22",
            queue_message={"hunter22": 1},
        ),
        saved={"id": "hunter22", "deep": {"a": ["hunter22"]}},
        notes=("closest: hunter22",),
        reproduce='curl -u "$PASSWORD"',
    )
    result = step_result(kit.at(kit.action()), outcome, channel="MAIL", mask=mask, hidden=set())
    assert "hunter22" not in repr(result)
    assert result.violations[0].message == "saw ***"
    assert result.violations[0].details == {
        "seen": "***",
        "all": ["***", {"password": "***", "a": 1}],
        "n": 1,
    }
    assert result.saved == {"id": "***", "deep": {"a": ["***"]}}
    assert result.reproduce == 'curl -u "$PASSWORD"'


def test_what_a_secret_key_holds_is_hidden_beside_it_too(kit: Kit, mask: Mask) -> None:
    """A rule that failed shows its parts, a line what was sent."""
    outcome = Outcome(
        violations=(
            Violation(
                type=ViolationType.BUSINESS_RULE_VIOLATION,
                code="mail.rule",
                message="answer.body.token == 'a' does not hold: answer.body.token = 'eyJhbGci'",
                details={"actual": {"x": ["eyJhbGci", 1]}},
            ),
        ),
        evidence=Evidence(response_body={"token": "eyJhbGci", "id": 7}),
        saved={"login": "Bearer eyJhbGci", "refresh_token": "abc"},
        notes=("closest: eyJhbGci",),
        reproduce="curl -H 'a: eyJhbGci'",
    )
    result = step_result(kit.at(kit.action()), outcome, channel="MAIL", mask=mask, hidden=set())
    assert "eyJhbGci" not in repr(result)
    assert result.evidence.response_body == {"token": "***", "id": 7}
    assert result.saved == {"login": "Bearer ***", "refresh_token": "***"}
    assert result.violations[0].details == {"actual": {"x": ["***", 1]}}
    assert result.reproduce == "curl -H 'a: ***'"


def test_what_a_secret_key_held_is_hidden_in_later_steps(kit: Kit, mask: Mask) -> None:
    """Under whatever name it was saved and sent: a cookie, a token."""
    hidden: set[str] = set()
    login = Outcome(
        evidence=Evidence(response_headers={"set-cookie": "sid=4f3a9c21; Path=/; HttpOnly"}),
        saved={"session": "4f3a9c21"},
    )
    told = step_result(kit.at(kit.action()), login, channel="MAIL", mask=mask, hidden=hidden)
    assert told.saved == {"session": "***"}
    order = Outcome(
        violations=(WRONG,),
        evidence=Evidence(request={"url": "http://shop/?s=4f3a9c21", "body": ["4f3a9c21", 7]}),
        notes=("seen: '4f3a9…",),
        reproduce="curl 'http://shop/?s=4f3a9c21'",
    )
    told = step_result(kit.at(kit.action()), order, channel="MAIL", mask=mask, hidden=hidden)
    assert told.evidence.request == {"url": "http://shop/?s=***", "body": ["***", 7]}
    assert told.notes == ("seen: '***…",)
    assert told.reproduce == "curl 'http://shop/?s=***'"


def test_why_a_step_was_skipped_has_no_secret(kit: Kit, mask: Mask) -> None:
    """A Python step gives the reason."""
    told = step_result(
        kit.at(kit.action()),
        Outcome(attempts=0),
        channel="MAIL",
        mask=mask,
        hidden=set(),
        skipped="no hunter22 here",
    )
    assert told.skip_reason == "no *** here"


def test_what_a_function_returned_is_told_as_in_json(kit: Kit, mask: Mask) -> None:
    """Whatever it is; without its secrets, and however deep."""

    class Secretive:
        def __str__(self) -> str:
            return "Order(hunter22)"

    class Mute:
        def __str__(self) -> str:
            raise ValueError

    deep: object = "end"
    for _ in range(DEEPEST + 1):
        deep = [deep]
    saved = {
        "at": dt.date(2026, 11, 21),
        "order": [Secretive(), (1, None, Decimal("0.5"))],
        "mute": {7: Mute()},
        "deep": deep,
    }
    bound = kit.at(kit.action(python=PythonStep(function=print, place="p", name="n")))
    result = step_result(bound, Outcome(saved=saved), channel="PYTHON", mask=mask, hidden=set())
    *others, nested = result.saved.items()
    assert dict(others) == {
        "at": "2026-11-21",
        "order": ["Order(***)", [1, None, Decimal("0.5")]],
        "mute": {"7": "Mute"},
    }
    assert "nested too deep to be told" in str(nested)


def test_a_function_that_sleeps_is_told_so(mask: Mask, kit: Kit) -> None:
    """By what it calls itself; a function without code has none."""

    def nap() -> None:
        time.sleep(0)

    def nap_inside() -> None:
        def nap_later() -> None:
            time.sleep(0)

        nap_later()

    functions = ((nap, True), (nap_inside, True), (print, False), (kit.at, False))
    for function, sleeps in functions:
        python = PythonStep(function=function, place="p", name="n")
        bound = kit.at(kit.action(python=python))
        result = step_result(bound, Outcome(), channel="PYTHON", mask=mask, hidden=set())
        assert result.sleeps is sleeps
