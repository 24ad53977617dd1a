"""The criterion ``flows``."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.scenario import Criterion, ScenarioSet

Plan = Callable[..., ScenarioSet]


def test_two_diamonds_need_two_runs(plan: Plan) -> None:
    """Not three as ``branches``."""
    found = plan(
        """
        s: start
        g: xor "A"
        h: xor "B"
        e: end
        s -> g
        a1: g -> h "1"
        a2: g -> h "2"
        b1: h -> e "1"
        b2: h -> e "2"
    """,
        Criterion.FLOWS,
    )
    assert len(found.scenarios) == 2
    assert found.coverage.covered == found.coverage.total == 5


def test_loops_are_gone_round_in_one_run(plan: Plan) -> None:
    """However many, and one inside the other."""
    found = plan(
        """
        s: start
        m: xor
        n: xor
        t: task
        g: xor "G"
        u: task
        h: xor "H"
        e: end
        s -> m
        m -> n
        n -> t
        t -> g
        g1: g -> n "again"
        g2: g -> u "on"
        u -> h
        h1: h -> m "again"
        h2: h -> e "on"
    """,
        Criterion.FLOWS,
    )
    (scenario,) = found.scenarios
    assert scenario.flows.count("g1") == 1
    assert scenario.flows.count("h1") == 1


def test_a_loop_with_several_ways_is_gone_round_as_often_as_allowed(plan: Plan) -> None:
    """Further ways need further runs."""
    text = """
        s: start
        m: xor
        g: xor "G"
        e: end
        s -> m
        m -> g
        g1: g -> a "1"
        g2: g -> b "2"
        g3: g -> c "3"
        a: task
        b: task
        c: task
        j: xor
        a -> j
        b -> j
        c -> j
        j -> m
        out: g -> e "out"
    """
    assert len(plan(text, Criterion.FLOWS, max_loop_iterations=3).scenarios) == 1
    few = plan(text, Criterion.FLOWS, max_loop_iterations=1)
    assert len(few.scenarios) == 3
    assert few.coverage.covered == few.coverage.total


def test_a_process_without_flows_has_main(plan: Plan) -> None:
    """There is a run even if there is no flow to take."""
    found = plan("t: task", Criterion.FLOWS)
    assert [scenario.key for scenario in found.scenarios] == ["main"]


def test_events_are_placed_as_ever_where_that_is_enough(plan: Plan) -> None:
    """Only what has no end of its own is interrupted late."""
    found = plan(
        """
        s: start
        x: sub
        i: start in x
        u: user in x
        v: user in x
        k: end in x
        i -> u
        u -> v
        v -> k
        late: boundary on x timer
        e: end
        s -> x
        x -> e
        late -> e
    """,
        Criterion.FLOWS,
    )
    interrupted = [scenario for scenario in found.scenarios if "late" in scenario.nodes]
    assert [scenario.nodes for scenario in interrupted] == [("s", "x", "i", "u", "late", "e")]
    endless = plan(
        """
        s: start
        x: sub
        u: user in x
        v: user in x
        i: start in x
        i -> u
        u -> v
        v -> u
        late: boundary on x timer
        e: end
        s -> x
        late -> e
    """,
        Criterion.FLOWS,
    )
    assert endless.coverage.covered == endless.coverage.total


def test_what_is_bounded_out_is_not_covered_and_says_so(plan: Plan) -> None:
    """Flows that only a turn would take."""
    found = plan(
        """
        s: start
        t: task
        g: xor
        e: end
        s -> t
        t -> g
        again: g -> t
        out: g -> e
    """,
        Criterion.FLOWS,
        max_loop_iterations=0,
    )
    (missing,) = found.coverage.uncovered
    assert missing.id == "again"
    assert "max_loop_iterations" in missing.why


def test_too_little_room_is_counted(plan: Plan) -> None:
    """The number of scenarios left out is exact."""
    found = plan(
        """
        s: start
        g: xor
        e: end
        s -> g
        a: g -> e
        b: g -> e
        c: g -> e
    """,
        Criterion.FLOWS,
        max_scenarios=1,
    )
    assert len(found.scenarios) == 1
    assert (found.left_out.number, found.left_out.exact) == (2, True)
    assert {missing.why for missing in found.coverage.uncovered} == {
        "left out: there would be more scenarios than max_scenarios"
    }
