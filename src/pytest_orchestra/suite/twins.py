"""Scenarios that would run the same steps with the same data, so that one of them tells nothing."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.suite.bound import BoundScenario, BoundStep, Step
from pytest_orchestra.suite.names import references_of


def find_twins(scenarios: Iterable[BoundScenario]) -> tuple[tuple[str, ...], ...]:
    """The keys of scenarios that run the same, put together; those without a step are left out.

    The number of a visit counts only where the step may read it.
    """
    reads_visit: dict[int, bool] = {}
    alike: dict[object, list[str]] = {}

    def ran(bound: BoundStep) -> tuple[int, int]:
        step = bound.step
        if id(step) not in reads_visit:
            reads_visit[id(step)] = _may_read_visit(step)
        return id(step), bound.visit if reads_visit[id(step)] else 0

    for scenario in scenarios:
        if scenario.steps:
            data = scenario.data.name if scenario.data else None
            same = (data, *(ran(bound) for bound in scenario.steps))
            alike.setdefault(same, []).append(scenario.scenario.key)
    return tuple(tuple(keys) for keys in alike.values() if len(keys) > 1)


def _may_read_visit(step: Step) -> bool:
    """A function, or a file with templates of its own, may read anything."""
    if step.python is not None or _reads_files(step):
        return True
    return any(reference.root == "visit" for reference in references_of(step))


def _reads_files(step: Step) -> bool:
    fields = step.call.fields.values() if step.call is not None else ()
    pattern = step.expect.pattern
    templates = [*fields, pattern.value, pattern.headers]
    return any(isinstance(each, Template) and "file(" in str(each.value) for each in templates)
