"""What steps read of each other, on the ways of real scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.suite.python_steps import find_python_steps, step

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

ACT = "action: {channel: bus, topic: t, value: 1}"
READ = 'action: {channel: bus, topic: t, value: "{{step.a.message}}"}'
HINT = "Stand where that step has surely run, or narrow this one with 'when'."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("at: Place order", "at: Place order"),
        ("at: Place order", "leaving: Place order"),
        ("at: Place order", "at: Amount?"),
        ("at: Place order", "at: Done"),
        ("at: Place order", "at: Declined"),
        ("at: Charge", "at: Declined"),
        ("leaving: Ship", "at: join"),
        ("leaving: Ship", "at: Done"),
        ("at: order", "at: Ordered"),
        ("at: order", "leaving: order"),
        ("leaving: order", "leaving: order"),
        ("at: Place order", "leaving: order"),
        ("at: Review", "at: f_no"),
        ("at: Amount?/high", "at: Review"),
        ("at: Review, when: Fine?/no", "at: Fine?/no"),
        ("leaving: Review", "at: Fine?"),
    ],
)
def test_what_surely_ran_before_may_be_read(bench: Bench, first: str, second: str) -> None:
    bound = bench.bind(f"steps:\n  - {{{first}, alias: a, {ACT}}}\n  - {{{second}, {READ}}}\n")
    assert any(len(scenario.steps) > 1 for scenario in bound.scenarios)


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        (
            "at: Amount?/high",
            "at: Ship",
            "in scenario 'main' and 1 more: the step 'a' is not on this way",
        ),
        (
            "at: Ship",
            "at: Place order",
            "in scenario 'main' and 4 more: the step 'a' runs later",
        ),
        (
            "at: Ship",
            "at: Charge",
            "in scenario 'main' and 4 more: the step 'a' runs on a concurrent branch",
        ),
        (
            "leaving: Ship",
            "at: Declined",
            "in scenario 'declined': the step 'a' runs on a concurrent branch",
        ),
        (
            "leaving: Charge",
            "at: Declined",
            "in scenario 'declined': the step 'a' is not on this way",
        ),
        (
            "leaving: Review, when: Fine?/no",
            "at: Fine?",
            "in scenario 'amount-high': the step 'a' is not on this way",
        ),
        (
            "at: Fine?/no",
            "leaving: Review",
            "in scenario 'amount-high' and 2 more: the step 'a' is not on this way",
        ),
        (
            "leaving: order",
            "at: order",
            "in scenario 'main' and 4 more: the step 'a' runs later",
        ),
        (
            "leaving: order",
            "at: Done",
            "in scenario 'main' and 3 more: the step 'a' runs later",
        ),
    ],
)
def test_what_has_not_surely_run_is_a_problem(
    bench: Bench, first: str, second: str, problem: str
) -> None:
    (told,) = bench.errors(f"steps:\n  - {{{first}, alias: a, {ACT}}}\n  - {{{second}, {READ}}}\n")
    place, _, message = told.partition(": ")
    assert place.startswith("5:")
    assert message == (
        f"[step-not-surely-run] 'step.a.message' has no sure value {problem}. {HINT}"
    )


def test_later_in_the_file_at_the_same_place_is_too_late(bench: Bench) -> None:
    text = f"steps:\n  - {{at: Ship, {READ}}}\n  - {{at: Ship, alias: a, {ACT}}}\n"
    (problem,) = bench.errors(text)
    assert problem == (
        "4:56: [step-not-surely-run] 'step.a.message' has no sure value in scenario 'main' and"
        f" 4 more: the step 'a' runs later. {HINT}"
    )


def test_a_step_cannot_read_its_own_first_result(bench: Bench) -> None:
    (problem,) = bench.errors(f"steps:\n  - {{at: Ship, alias: a, {READ}}}\n")
    assert problem.endswith(f"in scenario 'main' and 4 more: the step reads its own result. {HINT}")


def test_an_earlier_visit_delivers_for_a_later_one(bench: Bench) -> None:
    text = f"""steps:
  - {{at: Review, alias: a, {ACT}}}
  - {{at: Fine?/no, {READ}}}
  - {{leaving: Review, {READ}}}
"""
    by_key = {scenario.item: scenario for scenario in bench.bind(text).scenarios}
    assert len(by_key["amount-high-fine-no-x2"].steps) == 8


def test_steps_that_never_meet_may_share_an_alias(bench: Bench) -> None:
    text = f"""steps:
  - {{at: Amount?/high, alias: a, {ACT}}}
  - {{at: Amount?/low, alias: a, {ACT}}}
  - {{at: Ship, {READ}}}
"""
    assert len(bench.bind(text).scenarios) == 5


def test_steps_that_meet_may_not_share_an_alias(bench: Bench) -> None:
    text = f"""steps:
  - {{at: Place order, alias: a, {ACT}}}
  - {{at: Amount?/high, alias: a, {ACT}}}
  - {{at: Fine?/no, alias: a, {ACT}}}
"""
    (problem, *rest) = bench.errors(text)
    assert rest == []
    assert problem == (
        "5:5: [alias-twice] scenario 'amount-high' runs two steps with the alias 'a'."
        " Rename this one or that of 4:5."
    )


def test_only_what_a_step_delivers_can_be_read(bench: Bench) -> None:
    text = """steps:
  - {at: Place order, alias: a, action: {channel: bus, topic: t, value: 1}, save: {order: visit}}
  - at: Ship
    action:
      channel: bus
      topic: "{{step.a.order}}{{step.a.message.key}}{{step.a.all[0].order}}"
      value: "{{step.a.odrer}}{{step.a.odrer}}{{step.a.gift | default('')}}{{step.a}}"
"""
    assert bench.errors(text) == [
        "9:14: [unknown-name] the step 'a' delivers no 'odrer'. Did you mean 'order'?"
    ]


def test_a_function_may_deliver_anything(bench: Bench) -> None:
    @step("order", alias="a")
    def give() -> dict[str, object]:
        return {"anything": 1}

    text = f"steps: [{{at: Ship, {READ}}}]"
    bound = bench.bind(text, python_steps=find_python_steps({"give": give}))
    assert len(bound.scenarios[0].steps) == 2


def test_scenarios_that_are_left_out_are_not_judged(bench: Bench) -> None:
    text = f"""scenarios: {{mark: {{"*high*": {{active: false}}, declined: {{active: false}}}}}}
steps:
  - {{at: Amount?/low, alias: a, {ACT}}}
  - {{at: Ship, {READ}}}
"""
    assert [scenario.item for scenario in bench.bind(text).scenarios] == ["main"]
