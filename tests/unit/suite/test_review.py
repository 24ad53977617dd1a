"""What is told of a suite that is not wrong, and what ``strict`` makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.flow.scenario import Passage
from pytest_orchestra.model import ElementId, Process, ProcessModel, SourceLocation
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.bound import Step
from pytest_orchestra.suite.places import Elements
from pytest_orchestra.suite.placing import PlacedStep
from pytest_orchestra.suite.python_steps import find_python_steps, step
from pytest_orchestra.suite.review import unused_steps

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench, MakeScenario

ACT = "action: {channel: bus, topic: t, value: 1}"
ALONE = 'scenarios: {mark: {"*h*": {active: false}, declined: {active: false}}}\n'


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("at: Review, when: Amount?/low", "No visit's stretch passes what its 'when' says."),
        ("at: order, when: [low, high]", "No visit's stretch passes what its 'when' says."),
        (
            "leaving: Charge, when: Declined",
            "No visit's stretch passes what its 'when' says.",
        ),
    ],
)
def test_a_step_that_never_runs_is_told_with_the_reason(bench: Bench, where: str, why: str) -> None:
    text = f"steps:\n  - {{at: Done, {ACT}}}\n  - {{name: Never, {where}, {ACT}}}\n"
    told = [each for each in bench.warnings(text) if "step-unused" in each]
    assert told == [f"5:5: warning[step-unused] the step 'Never' runs in no scenario. {why}"]


def test_a_step_where_no_scenario_comes_by_is_told(bench: Bench) -> None:
    text = f"""scenarios: {{max_scenarios: 1}}
steps: [{{at: Place order, {ACT}}}, {{name: Never, at: [Review, Fine?], {ACT}}}]
"""
    assert bench.warnings(text)[0] == (
        "4:72: warning[step-unused] the step 'Never' runs in no scenario."
        " No scenario comes by 'Review', 'Fine?'."
    )


def test_a_step_that_leaves_what_is_always_interrupted_is_told(
    order: Process, make_scenario: MakeScenario
) -> None:
    elements = Elements(order, ProcessModel(file="x", digest=""))
    never = Step(id="n", name="N", kind=StepKind.ACTION, location=SourceLocation(file="s.yaml"))
    charge = elements[ElementId("charge")]
    placed = PlacedStep(step=never, places=(charge,), passage=Passage.LEFT)
    (problem,) = unused_steps([placed], set(), [make_scenario("+charge", "!charge")])
    assert problem.hint == "No scenario completes it there: it is always interrupted."


def test_a_step_that_only_a_left_out_scenario_runs_is_used(bench: Bench) -> None:
    text = f"{ALONE}steps: [{{at: Place order, {ACT}}}, {{at: Review, {ACT}}}]"
    assert bench.warnings(text) == []


def test_twins_are_told(bench: Bench) -> None:
    text = f"""scenarios: {{mark: {{declined: {{active: false}}}}}}
steps:
  - {{at: Place order, {ACT}}}
  - {{at: Review, when: Fine?/no, {ACT}}}
"""
    assert bench.warnings(text) == [
        (
            "4:1: warning[twins] scenarios 'main', 'amount-high' run the same steps with the same"
            " data. Mark them with different data, or bind steps to what tells them apart."
        )
    ]


def test_strict_makes_errors_of_tasks_without_a_step_and_of_twins(bench: Bench) -> None:
    text = f"strict: true\nsteps: [{{at: [Place order, Ship], {ACT}}}]"
    errors = [each for each in bench.errors(text) if "[undriven]" not in each]
    assert errors == [
        (
            "3:1: [twins] scenarios 'main', 'amount-high', 'amount-high-fine-no',"
            " 'amount-high-fine-no-x2', 'declined' run the same steps with the same data."
            " Mark them with different data, or bind steps to what tells them apart."
        ),
        (
            "3:1: [task-unbound] no step stands at the task 'Review' (review)."
            " Bind a step to it, or leave 'strict' out."
        ),
        (
            "3:1: [task-unbound] no step stands at the task 'Charge' (charge)."
            " Bind a step to it, or leave 'strict' out."
        ),
    ]


def test_strict_asks_nothing_of_tasks_that_no_scenario_comes_by(bench: Bench) -> None:
    text = f"strict: true\n{ALONE}steps: [{{at: [Place order, Ship, Charge], {ACT}}}]"
    assert bench.warnings(text) == []


def test_a_function_at_a_task_is_a_step_at_it(bench: Bench) -> None:
    @step("Charge")
    def charge() -> None: ...

    text = f"strict: true\n{ALONE}steps: [{{at: [Place order, Ship], {ACT}}}]"
    steps = find_python_steps({"charge": charge})
    assert bench.warnings(text, python_steps=steps) == []
