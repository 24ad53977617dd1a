"""From a process to its scenarios: the whole way."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.flow.coverage import reachable_nodes
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.scenario import ScenarioSet
from pytest_orchestra.flow.steering import Steering
from pytest_orchestra.model import ElementId, Process

Draw = Callable[[str], Process]
Plan = Callable[..., ScenarioSet]

TEXT = 's: start\ng: xor "G"\nt: task\ne: end\ns -> g\na: g -> e "a"\nb: g -> t "b"\nt -> e'


@pytest.mark.parametrize(
    "wrong",
    [{"max_loop_iterations": -1}, {"max_loop_iterations": 1001}, {"max_scenarios": 0}],
    ids=str,
)
def test_numbers_out_of_range_are_refused(draw: Draw, wrong: dict[str, int]) -> None:
    """By name and value."""
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        generate_scenarios(draw(TEXT), **wrong)


def test_a_loop_of_its_own_number_has_the_same_bounds(draw: Draw) -> None:
    """The number is named."""
    steering = Steering(max_loop_iterations={ElementId("t"): 2000})
    with pytest.raises(ConfigurationError, match="2000"):
        generate_scenarios(draw(TEXT), steering=steering)


def test_an_empty_process_has_nothing(plan: Plan) -> None:
    """And says so."""
    found = plan("")
    assert len(found.scenarios) == 0
    assert [problem.code for problem in found.problems] == ["process-empty"]
    assert found.coverage.total == 0


def test_scenarios_behave_as_a_sequence(plan: Plan) -> None:
    """They are told when they are asked for, the same each time."""
    scenarios = plan(TEXT).scenarios
    assert scenarios[0] == scenarios[0]
    assert scenarios[-1].key == "g-b"
    assert scenarios[:1] == (scenarios[0],)
    assert [scenario.key for scenario in scenarios[::-1]] == ["g-b", "main"]
    assert scenarios == tuple(scenarios)
    assert scenarios != [1]
    assert hash(scenarios) == hash(plan(TEXT).scenarios)
    assert repr(scenarios) == "ScenarioCatalogue(main, g-b)"
    with pytest.raises(IndexError):
        scenarios[2]


def test_a_scenario_set_can_be_pickled(plan: Plan) -> None:
    """For whoever hands it to another process."""
    found = plan(TEXT)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301  # our own


def test_main_is_called_so_even_where_it_has_to_turn_back(plan: Plan) -> None:
    """What it takes first at a decision becomes the default there."""
    found = plan("""
        s: start
        f: and
        a: xor "A"
        j: and
        w: task
        e: end
        s -> f
        x: f -> a
        y: f -> j
        a1: a -> e "1"
        a2: a -> w "2"
        w -> j
        j -> e
    """)
    assert [scenario.key for scenario in found.scenarios] == ["main"]
    assert found.scenarios[0].decisions[0].default
    assert found.infeasible


def test_a_process_that_makes_tokens_for_ever_has_the_run_that_ends_it(plan: Plan) -> None:
    """One branch turns back, the other terminates."""
    found = plan("""
        s: start
        m: xor
        f: and
        t: task
        k: end terminate
        s -> m
        m -> f
        a: f -> m
        b: f -> t
        t -> k
    """)
    assert [scenario.key for scenario in found.scenarios] == ["main"]
    assert found.coverage.covered == found.coverage.total


def test_the_bound_gives_way_where_every_run_turns_back(plan: Plan) -> None:
    """There is at least ``main``."""
    found = plan(
        """
        a: task
        b: task
        f: and
        g: xor
        t: task
        e: end
        z: boundary on t timer
        a -> t
        f1: f -> g
        f2: f -> b
        b -> g
        back: g -> t
        t -> e
        z -> g
    """,
        max_loop_iterations=0,
    )
    assert found.scenarios[0].key == "main"
    assert found.scenarios[0].flows.count("back") == 2


def test_flows_that_cross_a_border_do_no_harm(plan: Plan) -> None:
    """A token may leave a sub-process by a flow that it should not have."""
    found = plan("""
        s: start
        x: sub
        i: start in x
        t: task in x
        u: task
        e: end
        s -> x
        i -> t
        cross: t -> u
        u -> e
        x -> e
    """)
    assert "u" in found.scenarios[0].nodes


def test_each_uncovered_flow_has_its_reason(plan: Plan) -> None:
    """Stuck, dead, or never come to."""
    found = plan("""
        s: start
        g: xor
        j: and
        e: end
        s -> g
        ok: g -> e
        stuck: g -> j
        after: j -> e
        v: task
        w: task
        v -> w
        w -> v
        other: v -> j
        self: e2 -> e2
        e2: task
    """)
    why = {missing.id: missing.why for missing in found.coverage.uncovered}
    assert why["stuck"] == "every run that takes it gets stuck before the end"
    assert why["after"] == "no run comes to it"
    assert why["self"] == "no way from a start leads to it"
    assert (found.coverage.reachable, found.coverage.total) == (2, len(why) + 2)


def test_reachable_nodes_include_what_events_lead_to(draw: Draw) -> None:
    """Event sub-processes, boundary events, insides."""
    graph = index_process(
        draw("""
        s: start
        x: sub
        i: task in x
        b: boundary on x timer
        t: task
        h: sub in x by-event
        hs: start in h message
        d: task
        d -> d
        s -> x
        b -> t
    """)
    )
    assert reachable_nodes(graph) == {"s", "x", "i", "b", "t", "h", "hs"}
