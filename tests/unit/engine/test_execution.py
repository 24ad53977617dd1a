"""One step: rendered, called or watched, saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import StepKind, StepStatus
from pytest_orchestra.suite.bound import RunMode
from pytest_orchestra.suite.python_steps import PythonStep

if TYPE_CHECKING:
    from tests.unit.engine.conftest import Kit, World

    from pytest_orchestra.results import StepResult, TestRun
    from pytest_orchestra.suite.bound import Step


def lines(result: StepResult) -> list[str]:
    return [f"{each.type.value} {each.code}: {each.message}" for each in result.violations]


def values(world: World) -> dict[str, dict[str, object]]:
    return world.contexts[-1].step_values


def only(run: TestRun) -> StepResult:
    (result,) = run.steps
    return result


def test_an_action_is_rendered_called_and_saved(world: World, kit: Kit) -> None:
    """Later steps see its roots and what it saved."""
    world.office.answer = kit.answer(id=7)
    step = kit.action(
        alias="place", call={"to": "{{data.name}}"}, save={"order_id": "answer.body.id + 1"}
    )
    result = only(world.run(step, data={"name": "ann"}))
    assert result.status is StepStatus.PASSED
    assert world.office.calls("act") == [{"to": "ann"}]
    assert result.saved == {"order_id": 8}
    latest = {"order_id": 8, "answer": {"status": 200, "body": {"id": 7}}}
    assert values(world) == {"place": {**latest, "all": [latest]}}
    assert result.channel == "MAIL"


def test_an_assertion_is_watched_from_its_arming(world: World, kit: Kit) -> None:
    """What came before it is not seen; what the action brought is."""
    world.office.deliver("box", kit.letter(1))
    world.office.on_act = lambda _: (world.office.deliver("box", kit.letter(2)), kit.answer())[1]
    run = world.run(
        kit.action(), kit.arrival(alias="paid", call={"key": "k"}, save={"n": "letter.number"})
    )
    assert [each.status for each in run.steps] == [StepStatus.PASSED, StepStatus.PASSED]
    assert run.steps[1].saved == {"n": 2}
    assert world.office.calls("arm") == [{"box": "box"}]
    assert world.office.calls("watch") == [{"box": "box", "key": "k"}]
    assert run.steps[1].kind is StepKind.ASSERTION


def test_each_visit_waits_for_a_letter_of_its_own(world: World, kit: Kit) -> None:
    """Another step may wait for the same one."""
    world.office.on_act = lambda _: (
        world.office.deliver("box", kit.letter(1), kit.letter(2)),
        kit.answer(),
    )[1]
    step, other = (
        kit.arrival(save={"n": "letter.number"}),
        kit.arrival("Another", save={"n": "letter.number"}),
    )
    run = world.run(kit.action(), kit.at(step), kit.at(step, visit=2), kit.at(other))
    assert [each.saved.get("n") for each in run.steps[1:]] == [1, 2, 1]


def test_a_call_that_cannot_be_rendered_is_not_made(world: World, kit: Kit) -> None:
    """It says what is undefined, and where."""
    step = kit.action(call={"to": "{{data.nobody}}"})
    result = only(world.run(step, data={}))
    assert result.violations[0].code == "validation"
    assert "data.nobody" in result.violations[0].message
    assert world.office.asked == []
    assert (result.attempts, result.reproduce) == (0, "")


def test_an_expectation_that_cannot_be_rendered_calls_nobody(world: World, kit: Kit) -> None:
    """An action whose reply could not be judged would be done in vain."""
    step = kit.action(expect=kit.expecting(value="{{data.nobody}}"))
    assert only(world.run(step)).violations[0].code == "validation"
    assert world.office.calls("act") == []


def test_a_value_that_cannot_be_saved_fails_the_step(world: World, kit: Kit) -> None:
    """All of them are told, and what could be saved is."""
    world.office.answer = kit.answer(id=7)
    step = kit.action(
        alias="place",
        save={"a": "answer.body.none", "id": "answer.body.id", "b": "answer.none"},
    )
    result = only(world.run(step))
    assert [each.code for each in result.violations] == ["save", "save"]
    assert result.violations[0].message.startswith("save 'a': ")
    assert "answer.body.none" in result.violations[0].message
    assert result.saved == {"id": 7}
    assert values(world)["place"]["id"] == 7


def test_a_failed_step_shows_how_to_do_it_by_hand(world: World, kit: Kit) -> None:
    """With the names of its secrets."""
    world.environment.mask.add("hunter22", "PASSWORD")
    world.office.answer = kit.answer(500)
    step = kit.action(call={"to": "hunter22"})
    result = only(world.run(step))
    assert result.reproduce == "mail --to [('to', ''\"$PASSWORD\"'')]"
    world.office.answer = kit.answer()
    assert only(world.run(step)).reproduce == ""


def test_a_line_that_cannot_be_made_is_left_out(world: World, kit: Kit) -> None:
    """The verdict stands."""
    world.office.answer = kit.answer(500)
    world.office.on_reproduce = lambda _: 1 // 0
    result = only(world.run(kit.action()))
    assert lines(result) == ["HTTP_ERROR mail.status: status: expected success, saw status 500"]
    assert result.reproduce == ""


@pytest.mark.parametrize("kind", ["action", "state", "arrival"])
def test_a_connection_that_cannot_be_opened_fails_the_step(
    world: World, kit: Kit, kind: str
) -> None:
    """On the channel's own type."""

    def refuse(*_: object) -> None:
        raise ConnectorError("nobody listens", code="office.connect", hint="Start it.")

    world.office.on_open = refuse
    own = "KAFKA_MESSAGE_NOT_FOUND" if kind == "arrival" else "HTTP_ERROR"
    result = only(world.run(getattr(kit, kind)()))
    assert lines(result) == [f"{own} office.connect: nobody listens. Start it."]


