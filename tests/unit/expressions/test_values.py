"""Kinds of values and values as text."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError

from pytest_orchestra.expressions.values import (
    MAX_TEXT,
    bounded,
    demand,
    instant,
    iso_text,
    json_text,
    kind_of,
    text_of,
)

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_json_text_is_read_back_as_the_same_value(value: object) -> None:
    assert json.loads(json_text(value)) == value


def test_a_decimal_keeps_its_digits_in_json() -> None:
    assert json_text({"a": [Decimal("12.10"), 0.1, Decimal("1E+3")]}) == '{"a": [12.10, 0.1, 1E+3]}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a 'b' ü", "a 'b' ü"),
        (True, "true"),
        (None, "null"),
        (7, "7"),
        (Decimal("1.50"), "1.50"),
        ([1, "a"], '[1, "a"]'),
        ((1,), "[1]"),
        ({"a": None}, '{"a": null}'),
        (dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC), "2026-11-21T10:00:00Z"),
        (dt.date(2026, 11, 21), "2026-11-21"),
        (dt.time(10, 30), "10:30:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ([UUID(int=1)], '["00000000-0000-0000-0000-000000000001"]'),
    ],
)
def test_values_within_texts(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize("value", [b"x", object(), float("nan"), Decimal("inf"), {"a": {1, 2}}])
def test_what_json_has_no_form_for(value: object) -> None:
    with pytest.raises(TypeError):
        json_text(value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (False, "true or false"),
        (1.5, "a number"),
        ("x", "text"),
        ({}, "a mapping"),
        ([], "a list"),
        (dt.date.min, "a date or time"),
        (set(), "a set"),
    ],
)
def test_kinds_in_words(value: object, kind: str) -> None:
    assert kind_of(value) == kind


@pytest.mark.parametrize(
    "text",
    ["2026-11-21T10:00:00Z", "2026-11-21 10:00+01:00", "2026-11-21T10:00:00.123456789+0100"],
)
def test_instants_have_an_offset(text: str) -> None:
    found = instant(text)
    assert found is not None
    assert found.utcoffset() is not None


@pytest.mark.parametrize(
    "text", ["2026-11-21", "2026-11-21T10:00:00", "2026-13-45T99:00:00Z", "x" * 20, ""]
)
def test_what_is_no_instant(text: str) -> None:
    assert instant(text) is None


def test_utc_is_written_with_a_z() -> None:
    assert iso_text(dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC)).endswith("05.000006Z")


def test_an_undefined_value_says_so_on_demand() -> None:
    demand(1, None)
    with pytest.raises(UndefinedError):
        demand(1, StrictUndefined(name="x"))


def test_what_is_too_long_is_refused() -> None:
    assert bounded("x") == "x"
    with pytest.raises(OverflowError):
        bounded("x" * (MAX_TEXT + 1))
