"""Scenarios that run the same steps with the same data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.suite.python_steps import find_python_steps, step
from pytest_orchestra.suite.twins import find_twins

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

ONLY_HIGH = "scenarios: {mark: {main: {active: false}, declined: {active: false}%s}}\n"
LAST = '- {at: Review, when: Fine?/yes, action: {channel: bus, topic: t, value: "%s"}}\n'


def test_the_number_of_a_visit_tells_apart_only_where_it_is_read(bench: Bench) -> None:
    same = bench.bind(ONLY_HIGH % "" + "steps:\n" + LAST % "x")
    assert find_twins(same.scenarios) == (
        ("amount-high", "amount-high-fine-no", "amount-high-fine-no-x2"),
    )
    for reads in ("{{visit}}", "{{file('x.json')}}"):
        told_apart = bench.bind(ONLY_HIGH % "" + "steps:\n" + LAST % reads)
        assert find_twins(told_apart.scenarios) == ()


def test_data_tells_apart(bench: Bench) -> None:
    bench.write("d.yaml", "- {name: a, values: {n: 1}}\n- {name: b, values: {n: 2}}\n")
    marks = ", amount-high: {data: a}, amount-high-fine-no: {data: b}"
    text = "data: {files: d.yaml}\n" + ONLY_HIGH % marks + "steps:\n" + LAST % "x"
    assert find_twins(bench.bind(text).scenarios) == ()
    bench.write("d.yaml", "- {name: a, values: {n: 1}}\n- {name: b, values: {n: 1}}\n")
    assert find_twins(bench.bind(text).scenarios) == (("amount-high", "amount-high-fine-no"),)


def test_items_of_the_same_scenario_are_told_apart_by_their_data(bench: Bench) -> None:
    bench.write("d.yaml", "- {name: a, values: {n: 1}}\n- {name: b, values: {n: 2}}\n")
    text = "data: {files: d.yaml, pick: all}\n" + ONLY_HIGH % "" + "steps:\n" + LAST
    assert find_twins(bench.bind(text % "{{data.n}} {{visit}}").scenarios) == ()
    assert find_twins(bench.bind(text % "{{data.n}}").scenarios) == tuple(
        tuple(f"amount-high{key}[{data}]" for key in ("", "-fine-no", "-fine-no-x2"))
        for data in "ab"
    )


@pytest.mark.parametrize(("reads", "twins"), [("x", 1), ("{{each.them}}", 0)])
def test_the_number_of_an_item_tells_apart_where_it_is_read(
    bench: Bench, reads: str, twins: int
) -> None:
    bench.write("d.yaml", "- {name: a, values: {them: [1]}}\n")
    begin = "data: {files: d.yaml, each: {Review: them}}\n"
    marks = ", '*-no*': {active: false}"
    (bound,) = bench.bind(begin + ONLY_HIGH % marks + "steps:\n" + LAST % reads).scenarios
    (step_there,) = bound.steps
    other = replace(bound, item="other", steps=(replace(step_there, items={"them": 2}),))
    assert len(find_twins([bound, other])) == twins


def test_a_function_may_read_the_visit(bench: Bench) -> None:
    @step("Fine?/yes")
    def check() -> None: ...

    @step("Fine?")
    def count() -> None: ...

    once = find_python_steps({"check": check})
    assert len(find_twins(bench.bind(ONLY_HIGH % "", python_steps=once).scenarios)) == 1
    each_time = find_python_steps({"count": count})
    assert find_twins(bench.bind(ONLY_HIGH % "", python_steps=each_time).scenarios) == ()


def test_scenarios_without_a_step_are_no_twins(bench: Bench) -> None:
    assert find_twins(bench.bind("").scenarios) == ()
