"""Visits take the items of lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.flow.scenario import Scenario
from pytest_orchestra.model import ElementId
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.each import Each, items_of, names_of_items
from pytest_orchestra.suite.ways import BEFORE_ALL, Way

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

MakeScenario = Callable[..., Scenario]

DATA = """
- {name: two, values: {a: 1, items: [{sku: mug, deep: {n: 1}}, {sku: pen, deep: {n: 2}}]}}
"""
EACH = "data: {files: d.yaml, each: {Review: items}}\n"


def each(*elements: str) -> Each:
    return Each(elements={"items": tuple(map(ElementId, elements))})


def numbers(way: Way, take: Each) -> list[int]:
    """The item of each moment; 0: none."""
    return [take.numbers_at(way, at).get("items", 0) for at in range(len(way.moments))]


def test_a_moment_has_the_item_of_the_latest_visit(make_scenario: MakeScenario) -> None:
    way = Way(make_scenario("+start", "+add", "-add", "+more", "+add", "-add", "+more", "+end"))
    assert numbers(way, each("add")) == [0, 1, 1, 1, 2, 2, 2, 2]
    assert each("add").numbers_at(way, BEFORE_ALL) == {}
    assert each("add").numbers_at(way, way.after_all) == {"items": 2}
    assert each("add").visits(way) == {"items": 2}


def test_a_list_may_have_several_elements(make_scenario: MakeScenario) -> None:
    way = Way(make_scenario("+add", "+add", "+ship", "+bill", "+ship"))
    assert numbers(way, each("add", "ship")) == [1, 2, 1, 1, 2]


def test_instances_have_items_of_their_own(make_scenario: MakeScenario) -> None:
    way = Way(
        make_scenario(
            "+start", "+pack<start", "+scan<pack", "+pack<start", "+weigh<pack", "+join<scan<weigh"
        )
    )
    assert numbers(way, each("pack")) == [0, 1, 1, 2, 2, 0]


def test_another_branch_has_no_item(make_scenario: MakeScenario) -> None:
    way = Way(make_scenario("+fork", "+pack<fork", "+bill<fork"))
    assert numbers(way, each("pack")) == [0, 1, 0]


def test_what_a_way_does_not_come_by_takes_no_items(make_scenario: MakeScenario) -> None:
    way = Way(make_scenario("+start"))
    assert each("pack").visits(way) == {"items": 0}


def test_items_are_those_of_the_list() -> None:
    values = {"items": [{"sku": 1}, 7], "text": "ab"}
    assert items_of(values, {"items": 2, "text": 1, "none": 1}) == {"items": 7}
    assert items_of(values, {"items": 3}) == {}
    assert names_of_items({"items": {"sku": 1}, "others": 7}) == {
        "sku": 1,
        "each": {"items": {"sku": 1}, "others": 7},
    }


# -- suites ------------------------------------------------------------------------------------


def step(place: str, read: str, **more: str) -> str:
    others = "".join(f", {key}: {value}" for key, value in more.items())
    call = f'{{channel: bus, topic: t, value: "{{{{{read}}}}}"}}'
    return f"- {{at: {place}, action: {call}{others}}}\n"


@pytest.fixture
def bound(bench: Bench) -> Callable[[str], BoundSuite]:
    def bind(text: str) -> BoundSuite:
        bench.write("d.yaml", DATA)
        return bench.bind(text)

    return bind


def test_steps_have_the_items_of_their_visits(bound: Callable[[str], BoundSuite]) -> None:
    suite = bound(f"{EACH}steps:\n{step('Review', 'each.items.sku')}")
    items = {
        each.item: [step.items for step in each.steps] for each in suite.scenarios if each.steps
    }
    assert items["amount-high"] == [{"items": 1}]
    assert items["amount-high-fine-no"] == [{"items": 1}, {"items": 2}]
    assert {each.data.name for each in suite.scenarios if each.data} == {"two"}


def test_an_item_must_be_sure(bench: Bench) -> None:
    bench.write("d.yaml", DATA)
    assert bench.errors(f"{EACH}steps:\n{step('Ship', 'each.items.sku')}") == [
        (
            "5:54: [item-not-sure] 'each.items.sku' has no sure item in scenario 'main' and 1 more:"
            " it is not sure which visit of 'Review' came last, or that any did."
            " Stand where one has surely been, or narrow the step with 'when'."
        )
    ]
    text = f"{EACH}steps:\n{step('Ship', 'each.items.sku', when='Amount?/high')}"
    assert bench.bind(text).scenarios


def test_items_have_what_steps_read(bench: Bench) -> None:
    bench.write("d.yaml", DATA.replace("sku: pen", "skv: pen"))
    found = bench.errors(f"{EACH}steps:\n{step('Review', 'each.items.sku')}")
    assert found == [
        ("5:56: [data-lacks] item 2 of 'items' in data set 'two' has no 'sku'. Did you mean 'skv'?")
    ]
    bench.write("d.yaml", DATA)
    read = "each.items.deep.m"
    assert bench.errors(f"{EACH}steps:\n{step('Review', read)}") == [
        f"5:56: [data-lacks] item {n} of 'items' in data set 'two' has no 'deep.m'. It has: n."
        for n in (1, 2)
    ]
    text = f"{EACH}steps:\n{step('Review', 'each.items.deep.m | default(1)')}"
    assert bench.bind(text).scenarios


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{Reviw: items}", "[unknown-element] process 'order' has no element called 'Reviw'."),
        ("{Amount?/low: items}", "[each-place] 'Amount?/low' is a flow: its visits take no items"),
        ("{order: items}", "[each-place] 'Order handling' is a process: its visits take no items"),
        ("{Review: itms}", "[unknown-name] no data set has a list 'itms'. Did you mean 'items'?"),
        ("{Review: a}", "d.yaml:2:3: [not-a-list] 'a' of data set 'two' is number 1."),
        ("{Review: [items]}", "[bad-value] expected text, found a list"),
        ("Review", "[bad-value] expected a mapping, found text 'Review'"),
    ],
)
def test_mistakes_are_told(bench: Bench, written: str, problem: str) -> None:
    bench.write("d.yaml", DATA)
    text = f"data: {{files: d.yaml, each: {written}}}\nsteps:\n{step('Review', 'each.items.sku')}"
    assert any(problem in line for line in bench.errors(text))


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        ("each", "[unknown-name] 'each' alone says nothing. Its lists: items."),
        ("each.itms", "[unknown-name] 'each' has no list 'itms'. Did you mean 'items'?"),
    ],
)
def test_unknown_lists_are_told(bench: Bench, read: str, problem: str) -> None:
    bench.write("d.yaml", DATA)
    assert bench.errors(f"{EACH}steps:\n{step('Review', read)}")[0].endswith(problem)


def test_without_each_there_are_no_items(bench: Bench) -> None:
    (found,) = bench.errors(f"steps:\n{step('Review', 'each.items')}")
    assert found.endswith(
        "[unknown-name] 'each' has no list 'items'."
        " Say which element takes its items: 'data: {each: {ELEMENT: LIST}}'."
    )


def test_lists_of_what_cannot_be_read_are_not_missed(bench: Bench) -> None:
    """The mistake itself is told, and nothing that follows from it."""
    bench.write("d.yaml", "- {nam: x}\n")
    found = bench.errors(f"{EACH}steps:\n{step('Review', 'each.items')}")
    assert all(line.startswith("d.yaml:1") for line in found)
    assert bench.errors(f"process: no.bpmn\n{EACH}steps:\n{step('Review', 'each.items')}")
