"""What a session waited, and what its history suggests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_orchestra.reports.waiting import (
    MOST_SAMPLES,
    Spent,
    Waiting,
    advice,
    budget,
    of_these_steps,
    percentile,
    suggested,
)
from pytest_orchestra.results import (
    RunFinished,
    RunStarted,
    StepFinished,
    StepKind,
    StepResult,
    StepStatus,
    TestRun,
)

MakeRun = Callable[..., TestRun]
MakeStep = Callable[..., StepResult]
KEY = ("/shop/order.suite.yaml", "staging", "paid")


def spent(*held: float, **fields: object) -> Spent:
    """What a step with a deadline of 10 s waited."""
    known = {"name": "It is paid", "definition": "order.suite.yaml:31:5", "within": 10.0}
    known |= {"seconds": sum(held), "times": len(held), "held_after": [*held], **fields}
    return Spent(**known)  # type: ignore[arg-type]  # the test's own fields


@pytest.fixture
def waited(step: MakeStep) -> Callable[..., StepResult]:
    """Make an assertion that held after so many seconds."""

    def make(seconds: float, **fields: object) -> StepResult:
        return step(
            step_id="paid",
            name="It is paid",
            kind=StepKind.ASSERTION,
            duration_ms=seconds * 1000,
            satisfied_after_ms=seconds * 1000,
            **fields,
        )

    return make


def test_assertions_and_sleeps_are_added_up(
    run: MakeRun, step: MakeStep, waited: Callable[..., StepResult]
) -> None:
    """By suite and step; actions wait for nothing, and what was skipped neither."""
    waiting = Waiting()
    waiting.tell(RunStarted(run=run(), at="t"))
    steps = (
        waited(1.5),
        waited(0.5),
        replace(waited(3.0), satisfied_after_ms=None, status=StepStatus.FAILED),
        waited(2.0, retries=1),
        waited(9.0, status=StepStatus.SKIPPED),
        step(duration_ms=9000.0),
        step(step_id="nap", duration_ms=4000.0, sleeps=True),
    )
    for each in steps:
        waiting.tell(StepFinished(run_id="5f3c", step=each, at="t"))
    waiting.tell(RunFinished(run=run(), at="t"))
    assert waiting.steps[KEY] == Spent(
        name="It is paid",
        definition="order.suite.yaml:12:5",
        within=10.0,
        seconds=7.0,
        times=4,
        held_after=[1.5, 0.5],
    )
    assert [key[2] for key in waiting.steps] == ["paid", "nap"]


def test_what_others_took_down_is_added() -> None:
    """After a way through JSON."""
    one, other = Waiting(), Waiting()
    for waiting in (one, other):
        waiting.steps[KEY] = spent(1.0, 2.0)
    other.steps["other", "local", "x"] = spent(3.0)
    one.merge(json.loads(json.dumps(other.as_json())))
    assert one.steps[KEY] == spent(1.0, 2.0, 1.0, 2.0)
    assert one.steps["other", "local", "x"] == spent(3.0)


def test_a_history_is_that_of_the_same_step_on_the_same_environment() -> None:
    """Without an alias a step is known by its place, where another may stand now."""
    earlier = Waiting()
    file = KEY[0]
    earlier.steps = {
        KEY: spent(1.0),
        (file, "other", "paid"): spent(9.0),
        ("/other.suite.yaml", KEY[1], "paid"): spent(9.0),
        (file, KEY[1], "step-2"): spent(9.0, name="It was something else"),
    }
    now = {KEY: spent(), (file, KEY[1], "step-2"): spent()}
    found = of_these_steps(json.loads(json.dumps(earlier.as_json())), now)
    assert [each[:3] for each in found] == [[*KEY]]


@pytest.mark.parametrize(
    "change",
    [
        {"held_after": ["1.0"]},
        {"held_after": "abc"},
        {"held_after": [float("nan")]},
        {"held_after": [-1.0]},
        {"seconds": None},
        {"seconds": 1e300},
        {"within": "10s"},
        {"times": "9"},
        {"sleeps": 0},
        {"name": None},
        {"more": 1},
    ],
    ids=str,
)
def test_what_no_session_wrote_is_no_history(change: dict[str, object]) -> None:
    earlier = Waiting()
    earlier.steps[KEY] = spent(1.0)
    (entry,) = json.loads(json.dumps(earlier.as_json()))
    assert of_these_steps([entry], {KEY: spent()}) == [entry]
    entry[3] |= change
    assert of_these_steps([entry, [], 7, [*KEY]], {KEY: spent()}) == []
    assert of_these_steps({"a": 1}, {KEY: spent()}) == []


def test_times_of_one_step_are_bounded(waited: Callable[..., StepResult]) -> None:
    waiting = Waiting()
    for _ in range(MOST_SAMPLES + 3):
        waiting.tell(StepFinished(run_id="5f3c", step=waited(1.0), at="t"))
    (known,) = waiting.steps.values()
    assert (known.times, len(known.held_after)) == (MOST_SAMPLES + 3, MOST_SAMPLES)


def test_the_dearest_steps_come_first() -> None:
    """With what to do about each."""
    session = {
        KEY: spent(1.0),
        ("s", "", "nap"): spent(5.0, name="Wait", sleeps=True, definition="steps.py:7"),
        ("s", "", "c"): spent(0.5, 0.5, name="Stored"),
    }
    history = {KEY: spent(*[0.4] * 98, 1.9, 9.0)}
    assert [*budget(session, history, most=2)] == [
        "waited 7.0 s in all, most of it in:",
        "    5.0 s  Wait (once, steps.py:7)",
        "           a fixed sleep: let an ASSERTION wait for what it sleeps for",
        "    1.0 s  It is paid (once, order.suite.yaml:31:5)",
        "           deadline 10 s; 99 % of 100 times it held within 1.9 s: suggested 4 s",
        "and 1 more steps: -v tells all",
    ]
    assert len([*budget(session, history, most=None)]) == 7
    assert [*budget(session, history)][-1].endswith("it held 2 of 5 times that advice needs")


def test_steps_that_waited_next_to_nothing_are_told_only_where_all_are() -> None:
    session = {KEY: spent(6.0), ("s", "", "c"): spent(0.01, name="Stored")}
    assert len([*budget(session, session)]) == 3
    assert len([*budget(session, session, most=None)]) == 5


def test_little_waiting_is_not_told() -> None:
    assert [*budget({KEY: spent(0.5, 0.5)}, {})] == []
    assert len([*budget({KEY: spent(0.5, 0.5)}, {}, worth_telling=0)]) == 3
    assert [*budget({}, {}, worth_telling=0)] == []


@pytest.mark.parametrize(
    ("history", "text"),
    [
        (spent(), "deadline 10 s; it held 0 of 5 times that advice needs"),
        (spent(*[10.0] * 3), "waits its deadline of 10 s out, as absent and stable_for do"),
        (spent(*[5.0] * 20), "deadline 10 s; all 20 times it held within 5 s: fits"),
        (spent(*[3.3] * 19), "deadline 10 s; all 19 times it held within 3.3 s: fits"),
        (spent(*[0.0] * 9), "deadline 10 s; all 9 times it held within 0 s: suggested 0.5 s"),
        (spent(*[8.7] * 99), "deadline 10 s; all 99 times it held within 8.7 s: suggested 20 s"),
        (spent(*[1] * 99, 8), "deadline 10 s; 99 % of 100 times it held within 1 s: suggested 2 s"),
    ],
)
def test_advice(history: Spent, text: str) -> None:
    assert advice(spent(), history) == text


@pytest.mark.parametrize(
    ("wait", "deadline"),
    [(0, 0.5), (0.2, 0.5), (0.3, 0.8), (0.75, 1.5), (1, 2), (2.6, 8), (5, 10), (51, 150)],
)
def test_suggested_deadlines_are_round(wait: float, deadline: float) -> None:
    assert suggested(wait) == pytest.approx(deadline)


def test_a_percentile_is_one_of_the_values() -> None:
    values = [*range(1, 201)]
    assert percentile(values, 0.99) == 198
    assert percentile([7], 0.99) == 7
