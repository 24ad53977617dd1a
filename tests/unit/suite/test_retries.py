"""``retry`` as the suite file has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.results import ViolationType
from pytest_orchestra.suite.bound import Retry

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

STEP = "steps: [{{at: Place order, action: {{channel: web, endpoint: shop.create}}, retry: {0}}}]"


@pytest.mark.parametrize(
    ("text", "retry"),
    [
        ("{times: 2}", Retry(times=2)),
        (
            "{times: 2, only: http_error, backoff: 2s}",
            Retry(times=2, only=frozenset({ViolationType.HTTP_ERROR}), backoff=2.0),
        ),
        (
            "{times: 1, only: [TIMEOUT, HTTP_ERROR]}",
            Retry(times=1, only=frozenset({ViolationType.TIMEOUT, ViolationType.HTTP_ERROR})),
        ),
        ("{times: 1, backoff: 0s}", Retry(times=1, backoff=0.0)),
    ],
)
def test_what_is_said_is_kept(bench: Bench, text: str, retry: Retry) -> None:
    (step,) = bench.bind(STEP.format(text)).scenarios[0].steps
    assert step.step.retry == retry


def test_without_it_nothing_is_tried_again(bench: Bench) -> None:
    assert bench.bind(STEP.format("null")).scenarios[0].steps[0].step.retry.times == 0


def test_finally_steps_may_have_it_too(bench: Bench) -> None:
    text = "\nfinally: [{action: {channel: web, endpoint: shop.create}, retry: {times: 4}}]"
    bound = bench.bind(STEP.format("{times: 1}") + text)
    assert bound.scenarios[0].cleanup[0].step.retry.times == 4


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{times: 0}", "[bad-value]"),
        ("{times: 101}", "[bad-value]"),
        ("{times: two}", "[bad-value] expected a whole number, found text 'two'"),
        ("2", "[bad-value] expected a mapping, found number 2"),
        ("{only: TIMEOUT}", "[missing-key] the key 'times' is missing"),
        (
            "{times: 1, only: [TIMEOUT, HTTP_EROR]}",
            "[bad-value] 'HTTP_EROR' is no type of violation. Did you mean 'HTTP_ERROR'?",
        ),
        ("{times: 1, only: []}", "[bad-value] no violation is named."),
        ("{times: 1, only: 7}", "[bad-value] '7' is no type of violation."),
        ("{times: 1, backoff: 2}", "[bad-value] expected a duration"),
        ("{times: 1, wait: 2s}", "[unknown-key] unknown key 'wait'."),
    ],
)
def test_mistakes_are_told_by_name_and_place(bench: Bench, text: str, problem: str) -> None:
    (told,) = bench.errors(STEP.format(text))
    assert told.startswith("3:")
    assert problem in told
