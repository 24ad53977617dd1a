"""Scenarios from their first event to their last."""

from __future__ import annotations

import asyncio
import re
import uuid
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.python_calls import Signals
from pytest_orchestra.errors import ConfigurationError, ConnectorError
from pytest_orchestra.results import (
    RunFinished,
    RunStarted,
    RunStatus,
    StepFinished,
    StepStarted,
    StepStatus,
)
from pytest_orchestra.suite.bound import RunMode
from pytest_orchestra.suite.python_steps import PythonStep

if TYPE_CHECKING:
    from tests.unit.engine.conftest import Kit, World

    from pytest_orchestra.results import TestRun
    from pytest_orchestra.suite.bound import Step

ALL = RunMode.RUN_ALL_STEPS
SIGNALS = Signals(ends=(pytest.skip.Exception,), exits=(pytest.exit.Exception,))
PASSED, FAILED, SKIPPED = StepStatus.PASSED, StepStatus.FAILED, StepStatus.SKIPPED


def statuses(run: TestRun) -> list[StepStatus]:
    return [each.status for each in run.steps]


def reasons(run: TestRun) -> list[str]:
    return [each.skip_reason for each in run.steps]


def python(kit: Kit, function: object, name: str = "writes", **options: object) -> Step:
    step = PythonStep(function=function, place="Write", name=name)  # type: ignore[arg-type]  # any callable
    return kit.action(name, python=step, **options)


# A run


def test_a_run_tells_all_about_itself(world: World, kit: Kit) -> None:
    """What, when, where, by whom; its steps in the order they ran."""
    run = world.run(kit.action("one"), kit.action("two"), data={"a": 1})
    assert (run.status, statuses(run)) == (RunStatus.PASSED, [PASSED, PASSED])
    assert uuid.UUID(run.id)
    assert (run.suite, run.process_id, run.scenario) == ("Orders", "order", "amount-high")
    assert (run.item, run.mode) == ("amount-high[vip]", "STOP_ON_FIRST_FAILURE")
    assert (run.environment, run.tenant, run.triggered_by) == ("local", "default", "tester")
    assert (run.data_set, run.data_file) == ("vip", "data.yaml")
    assert run.spec_versions == {"office": "1.2"}
    assert run.bound == "bound 2 of 3 tasks"
    assert run.started_at <= run.finished_at
    assert run.suite_file.endswith("shop.suite.yaml")


def test_events_are_told_as_they_happen(world: World, kit: Kit) -> None:
    """The run's own without its steps."""
    told: list[list[str]] = []
    world.office.on_act = lambda _: (told.append(world.told()), kit.answer())[1]
    run = world.run(kit.action("one"), kit.action("two"))
    assert told == [
        ["run_started", "step_started"],
        ["run_started", "step_started", "step_finished one", "step_started"],
    ]
    assert world.told() == [
        "run_started",
        "step_started",
        "step_finished one",
        "step_started",
        "step_finished two",
        "run_finished",
    ]
    begin, start, finish, *_, end = world.events
    assert isinstance(begin, RunStarted)
    assert begin.run.status is RunStatus.IN_PROGRESS
    assert isinstance(start, StepStarted)
    assert (start.run_id, start.step_id, start.channel, start.visit) == (run.id, "one", "MAIL", 1)
    assert isinstance(finish, StepFinished)
    assert finish.step == run.steps[0]
    assert isinstance(end, RunFinished)
    assert (end.run.status, end.run.steps) == (RunStatus.PASSED, ())


def test_every_run_has_an_id_of_its_own_that_steps_can_use(world: World, kit: Kit) -> None:
    """``run.id``, and the session's."""
    step = kit.action(call={"to": "{{run.id}} {{session.id}} {{run.worker}}"})
    runs = [world.run(step), world.run(step)]
    assert runs[0].id != runs[1].id
    assert [fields["to"] for fields in world.office.calls("act")] == [
        f"{run.id} session-1 gw0" for run in runs
    ]


def test_a_step_that_took_long_says_so(world: World, kit: Kit) -> None:
    """In milliseconds."""
    world.office.on_act = lambda _: asyncio.sleep(1.5, kit.answer())
    (result,) = world.run(kit.action()).steps
    assert result.duration_ms == pytest.approx(1500)


