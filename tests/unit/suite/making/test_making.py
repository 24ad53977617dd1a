"""Data sets of all scenarios of a suite."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.suite.making.made import DataKind
from pytest_orchestra.suite.making.making import DataMaker
from pytest_orchestra.suite.making.ways import WayData


def test_a_limit_of_two_conditions_makes_one_set(way_of: Callable[..., WayData]) -> None:
    way = way_of("amount > 1000", "1000 < amount", names="amount")
    maker = DataMaker(ways=[way], covered={"way": {"amount": 5000}})
    assert [each.values for each in maker.make([DataKind.BOUNDARY])] == [{"amount": 1001}]
