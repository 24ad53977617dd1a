"""Several messages in any order."""

from itertools import permutations

import pytest

from pytest_orchestra.checks.expectation import Expected
from pytest_orchestra.checks.sequences import Anyhow
from pytest_orchestra.spi import Observation


def message(number: int, **value: object) -> Observation:
    return Observation(id=f"t/0@{number}", value=value)


def pattern(**value: object) -> Expected:
    return Expected(value=value, has_value=True)


PAID, NEW, ANY = pattern(type="Paid"), pattern(type="New"), Expected()
A_NEW, A_PAID = message(1, type="New"), message(2, type="Paid")


def test_two_that_are_alike_need_two() -> None:
    """One message is never two."""
    anyhow = Anyhow((PAID, PAID))
    anyhow.take(A_PAID)
    assert anyhow.missing() == "message 2 of 2 was not seen"
    anyhow.take(message(3, type="Paid"))
    assert anyhow.missing() == ""
    assert [each.id for each in anyhow.found()] == ["t/0@2", "t/0@3"]


def test_all_that_are_missing_are_named() -> None:
    """By their places in the suite."""
    anyhow = Anyhow((PAID, NEW, pattern(type="Old")))
    anyhow.take(A_NEW)
    assert anyhow.missing() == "messages 1, 3 of 3 were not seen"


def test_overlapping_patterns_give_way_to_each_other() -> None:
    """A loose pattern does not take the only message that a strict one could have."""
    dear = pattern(type="Paid", amount=5)
    anyhow = Anyhow((PAID, dear))
    five, seven = message(1, type="Paid", amount=5), message(2, type="Paid", amount=7)
    anyhow.take(five)
    assert anyhow.missing() == "message 2 of 2 was not seen"
    anyhow.take(seven)
    assert anyhow.missing() == ""
    assert anyhow.found() == (seven, five)


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_the_order_of_arrival_does_not_matter(order: tuple[int, ...]) -> None:
    """Whatever comes first, as many patterns are met as can be."""
    patterns = (ANY, pattern(a=1), pattern(a=1, b=1), pattern(a=1, b=1, c=1))
    anyhow = Anyhow(patterns)
    for number in order:
        anyhow.take(message(number, **dict.fromkeys("abc"[:number], 1)))
    assert anyhow.missing() == ""
    assert [each.id for each in anyhow.found()] == ["t/0@0", "t/0@1", "t/0@2", "t/0@3"]


def test_of_the_same_kind_no_more_are_kept_than_can_help() -> None:
    """A busy topic does not fill the memory."""
    anyhow = Anyhow((PAID, NEW))
    for number in range(1000):
        anyhow.take(message(number, type="Paid"))
    assert len(anyhow._kept) == 2
    assert anyhow.missing() == "message 2 of 2 was not seen"


def test_what_comes_nearest_fits_no_pattern() -> None:
    """The latest of those that lack least."""
    anyhow = Anyhow((PAID, pattern(type="Gone", amount=5)))
    for each in (A_PAID, message(4, type="Gone", amount=6), A_NEW):
        anyhow.take(each)
    closest, mismatches = anyhow.closest()
    assert closest == message(4, type="Gone", amount=6)
    assert [str(each) for each in mismatches] == ["value.amount: expected 5, saw 6"]


def test_nothing_comes_near_where_nothing_is_missing() -> None:
    """Or where nothing was seen."""
    anyhow = Anyhow((PAID,))
    assert anyhow.closest() == (None, ())
    anyhow.take(A_NEW)
    anyhow.take(A_PAID)
    assert anyhow.closest() == (None, ())
