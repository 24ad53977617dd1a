"""Judging observations as they come."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from pytest_orchestra.checks.expectation import Count, Expectation, Expected
from pytest_orchestra.checks.judging import MOST_KEPT, Judge, Judgement, Verdict
from pytest_orchestra.checks.matching import Mismatch
from pytest_orchestra.spi import Observation


def message(number: int, **value: object) -> Observation:
    return Observation(id=f"t/0@{number}", value=value, roots={"message": {"value": value}})


def judge(
    expectation: Expectation,
    observations: Sequence[Observation],
    *,
    final: bool = False,
    **options: Any,  # noqa: ANN401 - the judge's own
) -> Judgement:
    """Judge all observations at once."""
    whole = Judge(expectation, **options)
    whole.see(observations)
    return whole.judgement(final=final)


class Rule:
    """Holds for one type of message, and counts how often it was asked."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.asked = 0

    def __call__(self, names: Mapping[str, object]) -> Mismatch | None:
        self.asked += 1
        seen = names["message"]["value"]["type"]  # type: ignore[index]
        return None if seen == self.wanted else Mismatch(path="type", seen=seen)


PAID = Expected(value={"type": "Paid"}, has_value=True)
NEW = Expected(value={"type": "New"}, has_value=True)
A_PAID, A_NEW, ANOTHER_PAID = (
    message(1, type="Paid"),
    message(2, type="New"),
    message(3, type="Paid"),
)


def test_the_first_match_is_enough() -> None:
    """Without a count one is waited for, and one it is, however many came with it."""
    judgement = judge(Expectation(expected=PAID), [A_NEW, A_PAID, ANOTHER_PAID])
    assert judgement.verdict is Verdict.HELD
    assert judgement.matched == (A_PAID,)


def test_nothing_yet_tells_the_closest() -> None:
    """What differs is told while it is waited for; of equally close ones the latest."""
    judgement = judge(Expectation(expected=PAID), [message(1, type="Old"), A_NEW])
    assert judgement.verdict is Verdict.NOT_YET
    assert judgement.reason == "at least 1 expected, 0 of 2 seen match"
    assert judgement.closest is A_NEW
    assert [str(each) for each in judgement.mismatches] == [
        "value.type: expected 'Paid', saw 'New'"
    ]


def test_the_closest_lacks_least() -> None:
    """However late others came."""
    wanted = Expected(value={"type": "Paid", "amount": 5}, has_value=True)
    near, far = message(1, type="Paid", amount=6), message(2, type="New", amount=6)
    assert judge(Expectation(expected=wanted), [near, far]).closest is near


def test_a_message_that_an_earlier_visit_used_counts_no_more() -> None:
    """The second turn of a loop waits for a message of its own."""
    spent = frozenset({A_PAID.id})
    judgement = judge(Expectation(expected=PAID), [A_PAID], spent=spent)
    assert judgement.verdict is Verdict.NOT_YET
    assert judgement.reason == "at least 1 expected, 0 of 0 seen match"
    assert judge(Expectation(expected=PAID), [A_PAID, ANOTHER_PAID], spent=spent).matched == (
        ANOTHER_PAID,
    )


@pytest.mark.parametrize(
    "expectation",
    [
        Expectation(expected=PAID, count=Count(least=1, most=1)),
        Expectation(messages=(PAID,)),
        Expectation(messages=(PAID,), ordered=True),
    ],
)
def test_a_count_and_messages_look_at_all_since_the_arming(expectation: Expectation) -> None:
    """Whatever earlier visits used."""
    judgement = judge(expectation, [A_PAID], spent=frozenset({A_PAID.id}))
    assert judgement.verdict is Verdict.HELD


def test_absent_looks_at_all_since_the_arming() -> None:
    """Whatever earlier visits used."""
    absent = Expectation(expected=PAID, absent=True)
    judgement = judge(absent, [A_PAID], spent=frozenset({A_PAID.id}))
    assert judgement.verdict is Verdict.FAILED


def test_one_message_too_many_fails_at_once() -> None:
    """It cannot go away again; all of them are named."""
    judgement = judge(
        Expectation(expected=PAID, count=Count(least=1, most=1)), [A_NEW, A_PAID, ANOTHER_PAID]
    )
    assert judgement.verdict is Verdict.FAILED
    assert judgement.reason == "exactly 1 expected, 2 seen: 1 too many"
    assert judgement.blamed == (A_PAID, ANOTHER_PAID)
    assert judgement.closest is None


