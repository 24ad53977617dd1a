"""Steps of the file and Python steps, and what is said of wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.bound import ActionMode, BoundSuite
from pytest_orchestra.suite.python_modules import import_python_steps
from pytest_orchestra.suite.python_steps import PythonStep, find_python_steps, step

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

SEND = "action: {channel: bus, topic: t, value: 1}"


def ran(bound: BoundSuite, key: str = "main") -> list[str]:
    (scenario,) = (each for each in bound.scenarios if each.item == key)
    return [f"{each.step.id} {each.place} {each.passage.value}" for each in scenario.steps]


def test_a_step_says_who_it_is_and_where_it_is_written(bench: Bench) -> None:
    bound = bench.bind(
        f"""steps:
  - {{name: The clerk sends, at: Place order, alias: sent, {SEND}}}
  - leaving: [Place order, ship]
    assertion: {{channel: store, sql: select 1}}
"""
    )
    first, second, third = (each.step for each in bound.scenarios[0].steps)
    assert (first.id, first.alias, first.name) == ("sent", "sent", "The clerk sends")
    assert (first.kind, first.mode) == (StepKind.ACTION, ActionMode.SYNC)
    assert str(first.location).endswith("order.suite.yaml:4:5")
    assert second is third
    assert (second.id, second.alias) == ("step-2", None)
    assert second.name == "Place order, ship: store select 1"
    assert second.kind is StepKind.ASSERTION


def test_a_send_may_be_forgotten(bench: Bench) -> None:
    text = "steps: [{at: Place order, action: {channel: bus, topic: t, value: 1, mode: sync}}]"
    assert bench.bind(text).scenarios[0].steps[0].step.mode is ActionMode.SYNC
    bound = bench.bind(text.replace("sync", "fire_and_forget"))
    assert bound.scenarios[0].steps[0].step.mode is ActionMode.FIRE_AND_FORGET


def test_a_place_that_is_named_twice_is_one(bench: Bench) -> None:
    bound = bench.bind(f"steps: [{{at: [place, Place order, Done], {SEND}}}]")
    assert ran(bound) == ["step-1 Place order entered", "step-1 Done entered"]


def test_when_narrows_a_step(bench: Bench) -> None:
    bound = bench.bind(f"steps: [{{at: Place order, when: [Amount?/high, Done], {SEND}}}]")
    assert ran(bound) == []
    assert ran(bound, "amount-high") == ["step-1 Place order entered"]


def test_when_the_process_is_always(bench: Bench) -> None:
    bound = bench.bind(f"steps: [{{at: Place order, when: order, {SEND}}}]")
    assert ran(bound) == ["step-1 Place order entered"]


@pytest.mark.parametrize(
    ("step", "problems"),
    [
        (SEND, ["4:5: [place-missing] a step has either 'at' or 'leaving'"]),
        (
            f"at: ship, leaving: ship, {SEND}",
            ["4:5: [place-missing] a step has either 'at' or 'leaving'"],
        ),
        (f"at: [], {SEND}", ["4:10: [place-missing] 'at' names no element"]),
        ("at: ship", ["4:5: [call-missing] a step has either 'action' or 'assertion'"]),
        (
            f"at: ship, {SEND}, assertion: {{channel: bus, topic: t}}",
            ["4:5: [call-missing] a step has either 'action' or 'assertion'"],
        ),
        (
            f"leaving: [ship, Amount?], {SEND}",
            [
                (
                    "4:15: [cannot-be-left] 'Amount?' is a gateway: it is over as soon as it"
                    " comes. Write 'at'."
                )
            ],
        ),
        (
            f"at: [ship, Chrge], when: Amount?/hi, {SEND}",
            [
                (
                    "4:17: [unknown-element] process 'order' has no element called 'Chrge'."
                    " Did you mean 'Charge'?"
                ),
                (
                    "4:31: [unknown-element] gateway 'Amount?' has no flow 'hi' that leaves it."
                    " Did you mean 'high'?"
                ),
            ],
        ),
        (
            f"at: ship, alias: a-b, {SEND}",
            [
                (
                    "4:23: [bad-name] 'a-b' is no alias."
                    " Begin with a letter; then letters, digits and '_'."
                )
            ],
        ),
        (
            "at: ship, assertion: {channel: bus, topic: t, mode: sync}",
            ["4:58: [unknown-key] 'mode' is for actions. Leave it out."],
        ),
        (
            "at: ship, action: {channel: nix}, expect: {count: 1}",
            [
                (
                    "4:34: [unknown-channel] there is no channel 'nix'."
                    " Installed channels: bus, store, web."
                ),
                (
                    "4:49: [unjudged] 'count' says nothing of an action: it has one reply."
                    " Use an assertion for what is waited for."
                ),
            ],
        ),
    ],
)
def test_steps_that_cannot_be_are_refused(bench: Bench, step: str, problems: list[str]) -> None:
    assert bench.errors(f"steps:\n  - {{{step}}}\n") == problems


def python_steps(*functions: Callable[..., object]) -> tuple[PythonStep, ...]:
    return find_python_steps({function.__name__: function for function in functions})


def test_python_steps_run_after_those_of_the_file(bench: Bench) -> None:
    @step("Ship", within=3)
    def second() -> None: ...

    @step("ship", alias="third", kind="ASSERTION")
    def third() -> None: ...

    marked = python_steps(second, third)
    text = f"defaults: {{within: 7s, every: 1s}}\nsteps: [{{at: ship, {SEND}}}]"
    bound = bench.bind(text, python_steps=[*marked, *marked])
    assert ran(bound) == ["step-1 Ship entered", "step-2 Ship entered", "third Ship entered"]
    _, python, other = (each.step for each in bound.scenarios[0].steps)
    assert python.python is marked[0]
    assert python.call is None
    assert (python.expect.within, python.expect.every) == (3.0, 1.0)
    assert other.expect.within == 7.0
    assert other.kind is StepKind.ASSERTION


def test_python_steps_of_other_processes_are_let_be(bench: Bench) -> None:
    @step("Something of another process")
    def elsewhere() -> None: ...

    @step("Shipp")
    def slip() -> None: ...

    bound = bench.bind("", python_steps=python_steps(elsewhere, slip))
    told = [str(problem).partition(": ")[2] for problem in bound.problems]
    assert told == [
        (
            "info[unknown-element] process 'order' has no element called"
            " 'Something of another process'. Known places: Amount?, Charge, Declined, Done, Fine?,"
            " Lost, Order handling, Ordered, Place order, Review, Ship, amount and 25 more."
        ),
        (
            "warning[unknown-element] process 'order' has no element called 'Shipp'."
            " Did you mean 'Ship'?"
        ),
    ]


def test_python_steps_of_the_suites_own_modules_must_stand_in_its_process(bench: Bench) -> None:
    path = bench.write(
        "steps.py",
        "from pytest_orchestra.suite.python_steps import step\n"
        "@step('Nowhere to be found', alias='a-b')\n"
        "def own(): ...\n",
    )
    (_, problem) = bench.errors("python: steps.py", python_steps=import_python_steps(path))
    assert problem.startswith(
        "steps.py:2: [unknown-element] process 'order' has no element called 'Nowhere to be found'."
    )


def test_an_alias_of_a_python_step_is_a_name(bench: Bench) -> None:
    @step("Ship", alias="a-b")
    def named() -> None: ...

    (problem,) = bench.errors("", python_steps=python_steps(named))
    assert problem.endswith(
        "[bad-name] 'a-b' is no alias. Begin with a letter; then letters, digits and '_'."
    )
