"""What ways demand of data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_orchestra.expressions import parse_condition
from pytest_orchestra.flow.conditions import OutcomeConditions
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Passage, Scenario, ScenarioSet
from pytest_orchestra.model import ElementId, Process

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


def test_what_else_may_hold_at_an_exclusive_split_is_told_apart(plan: Plan) -> None:
    """Nothing where no other may hold: at the default, or of the same flow."""

    def known(text: str) -> OutcomeConditions:
        texts = {"a": text, "b": "x > 2", "d": "x > 3"}
        by_element = {ElementId(k): parse_condition(v, "plain") for k, v in texts.items()}
        return OutcomeConditions(by_element=by_element)

    found = plan(
        """
        s: start
        g: xor "G" default=c
        o: or "O"
        e: end
        s -> g
        a: g -> o "a"
        b: g -> o "b"
        c: g -> o "c"
        o -> e
        d: o -> e "d"
        """,
        conditions=known("x > 1"),
    )
    told = {
        each.key: [(c.element, c.at, c.holds, c.text, c.visit) for c in each.aside]
        for each in found.scenarios
    }
    assert told["main"] == []
    assert told["g-a"] == [("b", "g", False, "x > 2", 1)]
    assert told["g-b"] == [("a", "g", False, "x > 1", 1)]
    assert one(found, "g-a").aside[0].moment == one(found, "g-a").conditions[0].moment


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


def told(found: ScenarioSet) -> dict[str, list[str]]:
    """What each scenario asks: ``not element at visit``."""
    return {
        scenario.key: [
            f"{'' if c.holds else 'not '}{c.element} at {c.at} {c.visit}"
            for c in scenario.conditions
        ]
        for scenario in found.scenarios
    }


def of(**texts: str) -> OutcomeConditions:
    return OutcomeConditions(
        by_element={ElementId(k): parse_condition(v) for k, v in texts.items()}
    )


def test_a_suites_condition_replaces_that_of_the_model(plan: Plan) -> None:
    """Its text and language are told; the default flow may have one too."""
    text = 's: start\ng: xor default=b\ne: end\ns -> g\na: g -> e "a" if x > 1\nb: g -> e "b"'
    found = plan(text, conditions=of(a="y > 2", b="z"))
    asked = {
        s.key: [(c.element, c.holds, c.text, c.language, c.condition is None) for c in s.conditions]
        for s in found.scenarios
    }
    assert asked == {
        "main": [("a", False, "y > 2", "feel", False), ("b", True, "z", "feel", False)],
        "a": [("a", True, "y > 2", "feel", False)],
    }


HOST = """
    s: start
    t: task "T" {marker}
    x: boundary "X" on t timer
    y: boundary "Y" on t message calm
    e: end
    f: end
    s -> t
    t -> e
    x -> f
    y -> f
