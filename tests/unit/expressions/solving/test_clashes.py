"""Which constraints clash."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.expressions.solving.clashes import smallest_clash
from pytest_orchestra.expressions.solving.constraints import Constraint

Asked = Callable[..., list[Constraint]]
Clash = Callable[..., tuple[int, ...]]


@pytest.fixture
def clash(asked: Asked) -> Clash:
    """The clash of constraints as they are written."""
    return lambda *texts: smallest_clash(asked(*texts))


def test_what_is_possible_has_no_clash(clash: Clash) -> None:
    assert clash("x > 1", "y > 1") == ()
    assert clash() == ()


def test_one_that_is_impossible_alone_is_it(clash: Clash) -> None:
    assert clash("x > 1", "x < 1", "y > 2 and y < 2") == (2,)


def test_the_smallest_set_is_found_though_a_larger_one_comes_first(clash: Clash) -> None:
    assert clash("a > b", "b > c", "c > a", "z > 1", "z <= 1") == (3, 4)


def test_a_set_of_three(clash: Clash) -> None:
    assert clash("z > 1", "a > b", "y = 2", "b > c", "c > a") == (1, 3, 4)


def test_many_constraints_end(clash: Clash) -> None:
    """Two among 60 others are found though not all sets are looked at."""
    others = [f"x{number} > {number}" for number in range(60)]
    assert clash(*others[:30], "y > 1", *others[30:], "not(y > 1)") == (30, 61)
