"""Several messages in the order of their patterns, key by key."""

from itertools import permutations

import pytest

from pytest_orchestra.checks.expectation import Expected
from pytest_orchestra.checks.ordering import MOST_STEPS, InOrder
from pytest_orchestra.spi import Observation


def message(number: int, key: str | None = None, **value: object) -> Observation:
    return Observation(id=f"t/0@{number}", key=key, value=value)


def pattern(**value: object) -> Expected:
    return Expected(value=value, has_value=True)


def in_order(patterns: tuple[Expected, ...], *arrived: Observation) -> InOrder:
    judged = InOrder(patterns)
    for each in arrived:
        judged.take(each)
    return judged


PAID, NEW, ANY = pattern(type="Paid"), pattern(type="New"), Expected()
A_NEW, A_PAID = message(1, type="New"), message(2, type="Paid")


def test_others_may_come_between_ordered_ones() -> None:
    """Only their own order counts."""
    judged = in_order((NEW, PAID), A_NEW, message(9, type="Other"), A_PAID, A_NEW)
    assert judged.missing() == ""
    assert judged.found() == (A_NEW, A_PAID)


def test_the_wrong_order_is_told() -> None:
    """With both messages, in the order in which they came."""
    judged = in_order((PAID, NEW), A_NEW, A_PAID)
    assert judged.missing() == "message 2 of 2 came before message 1: t/0@1, then t/0@2"
    assert judged.found() == (A_NEW, A_PAID)
    assert judged.closest() == (None, ())


def test_one_that_is_sent_again_in_its_place_mends_the_order() -> None:
    """Brokers deliver at least once."""
    judged = in_order((PAID, NEW), A_NEW, A_PAID, message(3, type="New"))
    assert judged.missing() == ""
    assert [each.id for each in judged.found()] == ["t/0@2", "t/0@3"]


def test_what_never_came_is_missing_as_in_any_order() -> None:
    """With what comes nearest to it."""
    judged = in_order((PAID, NEW), message(5, type="Old"))
    assert judged.missing() == "messages 1, 2 of 2 were not seen"
    assert judged.closest()[0] == message(5, type="Old")
    judged.take(A_PAID)
    assert judged.missing() == "message 2 of 2 was not seen"
    assert judged.found() == (A_PAID,)


@pytest.mark.parametrize("arrival", [*permutations(("a1", "a2", "b1", "b2"))])
def test_messages_of_two_keys_may_be_interleaved(arrival: tuple[str, ...]) -> None:
    """Each key has an order of its own, and only that is judged."""
    sent = {
        f"{key}{number}": message(number, key, n=number, of=key)
        for key in "ab"
        for number in (1, 2)
    }
    patterns = tuple(pattern(n=n, of=of) for n, of in ((1, "a"), (1, "b"), (2, "a"), (2, "b")))
    judged = in_order(patterns, *(sent[name] for name in arrival))

    broken = [key for key in "ab" if arrival.index(f"{key}1") > arrival.index(f"{key}2")]
    assert bool(judged.missing()) == bool(broken)
    assert not broken or f"both of key '{broken[0]}'" in judged.missing()


def test_the_order_of_one_key_is_not_that_of_another() -> None:
    """What another key has in the right order does not stand in for both of this one."""
    patterns = (pattern(type="New", order=1), pattern(type="Paid", order=1))
    judged = in_order(
        patterns,
        message(1, "a", type="Paid", order=1),
        message(2, "b", type="New", order=2),
        message(3, "b", type="Paid", order=2),
        message(4, "a", type="New", order=1),
    )
    assert judged.missing() == (
        "message 2 of 2 came before message 1: t/0@1, then t/0@4, both of key 'a'"
    )


def test_what_one_key_has_in_order_goes_before_what_two_have_together() -> None:
    """So that what is saved is of one order."""
    judged = in_order(
        (NEW, PAID),
        message(1, "a", type="New"),
        message(2, "b", type="New"),
        message(3, "b", type="New"),
        message(4, "a", type="Paid"),
    )
    assert [each.id for each in judged.found()] == ["t/0@1", "t/0@4"]


def test_two_that_are_alike_may_be_of_two_keys() -> None:
    """One message is never two."""
    assert in_order((PAID, PAID), message(1, "a", type="Paid")).missing()
    both = (message(1, "a", type="Paid"), message(2, "b", type="Paid"))
    assert in_order((PAID, PAID), *both).found() == both


def test_one_that_meets_two_patterns_stands_for_one() -> None:
    """It is neither before nor after itself."""
    judged = in_order((pattern(type="Paid", n=1), PAID), message(1, type="Paid"))
    judged.take(message(2, type="Paid", n=1))
    assert judged.missing() == "message 2 of 2 came before message 1: t/0@1, then t/0@2"
    judged.take(message(3, type="Paid", n=1))
    assert judged.missing() == ""


def test_one_that_is_needed_twice_is_not_there_the_second_time() -> None:
    """Together they are all met, but not in this order."""
    judged = in_order((ANY, PAID), A_PAID, message(3, type="New"))
    assert judged.missing() == "message 2 of 2 was not seen after those before it"
    assert [each.id for each in judged.found()] == ["t/0@2", "t/0@3"]


def test_others_that_are_alike_are_not_all_kept() -> None:
    """A busy topic does not fill the memory, whatever its keys."""
    judged = InOrder((ANY, pattern(order=7)))
    for number in range(1000):
        judged.take(message(number, f"k{number}", order=1))
        judged.take(message(number, "same", order=1))
    kept = sum(len(series.observations) for series in judged._series.values())
    assert kept <= 4
    judged.take(message(1001, "mine", order=7))
    assert judged.missing() == ""


def test_a_search_that_would_never_end_is_given_up() -> None:
    """Patterns that overlap in every way, and an order that cannot be had."""
    number = 12
    patterns = (*[ANY] * number, pattern(last=0), pattern(first=0))
    judged = InOrder(patterns)
    for each in range(number):
        judged.take(message(each, f"k{each}", other=0))
    judged.take(message(97, "z", first=0))
    judged.take(message(98, "z", last=0))
    assert judged._steps == MOST_STEPS
    assert judged.missing() == (
        "message 14 of 14 came before message 13: t/0@97, then t/0@98, both of key 'z'"
    )
