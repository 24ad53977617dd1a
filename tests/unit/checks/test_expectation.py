"""Judging observations."""

from collections.abc import Mapping

import pytest

from pytest_orchestra.checks.expectation import (
    Count,
    Expectation,
    Expected,
    Verdict,
    judge,
    mismatches_of,
)
from pytest_orchestra.checks.matching import Mismatch
from pytest_orchestra.spi import Observation


def message(number: int, **value: object) -> Observation:
    return Observation(id=f"t/0@{number}", value=value, roots={"message": {"value": value}})


def paid(names: Mapping[str, object]) -> Mismatch | None:
    seen = names["message"]["value"]["type"]  # type: ignore[index]
    return (
        None
        if seen == "Paid"
        else Mismatch(path="type == 'Paid'", expected="it to hold", seen=seen)
    )


PAID = Expected(value={"type": "Paid"}, has_value=True)
A_PAID, A_NEW = message(1, type="Paid"), message(2, type="New")


def test_the_first_match_is_enough() -> None:
    """Without a count one is waited for."""
    judgement = judge(Expectation(expected=PAID), [A_NEW, A_PAID])
    assert judgement.verdict is Verdict.HELD
    assert judgement.matched == (A_PAID,)


def test_nothing_yet_tells_the_closest() -> None:
    """What differs is told while it is waited for."""
    judgement = judge(Expectation(expected=PAID), [A_NEW])
    assert judgement.verdict is Verdict.NOT_YET
    assert judgement.reason == "at least 1 expected, 0 of 1 seen match"
    assert judgement.closest is A_NEW
    assert [str(each) for each in judgement.mismatches] == [
        "value.type: expected 'Paid', saw 'New'"
    ]


def test_a_message_that_an_earlier_visit_used_counts_no_more() -> None:
    """The second turn of a loop waits for a message of its own."""
    spent = frozenset({A_PAID.id})
    assert judge(Expectation(expected=PAID), [A_PAID], spent=spent).verdict is Verdict.NOT_YET
    again = message(3, type="Paid")
    assert judge(Expectation(expected=PAID), [A_PAID, again], spent=spent).matched == (again,)


def test_a_count_looks_at_all_since_the_arming() -> None:
    """Whatever earlier visits used."""
    expectation = Expectation(expected=PAID, count=Count(least=2, most=2))
    both = [A_PAID, message(3, type="Paid")]
    assert judge(expectation, both, spent=frozenset({A_PAID.id})).verdict is Verdict.HELD


def test_one_message_too_many_fails_at_once() -> None:
    """It cannot go away again."""
    judgement = judge(
        Expectation(expected=PAID, count=Count(least=1, most=1)), [A_PAID, message(3, type="Paid")]
    )
    assert judgement.verdict is Verdict.FAILED
    assert judgement.reason == "exactly 1 expected, 2 seen: 1 too many"


def test_one_row_too_many_may_go_away() -> None:
    """The next look gives the present state anew."""
    rows = [Observation(value={"type": "Paid"}), Observation(value={"type": "Paid"})]
    expectation = Expectation(expected=PAID, count=Count(least=1, most=1))
    assert judge(expectation, rows, standing=True).verdict is Verdict.NOT_YET


def test_absent_holds_only_at_the_deadline() -> None:
    """And fails as soon as there is one."""
    absent = Expectation(expected=PAID, absent=True)
    assert judge(absent, [A_NEW]).verdict is Verdict.NOT_YET
    assert judge(absent, [A_NEW], final=True).verdict is Verdict.HELD
    failed = judge(absent, [A_PAID], final=True)
    assert failed.verdict is Verdict.FAILED
    assert failed.reason == "1 where none may be"


def test_fail_when_ends_the_wait() -> None:
    """A state that can no longer turn good."""
    expectation = Expectation(expected=Expected(), fail_when=(("type == 'Paid'", paid),))
    judgement = judge(expectation, [A_PAID])
    assert judgement.verdict is Verdict.FAILED
    assert judgement.reason == "fail_when holds: type == 'Paid'"
    assert judge(expectation, [A_NEW]).verdict is Verdict.HELD


def test_messages_are_each_another_one() -> None:
    """Two that look alike need two."""
    expectation = Expectation(messages=(PAID, PAID))
    assert judge(expectation, [A_PAID]).reason == "message 2 of 2 was not seen"
    assert judge(expectation, [A_PAID, message(3, type="Paid")]).verdict is Verdict.HELD


def test_ordered_messages_come_in_that_order() -> None:
    """Others may come between them."""
    new = Expected(value={"type": "New"}, has_value=True)
    forth, back = (
        Expectation(messages=(PAID, new), ordered=True),
        Expectation(messages=(new, PAID), ordered=True),
    )
    seen = [A_PAID, message(9, type="Other"), A_NEW]
    assert judge(forth, seen).verdict is Verdict.HELD
    assert judge(back, seen).reason == "message 2 of 2 was not seen after the one before it"
    assert judge(Expectation(messages=(new, PAID)), seen).verdict is Verdict.HELD


@pytest.mark.parametrize(
    ("expected", "observation", "line"),
    [
        (Expected(), Observation(failure="HTTP 500"), "status: expected success, saw HTTP 500"),
        (
            Expected(status=(201, "OK")),
            Observation(status=404),
            "status: expected 201 or OK, saw 404",
        ),
        (
            Expected(headers={"X-Id": 7}),
            Observation(headers={"x-id": "8"}),
            "headers.X-Id: expected 7, saw '8'",
        ),
        (
            Expected(headers={"X-Id": 7}),
            Observation(),
            "headers.X-Id: expected 7, saw no such header",
        ),
        (Expected(rules=(paid,)), A_NEW, "type == 'Paid': expected it to hold, saw New"),
    ],
)
def test_every_part_of_an_expectation_is_told(
    expected: Expected, observation: Observation, line: str
) -> None:
    """Status, headers, rules."""
    assert [str(each) for each in mismatches_of(expected, observation)] == [line]


def test_a_named_status_makes_a_failure_good() -> None:
    """A refusal may be what is wanted; headers compare as text too."""
    refused = Observation(status=404, failure="HTTP 404", headers={"x-id": "7"})
    assert mismatches_of(Expected(status=(404,), headers={"X-Id": 7}), refused) == ()