def test_a_connection_that_is_wrong_fails_its_steps_and_no_others(world: World, kit: Kit) -> None:
    """With the place in the environment's file."""
    world.environment._resolver.environment.connections[0].fields["url"] = ["no", "text"]  # type: ignore[index]
    result = only(world.run(kit.action()))
    assert result.violations[0].code == "definition"
    assert "environments.yaml:3:22: error[bad-value]" in result.violations[0].message
    assert world.run(kit.arrival(expect=kit.expecting(absent=True))).failed_steps == ()


def test_a_watch_that_cannot_be_made_fails_the_step(world: World, kit: Kit) -> None:
    """By the client's own word, or by what it raised."""

    def refuse(*_: object) -> None:
        raise ConnectorError("no such selector", code="post.selector")

    world.office.on_watch = refuse
    assert lines(only(world.run(kit.arrival()))) == [
        "KAFKA_MESSAGE_NOT_FOUND post.selector: no such selector"
    ]
    world.office.on_watch = lambda *_: 1 // 0
    assert lines(only(world.run(kit.arrival())))[0].startswith(
        "KAFKA_MESSAGE_NOT_FOUND post.error: the watch: ZeroDivisionError"
    )


def python(kit: Kit, function: object, **options: object) -> Step:
    step = PythonStep(function=function, place="Write", name="writes")  # type: ignore[arg-type]  # any callable
    return kit.action(python=step, **options)


def test_a_python_step_delivers_what_it_returns(world: World, kit: Kit) -> None:
    """As ``save`` does."""
    result = only(world.run(python(kit, lambda: {"id": 7}, alias="review")))
    assert (result.channel, result.saved) == ("PYTHON", {"id": 7})
    assert values(world)["review"]["id"] == 7


def test_a_step_that_delivers_nothing_hides_its_earlier_visit(world: World, kit: Kit) -> None:
    """Its latest result is none."""
    step = kit.action(alias="place", call={"to": "{{data.names[visit - 1]}}"})
    world.run(
        kit.at(step),
        kit.at(step, visit=2),
        data={"names": ["ann"]},
        mode=RunMode.RUN_ALL_STEPS,
    )
    assert list(values(world)["place"]) == ["all"]
    assert world.contexts[-1].undelivered == {"place": "The customer writes"}


def test_a_step_without_a_call_passes(world: World, kit: Kit) -> None:
    """There is nothing that could fail."""
    assert only(world.run(kit.action(python=None, alias="nothing"))).status is StepStatus.PASSED


def test_a_rule_that_does_not_hold_shows_no_secret(world: World, kit: Kit) -> None:
    """What stands under a secret key is hidden where it is a part of a rule, too."""
    world.office.answer = kit.answer(access_token="tok-abcdef", n=1)
    rules = ("answer.body.access_token == 'x'", "answer.body.n == 2", "len(answer.body) == 9")
    result = only(world.run(kit.action(expect=kit.expecting(*rules))))
    told = [each.message for each in result.violations]
    assert told[1] == "answer.body.n == 2 does not hold: answer.body.n = 1"
    assert "access_token" in told[0]
    assert "tok-abcdef" not in repr(result)