"""


def test_an_event_is_true_where_it_comes_and_false_elsewhere(plan: Plan) -> None:
    """At each visit of its host that it does not end or meet, each turn being one."""
    found = plan(HOST.replace("{marker}", ""), conditions=of(x="a", y="b"))
    assert told(found) == {
        "main": ["not x at t 1", "not y at t 1"],
        "x": ["x at t 1", "not y at t 1"],
        "y": ["y at t 1", "not x at t 1"],
    }
    found = plan(HOST.replace("{marker}", "each"), conditions=of(x="a"))
    asked = told(found)
    assert asked["t-x2"] == ["not x at t 1", "not x at t 2"]
    assert asked["t-x0"] == []


def test_an_event_of_a_sub_process_is_decided_when_it_is_left(plan: Plan) -> None:
    """Also where it is an event sub-process, and where something else ends it."""
    found = plan(
        """
        s: start
        u: sub "U"
        i: start in u
        w: user "W" in u
        j: end in u
        i -> w
        w -> j
        h: sub "H" in u by-event
        hs: start in h message calm
        he: end in h
        hs -> he
        x: boundary "X" on u timer
        k: sub "K" by-event
        ks: start in k error
        ke: end in k
        ks -> ke
        e: end
        f: end
        s -> u
        u -> e
        x -> f
        """,
        conditions=of(h="a", x="b", k="c"),
    )
    assert told(found) == {
        "main": ["not h at u 1", "not x at u 1", "not k at P 1"],
        "h": ["h at u 1", "not x at u 1", "not k at P 1"],
        "x": ["x at u 1", "not h at u 1", "not k at P 1"],
        "k": ["k at P 1", "not h at u 1", "not x at u 1"],
    }


def test_a_start_event_and_an_event_that_is_waited_for_have_conditions_too(plan: Plan) -> None:
    """One of several is chosen; without a condition none of the others is so."""
    found = plan(
        """
        s: start "S"
        r: start "R" message
        g: events "G"
        m: catch "M" message
        n: catch "N" timer
        e: end
        s -> g
        r -> g
        a: g -> m
        b: g -> n
        m -> e
        n -> e
        """,
        conditions=of(r="x", b="y"),
    )
    assert told(found) == {
        "main": ["r at P 1", "not b at g 1"],
        "s": ["not r at P 1", "not b at g 1"],
        "b": ["r at P 1", "b at g 1"],
    }


WRITING = """
    s: start
    p: and
    w: task "W"
    g: xor "G" default=no
    m: xor
    q: and
    h: xor "H" default=low
    e: end
    s -> p
    p -> w
    p -> g
    w -> q
    yes: g -> m "yes"
    no: g -> m "no"
    m -> q
    q -> h
    high: h -> e "high"
    low: h -> e "low"
"""


def test_a_name_is_free_where_it_was_written_or_may_be(plan: Plan) -> None:
    """Behind the element, and beside it on another branch."""
    conditions = of(yes="a > 1", high="a > b")
    for place, freed in {
        "w": {"yes": {"a"}, "high": {"a"}},
        "P": {"yes": {"a"}, "high": {"a"}},
        "no": {"yes": set(), "high": {"a"}},
        "h": {"yes": set(), "high": {"a"}},
        "e": {"yes": set(), "high": set()},
    }.items():
        writes = {ElementId(place): frozenset({"a", "c"})}
        found = plan(WRITING, conditions=replace(conditions, writes=writes))
        main = one(found, "main")
        assert {c.element: set(c.free) for c in main.conditions} == freed, place


BESIDE = """
    s: start
    u: sub "U" {marker}
    i: start in u
    w: user "W" in u
    k: xor "K" in u default=calm
    j: end in u
    i -> w
    w -> k
    loud: k -> j "loud"
    calm: k -> j "calm"
    {event}
    v: task
    e: end
    f: end
    s -> u
    u -> e
"""


@pytest.mark.parametrize(
    ("marker", "event", "writer", "is_free"),
    [
        ("", "x: boundary on u timer calm\nx -> v\nv -> f", "v", True),
        ("", "x: boundary on u timer\nx -> v\nv -> f", "v", False),
        (
            "",
            "h: sub in u by-event\nhs: start in h message calm\nv2: task in h\nhs -> v2",
            "v2",
            True,
        ),
        ("all", "", "w", True),
        ("all", "", "u", True),
        ("each", "", "e", False),
    ],
)
def test_what_goes_on_at_the_same_time_may_write(
    draw: Callable[[str], Process], marker: str, event: str, writer: str, *, is_free: bool
) -> None:
    """Behind an event that interrupts nothing, in an event sub-process, in another instance."""
    process = draw(BESIDE.format(marker=marker, event=event))
    writes = {ElementId(writer): frozenset({"a"})}
    found = generate_scenarios(process, conditions=replace(of(loud="a > 1"), writes=writes))
    asked = [c for c in found.scenarios[0].conditions if c.element == "loud"]
    assert {bool(c.free) for c in asked} == {is_free}
