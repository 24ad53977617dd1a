"""JSON in and out, to the last digit."""

from __future__ import annotations

import datetime as dt
from collections import UserDict
from decimal import Decimal
from uuid import UUID

import pytest

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.exact_json import json_bytes, json_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": Decimal("12.10"), "b": [Decimal("1E+3")]}, '{"a":12.10,"b":[1E+3]}'),
        (Decimal("0.1000000000000000055511151231257827"), "0.1000000000000000055511151231257827"),
        ({"id": UUID(int=1)}, '{"id":"00000000-0000-0000-0000-000000000001"}'),
        ([dt.datetime(2026, 11, 21, tzinfo=dt.UTC)], '["2026-11-21T00:00:00+00:00"]'),
        (UserDict(a=1), '{"a":1}'),
        ("ü", '"ü"'),
        (None, "null"),
        (1.5, "1.5"),
    ],
)
def test_numbers_keep_every_digit_and_dates_and_ids_are_text(value: object, text: str) -> None:
    assert json_bytes(value).decode() == text


@pytest.mark.parametrize(
    "value", [float("nan"), Decimal("Infinity"), object(), {"a": {1}}, "\ud800"]
)
def test_what_json_does_not_have_is_refused(value: object) -> None:
    with pytest.raises(EvaluationError, match="cannot be written as JSON"):
        json_bytes(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    value = []
    value.append(value)
    with pytest.raises(EvaluationError, match="cannot be written as JSON"):
        json_bytes(value)


def test_fractions_are_read_as_decimals() -> None:
    assert json_value('{"a": 12.10, "b": 1e2, "c": 3}') == {
        "a": Decimal("12.10"),
        "b": Decimal("1E+2"),
        "c": 3,
    }
    assert str(json_value("12.10")) == "12.10"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Expecting"),
        ("[NaN]", "JSON has no NaN"),
        ("[" * 100_000, "nested too deeply"),
        ("1e999999999", "out of range"),
        ("1e-999999999", "out of range"),
        ("1" * 5000, "4300"),
    ],
)
def test_what_is_no_json_says_why(text: str, message: str) -> None:
    """A number like ``1e999999999`` would later take all the memory there is."""
    with pytest.raises(ValueError, match=message):
        json_value(text)
