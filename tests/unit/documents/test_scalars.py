"""Plain words of a file and what they mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_orchestra.documents.scalars import (
    MAX_DIGITS,
    NumberError,
    fraction,
    integer,
    plain_value,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("true", True),
        ("TRUE", True),
        ("false", False),
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("-7", -7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.10", Decimal("1.10")),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("1e3", Decimal("1E+3")),
        ("-2.5E-3", Decimal("-0.0025")),
    ],
)
def test_core_schema_values(text: str, value: object) -> None:
    found = plain_value(text)
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


@pytest.mark.parametrize(
    "text",
    [
        *("no", "yes", "on", "off", "y", "n", "nULL", "tRUE", "None", "12:30", "2026-11-21"),
        *("010", "007.5", "0b11", "1_000", "0O17", "1.2.3", "+", ".", "-", "e5", "1e", "\u0661"),
        *("2026-11-21T10:00:00Z", "=", "<<", "+49 30", ".infinity", "nan", "inf", "true "),
    ],
)
def test_what_only_looks_like_something_else_stays_text(text: str) -> None:
    assert plain_value(text) == text


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.INF", "+.Inf"])
def test_no_number_at_all_is_refused(text: str) -> None:
    with pytest.raises(NumberError, match="cannot be sent"):
        plain_value(text)


@pytest.mark.parametrize(
    "text", ["9" * (MAX_DIGITS + 1), "0x" + "f" * MAX_DIGITS, "0." + "1" * MAX_DIGITS]
)
def test_a_number_of_too_many_digits_is_refused(text: str) -> None:
    with pytest.raises(NumberError, match="more than 400 digits"):
        plain_value(text)


@pytest.mark.parametrize("text", ["1e401", "1e-401", "1e99999999999999999999"])
def test_an_exponent_past_the_bound_is_refused(text: str) -> None:
    with pytest.raises(NumberError, match="exponent is past 400"):
        plain_value(text)


def test_numbers_within_the_bounds_pass() -> None:
    assert integer("9" * MAX_DIGITS) == int("9" * MAX_DIGITS)
    assert fraction("1e400") == Decimal("1e400")


def test_the_words_of_json_and_toml_for_no_number_are_refused() -> None:
    for text in ("NaN", "-Infinity", "inf", "+inf", "nan"):
        with pytest.raises(NumberError):
            fraction(text)