def test_one_row_too_many_may_go_away() -> None:
    """The next look gives the present state anew."""
    rows = [Observation(value={"type": "Paid"}), Observation(value={"type": "Paid"})]
    one = Judge(Expectation(expected=PAID, count=Count(least=1, most=1)), standing=True)
    one.see(rows)
    assert one.judgement().verdict is Verdict.NOT_YET
    one.see(rows[:1])
    assert one.judgement().verdict is Verdict.HELD
    one.see([])
    assert one.judgement().reason == "exactly 1 expected, 0 of 0 seen match"


def test_all_rows_that_match_are_given() -> None:
    """A present state has no first one."""
    rows = [Observation(value={"type": "Paid"}), Observation(value={"type": "Paid"})]
    assert judge(Expectation(expected=PAID), rows, standing=True).matched == tuple(rows)


@pytest.mark.parametrize(
    "expectation",
    [
        Expectation(expected=PAID, absent=True),
        Expectation(expected=PAID, count=Count(least=0, most=0)),
    ],
)
def test_absent_holds_only_at_the_deadline(expectation: Expectation) -> None:
    """And fails as soon as there is one; exactly none of messages is the same."""
    waiting = judge(expectation, [A_NEW])
    assert waiting.verdict is Verdict.NOT_YET
    assert waiting.blamed == ()
    assert judge(expectation, [A_NEW], final=True).verdict is Verdict.HELD
    failed = judge(expectation, [A_PAID], final=True)
    assert failed.verdict is Verdict.FAILED
    assert failed.reason == "1 where none may be"
    assert failed.blamed == (A_PAID,)


def test_no_row_holds_at_once() -> None:
    """Rows hold as soon as they are as many."""
    none = Expectation(expected=PAID, count=Count(least=0, most=0))
    assert judge(none, [], standing=True).verdict is Verdict.HELD
    assert judge(none, [Observation(value={"type": "Paid"})], standing=True).blamed != ()


def test_absent_of_a_state_waits_too() -> None:
    """What is not there now may come until the deadline."""
    absent = Expectation(expected=PAID, absent=True)
    assert judge(absent, [], standing=True).verdict is Verdict.NOT_YET
    assert judge(absent, [], standing=True, final=True).verdict is Verdict.HELD


def test_fail_when_ends_the_wait() -> None:
    """A state that can no longer turn good, whatever comes after it."""
    expectation = Expectation(fail_when=(("type == 'Paid'", Rule("Paid")),))
    one = Judge(expectation)
    one.see([A_PAID, A_NEW])
    one.see([A_NEW])
    judgement = one.judgement()
    assert judgement.verdict is Verdict.FAILED
    assert judgement.reason == "fail_when holds: type == 'Paid'"
    assert judgement.blamed == (A_PAID,)
    assert judge(expectation, [A_NEW]).verdict is Verdict.HELD


def test_every_message_is_judged_once() -> None:
    """A busy topic is not judged from its beginning at each arrival."""
    rule = Rule("Never")
    one = Judge(Expectation(expected=Expected(rules=(rule,))))
    for number in range(100):
        one.see([message(number, type="New")])
        assert one.judgement().verdict is Verdict.NOT_YET
    assert rule.asked == 100


def test_no_more_matches_than_can_matter_are_kept() -> None:
    """They are counted on."""
    one = Judge(Expectation(expected=PAID, count=Count(least=MOST_KEPT + 5)))
    one.see([message(number, type="Paid") for number in range(MOST_KEPT + 5)])
    judgement = one.judgement()
    assert judgement.verdict is Verdict.HELD
    assert len(judgement.matched) == MOST_KEPT


def test_messages_tell_what_comes_nearest() -> None:
    """Of those that fit no pattern; else of those that are not even candidates."""
    expectation = Expectation(
        expected=Expected(value={"order": 7}, has_value=True), messages=(PAID, NEW)
    )
    paid, old = message(1, order=7, type="Paid"), message(2, order=7, type="Old")
    judgement = judge(expectation, [paid, old])
    assert judgement.verdict is Verdict.NOT_YET
    assert judgement.reason == "message 2 of 2 was not seen"
    assert judgement.matched == (paid,)
    assert judgement.closest is old
    stranger = message(3, order=8, type="New")
    assert judge(expectation, [paid, stranger]).closest is stranger


def test_messages_of_a_state_are_judged_anew() -> None:
    """Rows may come and go."""
    one = Judge(Expectation(messages=(PAID, NEW), ordered=True), standing=True)
    one.see([A_PAID, A_NEW])
    assert one.judgement().verdict is Verdict.HELD
    one.see([A_PAID])
    assert one.judgement().reason == "message 2 of 2 was not seen"
