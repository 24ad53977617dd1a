"""Where conditions turn."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from pytest_orchestra.expressions.solving.constraints import Verdict
from pytest_orchestra.expressions.solving.solver import solve
from pytest_orchestra.suite.making.edges import edges, hidden_edges
from pytest_orchestra.suite.making.ways import WayData, way_values


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("amount > 1000", {("min", 1001)}),
        ("not: amount > 1000", {("max", 1000)}),
        ("1000 >= amount", {("max", 1000)}),
        ("amount between 3 and 7", {("min", 3), ("max", 7)}),
        ("amount in [3..7)", {("min", 3), ("max", 6)}),
        ("amount in (< 3)", {("max", 2)}),
        ("amount = 4", {("only", 4)}),
        ("amount > -5", {("min", -4)}),
        ("amount > 2.5", {("min", Decimal("2.6"))}),
        ("name = 'x'", set()),
        ("stock > 5 or amount > 3", set()),
    ],
)
def test_edges_are_on_the_side_of_the_way(
    way_of: Callable[..., WayData], condition: str, found: set[tuple[str, object]]
) -> None:
    """Where the system's names may make a condition true anyway, it has none."""
    way = way_of(condition, names="amount name")
    assert {(edge.label, edge.value) for edge in edges(way, way_values(way))} == found


def test_a_flow_that_is_left_aside_has_an_edge_too(way_of: Callable[..., WayData]) -> None:
    """And values keep off it where they can."""
    way = way_of("amount > 100", names="amount", aside=("not: amount > 1000",))
    values = way_values(way)
    assert values["amount"] <= 1000
    found = {(edge.label, edge.value) for edge in edges(way, values)}
    assert found == {("min", 101), ("max", 1000)}
    above = way_of("amount > 1000", names="amount", aside=("not: amount > 100",))
    assert way_values(above)["amount"] > 1000


def test_the_description_says_how_far_numbers_are_apart(way_of: Callable[..., WayData]) -> None:
    places = {("order", "total"): {"type": "number"}}
    way = way_of("order.total > 10", names="order", places=places)
    [edge] = edges(way, way_values(way))
    assert (edge.place, edge.value) == (("order", "total"), Decimal("10.01"))


def test_edges_are_found_that_other_values_hide(way_of: Callable[..., WayData]) -> None:
    """With each comes what makes the condition turn there."""
    text = "sku = 'desk' or sku = 'lamp' and amount > 20"
    way = way_of(text, "cards[visit] = 'x'", "order.total > 3", names="sku amount cards order")
    found = [
        (edge.label, edge.value)
        for edge, _, turns in hidden_edges(way)
        if solve([*way.asked.constraints, turns]).verdict is Verdict.POSSIBLE
        and edge.place == ("amount",)
    ]
    assert ("min", 21) in found
    assert {edge.place for edge, _, _ in hidden_edges(way)} == {("amount",)}
