"""Processes with too many ways to walk: what is chosen of them, and how many are left out."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from math import comb
from pathlib import Path
from types import ModuleType

import pytest

from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion, LeftOut, Scenario, ScenarioSet
from pytest_orchestra.model import Process

Judge = Callable[[Process, Scenario], None]

ROOM = 60
JUDGED = 1000
"""Nodes of a process whose scenarios are replayed; replaying is slow."""


def load_shapes() -> ModuleType:
    """What the benchmark draws."""
    place = Path(__file__).parents[3] / "benchmarks" / "shapes.py"
    spec = importlib.util.spec_from_file_location("shapes", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SHAPES = load_shapes()


def nested(depth: int, turns: int, passes: int = 1) -> int:
    """The ways through loops one inside the other: turns are spread over the passes outside."""
    if not depth:
        return 1
    return sum(
        comb(t + passes - 1, t) * nested(depth - 1, turns, passes + t) for t in range(turns + 1)
    )


WAYS = {
    "30 diamonds": 2**30,
    "12-way inclusive": 2**12 - 1,
    "5 nested loops": nested(5, 2),
    "10 x 10 parallel tasks": 1,
    "10 x 10 parallel diamonds": 2**100,
    "500 nodes": 2**125,
    "500 diamonds": 2**500,
    "40 parallel splits": 2**40,
    "10 parallel loops": 3**10,
    "20 boundary events": 21,
}


def choose(name: str, criterion: Criterion) -> ScenarioSet:
    return generate_scenarios(SHAPES.SHAPES[name](), criterion=criterion, max_scenarios=ROOM)


@pytest.mark.parametrize("name", WAYS)
def test_all_ways_are_counted_and_some_are_chosen(name: str) -> None:
    """By closed formulas."""
    found = choose(name, Criterion.PATHS)
    assert len(found.scenarios) == min(ROOM, WAYS[name])
    assert len(found.scenarios) + found.left_out.number == WAYS[name]
    assert found.left_out.exact


@pytest.mark.parametrize("name", ["8 nested parallel blocks", "growing tokens"])
def test_what_cannot_be_counted_has_a_lower_bound(name: str) -> None:
    """And says so."""
    found = choose(name, Criterion.PATHS)
    assert found.scenarios
    assert not found.left_out.exact


@pytest.mark.parametrize("criterion", Criterion)
@pytest.mark.parametrize("name", SHAPES.SHAPES)
def test_every_flow_is_covered(judge: Judge, name: str, criterion: Criterion) -> None:
    """Whatever is left out; and what is chosen is legal."""
    process = SHAPES.SHAPES[name]()
    found = generate_scenarios(process, criterion=criterion, max_scenarios=ROOM)
    assert found.coverage.covered == found.coverage.reachable
    assert len(found.scenarios) <= ROOM
    assert found.scenarios[0].key == "main" or criterion is Criterion.FLOWS
    for scenario in found.scenarios[: 3 if len(process.nodes) < JUDGED else 0]:
        judge(process, scenario)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("30 diamonds", 13),
        ("500 diamonds", 22),
        ("10 x 10 parallel diamonds", 17),
        ("40 parallel splits", 14),
        ("10 parallel loops", 14),
    ],
)
def test_pairs_need_few_scenarios(name: str, most: int) -> None:
    """Their number grows with the logarithm of the number of splits."""
    found = choose(name, Criterion.PAIRS)
    assert len(found.scenarios) <= most
    assert found.left_out.number == 0
    assert found.left_out.exact


@pytest.mark.parametrize("criterion", [Criterion.FLOWS, Criterion.PAIRS])
def test_a_split_with_very_many_ways_has_a_scenario_for_each(
    draw: Callable[[str], Process], criterion: Criterion
) -> None:
    """Past some bound no more is looked for what else a scenario could take on its way."""
    ways = "\n".join(f"{n}: g -> e{n}\ne{n}: end" for n in range(1000))
    found = generate_scenarios(draw(f"s: start\ng: xor\ns -> g\n{ways}"), criterion=criterion)
    assert len(found.scenarios) == 1000
    assert found.coverage.covered == found.coverage.total == 1001
    assert found.left_out == LeftOut()


def test_where_no_run_was_found_in_time_none_is_said_to_be_missing_for_certain(
    draw: Callable[[str], Process],
) -> None:
    """Each of these tasks makes two tokens of one."""
    flows = "\n".join(f"t{n} -> t{n + 1}\nt{n} -> t{n + 2}" for n in range(24))
    tasks = "\n".join(f"t{n}: task" for n in range(26))
    found = generate_scenarios(draw(f"{tasks}\n{flows}"))
    assert not found.scenarios
    assert found.left_out == LeftOut(number=0, exact=False)
