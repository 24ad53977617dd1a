"""The account that bounds an evaluation."""

from __future__ import annotations

import pytest

from pytest_orchestra.expressions.work import (
    MAX_WORK,
    TooMuchWork,
    account,
    charge,
    charge_deeply,
    weight,
)


def test_nothing_is_bounded_without_an_account() -> None:
    charge(MAX_WORK + 1)


def test_an_account_is_used_up() -> None:
    with account():
        charge(MAX_WORK)
        with pytest.raises(TooMuchWork, match="it takes more than 1000000 steps"):
            charge(1)


def test_an_inner_account_is_the_outer_one() -> None:
    with account():
        with account():
            charge(MAX_WORK)
        with pytest.raises(TooMuchWork):
            charge(1)
    with account():
        charge(MAX_WORK)


@pytest.mark.parametrize(
    ("value", "steps"), [("x" * 250, 2), ([1, 2], 2), ({"a": 1}, 1), (7, 0), (None, 0)]
)
def test_what_a_pass_over_a_value_takes(value: object, steps: int) -> None:
    assert weight(value) == steps


def test_a_part_that_stands_twice_is_charged_twice() -> None:
    value: object = [1]
    for _ in range(30):
        value = [value, {"k": value}]
    with account(), pytest.raises(TooMuchWork):
        charge_deeply(value)
