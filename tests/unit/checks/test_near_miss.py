"""What people read when a wait was not met."""

from pytest_orchestra.checks.expectation import Count, Expectation, Expected
from pytest_orchestra.checks.judging import Judge, Judgement
from pytest_orchestra.checks.near_miss import describe, name
from pytest_orchestra.spi import Observation


def judge(expectation: Expectation, observations: list[Observation]) -> Judgement:
    whole = Judge(expectation)
    whole.see(observations)
    return whole.judgement()


def test_names_the_closest_and_its_differences() -> None:
    """The first six of them and how many more."""
    wanted = {f"k{number}": number for number in range(8)}
    seen = Observation(id="orders/0@17", value={}, at=1_700_000_000.25)
    judgement = judge(Expectation(expected=Expected(value=wanted, has_value=True)), [seen])
    lines = describe(judgement, seen="1 message on orders")
    assert lines[:3] == (
        "seen: 1 message on orders",
        "closest: orders/0@17 at 22:13:20.250 UTC",
        "  value.k0: expected 0, saw nothing there",
    )
    assert lines[-1] == "  … and 2 more"
    assert len(lines) == 9


def test_names_what_is_too_many() -> None:
    """The first five of them and how many more."""
    seen = [Observation(id=f"orders/0@{number}") for number in range(7)]
    lines = describe(judge(Expectation(count=Count(least=1, most=1)), seen), seen="")
    assert lines == (
        "found: orders/0@0, orders/0@1, orders/0@2, orders/0@3, orders/0@4 and 2 more",
    )


def test_names_what_the_selectors_left_out_where_nothing_else_was_seen() -> None:
    """A wrong key is the commonest near miss."""
    other = Observation(id="orders/0@3")
    lines = describe(judge(Expectation(), []), seen="2 messages, 0 selected", others=[other])
    assert lines == ("seen: 2 messages, 0 selected", "others there, the latest: orders/0@3")


def test_nothing_seen_says_nothing() -> None:
    """There is no line for what is not known."""
    assert describe(judge(Expectation(), []), seen="") == ()
    assert describe(judge(Expectation(), []), seen="", expected="a") == ("expected: a",)


def test_a_reply_has_no_name_of_its_own() -> None:
    """A standing state is looked at anew each time."""
    judgement = judge(Expectation(), [Observation(failure="HTTP 500")])
    assert describe(judgement, seen="")[0] == "closest: what the last look gave"


def test_a_time_that_no_calendar_has_is_left_out() -> None:
    """Brokers let senders write any."""
    assert name(Observation(id="orders/0@3", at=1e20)) == "orders/0@3"