def test_what_stood_under_a_secret_key_is_hidden_in_the_steps_that_follow(
    world: World, kit: Kit
) -> None:
    """Each run learns its own."""
    replies = iter([kit.answer(token="eyJhbGci"), kit.answer(said="you are eyJhbGci")])
    world.office.on_act = lambda _: next(replies)
    run = world.run(kit.action("login"), kit.action("order"))
    assert "eyJhbGci" not in repr(run)
    assert run.steps[1].evidence.response_body == {"said": "you are ***"}


def test_a_run_without_data_has_none(world: World) -> None:
    """And a run without steps passes."""
    run = world.run()
    assert (run.status, run.data_set, run.data_file) == (RunStatus.PASSED, None, None)


# After a failure


def test_after_a_failure_no_more_is_done(world: World, kit: Kit) -> None:
    """The others are skipped, and say why."""
    world.office.answer = kit.answer(500)
    run = world.run(kit.action("one"), kit.action("two"), kit.state("three"))
    assert (run.status, statuses(run)) == (RunStatus.FAILED, [FAILED, SKIPPED, SKIPPED])
    assert reasons(run)[1:] == ["step 'one' failed before"] * 2
    assert len(world.office.calls("act")) == 1
    assert world.told() == [
        "run_started",
        "step_started",
        "step_finished one",
        "step_finished two",
        "step_finished three",
        "run_finished",
    ]


def test_all_steps_are_run_where_it_is_said(world: World, kit: Kit) -> None:
    """Whatever fails."""
    world.office.answer = kit.answer(500)
    run = world.run(kit.action("one"), kit.action("two"), mode=ALL)
    assert (run.status, statuses(run), run.mode) == (
        RunStatus.FAILED,
        [FAILED, FAILED],
        "RUN_ALL_STEPS",
    )


def test_a_step_that_needs_what_a_failed_one_did_not_deliver_is_skipped(
    world: World, kit: Kit
) -> None:
    """It names that step; so does one that needs the skipped one's."""
    world.office.answer = kit.answer(name="ann")
    run = world.run(
        kit.action("The order is placed", alias="place", save={"id": "answer.body.id"}),
        kit.action("It is paid", alias="pay", call={"to": "{{step.place.id}}"}),
        kit.action("It is shipped", call={"to": "{{step.pay.id}}"}),
        kit.action("The customer is asked", call={"to": "{{step.place.answer.body.name}}"}),
        kit.action("Anybody is asked"),
        mode=ALL,
    )
    assert statuses(run) == [FAILED, SKIPPED, SKIPPED, PASSED, PASSED]
    assert reasons(run)[1:3] == [
        "it needs what step 'place' (The order is placed) did not deliver",
        "it needs what step 'pay' (It is paid) did not deliver",
    ]
    assert world.office.calls("act")[1] == {"to": "ann"}


def test_a_step_that_needs_what_nobody_delivers_fails(world: World, kit: Kit) -> None:
    """A test that can skip itself proves nothing: a wrong name is a mistake."""
    for mode in RunMode.RUN_ALL_STEPS, RunMode.STOP_ON_FIRST_FAILURE:
        run = world.run(
            kit.action("The order is placed", alias="place"),
            kit.action("It is paid", call={"to": "{{step.place.order}}"}),
            mode=mode,
        )
        assert (run.status, statuses(run)) == (RunStatus.FAILED, [PASSED, FAILED])
        assert "step.place.order" in run.steps[1].violations[0].message


def test_a_visit_that_fails_does_not_leave_the_one_before_in_its_place(
    world: World, kit: Kit
) -> None:
    """The latest result is none."""
    answers = iter([kit.answer(id=1), kit.answer(400), kit.answer(id=3)])
    sent: list[object] = []

    def act(call: object) -> object:
        if "use" in call.fields:  # type: ignore[attr-defined]
            sent.append(call.fields["use"])  # type: ignore[attr-defined]
            return kit.answer()
        return next(answers)

    world.office.on_act = act
    place = kit.action("place", alias="place", save={"id": "answer.body.id"})
    use = kit.action("use", call={"use": "{{step.place.id}}"})
    pairs = [kit.at(step, visit=visit) for visit in (1, 2, 3) for step in (place, use)]
    run = world.run(*pairs, mode=ALL)
    assert statuses(run) == [PASSED, PASSED, FAILED, SKIPPED, PASSED, PASSED]
    assert sent == [1, 3]


