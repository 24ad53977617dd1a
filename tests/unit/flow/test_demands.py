"""What ways demand of data."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.scenario import Passage, Scenario, ScenarioSet

Plan = Callable[..., ScenarioSet]


def one(found: ScenarioSet, key: str) -> Scenario:
    (scenario,) = (scenario for scenario in found.scenarios if scenario.key == key)
    return scenario


def test_conditions_say_what_the_way_demands(plan: Plan) -> None:
    """The flow's own condition; for a flow without one, that no other holds."""
    found = plan("""
        s: start
        g: xor "G" default=c
        e: end
        s -> g
        a: g -> e "a" if x > 1
        b: g -> e "b" if x > 2
        c: g -> e "c"
    """)
    told = {
        scenario.key: [(c.element, c.holds, c.text, c.visit) for c in scenario.conditions]
        for scenario in found.scenarios
    }
    assert told == {
        "main": [("a", False, "x > 1", 1), ("b", False, "x > 2", 1)],
        "g-a": [("a", True, "x > 1", 1)],
        "g-b": [("b", True, "x > 2", 1)],
    }
    condition = one(found, "g-a").conditions[0]
    assert one(found, "g-a").moments[condition.moment].element == "g"


def test_each_condition_of_an_inclusive_split_decides_for_itself(plan: Plan) -> None:
    """What is taken holds, what is not taken does not; a parallel split asks nothing."""
    found = plan("""
        s: start
        g: or "G"
        p: and
        j: or
        e: end
        s -> p
        q: p -> g if ignored
        a: g -> j "a" if x
        b: g -> j "b" if y
        j -> e
    """)
    told = {s.key: [(c.element, c.holds) for c in s.conditions] for s in found.scenarios}
    assert told["main"] == [("a", True), ("b", False)]
    assert told["g-a-b"] == [("a", True), ("b", True)]


def test_an_activity_asks_when_it_is_left(plan: Plan) -> None:
    """Its conditions belong to the moment of leaving."""
    found = plan('s: start\nt: task "T"\ne: end\nf: end\ns -> t\na: t -> e if x\nb: t -> f')
    condition = found.scenarios[0].conditions[0]
    assert (condition.holds, condition.at) == (False, "t")
    moment = found.scenarios[0].moments[condition.moment]
    assert (moment.passage, moment.element) == (Passage.LEFT, "t")
