"""Deadlines multiplied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.results import StepStatus

if TYPE_CHECKING:
    from tests.unit.engine.conftest import Kit, World

    from pytest_orchestra.results import StepResult, TestRun

PASSED, FAILED = StepStatus.PASSED, StepStatus.FAILED


@pytest.fixture
def slow(world: World) -> World:
    """A session whose system is three times as slow."""
    world.session.time_scale = 3.0
    return world


def only(run: TestRun) -> StepResult:
    (step,) = run.steps
    return step


@pytest.mark.parametrize(("comes_after", "status"), [(5.9, PASSED), (6.1, FAILED)])
def test_a_wait_lasts_so_many_times_as_long(
    slow: World, kit: Kit, comes_after: float, status: StepStatus
) -> None:
    """The result has the deadline that counted."""
    slow.loop.call_later(comes_after, slow.office.deliver, "box", kit.letter(1))
    step = only(slow.run(kit.arrival(expect=kit.expecting(within=2.0))))
    assert (step.status, step.within) == (status, 6.0)


@pytest.mark.parametrize("said", [None, 1.0])
@pytest.mark.parametrize(("second_after", "status"), [(2.5, FAILED), (3.5, PASSED)])
def test_what_must_hold_must_hold_so_many_times_as_long(
    slow: World, kit: Kit, said: float | None, second_after: float, status: StepStatus
) -> None:
    """A duplicate comes later, too; also where the suite does not say for how long."""
    slow.loop.call_later(0.5, slow.office.deliver, "box", kit.letter(1))
    slow.loop.call_later(0.5 + second_after, slow.office.deliver, "box", kit.letter(2))
    expect = kit.expecting(within=5.0, count=1, stable_for=said)
    assert only(slow.run(kit.arrival(expect=expect))).status is status


def test_an_action_may_take_so_many_times_as_long(slow: World, kit: Kit) -> None:
    """And so may taking a position."""
    slow.run(kit.action(expect=kit.expecting(within=2.0)), kit.arrival())
    calls = {verb: call.within for verb, call in slow.office.asked if verb in ("act", "arm")}
    assert calls == {"act": 6.0, "arm": 30.0}


def test_looks_are_as_often_as_before(slow: World, kit: Kit) -> None:
    """What is there is not seen later."""
    slow.loop.call_later(1.5, slow.office.state.append, kit.answer())
    step = only(slow.run(kit.state(expect=kit.expecting(within=2.0, every=1.0))))
    assert step.satisfied_after_ms == pytest.approx(2000, abs=50)


def test_finally_steps_are_scaled_too(slow: World, kit: Kit) -> None:
    """A step that stands several times is so once."""
    step = kit.action(expect=kit.expecting(within=2.0))
    run = slow.run(step, step, cleanup=[step])
    assert [each.within for each in run.steps] == [6.0] * 3
