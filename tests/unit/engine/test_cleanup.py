"""``finally`` steps: they run whatever became of the others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.python_calls import Signals
from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import RunStatus, StepFinished, StepStarted, StepStatus
from pytest_orchestra.suite.bound import RunMode
from pytest_orchestra.suite.python_steps import PythonStep

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.unit.engine.conftest import Kit, World

    from pytest_orchestra.results import StepResult, TestRun
    from pytest_orchestra.suite.bound import Step

PASSED, FAILED, SKIPPED = StepStatus.PASSED, StepStatus.FAILED, StepStatus.SKIPPED


def statuses(run: TestRun) -> list[StepStatus]:
    return [each.status for each in run.steps]


def told(world: World) -> list[StepResult]:
    return [each.step for each in world.events if isinstance(each, StepFinished)]


def last(world: World) -> RunStatus:
    return world.events[-1].run.status  # type: ignore[union-attr]  # a run's end


def waits(kit: Kit, seconds: float, name: str) -> Step:
    return kit.action(name, call={"wait": seconds})


@pytest.fixture
def slow(world: World, kit: Kit) -> World:
    """A system that takes as long as it is asked to."""

    async def act(call: object) -> object:
        await asyncio.sleep(float(call.fields.get("wait", 0)))  # type: ignore[attr-defined]
        return kit.answer()

    world.office.on_act = act
    return world


def cut_after(world: World, seconds: float, work: Coroutine[object, object, TestRun]) -> None:
    """Cancel the run after so many seconds, as the first Ctrl-C does."""
    task = world.loop.create_task(work)
    world.loop.call_later(seconds, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        world.loop.run_until_complete(task)


def test_they_run_after_the_others(world: World, kit: Kit) -> None:
    """In order, and are told of as such."""
    run = world.run(kit.action("one"), cleanup=[kit.action("two"), kit.action("three")])
    assert [(each.name, each.is_finally) for each in run.steps] == [
        ("one", False),
        ("two", True),
        ("three", True),
    ]
    assert run.status is RunStatus.PASSED
    begun = [each for each in world.events if isinstance(each, StepStarted)]
    assert [each.is_finally for each in begun] == [False, True, True]


@pytest.mark.parametrize("mode", [RunMode.STOP_ON_FIRST_FAILURE, RunMode.RUN_ALL_STEPS])
def test_they_run_after_a_failure(world: World, kit: Kit, mode: RunMode) -> None:
    """Whatever the mode is; one that fails stops no other."""
    answers = iter([kit.answer(500), kit.answer(404), kit.answer()])
    world.office.on_act = lambda _: next(answers)
    run = world.run(kit.action("one"), mode=mode, cleanup=[kit.action("two"), kit.action("three")])
    assert statuses(run) == [FAILED, FAILED, PASSED]
    assert [each.name for each in run.failed_steps] == ["one", "two"]
    assert run.status is RunStatus.FAILED


def test_one_that_fails_fails_the_run(world: World, kit: Kit) -> None:
    """A system that cannot be cleaned up is not as it should be."""
    world.office.on_act = lambda call: kit.answer(500 if call.fields else 200)
    run = world.run(kit.action("one"), cleanup=[kit.action("two", call={"all": True})])
    assert (run.status, statuses(run)) == (RunStatus.FAILED, [PASSED, FAILED])


def test_one_that_needs_what_was_not_delivered_is_skipped(world: World, kit: Kit) -> None:
    """It names the step, whether that failed or never ran."""
    world.office.answer = kit.answer(500)
    world.office.on_act = None
    world.office.on_open = lambda *_: None
    run = world.run(
        kit.action("The order is placed", alias="place", save={"id": "answer.body.id"}),
        kit.action("It is paid", alias="pay"),
        cleanup=[
            kit.action("forget the order", call={"to": "{{step.place.id}}"}),
            kit.action("forget the payment", call={"to": "{{step.pay.answer}}"}),
            kit.action("forget all"),
        ],
    )
    assert statuses(run) == [FAILED, SKIPPED, SKIPPED, SKIPPED, FAILED]
    assert [each.skip_reason for each in run.steps[2:4]] == [
        "it needs what step 'place' (The order is placed) did not deliver",
        "it needs what step 'pay' (It is paid) did not deliver",
    ]


def test_they_see_what_the_others_delivered(world: World, kit: Kit) -> None:
    """And what those before them did."""
    world.office.answer = kit.answer(id=7)
    world.run(
        kit.action("place", alias="place"),
        cleanup=[
            kit.action("find", alias="find", call={"to": "{{step.place.answer.body.id}}"}),
            kit.action("forget", call={"to": "{{step.find.answer.status}}"}),
        ],
    )
    assert [each.get("to") for each in world.office.calls("act")] == [None, 7, 200]


def test_their_assertions_are_armed_with_the_others(world: World, kit: Kit) -> None:
    """A letter that comes before they begin is seen."""
    world.office.on_act = lambda _: (
        world.office.deliver("box", kit.letter(1)),
        kit.answer(),
    )[1]
    run = world.run(kit.action("one"), cleanup=[kit.arrival("two")])
    assert statuses(run) == [PASSED, PASSED]


def test_an_arming_that_fails_is_theirs_alone(world: World, kit: Kit) -> None:
    """The steps on the way run all the same."""

    def arm(_: object) -> object:
        raise ConnectorError("no post today", code="post.down")

    world.office.on_arm = arm
    run = world.run(kit.action("one"), cleanup=[kit.arrival("two"), kit.action("three")])
    assert statuses(run) == [PASSED, FAILED, PASSED]


def test_they_run_after_the_run_was_cut(slow: World, kit: Kit) -> None:
    """The run stays cut; what it did to clean up is told before it ends."""
    work = slow.running(waits(kit, 3, "one"), kit.action("two"), cleanup=[kit.action("three")])
    cut_after(slow, 1.0, work)
    assert [(each.name, each.status) for each in told(slow)] == [("one", FAILED), ("three", PASSED)]
    assert last(slow) is RunStatus.CANCELLED


def test_after_a_cut_they_skip_what_the_step_that_was_cut_should_have_delivered(
    slow: World, kit: Kit
) -> None:
    """So do those that need what a later one should have."""
    slow_one = kit.action("one", alias="one", call={"wait": 3})
    work = slow.running(
        slow_one,
        kit.action("two", alias="two"),
        cleanup=[
            kit.action("three", call={"to": "{{step.one.answer}}"}),
            kit.action("four", call={"to": "{{step.two.answer}}"}),
        ],
    )
    cut_after(slow, 1.0, work)
    assert [each.skip_reason for each in told(slow)[1:]] == [
        "it needs what step 'one' (one) did not deliver",
        "it needs what step 'two' (two) did not deliver",
    ]


def test_after_a_cut_they_have_one_deadline_together(slow: World, kit: Kit) -> None:
    """What it passes is cut, and the rest does not begin."""
    slow.session.finally_within = 4.0
    work = slow.running(
        waits(kit, 9, "one"),
        cleanup=[
            waits(kit, 1.5, "quick"),
            kit.action("slow", call={"wait": 60}, expect=kit.expecting(within=90.0)),
            kit.action("late"),
        ],
    )
    before = slow.loop.time()
    cut_after(slow, 1.0, work)
    assert slow.loop.time() - before == pytest.approx(5.0, abs=0.01)
    quick, cut, late = told(slow)[1:]
    assert (quick.status, cut.status, late.status) == (PASSED, FAILED, SKIPPED)
    assert [(each.type.value, each.message) for each in cut.violations] == [
        ("TIMEOUT", "after a run was cut its finally steps may take 4 s together")
    ]
    assert late.skip_reason == "the 4 s of the finally steps were over"


def test_a_cut_while_they_run_lets_the_one_that_runs_end(slow: World, kit: Kit) -> None:
    """What it cleans up would be left behind; the run is cut all the same."""
    work = slow.running(kit.action("one"), cleanup=[waits(kit, 3, "two"), kit.action("three")])
    cut_after(slow, 1.0, work)
    assert [(each.name, each.status) for each in told(slow)] == [
        ("one", PASSED),
        ("two", PASSED),
        ("three", PASSED),
    ]
    assert last(slow) is RunStatus.CANCELLED


def test_a_cut_while_they_run_gives_them_one_deadline(slow: World, kit: Kit) -> None:
    """From then on, the one that runs, too."""
    slow.session.finally_within = 4.0
    work = slow.running(kit.action("one"), cleanup=[waits(kit, 9, "two"), kit.action("three")])
    before = slow.loop.time()
    cut_after(slow, 1.0, work)
    assert slow.loop.time() - before == pytest.approx(5.0, abs=0.01)
    two, three = told(slow)[1:]
    assert [each.code for each in two.violations] == ["finally.timeout"]
    assert three.skip_reason == "the 4 s of the finally steps were over"
    assert last(slow) is RunStatus.CANCELLED


@pytest.mark.parametrize("again", [1.5, 1.0])
def test_a_second_cut_while_they_run_ends_them(slow: World, kit: Kit, again: float) -> None:
    """Also one that comes with the first."""
    task = slow.loop.create_task(
        slow.running(kit.action("one"), cleanup=[waits(kit, 4, "two"), kit.action("three")])
    )
    slow.loop.call_later(1.0, task.cancel)
    slow.loop.call_later(again, task.cancel)
    before = slow.loop.time()
    with pytest.raises(asyncio.CancelledError):
        slow.loop.run_until_complete(task)
    assert slow.loop.time() - before == pytest.approx(again, abs=0.01)
    assert [(each.name, each.status) for each in told(slow)] == [("one", PASSED), ("two", FAILED)]
    assert last(slow) is RunStatus.CANCELLED


@pytest.mark.parametrize("again", [1.5, 1.0])
def test_a_second_cut_ends_it(slow: World, kit: Kit, again: float) -> None:
    """While they run, or before they could begin."""
    task = slow.loop.create_task(
        slow.running(waits(kit, 9, "one"), cleanup=[waits(kit, 4, "two"), kit.action("three")])
    )
    slow.loop.call_later(1.0, task.cancel)
    slow.loop.call_later(again, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        slow.loop.run_until_complete(task)
    names = [each.name for each in told(slow)]
    assert names == (["one", "two"] if again > 1 else ["one"])
    assert last(slow) is RunStatus.CANCELLED


def test_they_run_where_a_step_ends_the_run(world: World, kit: Kit) -> None:
    """``pytest.skip``: the run is cut; if they fail, it has failed."""
    world.session.signals = Signals(ends=(pytest.skip.Exception,))

    def skip() -> None:
        pytest.skip("not here")

    step = kit.action("one", python=PythonStep(function=skip, place="Write", name="one"))
    with pytest.raises(pytest.skip.Exception):
        world.run(step, cleanup=[kit.action("two")])
    assert [each.status for each in told(world)] == [SKIPPED, PASSED]
    world.office.answer = kit.answer(500)
    assert world.run(step, cleanup=[kit.action("two")]).status is RunStatus.FAILED


def test_a_run_that_is_closed_does_nothing_more(world: World, kit: Kit) -> None:
    """Its loop is gone."""
    task = world.loop.create_task(
        world.running(
            kit.state("one", expect=kit.expecting(every=9.0)), cleanup=[kit.action("two")]
        )
    )
    world.loop.run_until_complete(asyncio.sleep(1))
    task.get_coro().close()  # type: ignore[union-attr]  # a coroutine
    task.cancel()
    world.loop.run_until_complete(asyncio.wait([task]))
    assert [each.name for each in told(world)] == ["one"]
    assert last(world) is RunStatus.CANCELLED
