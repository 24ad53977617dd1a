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
    """The first fifty of them and how many more."""
    wanted = {f"k{number}": number for number in range(52)}
    seen = Observation(id="orders/0@17", value={}, at=1_700_000_000.25)
    judgement = judge(Expectation(expected=Expected(value=wanted, has_value=True)), [seen])
    lines = describe(judgement, seen="1 message on orders")
    assert lines[:3] == (
        "seen: 1 message on orders",
        "closest: orders/0@17 at 22:13:20.250 UTC: {}",
        "  value.k0: expected 0, saw nothing there",
    )
    assert lines[-1] == "  … and 2 more"
    assert len(lines) == 53


def test_names_what_is_too_many() -> None:
    """The first of them with what they hold, and how many more."""
    seen = [Observation(id=f"orders/0@{number}", value={"n": number}) for number in range(22)]
    lines = describe(judge(Expectation(count=Count(least=1, most=1)), seen), seen="")
    assert lines[0] == "found: orders/0@0: {'n': 0}"
    assert lines[19:] == ("found: orders/0@19: {'n': 19}", "found: 2 more")


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
    others = [Observation(id=f"orders/0@{n}", value={"n": n}) for n in (7, 3, 5)]
    lines = describe(judge(Expectation(), []), seen="3 messages, 0 selected", others=others)
    skipped = "skipped: 3 that the key, headers or correlation_id leave out"
    closest = "closest of these: "
    assert lines == ("seen: 3 messages, 0 selected", skipped, closest + "orders/0@5: {'n': 5}")
    wanted = Expectation(expected=Expected(value={"n": 3}, has_value=True))
    lines = describe(judge(wanted, []), seen="", expectation=wanted, others=others)
    assert lines[1:] == (
        skipped,
        closest + "orders/0@3: {'n': 3}",
        "  but for these it is as expected",
    )
    wanted = Expectation(messages=(Expected(value={"n": 4, "m": 1}, has_value=True),))
    assert describe(judge(wanted, []), seen="", others=others, expectation=wanted)[1:] == (
        skipped,
        closest + "orders/0@5: {'n': 5}",
        "  value.n: expected 4, saw 5",
        "  value.m: expected 1, saw nothing there",
    )


def test_shows_by_what_the_selectors_left_it_out() -> None:
    """Its key and its headers, less what is secret."""
    other = Observation(id="orders/0@1", key="o-7", headers={"trace": "t-1", "token": "abc"})

    def hide(value: object) -> object:
        return value | {"token": "***"} if isinstance(value, dict) else value

    lines = describe(judge(Expectation(), []), seen="", others=[other], hide=hide)
    assert lines[-2:] == (
        "closest of these: orders/0@1, key 'o-7': null",
        "  headers: {'trace': 't-1', 'token': '***'}",
    )


def test_the_closest_is_so_by_structure() -> None:
    """Two wrong fields are closer than a whole object that is missing."""
    wanted = {"type": "Paid", "order": {"id": 7, "total": 5, "lines": [1, 2]}}
    near = {"type": "Paid", "order": {"id": 8, "total": 6, "lines": [1, 2]}}
    seen = [Observation(id="near", value=near), Observation(id="far", value={"type": "Paid"})]
    lines = describe(
        judge(Expectation(expected=Expected(value=wanted, has_value=True)), seen), seen=""
    )
    assert lines[0].startswith("closest: near: ")


def test_nothing_seen_says_nothing() -> None:
    """There is no line for what is not known."""
    assert describe(judge(Expectation(), []), seen="") == ()
    wanted = Expectation(expected=Expected(status=(201,)))
    assert describe(judge(wanted, []), seen="", expectation=wanted) == ("expected: status 201",)


def test_a_reply_has_no_name_of_its_own() -> None:
    """A standing state is looked at anew each time."""
    reply = Observation(failure="HTTP 500", status=500, value={"detail": "no stock"})
    lines = describe(judge(Expectation(), [reply]), seen="")
    assert lines[0] == "closest: status 500: {'detail': 'no stock'}"


def test_a_time_that_no_calendar_has_is_left_out() -> None:
    """Brokers let senders write any."""
    assert name(Observation(id="orders/0@3", at=1e20)) == "orders/0@3"
