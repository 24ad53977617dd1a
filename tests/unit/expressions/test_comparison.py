"""How values compare and compute."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError

from pytest_orchestra.expressions.comparison import (
    MAX_BITS,
    arithmetic,
    contains,
    equal,
    excludes,
    ordering,
    unequal,
)

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
ID = UUID("0A1B2C3D-0000-4000-8000-0123456789AB")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Decimal("12.10"), 12.1),
        (0.1, Decimal("0.1")),
        (2, 2.0),
        (Decimal("1E+3"), 1000),
        ("a", "a"),
        (None, None),
        (True, True),
        ([1, [2.5]], (1, [Decimal("2.5")])),
        ({"a": 1.0, "b": []}, {"b": [], "a": 1}),
        ("2026-11-21T12:00:00Z", "2026-11-21T13:00:00+01:00"),
        ("2026-11-21T12:00:00Z", "2026-11-21 12:00:00.000+00"),
        (NOON, "2026-11-21T13:00:00+01:00"),
        (NOON.date(), "2026-11-21"),
        (str(ID).upper(), str(ID)),
        (ID, str(ID).upper()),
        (ID, UUID(str(ID))),
        (b"x", b"x"),
    ],
)
def test_equal_values(left: object, right: object) -> None:
    assert equal(left, right)
    assert equal(right, left)
    assert not unequal(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("5", 5),
        (True, 1),
        (False, 0),
        (None, ""),
        (None, 0),
        ("true", True),
        ([1], [1, 2]),
        ([1], {"a": 1}),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 1}),
        ("a", "A"),
        ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00+01:00"),
        ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00"),
        ("2026-11-21", "2026-11-21T00:00:00Z"),
        (NOON, 5),
        (str(ID), str(UUID(int=1))),
    ],
)
def test_unequal_values(left: object, right: object) -> None:
    assert unequal(left, right)
    assert unequal(right, left)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_equals_the_decimal_that_is_written_the_same(number: float) -> None:
    assert equal(number, Decimal(str(number)))
    assert ordering("le")(number, Decimal(str(number)))


@pytest.mark.parametrize(
    ("value", "container"),
    [
        (1.0, [3, Decimal(1)]),
        ("b", "abc"),
        ("k", {"k": 1}),
        (NOON, ["2026-11-21T12:00:00Z"]),
        ([1], [[1.0]]),
    ],
)
def test_containers_hold_what_is_equal(value: object, container: object) -> None:
    assert contains(value, container)
    assert not excludes(value, container)


def test_what_is_not_there() -> None:
    assert excludes("x", ["y"])
    assert excludes("x", {"y": "x"})


@pytest.mark.parametrize(("value", "container"), [(1, "123"), (1, 5), ("x", None)])
def test_what_can_hold_nothing(value: object, container: object) -> None:
    with pytest.raises(TypeError, match="cannot be in"):
        contains(value, container)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (1, 1.5),
        (Decimal("0.1"), 0.2),
        ("a", "b"),
        ("2026-11-21T12:30:00+01:00", "2026-11-21T12:00:00Z"),
        (NOON, "2026-11-21T12:00:01Z"),
        ("2026-11-20", "2026-11-21"),
        ([1, 0.5], [1, Decimal("0.6")]),
    ],
)
def test_order(less: object, more: object) -> None:
    assert ordering("lt")(less, more)
    assert ordering("ge")(more, less)
    assert not ordering("gt")(less, more)


@pytest.mark.parametrize(
    ("left", "right"), [("a", 1), (None, 1), (True, 1), ({}, {}), ([1], ["a"]), ("1", 2)]
)
def test_what_has_no_order(left: object, right: object) -> None:
    with pytest.raises(TypeError):
        ordering("lt")(left, right)


@pytest.mark.parametrize(
    ("symbol", "left", "right", "result"),
    [
        ("+", 0.1, 0.2, Decimal("0.3")),
        ("-", Decimal("12.10"), 0.1, Decimal("12.00")),
        ("*", 3, Decimal("1.5"), Decimal("4.5")),
        ("/", 7, 2, Decimal("3.5")),
        ("//", 7, 2, 3),
        ("%", 7, 4, 3),
        ("**", 2, 10, 1024),
        ("**", 2, -1, Decimal("0.5")),
        ("+", "a", "b", "ab"),
        ("+", [1], (2,), [1, 2]),
    ],
)
def test_arithmetic(symbol: str, left: object, right: object, result: object) -> None:
    found = arithmetic(symbol, left, right)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("symbol", "left", "right"),
    [
        ("*", "a", 10**9),
        ("*", [1], 10**9),
        ("%", "%999999999d", 1),
        ("+", "a", 1),
        ("+", True, 1),
        ("-", "a", "b"),
        ("+", {}, {}),
    ],
)
def test_what_cannot_be_computed(symbol: str, left: object, right: object) -> None:
    with pytest.raises(TypeError, match="cannot be computed"):
        arithmetic(symbol, left, right)


@pytest.mark.parametrize(
    ("symbol", "left", "right"),
    [
        ("**", 10, 10**10),
        ("**", Decimal(10), 10**10),
        ("*", 1 << MAX_BITS, 2),
        ("+", 1 << MAX_BITS, 2),
        ("/", 1, 0),
        ("//", 1, 0),
        ("%", Decimal(1), 0),
        ("+", "x" * 6_000_000, "x" * 6_000_000),
    ],
)
def test_what_has_no_result_or_one_too_large(symbol: str, left: object, right: object) -> None:
    with pytest.raises(ArithmeticError):
        arithmetic(symbol, left, right)


@pytest.mark.parametrize(
    "use",
    [equal, unequal, contains, excludes, ordering("lt"), lambda a, b: arithmetic("+", a, b)],
)
def test_an_undefined_value_is_an_error_on_either_side(use: object) -> None:
    undefined = StrictUndefined(name="x")
    for pair in ((undefined, 1), ("1", undefined), ([], undefined), (undefined, undefined)):
        with pytest.raises(UndefinedError):
            use(*pair)  # type: ignore[operator]
