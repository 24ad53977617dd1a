"""What is not wrong in a suite but not as it should be; ``strict`` makes errors of some of it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.flow.scenario import Scenario
from pytest_orchestra.model import ElementId, Problem, Severity, SourceLocation
from pytest_orchestra.suite.bound import BoundScenario, Undriven
from pytest_orchestra.suite.places import Elements
from pytest_orchestra.suite.placing import PlacedStep

TWINS, UNDRIVEN = "twins", "undriven"
"""Codes of what tells that a suite would lie; it is also told at the end of a session."""

_MAX_KEYS = 5


def unused_steps(
    steps: Iterable[PlacedStep],
    used: Container[int],
    scenarios: Sequence[Scenario],
    *,
    has_drifted: bool = False,
) -> Iterator[Problem]:
    """Steps that no scenario runs.

    Args:
        steps: of the suite.
        used: ids of the steps' objects that some scenario runs.
        scenarios: all of them.
        has_drifted: they are not those that were locked, so that a step may have lost its place.
    """
    unused = [placed for placed in steps if id(placed.step) not in used]
    ways = scenarios if unused else ()
    passed = {moment.element for way in ways for moment in way.moments if moment.visit}
    for placed in unused:
        yield Problem(
            severity=Severity.ERROR if has_drifted else Severity.WARNING,
            code="step-unused",
            message=f"the step '{shortened(placed.step.name)}' runs in no scenario",
            hint=_why_unused(placed, passed),
            location=placed.step.location,
        )


def _why_unused(placed: PlacedStep, passed: Container[ElementId]) -> str:
    if not placed.places:
        return "No scenario passes all that its 'when' says."
    if not any(each.is_process or each.id in passed for each in placed.places):
        names = ", ".join(f"'{each.name}'" for each in placed.places)
        return f"No scenario comes by {names}."
    if placed.when:
        return "No visit's stretch passes what its 'when' says."
    return "No scenario completes it there: it is always interrupted."


def unbound_tasks(
    tasks: Iterable[ElementId],
    elements: Elements,
    scenarios: Sequence[BoundScenario],
    at: SourceLocation,
) -> Iterator[Problem]:
    """Under ``strict``: tasks that scenarios come by and at which no step ever runs."""
    bound = {step.element for scenario in scenarios for step in scenario.steps}
    ways = [scenario.scenario for scenario in scenarios]
    passed = {moment.element for way in ways for moment in way.moments if moment.visit}
    for task in tasks:
        if task in passed and task not in bound:
            yield Problem(
                severity=Severity.ERROR,
                code="task-unbound",
                message=f"no step stands at the task '{elements[task].name}' ({task})",
                hint="Bind a step to it, or leave 'strict' out.",
                location=at,
                element_id=task,
            )


def twins(
    groups: Iterable[Sequence[str]], severity: Severity, at: SourceLocation
) -> Iterator[Problem]:
    """Scenarios that would run the same steps with the same data, by their keys."""
    for keys in groups:
        yield Problem(
            severity=severity,
            code=TWINS,
            message=f"scenarios {_listed(keys)} run the same steps with the same data",
            hint="Mark them with different data, or bind steps to what tells them apart.",
            location=at,
        )


def undriven_outcomes(
    outcomes: Iterable[Undriven], severity: Severity, at: SourceLocation
) -> Iterator[Problem]:
    """Outcomes that nothing leads to."""
    for each in outcomes:
        taken = each.outcome
        yield Problem(
            severity=severity,
            code=UNDRIVEN,
            message=f"nothing leads to '{each.name}' in {_listed(each.scenarios)}",
            hint="Bind an action to it, give it a condition over data, or mark data for it.",
            location=at,
            element_id=taken.event or next(iter(taken.flows), taken.at),
        )


def _listed(keys: Sequence[str]) -> str:
    listed = ", ".join(f"'{key}'" for key in keys[:_MAX_KEYS])
    return f"{listed} and {len(keys) - _MAX_KEYS} more" if len(keys) > _MAX_KEYS else listed
