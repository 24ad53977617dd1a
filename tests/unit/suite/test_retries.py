"""``retry`` as the suite file has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.results import ViolationType
from pytest_orchestra.suite.bound import Retry
from pytest_orchestra.suite.python_steps import find_python_steps, step

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


def test_a_python_step_has_it_by_the_same_rules(bench: Bench) -> None:
    @step("Ship", retry={"times": 2, "only": ["timeout"], "backoff": "1s"}, always=True)
    def ship() -> None: ...

    @step("Ship")
    def plain() -> None: ...

    found = find_python_steps({"ship": ship, "plain": plain})
    first, other = bench.bind("", python_steps=found).scenarios[0].steps
    assert first.step.retry == Retry(times=2, only=frozenset({ViolationType.TIMEOUT}), backoff=1.0)
    assert first.step.always
    assert (other.step.retry.times, other.step.always) == (0, False)


@pytest.mark.parametrize(
    ("retry", "problem"),
    [
        (3, 'expected a mapping, found number 3. Write {"times": 2}.'),
        ({"times": 0}, ""),
        ({"times": 2, "backof": "1s"}, "unknown key 'backof'. Did you mean 'backoff'?"),
        ({"times": 2, "only": ["HTTP_EROR"]}, "'HTTP_EROR' is no type of violation. Did you mean"),
        ({"times": 2, "backoff": "soon"}, "expected a duration, found text 'soon'."),
    ],
)
def test_what_is_wrong_with_that_of_a_python_step_is_told_at_its_function(
    bench: Bench, retry: dict[str, object], problem: str
) -> None:
    @step("Ship", retry=retry)
    def ship_it() -> None: ...

    (told,) = bench.errors("", python_steps=find_python_steps({"ship_it": ship_it}))
    line = ship_it.__code__.co_firstlineno
    assert told.startswith(f"{__file__}:{line}: [python-step] retry of 'ship it': {problem}")
