"""The criterion ``paths``: every distinct way, lazily, with the number left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.scenario import Criterion, LeftOut, ScenarioSet

Plan = Callable[..., ScenarioSet]


def ways(found: ScenarioSet) -> set[tuple[str, ...]]:
    return {scenario.flows for scenario in found.scenarios}


DIAMONDS = """
    s: start
    g: xor "G"
    h: xor "H"
    e: end
    s -> g
    g1: g -> h "1"
    g2: g -> h "2"
    h1: h -> e "1"
    h2: h -> e "2"
"""


def test_every_combination_is_a_way(plan: Plan) -> None:
    """Two splits in a row: four ways; ``main`` first."""
    found = plan(DIAMONDS, Criterion.PATHS)
    assert [s.key for s in found.scenarios] == ["main", "g-2", "g-2-h-2", "h-2"]
    assert found.left_out == LeftOut()


LOOPS = """
    s: start
    a: xor
    b: xor
    t: task
    c: xor "Inner"
    d: xor "Outer"
    e: end
    s -> a
    a -> b
    b -> t
    t -> c
    inner: c -> b "again"
    c -> d "on"
    outer: d -> a "again"
    d -> e "done"
"""


@pytest.mark.parametrize(("turns", "number"), [(0, 1), (1, 5), (2, 19)])
def test_loops_turn_back_up_to_the_bound(plan: Plan, turns: int, number: int) -> None:
    """A flow that turns back at most that often in one run, in every distribution."""
    found = plan(LOOPS, Criterion.PATHS, max_loop_iterations=turns)
    assert len(found.scenarios) == len(ways(found)) == brute(turns) == number
    assert found.left_out == LeftOut()


def brute(turns: int) -> int:
    """The outer loop k times; the inner turns spread over k + 1 passes."""
    total = 0
    for outer in range(turns + 1):
        spread = [1]
        for _ in range(outer + 1):
            spread = (
                [sum(spread[: n + 1]) for n in range(len(spread))]
                if len(spread) > 1
                else [1] * (turns + 1)
            )
        total += sum(spread)
    return total


INCLUSIVE = """
    s: start
    g: or "Send" default=none
    a: task
    b: task
    c: task
    j: or
    e: end
    s -> g
    fa: g -> a "a"
    fb: g -> b "b"
    fc: g -> c "c"
    none: g -> j "none"
    a -> j
    b -> j
    c -> j
    j -> e
"""


def test_an_inclusive_split_takes_every_combination(plan: Plan) -> None:
    """Any of three, and the default alone; below ``paths`` each alone and all."""
    found = plan(INCLUSIVE, Criterion.PATHS)
    assert len(found.scenarios) == 8
    assert "send-a-b" in {scenario.key for scenario in found.scenarios}
    assert len(plan(INCLUSIVE).scenarios) == 5


def test_conditional_flows_of_an_activity_combine_as_well(plan: Plan) -> None:
    """With those that have no condition always."""
    found = plan(
        """
        s: start
        t: task "T"
        e: end
        s -> t
        always: t -> e
        a: t -> e "a" if x
        b: t -> e "b" if y
        c: t -> e "c" if z
    """,
        Criterion.PATHS,
    )
    taken = {frozenset(scenario.flows) - {"s->t", "always"} for scenario in found.scenarios}
    assert len(taken) == 8
    assert all("always" in scenario.flows for scenario in found.scenarios)


def test_events_that_interrupt_nothing_come_in_every_combination(plan: Plan) -> None:
    """Of three, eight sets."""
    found = plan(
        """
        s: start
        t: user
        x: boundary "X" on t message calm
        y: boundary "Y" on t message calm
        z: boundary "Z" on t message calm
        e: end
        s -> t
        t -> e
        x -> e
        y -> e
        z -> e
    """,
        Criterion.PATHS,
    )
    assert len({frozenset(scenario.nodes) for scenario in found.scenarios}) == 8
    assert len(found.scenarios) == 8


def test_interleavings_count_once(plan: Plan) -> None:
    """Two tasks beside two are one way."""
    found = plan(
        """
        s: start
        f: and
        a: task
        a2: task
        b: task
        b2: task
        j: and
        e: end
        s -> f
        f -> a
        f -> b
        a -> a2
        b -> b2
        a2 -> j
        b2 -> j
        j -> e
    """,
        Criterion.PATHS,
    )
    assert [scenario.key for scenario in found.scenarios] == ["main"]


SCOPE = """
    s: start
    x: sub
    e: end
    late: end
    i: start in x
    g: xor "G" in x
    t: task in x
    u: user in x
    v: user in x
    j: end in x
    cut: boundary "Cut" on x timer
    s -> x
    x -> e
    cut -> late
    i -> g
    toU: g -> u "u"
    toT: g -> t "t"
    u -> v
    v -> j
    t -> j
"""


def test_an_event_comes_where_it_is_placed(plan: Plan) -> None:
    """At the first wait, not at the second too; where there is no wait, not at all."""
    found = plan(SCOPE, Criterion.PATHS)
    assert len(found.scenarios) == 4
    by_event = [s for s in found.scenarios if "cut" in s.nodes]
    assert sorted(s.nodes[-3] for s in by_event) == ["t", "u"]


def test_past_the_bound_the_rest_is_counted(plan: Plan) -> None:
    """Every flow is covered first."""
    found = plan(INCLUSIVE, Criterion.PATHS, max_scenarios=3)
    assert len(found.scenarios) == 3
    assert found.left_out == LeftOut(number=5, exact=True)
    assert found.coverage.covered == found.coverage.total


def test_what_grows_without_end_makes_the_number_a_lower_bound(plan: Plan) -> None:
    """Tokens pile up; such runs are not followed."""
    found = plan(
        """
        s: start
        m: xor
        f: and
        t: xor
        j: and
        e: end
        s -> m
        m -> f
        f -> t
        f -> j
        back: t -> m
        on: t -> j
        j -> e
    """,
        Criterion.PATHS,
    )
    assert [scenario.key for scenario in found.scenarios] == ["main"]
    assert not found.left_out.exact


LINKED = """
    s: start
    c: catch link=A
    m: xor
    g: xor "G"
    t: throw link=A
    e: end
    c -> m
    m -> g
    g -> t "again"
    g -> e "done"
"""


def test_a_link_that_turns_back_is_a_loop(plan: Plan) -> None:
    """The flow behind it counts."""
    found = plan(LINKED + "s -> m", Criterion.PATHS)
    assert [scenario.key for scenario in found.scenarios] == ["main", "g-again", "g-again-x2"]
    assert found.left_out == LeftOut()


def test_a_circle_closed_by_a_link_alone_makes_the_number_a_lower_bound(plan: Plan) -> None:
    """It is walked where a flow needs it, and not for ever."""
    found = plan(LINKED + "s -> c", Criterion.PATHS)
    assert [scenario.key for scenario in found.scenarios] == ["main", "g-again"]
    assert found.coverage.covered == found.coverage.total
    assert not found.left_out.exact
