"""Steps that are tried again, and are FLAKY where that helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import RunStatus, StepKind, StepStatus, ViolationType
from pytest_orchestra.suite.bound import LONGEST_BACKOFF, Retry, Step
from pytest_orchestra.suite.python_steps import PythonStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.unit.engine.conftest import Kit, World

    from pytest_orchestra.results import StepResult, TestRun

PASSED, FAILED, FLAKY = StepStatus.PASSED, StepStatus.FAILED, StepStatus.FLAKY


def answers(world: World, kit: Kit, *statuses: int) -> Iterator[int]:
    left = iter(statuses)
    world.office.on_act = lambda _: kit.answer(next(left, 200))
    return left


def only(run: TestRun) -> StepResult:
    (step,) = run.steps
    return step


def test_a_step_that_passes_at_last_is_flaky(world: World, kit: Kit) -> None:
    """The run has passed; the result says how often it was tried, and what was wrong."""
    answers(world, kit, 503, 500)
    run = world.run(kit.action(retry=Retry(times=3)))
    step = only(run)
    assert (run.status, step.status) == (RunStatus.PASSED, FLAKY)
    assert (step.retries, step.attempts, step.violations) == (2, 3, ())
    assert [note.partition(":")[0] for note in step.notes] == ["try 1 failed", "try 2 failed"]
    assert "503" in step.notes[0]
    assert run.flaky_steps == (step,)


def test_one_that_passes_at_once_is_not(world: World, kit: Kit) -> None:
    """Nor is it tried again."""
    step = only(world.run(kit.action(retry=Retry(times=3))))
    assert (step.status, step.retries, step.attempts) == (PASSED, 0, 1)


def test_one_that_never_passes_fails_for_the_last_reason(world: World, kit: Kit) -> None:
    """What was seen comes first, the earlier tries after it."""
    answers(world, kit, 503, 500, 404, 200)
    run = world.run(kit.action(retry=Retry(times=2)))
    step = only(run)
    assert (run.status, step.status, step.retries) == (RunStatus.FAILED, FAILED, 2)
    assert "404" in step.violations[0].message
    assert step.notes[0].startswith("seen: ")
    assert [note[:5] for note in step.notes[1:]] == ["try 1", "try 2"]


def test_waits_between_tries_double(world: World, kit: Kit) -> None:
    """The first is ``backoff``; none is longer than a minute."""
    began = world.loop.time()
    answers(world, kit, 500, 500, 500)
    world.run(kit.action(retry=Retry(times=3, backoff=0.5)))
    assert world.loop.time() - began == pytest.approx(0.5 + 1 + 2)
    assert Retry(times=90, backoff=0.5).pause(90) == LONGEST_BACKOFF


def test_only_some_violations_are_tried_again(world: World, kit: Kit) -> None:
    """One of these among others will do."""
    business = Retry(times=1, only=frozenset({ViolationType.BUSINESS_RULE_VIOLATION}))
    answers(world, kit, 500)
    assert only(world.run(kit.action(retry=business))).status is FAILED
    rule = kit.expecting("answer.status == 200")
    answers(world, kit, 500)
    assert only(world.run(kit.action(retry=business, expect=rule))).status is FLAKY


def test_a_mistake_of_ours_is_not_tried_again_unless_it_is_named(world: World, kit: Kit) -> None:
    """It does not mend itself; what an answer lacks may come."""
    replies = iter([kit.answer(), kit.answer(id=7), kit.answer(), kit.answer(id=7)])
    world.office.on_act = lambda _: next(replies)
    save = {"id": "answer.body.id"}
    assert only(world.run(kit.action(alias="a", save=save, retry=Retry(times=1)))).status is FAILED
    next(replies)
    named = Retry(times=1, only=frozenset({ViolationType.VALIDATION_ERROR}))
    step = only(world.run(kit.action(alias="a", save=save, retry=named)))
    assert (step.status, step.saved) == (FLAKY, {"id": 7})


@pytest.mark.parametrize("kind", list(StepKind))
def test_what_a_python_step_raises_is_tried_again(world: World, kit: Kit, kind: StepKind) -> None:
    """Its own client may have found nobody there; what it returns does not mend itself."""
    raised = iter([ConnectionError("gone"), OSError("gone")])

    def call() -> None:
        for error in raised:
            raise error

    def step(function: Callable[[], object]) -> Step:
        python = PythonStep(function=function, place="node", name="call", kind=kind)
        return kit.action(kind=kind, call=None, python=python, retry=Retry(times=2))

    assert only(world.run(step(call))).retries == 2
    mistaken = only(world.run(step(lambda: 7)))
    assert (mistaken.status, mistaken.retries) == (FAILED, 0)


@pytest.mark.parametrize(
    ("statuses", "status"), [((201, 409), FAILED), ((503, 409), FLAKY)], ids=["taken", "busy"]
)
def test_what_took_data_that_it_had_to_refuse_is_not_tried_again(
    world: World, kit: Kit, statuses: tuple[int, ...], status: StepStatus
) -> None:
    """It may refuse it as a duplicate then; a service that was not there may be tried again."""
    answers(world, kit, *statuses)
    step = kit.action(retry=Retry(times=1), expect=kit.expecting(status=("4xx",)))
    assert only(world.run(replace(kit.at(step), refused_data="bad"))).status is status


def test_a_connection_that_is_lost_is_tried_again(world: World, kit: Kit) -> None:
    """It may be there a moment later."""
    trouble = iter([ConnectorError("gone", code="mail.gone")])

    def act(_: object) -> object:
        for error in trouble:
            raise error
        return kit.answer()

    world.office.on_act = act
    assert only(world.run(kit.action(retry=Retry(times=1)))).status is FLAKY


def test_a_wait_that_is_not_met_waits_again_from_where_it_was_armed(world: World, kit: Kit) -> None:
    """Looks of all tries count; it held that long after the step began."""
    slow = kit.expecting(within=2.0, every=1.0)
    run = world.loop.create_task(
        world.running(kit.arrival(expect=slow, retry=Retry(times=2, backoff=1.0)))
    )
    world.loop.call_later(4.5, world.office.deliver, "box", kit.letter(1))
    step = only(world.loop.run_until_complete(run))
    assert (step.status, step.retries) == (FLAKY, 1)
    assert step.satisfied_after_ms == pytest.approx(4500, abs=10)


@pytest.mark.parametrize(
    ("only_of", "lasts"), [(None, 2 + 1 + 2 + 2), ({ViolationType.HTTP_ERROR}, 2 + 2)]
)
def test_only_after_the_last_try_is_looked_on(
    world: World, kit: Kit, only_of: set[ViolationType] | None, lasts: float
) -> None:
    """A try that follows sees itself what came late."""
    began = world.loop.time()
    retry = Retry(times=1, backoff=1.0, only=frozenset(only_of) if only_of else None)
    slow = kit.expecting(within=2.0, every=1.0)
    assert only(world.run(kit.arrival(expect=slow, retry=retry))).status is FAILED
    assert world.loop.time() - began == pytest.approx(lasts)


def test_what_later_steps_read_is_of_the_try_that_passed(world: World, kit: Kit) -> None:
    """There is one result of a visit."""
    replies = iter([kit.answer(500, id=1), kit.answer(id=2), kit.answer()])
    world.office.on_act = lambda _: next(replies)
    world.run(
        kit.action(alias="a", retry=Retry(times=1)),
        kit.action(call={"all": "{{len(step.a.all)}}", "id": "{{step.a.answer.body.id}}"}),
    )
    assert world.office.calls("act")[-1] == {"all": 1, "id": 2}