def test_a_reference_that_may_be_absent_skips_nothing(world: World, kit: Kit) -> None:
    """It has a default."""
    world.office.on_act = lambda call: kit.answer(500 if not call.fields else 200)
    run = world.run(
        kit.action("one", alias="one", save={"id": "answer.body.id"}),
        kit.action("two", call={"to": "{{step.one.id | default('nobody')}}"}),
        mode=ALL,
    )
    assert statuses(run) == [FAILED, PASSED]
    assert world.office.calls("act")[1] == {"to": "nobody"}


# Arm, act, await


def test_nothing_is_done_before_all_is_armed(world: World, kit: Kit) -> None:
    """Late addresses as soon as they are known."""
    world.office.answer = kit.answer(box="late")
    world.office.on_look = lambda _: [kit.letter(1)]
    world.run(
        kit.action("one", alias="one", save={"box": "answer.body.box"}),
        kit.action("two"),
        kit.arrival("three", box="{{step.one.box}}"),
        kit.arrival("four", box="early"),
    )
    done = [(verb, what.fields) for verb, what in world.office.asked if verb in {"arm", "act"}]  # type: ignore[attr-defined]
    assert done == [("arm", {"box": "early"}), ("act", {}), ("arm", {"box": "late"}), ("act", {})]


def refuse(call: object) -> None:
    if call.fields["box"] == "closed":  # type: ignore[attr-defined]
        raise ConnectorError("the box is closed", code="post.closed")


def test_nothing_is_done_if_what_comes_of_it_cannot_be_watched(world: World, kit: Kit) -> None:
    """The step that would watch it fails, whatever else it needs."""
    world.office.on_arm = refuse
    run = world.run(
        kit.action("one", alias="one"),
        kit.arrival("two", box="closed", call={"key": "{{step.one.id}}"}, alias="two"),
        kit.arrival("three"),
    )
    assert (run.status, statuses(run)) == (RunStatus.FAILED, [SKIPPED, FAILED, SKIPPED])
    assert reasons(run)[0] == reasons(run)[2] == "step 'two' cannot be watched"
    (violation,) = run.steps[1].violations
    assert (violation.type.value, violation.code) == ("KAFKA_MESSAGE_NOT_FOUND", "post.closed")
    assert violation.message == "the box is closed"
    assert run.steps[1].notes[0].startswith("connection: post 'main' of local (")
    assert re.search(r"environments\.yaml:\d+:\d+\)$", run.steps[1].notes[0])
    assert world.office.calls("act") == []


def test_nothing_more_is_done_if_a_late_address_cannot_be_watched(world: World, kit: Kit) -> None:
    """It is known before the next action."""
    world.office.on_arm = refuse
    world.office.answer = kit.answer(box="closed")
    run = world.run(
        kit.action("one", alias="one", save={"box": "answer.body.box"}),
        kit.action("two"),
        kit.arrival("three", box="{{step.one.box}}"),
    )
    assert statuses(run) == [PASSED, SKIPPED, FAILED]
    assert len(world.office.calls("act")) == 1


def test_all_other_steps_are_run_where_it_is_said_though_one_cannot_be_watched(
    world: World, kit: Kit
) -> None:
    """It fails when it is reached."""
    world.office.on_arm = refuse
    run = world.run(
        kit.action("one"), kit.arrival("two", box="closed"), kit.action("three"), mode=ALL
    )
    assert statuses(run) == [PASSED, FAILED, PASSED]
    assert run.steps[1].violations[0].message == "the box is closed"


def test_a_connection_that_is_missing_is_our_mistake(world: World, kit: Kit) -> None:
    """Found before anything is done."""
    run = world.run(kit.action(), kit.arrival(connection="other"))
    assert statuses(run) == [SKIPPED, FAILED]
    assert run.steps[1].violations[0].code == "configuration"
    assert "no post connection 'other'" in run.steps[1].violations[0].message


# What ends a run


def test_a_run_that_is_cut_tells_of_the_step_that_ran(world: World, kit: Kit) -> None:
    """And ends; nothing of it goes on."""
    world.office.on_act = lambda _: asyncio.sleep(1000)

    async def main() -> None:
        running = asyncio.create_task(world.running(kit.action("one"), kit.action("two")))
        await asyncio.sleep(1.0)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    world.loop.run_until_complete(main())
    assert world.told() == ["run_started", "step_started", "step_finished one", "run_finished"]
    step, end = world.events[-2:]
    assert isinstance(step, StepFinished)
    assert step.step.status is FAILED
    assert [each.code for each in step.step.violations] == ["run.cut"]
    assert step.step.duration_ms == pytest.approx(1000)
    assert isinstance(end, RunFinished)
    assert end.run.status is RunStatus.CANCELLED


