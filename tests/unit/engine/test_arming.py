"""Positions are taken before the first action."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.arming import ARM_WITHIN, Armed
from pytest_orchestra.engine.clients import Clients
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.deadlines import BELT
from pytest_orchestra.errors import ConfigurationError, ConnectorError, EvaluationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.unit.engine.conftest import ClockLoop, Kit, MakeEnvironment, Office, Run

    from pytest_orchestra.spi import ProtocolPlugin


@pytest.fixture
def context() -> RunContext:
    """Of a run that has begun."""
    return RunContext(
        run_id="r",
        session_id="s",
        worker="main",
        data={"box": "red"},
        variables={},
        read_file=lambda path, _: path,
    )


@pytest.fixture
def armed(make_environment: MakeEnvironment, protocols: Mapping[str, ProtocolPlugin]) -> Armed:
    """Nothing yet."""
    environment = make_environment(
        "local: {mail: {main: {url: a}}, post: {main: {url: a}, other: {url: '${env:URL}'}}}"
    )
    return Armed(Clients(protocols, environment))


def boxes(office: Office) -> list[object]:
    return [fields["box"] for fields in office.calls("arm")]


def test_every_address_is_armed_once(
    run: Run[None], armed: Armed, context: RunContext, office: Office, kit: Kit
) -> None:
    """However many steps read there, and at however many visits."""
    steps = [
        kit.at(kit.arrival(box="box-{{data.box}}")),
        kit.at(kit.arrival(box="box-red", call={"key": "{{step.place.id}}"}), visit=2),
        kit.at(kit.arrival(box="{{visit}}"), visit=2),
        kit.at(kit.action(channel="post", call={"box": "sent"})),
        kit.at(kit.state()),
        kit.at(kit.action(python=object())),
    ]
    run(armed.begin(steps, context))
    assert boxes(office) == ["box-red", 2]
    assert office.calls("arm")[0] == {"box": "box-red"}
    run(armed.arm_known(context))
    assert len(boxes(office)) == 2


def test_addresses_are_armed_at_once(
    *,
    run: Run[None],
    loop: ClockLoop,
    armed: Armed,
    context: RunContext,
    office: Office,
    kit: Kit,
) -> None:
    """All together take as long as one."""
    office.on_arm = lambda _: asyncio.sleep(1)
    began = loop.time()
    run(armed.begin([kit.at(kit.arrival(box=f"{n}")) for n in range(5)], context))
    assert loop.time() - began == pytest.approx(1)


def test_another_credential_is_another_place(
    run: Run[None], armed: Armed, context: RunContext, office: Office, kit: Kit
) -> None:
    """It may see less."""
    steps = [kit.at(kit.arrival(credential=name)) for name in (None, "admin", "admin")]
    run(armed.begin(steps, context))
    assert boxes(office) == ["box", "box"]


def test_the_position_is_that_of_the_arming(
    run: Run[tuple[object, Mapping[str, object]]],
    armed: Armed,
    context: RunContext,
    office: Office,
    kit: Kit,
) -> None:
    """With the address as it was then."""
    bound = kit.at(kit.arrival(box="{{uuid()}}"))
    run(armed.begin([bound], context))
    office.deliver(str(boxes(office)[0]), kit.letter(1))
    assert run(armed.position(bound, context)) == (0, {"box": boxes(office)[0]})


def test_a_step_without_an_address_has_no_position(
    run: Run[object], armed: Armed, context: RunContext, kit: Kit
) -> None:
    """A state is looked at as it is."""
    assert run(armed.position(kit.at(kit.state()), context)) == (None, {})
    assert run(armed.position(kit.at(kit.action(python=object())), context)) == (None, {})


def test_a_late_address_is_armed_as_soon_as_it_is_known(
    run: Run[object], armed: Armed, context: RunContext, office: Office, kit: Kit
) -> None:
    """After the step that delivers it."""
    bound = kit.at(kit.arrival(box="{{step.place.box}}"))
    run(armed.begin([bound], context))
    run(armed.arm_known(context))
    assert boxes(office) == []
    context.deliver("place", {"box": "late"})
    run(armed.arm_known(context))
    run(armed.arm_known(context))
    assert boxes(office) == ["late"]
    office.deliver("late", kit.letter(1))
    assert run(armed.position(bound, context)) == (0, {"box": "late"})


def test_a_late_address_may_change_until_its_step_is_reached(
    run: Run[object], armed: Armed, context: RunContext, office: Office, kit: Kit
) -> None:
    """A loop delivers another value at each turn."""
    first, second = (kit.at(kit.arrival(box="{{step.place.box}}"), visit=n) for n in (1, 2))
    run(armed.begin([first, second], context))
    context.deliver("place", {"box": "one"})
    run(armed.arm_known(context))
    assert run(armed.position(first, context)) == (0, {"box": "one"})
    context.deliver("place", {"box": "two"})
    run(armed.arm_known(context))
    office.deliver("two", kit.letter(1))
    assert run(armed.position(second, context)) == (0, {"box": "two"})
    context.deliver("place", {"box": "three"})
    run(armed.arm_known(context))
    assert boxes(office) == ["one", "two"]


def test_an_address_that_was_never_armed_is_armed_when_it_is_reached(
    run: Run[object], armed: Armed, context: RunContext, office: Office, kit: Kit
) -> None:
    """Better late than never."""
    bound = kit.at(kit.arrival())
    office.deliver("box", kit.letter(1))
    assert run(armed.position(bound, context)) == (1, {"box": "box"})


def test_an_address_that_stays_unknown_is_an_error_of_its_step(
    run: Run[object], armed: Armed, context: RunContext, kit: Kit
) -> None:
    """Nobody else hears of it."""
    late, never = (kit.at(kit.arrival(box=box)) for box in ("{{step.a.b}}", "{{data.none}}"))
    run(armed.begin([late, never], context))
    assert armed.unwatchable([late, never]) is None
    for bound in (late, never):
        with pytest.raises(EvaluationError):
            run(armed.position(bound, context))


async def never_armed(_: object) -> None:
    await asyncio.Event().wait()


async def refused(_: object) -> None:
    raise ConnectorError("lost", code="post.lost", retriable=True)


async def broken(_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("on_arm", "text"),
    [
        (refused, "lost"),
        (broken, "the position on the post connection 'main': ZeroDivisionError"),
        (
            never_armed,
            f"the position on the post connection 'main': not done within {ARM_WITHIN:g} s",
        ),
    ],
)
def test_a_position_that_cannot_be_taken_is_the_failure_of_its_steps(
    *,
    run: Run[object],
    loop: ClockLoop,
    armed: Armed,
    context: RunContext,
    office: Office,
    kit: Kit,
    on_arm: object,
    text: str,
) -> None:
    """Nothing is tried twice."""
    office.on_arm = on_arm
    fine, one, two = kit.at(kit.state()), kit.at(kit.arrival()), kit.at(kit.arrival())
    began = loop.time()
    run(armed.begin([fine, one, two], context))
    assert loop.time() - began <= ARM_WITHIN + BELT
    found = armed.unwatchable([fine, one, two])
    assert found is not None
    assert found[0] is one
    assert str(found[1]).startswith(text)
    assert armed.unwatchable([fine]) is None
    with pytest.raises(ConnectorError) as caught:
        run(armed.position(two, context))
    assert caught.value is found[1]
    assert office.number("arm") == 1


def test_a_connection_that_is_wrong_is_the_failure_of_its_steps(
    run: Run[object], armed: Armed, context: RunContext, office: Office, kit: Kit
) -> None:
    """Others are armed all the same."""
    wrong, fine = kit.at(kit.arrival(connection="other")), kit.at(kit.arrival())
    run(armed.begin([fine, wrong], context))
    found = armed.unwatchable([fine, wrong])
    assert found is not None
    assert found[0] is wrong
    assert isinstance(found[1], ConfigurationError)
    assert boxes(office) == ["box"]


def test_an_arming_that_is_cut_leaves_nothing_behind(
    *,
    run: Run[None],
    loop: ClockLoop,
    armed: Armed,
    context: RunContext,
    office: Office,
    kit: Kit,
) -> None:
    """Every task of it ends."""

    async def main() -> None:
        office.on_arm = never_armed
        steps = [kit.at(kit.arrival(box=f"{n}")) for n in range(3)]
        arming = asyncio.create_task(armed.begin(steps, context))
        await asyncio.sleep(0.1)
        arming.cancel()
        await asyncio.wait([arming])
        assert arming.cancelled()
        assert asyncio.all_tasks(loop) == {asyncio.current_task()}

    run(main())
