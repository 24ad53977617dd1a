"""Rows as JSON-like values."""

import datetime as dt
from decimal import Decimal
from ipaddress import ip_address
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.db.rows import column_names, json_like, size_of


def column(name: str) -> Any:  # noqa: ANN401  the driver's attribute cannot be made
    return SimpleNamespace(name=name)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("12.10"), Decimal("12.10")),
        (Decimal("NaN"), "NaN"),
        (float("-inf"), "-Infinity"),
        (1.5, 1.5),
        (dt.datetime(2026, 11, 21, tzinfo=dt.UTC), "2026-11-21T00:00:00+00:00"),
        (dt.date(2026, 11, 21), "2026-11-21"),
        (dt.time(10, 30), "10:30:00"),
        (b"\x00", {"bytes": 1, "base64": "AA=="}),
        ({"a": (1, [None])}, {"a": [1, [None]]}),
        (asyncpg.Range(1, 5), "[1,5)"),
        (asyncpg.Range(None, 5, upper_inc=True), "(,5]"),
        (asyncpg.Range(empty=True), "empty"),
        (asyncpg.BitString("101"), "101"),
        (asyncpg.Point(1, 2), [1.0, 2.0]),
        (ip_address("10.0.0.1"), "10.0.0.1"),
    ],
)
def test_a_value_of_the_driver_becomes_json_like(value: object, shown: object) -> None:
    assert json_like(value) == shown


def test_columns_that_are_called_alike_are_named() -> None:
    assert column_names([column("a"), column("b")]) == ["a", "b"]
    with pytest.raises(ConnectorError, match="more than one column called a, b") as caught:
        column_names([column(name) for name in "abcab"])
    assert caught.value.code == "db.duplicate_columns"


def test_the_size_of_a_row_is_that_of_its_texts() -> None:
    assert size_of({"ab": ["cde", 7, None]}) == 2 + 3 + 8 + 8