def test_a_run_that_is_cut_while_it_is_armed_has_no_steps(world: World, kit: Kit) -> None:
    """But it ends."""
    world.office.on_arm = lambda _: asyncio.sleep(1000)

    async def main() -> None:
        running = asyncio.create_task(world.running(kit.arrival("one")))
        await asyncio.sleep(1.0)
        running.cancel()
        await asyncio.wait([running])
        assert asyncio.all_tasks() == {asyncio.current_task()}

    world.loop.run_until_complete(main())
    assert world.told() == ["run_started", "run_finished"]


def test_the_same_session_runs_on_after_a_cut(world: World, kit: Kit) -> None:
    """As if nothing had been."""
    world.office.on_act = lambda _: asyncio.sleep(1000)

    async def main() -> None:
        running = asyncio.create_task(world.running(kit.action()))
        await asyncio.sleep(1.0)
        running.cancel()
        await asyncio.wait([running])

    world.loop.run_until_complete(main())
    world.office.on_act = None
    assert world.run(kit.action()).status is RunStatus.PASSED


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (pytest.skip.Exception("not today"), SKIPPED),
        (pytest.exit.Exception("enough"), SKIPPED),
        (KeyboardInterrupt(), FAILED),
    ],
)
def test_what_a_step_raises_for_pytest_ends_the_run(
    world: World, kit: Kit, error: BaseException, status: StepStatus
) -> None:
    """Events first."""
    world.session.signals = SIGNALS

    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        world.run(python(kit, fail, "one"), kit.action("two"))
    assert world.told() == ["run_started", "step_started", "step_finished one", "run_finished"]
    step, end = world.events[-2:]
    assert isinstance(step, StepFinished)
    assert step.step.status is status
    if status is SKIPPED:
        assert step.step.skip_reason == f"{type(error).__name__}: {error}"
    assert isinstance(end, RunFinished)
    assert end.run.status is RunStatus.CANCELLED


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (pytest.skip.Exception("not today"), RunStatus.FAILED),
        (pytest.exit.Exception("enough"), RunStatus.CANCELLED),
    ],
)
def test_a_skip_after_a_failure_leaves_the_run_failed(
    world: World, kit: Kit, error: BaseException, status: RunStatus
) -> None:
    """It ends the run all the same; an exit ends the session."""
    world.session.signals = SIGNALS

    def fail() -> None:
        raise AssertionError

    def end() -> None:
        raise error

    steps = (python(kit, fail, "one"), python(kit, end, "two"), kit.action("three"))
    if status is RunStatus.CANCELLED:
        with pytest.raises(type(error)):
            world.run(*steps, mode=ALL)
    else:
        run = world.run(*steps, mode=ALL)
        assert statuses(run) == [FAILED, SKIPPED, SKIPPED]
        assert run.steps[2].skip_reason == "the run was ended before: Skipped: not today"
    end_of_run = world.events[-1]
    assert isinstance(end_of_run, RunFinished)
    assert end_of_run.run.status is status
    assert world.office.number("act") == 0


def test_a_failure_that_a_step_raises_is_a_failed_step(world: World, kit: Kit) -> None:
    """``pytest.fail``."""
    world.session.signals = Signals(fails=(pytest.fail.Exception,))

    async def fail() -> None:
        pytest.fail("not so")

    run = world.run(python(kit, fail, "one"), kit.action("two"), mode=ALL)
    assert (run.status, statuses(run)) == (RunStatus.FAILED, [FAILED, PASSED])
    assert run.steps[0].violations[0].message == "not so"


def test_a_variable_that_is_missing_fails_only_who_asks_for_it(world: World, kit: Kit) -> None:
    """In a call or in a rule."""

    class Unset(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            raise ConfigurationError(f"the variable {name} is not set")

    world.environment._variables = Unset(region=1)  # type: ignore[assignment]
    world.office.state = [kit.answer()]
    run = world.run(
        kit.action("one", call={"to": "{{vars.region}}"}),
        kit.state("two", expect=kit.expecting("answer.status == vars.region")),
        kit.action("three"),
        mode=ALL,
    )
    assert statuses(run) == [FAILED, FAILED, PASSED]
    for result in run.steps[:2]:
        assert [each.code for each in result.violations] == ["configuration"]
        assert "the variable region is not set" in result.violations[0].message
