"""Which data set each scenario gets, for people."""

from __future__ import annotations

from pytest_orchestra.cli.plan_data import render_data


def test_long_lists_are_cut() -> None:
    """JSON has all of them."""
    sets = [
        {
            "name": f"s{n}",
            "file": "d.yaml",
            "fits": n % 2 == 0,
            "why_not": ["a", "b", "c"] * (n % 2),
        }
        for n in range(40)
    ]
    scenario = {
        "item": "main",
        "key": "main",
        "conditions": [],
        "data": "s0",
        "data_file": "d.yaml",
        "data_reason": "'mark' names it",
        "data_sets": sets,
        "skip": "",
    }
    plan = {"process_file": "o.bpmn", "process_id": "order", "criterion": "branches"}
    lines = render_data({**plan, "scenarios": [scenario]}, {}).splitlines()
    assert lines[2:6] == [
        "main",
        "  data: s0 (d.yaml): 'mark' names it",
        "  would fit: s2, s4, s6, s8, s10, s12, s14, s16, s18, s20 and 9 more",
        "  not s1: a, b and 1 more",
    ]
    assert lines[-1] == "  nor 10 more"


def test_a_scenario_without_data_says_why() -> None:
    plan = {"process_file": "o.bpmn", "process_id": "order", "criterion": "branches"}
    scenario = {"item": "main", "key": "main", "conditions": [], "data": None, "data_reason": ""}
    skipped = {**scenario, "skip": "not selected"}
    text = render_data({**plan, "scenarios": [{**scenario, "skip": ""}, skipped]}, {})
    assert text.splitlines()[2:] == ["main", "  data: none", "", "main", "  data: not selected"]
