"""Deadlines of a scenario multiplied, for a system that is slower than it was measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pytest_orchestra.suite.bound import BoundScenario, BoundStep, Expect, Step


def scaled(scenario: BoundScenario, scale: float) -> BoundScenario:
    """The scenario with each deadline ``scale`` times as long.

    So is the time for which something must hold, as what breaks it comes later, too. How often a
    step looks, and how long it waits before it is tried again, stays.
    """
    if scale == 1:
        return scenario
    known: dict[int, Step] = {}

    def all_of(steps: Iterable[BoundStep]) -> tuple[BoundStep, ...]:
        return tuple(replace(bound, step=one_of(bound.step)) for bound in steps)

    def one_of(step: Step) -> Step:
        if id(step) not in known:
            known[id(step)] = replace(step, expect=_expect(step.expect, scale))
        return known[id(step)]

    return replace(scenario, steps=all_of(scenario.steps), cleanup=all_of(scenario.cleanup))


def _expect(expect: Expect, scale: float) -> Expect:
    stable_for = expect.stable_for
    return replace(
        expect,
        within=expect.within * scale,
        stable_for=None if stable_for is None else stable_for * scale,
        time_scale=scale,
    )
