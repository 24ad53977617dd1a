"""Scenarios that would run the same steps with the same data, so that one of them tells nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_orchestra.suite.bound import BoundScenario, BoundStep, Step


def find_twins(scenarios: Iterable[BoundScenario]) -> tuple[tuple[str, ...], ...]:
    """The keys of scenarios that run the same, put together; those without a step are left out."""
    visits = _Visits()
    alike: dict[object, list[str]] = {}
    for bound in scenarios:
        if bound.steps:
            data = bound.data.name if bound.data else None
            ran = tuple(visits.counted(each) for each in bound.steps)
            alike.setdefault((data, ran), []).append(bound.scenario.key)
    return tuple(tuple(keys) for keys in alike.values() if len(keys) > 1)
