"""What was seen against what was expected."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from pytest_orchestra.checks.matching import Mismatch, Part, compare, same, show


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
        (str(uuid.UUID(int=0xA)), str(uuid.UUID(int=0xA)).upper()),
        (dt.date(2026, 11, 21), "2026-11-21"),
        ("2026-11-21T10:00:00Z", "2026-11-21T11:00:00.000+01:00"),
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
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00+01:00"),
        ("2026-11-21T10:00:00Z", "2026-11-21"),
        ("2026-11-21T99:00:00Z", "2026-11-21T98:00:00Z"),
        (str(uuid.UUID(int=7)), str(uuid.UUID(int=8))),
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


def test_a_key_with_line_ends_does_not_break_the_line() -> None:
    """A system may call its keys as it likes; a terminal must not do what they say."""
    assert lines({}, {"a\n\x1b[31mb": 1, "naïve key": 2}, exact=True) == [
        r"value.'a\n\x1b[31mb': expected nothing, saw 1",
        "value.naïve key: expected nothing, saw 2",
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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (Decimal("1.50"), "1.50"),
        ({"a": [1, None, Decimal("0.1"), False, "x"]}, "{'a': [1, null, 0.1, false, 'x']}"),
        ((), "[]"),
        ({"a": 1, "b": {}}, "{'a': 1, 'b': {}}"),
        (dt.date(2026, 11, 21), "datetime.date(2026, 11, 21)"),
    ],
)
def test_values_are_shown_as_in_json(value: object, text: str) -> None:
    """But for the quotes, which are those of rules."""
    assert show(value) == text


def test_a_long_value_is_cut_and_says_so() -> None:
    """People read mismatches in a terminal; a huge value is not written out for that."""
    assert show("x" * 300) == f"'{'x' * 199}… (300 characters)"
    assert show(["x" * 50] * 1_000_000) == f"{str(['x' * 50] * 4)[:200]}…"
    assert len(show({"a": "y" * 10_000_000})) == 201


def test_a_deep_value_is_cut() -> None:
    """No depth is too much."""
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    assert show(deep) == "[" * 21 + "…" + "]" * 21


def test_a_rule_shows_the_values_of_its_parts() -> None:
    """Its text says what was expected."""
    rule = Mismatch(path="row.total == 5", seen="row.total = 4", part=Part.RULE)
    assert str(rule) == "row.total == 5 does not hold: row.total = 4"
