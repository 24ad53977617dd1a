"""Scenarios that would run the same steps with the same data, so that one of them tells nothing."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.expressions.templates import Template
from pytest_orchestra.suite.bound import BoundScenario, BoundStep, Step
from pytest_orchestra.suite.each import EACH
from pytest_orchestra.suite.names import references_of


def find_twins(scenarios: Iterable[BoundScenario]) -> tuple[tuple[str, ...], ...]:
    """The items that run the same, put together; those without a step or data are left out.

    The number of a visit, or of an item, counts only where the step may read it. Data sets are
    the same where their values are, whatever they are called.
    """
    reads: dict[int, tuple[bool, bool]] = {}
    values: dict[int, str] = {}
    alike: dict[object, list[str]] = {}

    def ran(bound: BoundStep) -> tuple[object, ...]:
        step = bound.step
        if id(step) not in reads:
            reads[id(step)] = _may_read(step, "visit"), _may_read(step, EACH)
        visit, items = reads[id(step)]
        return id(step), bound.visit if visit else 0, *(bound.items.items() if items else ())

    def read(data: DataSet | None) -> str:
        if id(data) not in values:
            values[id(data)] = repr(sorted(data.values.items())) if data else ""
        return values[id(data)]

    for scenario in scenarios:
        if scenario.steps and not scenario.unmet:
            same = (read(scenario.data), *(ran(bound) for bound in scenario.steps))
            alike.setdefault(same, []).append(scenario.item)
    return tuple(tuple(keys) for keys in alike.values() if len(keys) > 1)


def _may_read(step: Step, root: str) -> bool:
    """A function, or a file with templates of its own, may read anything."""
    if step.python is not None or _reads_files(step):
        return True
    return any(reference.root == root for reference in references_of(step))


def _reads_files(step: Step) -> bool:
    fields = step.call.fields.values() if step.call is not None else ()
    pattern = step.expect.pattern
    templates = [*fields, pattern.value, pattern.headers]
    return any(isinstance(each, Template) and "file(" in str(each.value) for each in templates)
