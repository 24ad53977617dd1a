"""What was seen against what was expected."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from pytest_orchestra.checks.matching import compare, same, show


def lines(expected: object, seen: object, *, exact: bool = False) -> list[str]:
    return [str(each) for each in compare(expected, seen, "value", exact=exact)]


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        (1, Decimal("1.0")),
        (Decimal("12.10"), 12.1),
        ("a", "a"),
        (None, None),
        (True, True),
        (uuid.UUID(int=7), str(uuid.UUID(int=7))),
        (dt.date(2026, 11, 21), "2026-11-21"),
        (
            "2026-11-21T10:00:00Z",
            dt.datetime(2026, 11, 21, 11, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        ),
    ],
)
def test_equal_values_are_the_same_whatever_they_came_from(expected: object, seen: object) -> None:
    """Numbers compare as decimals, dates, instants and UUIDs also with their text."""
    assert same(expected, seen)
    assert same(seen, expected)


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        (1, True),
        (0, False),
        (1, "1"),
        (None, ""),
        ("a", "A"),
        (1, 2),
        ("no date", dt.datetime.now(dt.UTC)),
    ],
)
def test_different_values_are_not_the_same(expected: object, seen: object) -> None:
    """A boolean is no number and a text is none."""
    assert not same(expected, seen)


def test_a_naive_instant_counts_as_utc() -> None:
    """A database without time zones gives instants without offset."""
    assert same("2026-11-21T10:00:00+00:00", dt.datetime(2026, 11, 21, 10))  # noqa: DTZ001 - what is tested


def test_given_keys_must_match_and_others_may_be_there() -> None:
    """An expectation names what matters."""
    assert lines({"a": 1}, {"a": 1, "b": 2}) == []


def test_exact_refuses_other_keys_at_any_depth() -> None:
    """``exact: true`` names all."""
    assert lines({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, exact=True) == [
        "value.a.c: expected nothing, saw 2"
    ]


def test_lists_are_compared_whole() -> None:
    """One item too many or too few is a mismatch of its own."""
    assert lines({"items": [{"sku": "a"}]}, {"items": [{"sku": "a", "n": 1}, {"sku": "b"}]}) == [
        "value.items[1]: expected nothing, saw {'sku': 'b'}"
    ]
    assert lines([1, 2], [1]) == ["value[1]: expected 2, saw nothing there"]


def test_all_mismatches_are_told() -> None:
    """Not only the first one."""
    assert lines({"a": 1, "b": {"c": "x"}, "d": None}, {"a": 2, "b": {"c": "y"}}) == [
        "value.a: expected 1, saw 2",
        "value.b.c: expected 'x', saw 'y'",
        "value.d: expected null, saw nothing there",
    ]


def test_a_long_value_is_cut_and_says_so() -> None:
    """People read mismatches in a terminal."""
    assert show("x" * 300).endswith("… (302 characters)")
    assert show(Decimal("1.50")) == "1.50"
