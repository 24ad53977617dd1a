"""What is kept of a run, and comes back as it was."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.saving import SavedContext, gaps, read_saved, restored, storable
from pytest_orchestra.engine.takeover import take_over
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.suite.bound import RunMode
from pytest_orchestra.suite.python_steps import PythonStep

if TYPE_CHECKING:
    from tests.unit.engine.conftest import Kit, World


def there_and_back(value: object) -> object:
    return restored(json.loads(json.dumps(storable(value))))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        1.5,
        "text",
        Decimal("12.10"),
        Decimal("1.00000000000000000000001"),
        [1, [Decimal("1.1")], {}],
        {"a": {"b": [None]}, "$decimal": 1, "c": Decimal(1)},
    ],
)
def test_values_come_back_as_they_were(value: object) -> None:
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


def test_what_a_file_cannot_hold_is_known_to_be_lost() -> None:
    back = there_and_back({"a": [object()], "b": float("nan"), "c": {1: 2}, "d": "x *** y"})
    assert list(gaps(back, "***")) == ["object", "float", "dict", "secret"]


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        ([], "x.json is no saved context"),
        ({}, "x.json is no saved context"),
        ({"format": 2}, "x.json is a saved context of format 2"),
        ({"format": 1}, "x.json is damaged: KeyError"),
    ],
)
def test_what_is_no_saved_context_is_refused(tree: object, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        read_saved(tree, where="x.json")


def kept(world: World) -> list[SavedContext]:
    saved: list[SavedContext] = []
    world.session.keep = saved.append
    return saved


def test_a_saved_context_comes_back_from_a_file(world: World, kit: Kit) -> None:
    """With positions, and with what its steps used up."""
    saved = kept(world)
    world.office.answer = kit.answer(id=Decimal("7.10"))
    world.loop.call_later(1, world.office.deliver, "box", kit.letter(1))
    world.run(kit.action(alias="a"), kit.arrival(alias="b"), data={"x": 1})
    (context,) = saved
    assert context.steps[1].spent == ("box@1",)
    tree = json.loads(json.dumps(context.tree()))
    assert read_saved(tree, where="x") == context


def test_a_run_that_was_cut_leaves_what_it_knew(world: World, kit: Kit) -> None:
    saved = kept(world)
    world.office.answer = kit.answer(500)
    world.run(kit.action(alias="a"), kit.action(alias="b"))
    (context,) = saved
    assert [each.failed for each in context.steps] == [True, False]
    assert context.steps[1].values is None


def test_secrets_are_hidden_in_what_is_kept(world: World, kit: Kit) -> None:
    """Also where they stand under other keys, in other steps."""
    saved = kept(world)
    replies = iter([kit.answer(token="eyJhbGci"), kit.answer(said="you are eyJhbGci")])
    world.office.on_act = lambda _: next(replies)
    world.run(kit.action(alias="a"), kit.action(alias="b"))
    assert "eyJhbGci" not in json.dumps(saved[0].tree())


def test_what_cannot_be_written_to_a_file_is_refused_where_it_is_read(
    world: World, kit: Kit
) -> None:
    """It names the type; what is not read does not matter."""
    saved = kept(world)
    step = PythonStep(function=lambda: {"lock": object(), "n": 1}, place="Write", name="a")
    first = kit.action("a", alias="a", python=step)
    fine = kit.action("b", call={"n": "{{step.a.n}}"})
    wrong = kit.action("c", call={"lock": "{{step.a.lock}}"})
    world.run(first, fine, wrong)
    bound = world.bound
    assert bound is not None
    assert take_over(read(saved[0]), bound, (1,), RunMode.SINGLE_STEP).runs == {1}
    with pytest.raises(ConfigurationError, match=r"'step\.a\.lock'.* is a object"):
        take_over(read(saved[0]), bound, (1,), RunMode.FROM_STEP)


def test_a_secret_that_a_finally_step_reads_is_refused_too(world: World, kit: Kit) -> None:
    """Else it would send the mask; only where finally steps run, and the login does not again."""
    saved = kept(world)
    world.office.answer = kit.answer(token="eyJhbGci")
    cleanup = [kit.action("out", call={"of": "{{step.a.answer.body.token}}"})]
    for always in (False, True):
        login = kit.action("in", alias="a", always=always)
        world.run(login, kit.action("work"), cleanup=cleanup)
    assert world.bound is not None
    context = read(saved[-1])
    assert take_over(context, world.bound, (1,), RunMode.FROM_STEP).runs == {0, 1}
    first = replace(world.bound.steps[0], step=replace(world.bound.steps[0].step, always=False))
    bound = replace(world.bound, steps=(first, *world.bound.steps[1:]))
    context = replace(context, steps=read(saved[0]).steps)
    assert take_over(context, bound, (1,), RunMode.SINGLE_STEP).runs == {1}
    with pytest.raises(ConfigurationError, match="which 'out' needs, is a secret"):
        take_over(context, bound, (1,), RunMode.FROM_STEP)


def test_a_finally_step_that_lacks_a_value_is_skipped_as_in_any_run(world: World, kit: Kit) -> None:
    """There is nothing to refuse: no mask would be sent."""
    saved = kept(world)
    world.office.answer = kit.answer(500)
    cleanup = [kit.action("out", call={"of": "{{step.a.answer.body.id}}"})]
    world.run(kit.action("one", alias="a"), kit.action("two"), cleanup=cleanup)
    assert world.bound is not None
    assert take_over(read(saved[0]), world.bound, (1,), RunMode.FROM_STEP).runs == {1}


@pytest.mark.parametrize(
    ("mode", "start", "runs"),
    [
        (RunMode.FROM_STEP, 4, {2, 4, 5}),
        (RunMode.FROM_STEP, 3, {2, 3, 4, 5}),
        (RunMode.FROM_STEP, 2, {2, 3, 4, 5}),
        (RunMode.FROM_STEP, 5, {5}),
        (RunMode.SINGLE_STEP, 4, {4}),
    ],
)
def test_what_another_branch_had_not_come_to_runs_too(
    world: World, kit: Kit, mode: RunMode, start: int, runs: set[int]
) -> None:
    """As one by one, where all before a step that failed has run; what lies before it has not to.

    The branches are 1 and 2, and 3 and 4; while 3 failed, 1 ran, and 0 had.
    """
    saved = kept(world)

    async def act(call: object) -> object:
        await asyncio.sleep(float(call.fields["wait"]))  # type: ignore[attr-defined]
        return kit.answer(call.fields["status"])  # type: ignore[attr-defined]

    world.office.on_act = act
    statuses = (200, 200, 200, 500, 200, 200)
    steps = [
        kit.action(f"s{n}", call={"wait": 0 if n == 3 else 1, "status": status})
        for n, status in enumerate(statuses)
    ]
    world.run(*steps, after=((), (0,), (1,), (0,), (3,), (2, 4)))
    assert world.bound is not None
    context = read(saved[0])
    assert [n for n, each in enumerate(context.steps) if each.values is None] == [2, 4, 5]
    assert take_over(context, world.bound, (start,), mode).runs == runs
    if mode is RunMode.FROM_STEP and start == 4:
        in_turn = replace(world.bound, after=())
        assert take_over(context, in_turn, (start,), mode).runs == {4, 5}


def read(context: SavedContext) -> SavedContext:
    return read_saved(json.loads(json.dumps(context.tree())), where="x")
