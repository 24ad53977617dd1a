"""Branches of a scenario that run at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.branches import Branches
from pytest_orchestra.engine.python_calls import Signals
from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import RunStatus, StepFinished, StepStarted, StepStatus
from pytest_orchestra.suite.bound import RunMode
from pytest_orchestra.suite.python_steps import PythonStep

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.unit.engine.conftest import Kit, Run, World

    from pytest_orchestra.results import TestRun
    from pytest_orchestra.suite.bound import Step

PASSED, FAILED, SKIPPED = StepStatus.PASSED, StepStatus.FAILED, StepStatus.SKIPPED

SPLIT = ((), (0,), (0,), (1, 2))
"""One step, two branches of a step each, a step after both."""


def statuses(run: TestRun) -> list[StepStatus]:
    return [each.status for each in run.steps]


def ended(world: World) -> list[str]:
    """The names of the steps in the order in which they ended."""
    return [each.step.name for each in world.events if isinstance(each, StepFinished)]


def python(kit: Kit, name: str, function: Callable[..., object], **options: object) -> Step:
    step = PythonStep(function=function, place="Write", name=name)
    return kit.action(name, python=step, **options)


@pytest.fixture
def slow(world: World, kit: Kit) -> World:
    """A system that takes as long as it is asked to, and answers as it is asked to."""

    async def act(call: object) -> object:
        fields = call.fields  # type: ignore[attr-defined]
        await asyncio.sleep(float(fields.get("wait", 0)))
        return kit.answer(fields.get("status", 200), id=fields.get("id"))

    world.office.on_act = act
    return world


def waits(kit: Kit, name: str, seconds: float = 1.0, **options: object) -> Step:
    call = {"wait": seconds, **options.pop("call", {})}  # type: ignore[dict-item]
    return kit.action(name, call=call, **options)


def three(kit: Kit, *waited: float, **options: object) -> list[Step]:
    """A step for each of so many seconds."""
    return [waits(kit, f"s{number}", each, **options) for number, each in enumerate(waited)]


# Two at once


def test_branches_that_wait_for_each_other_both_pass(world: World, kit: Kit) -> None:
    """Each goes on only when the other has come half-way: one after the other they never would."""
    told = {"a": asyncio.Event(), "b": asyncio.Event()}

    def meets(own: str, other: str) -> Callable[[], Coroutine[object, object, None]]:
        async def meet() -> None:
            told[own].set()
            await told[other].wait()

        return meet

    steps = [python(kit, "a", meets("a", "b")), python(kit, "b", meets("b", "a"))]
    run = world.run(*steps, after=((), ()))
    assert statuses(run) == [PASSED, PASSED]


def test_they_take_as_long_as_the_longest(slow: World, kit: Kit) -> None:
    began = slow.loop.time()
    slow.run(*three(kit, 1, 1, 1), after=((), (), ()))
    assert slow.loop.time() - began == pytest.approx(1)


def test_results_stand_in_the_order_of_the_way_and_events_as_they_happen(
    slow: World, kit: Kit
) -> None:
    """Numbers tell one from the other."""
    run = slow.run(*three(kit, 0, 3, 2, 1), after=SPLIT, cleanup=[kit.action("last")])
    assert ended(slow) == ["s0", "s2", "s1", "s3", "last"]
    assert [each.name for each in run.steps] == ["s0", "s1", "s2", "s3", "last"]
    assert [each.number for each in run.steps] == [1, 2, 3, 4, 5]
    begun = [each.number for each in slow.events if isinstance(each, StepStarted)]
    assert begun == [1, 2, 3, 4, 5]


def test_what_waits_begins_as_soon_as_it_may(slow: World, kit: Kit) -> None:
    """Not when all that runs is over."""
    slow.run(*three(kit, 1, 5, 1, 1), after=((), (), (0,), (2,)))
    assert ended(slow) == ["s0", "s2", "s3", "s1"]


# Failures


def test_after_a_failure_nothing_begins_and_what_runs_goes_on(slow: World, kit: Kit) -> None:
    """Its verdict counts: what it does is done."""
    steps = three(kit, 0, 1, 3, 1)
    steps[1] = waits(kit, "s1", 1, call={"status": 500})
    run = slow.run(*steps, waits(kit, "s4"), after=((), (0,), (0,), (1,), (2,)))
    assert (run.status, statuses(run)) == (
        RunStatus.FAILED,
        [PASSED, FAILED, PASSED, SKIPPED, SKIPPED],
    )
    assert {each.skip_reason for each in run.steps[3:]} == {"step 's1' failed before"}


def test_both_may_fail(slow: World, kit: Kit) -> None:
    """What did not begin names the one that failed first."""
    steps = [waits(kit, f"s{number}", 2 - number, call={"status": 500}) for number in range(2)]
    run = slow.run(*steps, waits(kit, "s2"), after=((), (), (0, 1)))
    assert [each.name for each in run.failed_steps] == ["s0", "s1"]
    assert run.steps[2].skip_reason == "step 's1' failed before"


def test_all_steps_may_be_asked_for(slow: World, kit: Kit) -> None:
    """Only those that need what was not delivered are skipped."""
    steps = [
        waits(kit, "s0", alias="a", call={"status": 500}, save={"id": "nothing"}),
        waits(kit, "s1"),
        waits(kit, "s2", call={"id": "{{step.a.id}}"}),
        waits(kit, "s3"),
    ]
    run = slow.run(*steps, mode=RunMode.RUN_ALL_STEPS, after=((), (), (0,), (0, 1)))
    assert statuses(run) == [FAILED, PASSED, SKIPPED, PASSED]


def test_nothing_is_done_that_cannot_be_judged(slow: World, kit: Kit) -> None:
    """Where an assertion cannot be armed no branch begins."""
    error = ConnectorError("post is not there", code="post.connect")

    def refuse(_: object) -> object:
        raise error

    slow.office.on_arm = refuse
    run = slow.run(waits(kit, "s0"), kit.arrival("s1"), waits(kit, "s2"), after=((), (), (1,)))
    assert statuses(run) == [SKIPPED, FAILED, SKIPPED]
    assert run.steps[0].skip_reason == "step 's1' cannot be watched"


# Cuts


def test_what_runs_is_cut_with_the_run(slow: World, kit: Kit) -> None:
    """All that ran is told of, nothing else; then the finally steps run."""
    work = slow.running(*three(kit, 0, 5, 5, 1), after=SPLIT, cleanup=[kit.action("last")])
    task = slow.loop.create_task(work)
    slow.loop.call_later(1, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        slow.loop.run_until_complete(task)
    told = [each.step for each in slow.events if isinstance(each, StepFinished)]
    assert [(each.name, each.status) for each in told] == [
        ("s0", PASSED),
        ("s1", FAILED),
        ("s2", FAILED),
        ("last", PASSED),
    ]
    assert told[1].violations[0].code == "run.cut"
    assert slow.events[-1].run.status is RunStatus.CANCELLED  # type: ignore[union-attr]  # its end


def test_a_run_cut_twice_leaves_its_finally_steps_out(world: World, kit: Kit) -> None:
    """The second time is heard while what was cut the first time comes to its end."""
    holds = asyncio.Event()

    async def act(_: object) -> object:
        try:
            await asyncio.sleep(60)
        finally:
            holds.set()
            await asyncio.sleep(0.1)

    world.office.on_act = act
    work = world.running(*three(kit, 1, 1), after=((), ()), cleanup=[kit.action("last")])
    task = world.loop.create_task(work)

    async def twice() -> None:
        await asyncio.sleep(1)
        task.cancel()
        await holds.wait()
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(1)

    world.loop.run_until_complete(twice())
    assert task.cancelled()
    assert "last" not in ended(world)


def test_a_run_that_ends_itself_cuts_the_other_branch(slow: World, kit: Kit) -> None:
    """A step that says pytest.skip ends the run, as it does one by one."""
    slow.session.signals = Signals(ends=(pytest.skip.Exception,))

    def skips() -> None:
        pytest.skip("not today")

    steps = [waits(kit, "s0"), waits(kit, "s1", 9), python(kit, "s2", skips)]
    with pytest.raises(pytest.skip.Exception):
        slow.run(*steps, after=((), (), (0,)))
    told = {each.step.name: each.step for each in slow.events if isinstance(each, StepFinished)}
    assert {name: each.status for name, each in told.items()} == {
        "s0": PASSED,
        "s1": SKIPPED,
        "s2": SKIPPED,
    }
    assert told["s1"].skip_reason == "the run was ended meanwhile: Skipped: not today"
    assert slow.loop.time() == pytest.approx(1001)


def test_an_interrupt_in_a_step_comes_to_whoever_waits_for_the_run(world: World, kit: Kit) -> None:
    """It does not tear the loop down from inside a branch."""

    def interrupts() -> None:
        raise KeyboardInterrupt

    async def sleeps() -> None:
        await asyncio.sleep(9)

    steps = [python(kit, "a", sleeps), python(kit, "b", interrupts)]
    with pytest.raises(KeyboardInterrupt):
        world.run(*steps, after=((), ()))
    assert ended(world) == ["b", "a"]


def test_a_loop_that_is_gone_leaves_nothing_to_wait_for(run: Run[None]) -> None:
    """Closed, the work ends without waiting for what ran."""

    async def main() -> None:
        async def work(_: int) -> None:
            await asyncio.sleep(9)

        branches = Branches(after=((),), work=work, goes_on=lambda _: True)
        running = branches.run()
        running.send(None)
        running.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert len(others) == 1
        for each in others:
            each.cancel()
        await asyncio.wait(others)

    run(main())


# What they share


def test_an_address_is_armed_once_however_many_branches_come_to_know_it(
    slow: World, kit: Kit
) -> None:
    """The second position would be too late."""

    async def arm(_: object) -> int:
        await asyncio.sleep(0.5)
        return len(slow.office.boxes["7"])

    slow.office.on_arm = arm
    steps = [
        waits(kit, "s0", 1, alias="a", call={"id": "7"}, save={"id": "answer.body.id"}),
        waits(kit, "s1", 1.2),
        kit.arrival("s2", box="{{step.a.id}}"),
        kit.arrival("s3", box="{{step.a.id}}"),
    ]
    slow.loop.call_later(1.6, slow.office.deliver, "7", kit.letter(1))
    run = slow.run(*steps, after=((), (), (0,), (0, 1)))
    assert statuses(run) == [PASSED] * 4
    assert [each["box"] for each in slow.office.calls("arm")] == ["7"]


def test_an_assertion_knows_what_came_before_it_began(slow: World, kit: Kit) -> None:
    """All is armed before any branch acts."""
    slow.loop.call_later(0.5, slow.office.deliver, "box", kit.letter(1, n=1))
    steps = [waits(kit, "s0"), kit.arrival("s1"), waits(kit, "s2"), kit.arrival("s3")]
    run = slow.run(*steps, after=((), (0,), (), (2,)))
    assert statuses(run) == [PASSED] * 4


def test_each_step_is_told_of_as_itself(slow: World, kit: Kit) -> None:
    """One step that stands on two branches is two."""
    step = waits(kit, "s0")
    first, second = kit.at(step), replace(kit.at(step), element="Task_2")
    run = slow.run(first, second, after=((), ()))
    assert [(each.element, each.number) for each in run.steps] == [("Task_1", 1), ("Task_2", 2)]
