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
        "closest: orders/0@17 at 22:13:20.250 UTC: {}",
        "  value.k0: expected 0, saw nothing there",
    )
    assert lines[-1] == "  … and 2 more"
    assert len(lines) == 9


def test_names_what_is_too_many() -> None:
    """The first five of them with what they hold, and how many more."""
    seen = [Observation(id=f"orders/0@{number}", value={"n": number}) for number in range(7)]
    lines = describe(judge(Expectation(count=Count(least=1, most=1)), seen), seen="")
    assert lines[0] == "found: orders/0@0: {'n': 0}"
    assert lines[4:] == ("found: orders/0@4: {'n': 4}", "found: 2 more")


def test_shows_what_must_not_have_been() -> None:
    """A row has no name, it is what it holds."""
    row = Observation(value={"id": 7})
    assert describe(judge(Expectation(absent=True), [row]), seen="") == ("found: {'id': 7}",)


def test_shows_what_matched_where_more_are_missing() -> None:
    """One of two is there."""
    row = Observation(value={"id": 7})
    lines = describe(judge(Expectation(count=Count(least=2)), [row]), seen="1 row")
    assert lines == ("seen: 1 row", "matched: {'id': 7}")


def test_secrets_are_hidden_before_a_value_is_cut() -> None:
    """Else their first letters would stay."""
    row = Observation(value={"note": "x" * 190 + "top-secret"})
    judgement = judge(Expectation(absent=True), [row])
    (line,) = describe(judgement, seen="", hide=lambda _: {"note": "***"})
    assert line == "found: {'note': '***'}"


def test_names_what_the_selectors_left_out_where_nothing_else_was_seen() -> None:
    """A wrong key is the commonest near miss."""
    other = Observation(id="orders/0@3")
    lines = describe(judge(Expectation(), []), seen="2 messages, 0 selected", others=[other])
    assert lines == ("seen: 2 messages, 0 selected", "others there, the latest: orders/0@3: null")


def test_nothing_seen_says_nothing() -> None:
    """There is no line for what is not known."""
    assert describe(judge(Expectation(), []), seen="") == ()
    assert describe(judge(Expectation(), []), seen="", expected="a") == ("expected: a",)


def test_a_reply_has_no_name_of_its_own() -> None:
    """A standing state is looked at anew each time."""
    reply = Observation(failure="HTTP 500", status=500, value={"detail": "no stock"})
    lines = describe(judge(Expectation(), [reply]), seen="")
    assert lines[0] == "closest: status 500: {'detail': 'no stock'}"


def test_a_time_that_no_calendar_has_is_left_out() -> None:
    """Brokers let senders write any."""
    assert name(Observation(id="orders/0@3", at=1e20)) == "orders/0@3"
