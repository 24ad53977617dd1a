"""Waits until an assertion holds, can no longer hold, or its deadline passes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.assertions import GRACE, LAST_LOOK, STABLE_FOR, Wait
from pytest_orchestra.engine.deadlines import BELT
from pytest_orchestra.engine.rendering import render_expectation
from pytest_orchestra.engine.secrets import Mask
from pytest_orchestra.errors import ConfigurationError, ConnectorError
from pytest_orchestra.spi import SURE_AT_LAST, Breach, Call
from pytest_orchestra.suite.bound import Contract

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from tests.unit.engine.conftest import ClockLoop, Kit, Office

    from pytest_orchestra.engine.outcome import Outcome
    from pytest_orchestra.spi import Observation, ProtocolPlugin
    from pytest_orchestra.suite.bound import Expect

LOST = ConnectorError("lost", code="post.lost", retriable=True)


class Waits:
    """Runs waits and measures them; ``took`` is in seconds of the loop's clock."""

    def __init__(
        self, loop: ClockLoop, protocols: Mapping[str, ProtocolPlugin], kit: Kit, office: Office
    ) -> None:
        self.loop, self.protocols, self.kit, self.office = loop, protocols, kit, office
        self.names: Mapping[str, object] = {}
        self.took = 0.0

    def start(
        self, expect: Expect, channel: str, spent: frozenset[str] = frozenset(), position: int = 0
    ) -> Coroutine[Any, Any, Outcome]:
        async def main() -> Outcome:
            plugin = self.protocols[channel]
            call = Call(fields={"box": "box"} if channel == "post" else {"to": "ann"})
            client = await plugin.step_executor.open("main", None)  # type: ignore[arg-type]  # unused
            wait = Wait(
                watch=client.watch(call, position),
                expectation=render_expectation(expect, self.names),
                expect=expect,
                plugin=plugin,
                call=call,
                hide=Mask().value,
                spent=spent,
            )
            began = self.loop.time()
            try:
                return await wait.run()
            finally:
                self.took = self.loop.time() - began

        return main()

    def letters(
        self, expect: Expect, *plan: tuple[float, Observation], spent: frozenset[str] = frozenset()
    ) -> Outcome:
        """Wait for letters that come after so many seconds."""

        async def main() -> Outcome:
            for seconds, letter in plan:
                if seconds <= 0:
                    self.office.deliver("box", letter)
                else:
                    self.office.later(seconds, "box", letter)
            return await self.start(expect, "post", spent)

        return self.loop.run_until_complete(main())

    def state(self, expect: Expect, *plan: tuple[float, list[Observation]]) -> Outcome:
        """Wait for the state, which changes after so many seconds."""

        async def main() -> Outcome:
            for seconds, state in plan:
                self.loop.call_later(seconds, setattr, self.office, "state", state)
            return await self.start(expect, "mail")

        return self.loop.run_until_complete(main())


@pytest.fixture
def waits(
    loop: ClockLoop, protocols: Mapping[str, ProtocolPlugin], kit: Kit, office: Office
) -> Waits:
    """Waits on both channels."""
    return Waits(loop, protocols, kit, office)


def lines(outcome: Outcome) -> list[str]:
    return [f"{each.type.value} {each.code}: {each.message}" for each in outcome.violations]


# What arrives


def test_a_letter_that_was_there_before_is_seen_at_once(waits: Waits, kit: Kit) -> None:
    """It arrived after the arming, before the step was reached."""
    one = kit.letter(1, type="Paid")
    outcome = waits.letters(kit.expecting(value={"type": "Paid"}), (0, one))
    assert outcome.violations == ()
    assert waits.took == 0
    assert outcome.satisfied_after == 0
    assert outcome.spent == {"box@1"}
    assert outcome.evidence == one.evidence
    assert outcome.roots == {"letter": one.roots["letter"], "letters": [one.roots["letter"]]}


def test_success_is_told_at_once(waits: Waits, kit: Kit) -> None:
    """Not at the next look, and not at the deadline; others that came are passed over."""
    outcome = waits.letters(
        kit.expecting(value={"type": "Paid"}, within=10.0),
        (1.0, kit.letter(1, type="New")),
        (2.5, kit.letter(2, type="Paid")),
    )
    assert outcome.violations == ()
    assert waits.took == pytest.approx(2.5)
    assert outcome.satisfied_after == pytest.approx(2.5)
    assert outcome.attempts == 2
    assert outcome.spent == {"box@2"}


def test_what_never_comes_is_missed_at_the_deadline(waits: Waits, kit: Kit, office: Office) -> None:
    """With what was seen, and the closest of it."""
    office.others = [kit.letter(9)]
    outcome = waits.letters(
        kit.expecting(value={"type": "Paid"}, within=5.0), (1.0, kit.letter(1, type="New"))
    )
    assert lines(outcome) == [
        "TIMEOUT post.timeout: not met within 5 s",
        (
            "KAFKA_MESSAGE_NOT_FOUND post.unmet: at least 1 expected, 0 of 1 seen match:"
            " value.type: expected 'Paid', saw 'New'"
        ),
    ]
    assert outcome.violations[1].details == {
        "looks": 2,
        "seen": 1,
        "mismatches": ["value.type: expected 'Paid', saw 'New'"],
    }
    assert outcome.notes == (
        "expected: value {'type': 'Paid'}",
        "seen: 1 letters",
        "closest: box@1: {'type': 'New'}",
        "  value.type: expected 'Paid', saw 'New'",
    )
    assert outcome.evidence == kit.letter(1, type="New").evidence
    assert not outcome.delivered
    assert waits.took == pytest.approx(5.0 + GRACE)


def test_what_comes_late_is_told_with_how_late(waits: Waits, kit: Kit) -> None:
    """It is a failure all the same, and the near miss is that of the deadline."""
    plan = ((1.0, kit.letter(1, type="New")), (6.8, kit.letter(2, type="Paid")))
    outcome = waits.letters(kit.expecting(value={"type": "Paid"}, within=5.0), *plan)
    assert lines(outcome)[0] == "TIMEOUT post.timeout: not met within 5 s, but 1.8 s later"
    assert outcome.violations[0].details == {"within_s": 5.0, "late_s": 1.8}
    assert outcome.notes[2] == "closest: box@1: {'type': 'New'}"
    assert outcome.spent == frozenset()
    assert waits.took == pytest.approx(6.8)


def test_a_state_that_comes_late_is_told(waits: Waits, kit: Kit) -> None:
    """Where it has to stay for a time there is no telling."""
    plan = ((0, [kit.answer(ok=False)]), (2.2, [kit.answer(ok=True)]))
    outcome = waits.state(kit.expecting("answer.body.ok", every=0.5, within=2.0), *plan)
    assert lines(outcome)[0].endswith("not met within 2 s, but 0.5 s later")
    stable = kit.expecting("answer.body.ok", every=0.5, within=2.0, stable_for=1.0)
    outcome = waits.state(stable, (0, [kit.answer(ok=False)]))
    assert lines(outcome)[0].endswith("not met within 2 s")
    assert waits.took == pytest.approx(2.0)


def test_a_connection_that_is_lost_after_the_deadline_changes_nothing(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop
) -> None:
    """There is nothing more to look at."""

    def look(_: object) -> list[Observation]:
        if loop.time() - began > 2.0:
            raise ConnectorError("gone", code="post.gone")
        return []

    began = loop.time()
    office.on_look = look
    outcome = loop.run_until_complete(waits.start(kit.expecting(within=2.0, every=0.5), "post"))
    assert [each.type.value for each in outcome.violations] == [
        "TIMEOUT",
        "KAFKA_MESSAGE_NOT_FOUND",
    ]
    assert waits.took < 3.0


def test_what_earlier_visits_passed_on_is_counted(waits: Waits, kit: Kit) -> None:
    """It was there, and is skipped."""
    outcome = waits.letters(
        kit.expecting(within=1.0), (0, kit.letter(1)), spent=frozenset({"box@1"})
    )
    assert outcome.notes[-1] == "skipped: 1, as an earlier visit of this step passed on them"


def test_nothing_at_all_shows_what_passed_by(waits: Waits, kit: Kit, office: Office) -> None:
    """The selectors may be wrong."""
    office.others = [kit.letter(9)]
    outcome = waits.letters(kit.expecting(within=1.0))
    assert outcome.notes == (
        "seen: 0 letters",
        "skipped: 1 that the key, headers or correlation_id leave out",
        "closest of these: box@9: {}",
        "  headers: {'stamp': 'red'}",
    )
    assert outcome.evidence.kafka_message is None


def test_a_letter_that_an_earlier_visit_passed_on_counts_no_more(waits: Waits, kit: Kit) -> None:
    """The next one does."""
    plan = ((0, kit.letter(1)), (1.0, kit.letter(2)))
    outcome = waits.letters(kit.expecting(), *plan, spent=frozenset({"box@1"}))
    assert outcome.spent == {"box@2"}
    assert waits.took == pytest.approx(1.0)


def test_an_exact_count_is_watched_on(waits: Waits, kit: Kit) -> None:
    """For a second unless said."""
    outcome = waits.letters(kit.expecting(count=2), (1.0, kit.letter(1)), (2.0, kit.letter(2)))
    assert outcome.violations == ()
    assert waits.took == pytest.approx(2.0 + STABLE_FOR)
    assert outcome.satisfied_after == pytest.approx(2.0)
    assert outcome.roots["letters"] == [{"number": 1, "value": {}}, {"number": 2, "value": {}}]


def test_one_too_many_fails_at_once(waits: Waits, kit: Kit) -> None:
    """Also while it is watched on, and after the deadline; it is named, and no deadline missed."""
    outcome = waits.letters(
        kit.expecting(count=1, within=1.2), (1.0, kit.letter(1)), (1.6, kit.letter(2))
    )
    assert lines(outcome) == [
        "KAFKA_MESSAGE_NOT_FOUND post.unmet: exactly 1 expected, 2 seen: 1 too many"
    ]
    assert outcome.notes == ("seen: 2 letters", "found: box@1: {}", "found: box@2: {}")
    assert outcome.evidence == kit.letter(2).evidence
    assert waits.took == pytest.approx(1.6)


@pytest.mark.parametrize(("stable_for", "took"), [(0.0, 1.0), (3.0, 4.0)])
def test_how_long_is_watched_on_can_be_said(
    waits: Waits, kit: Kit, stable_for: float, took: float
) -> None:
    """For any expectation; other letters that come meanwhile do no harm."""
    expect = kit.expecting(value={"a": 1}, count=1, stable_for=stable_for, within=2.0)
    outcome = waits.letters(expect, (1.0, kit.letter(1, a=1)), (1.5, kit.letter(2, a=2)))
    assert outcome.violations == ()
    assert waits.took == pytest.approx(took)


def test_a_lower_bound_returns_at_once(waits: Waits, kit: Kit) -> None:
    """``2+``."""
    waits.letters(kit.expecting(count="2+"), (1.0, kit.letter(1)), (2.0, kit.letter(2)))
    assert waits.took == pytest.approx(2.0)


@pytest.mark.parametrize("expected", [{"absent": True}, {"count": 0}])
def test_absent_is_told_at_the_deadline(
    waits: Waits, kit: Kit, expected: dict[str, object]
) -> None:
    """Until then it may still come."""
    expect = kit.expecting(value={"a": 1}, within=5.0, **expected)
    outcome = waits.letters(expect, (1.0, kit.letter(1, a=2)))
    assert outcome.violations == ()
    assert waits.took == pytest.approx(5.0)
    assert outcome.satisfied_after == pytest.approx(5.0)
    assert (outcome.roots, outcome.delivered) == ({}, True)


def test_absent_fails_as_soon_as_there_is_one(waits: Waits, kit: Kit) -> None:
    """Also if an earlier visit, or another step, passed it on."""
    expect = kit.expecting(value={"a": 1}, absent=True)
    outcome = waits.letters(expect, (0, kit.letter(1, a=1)), spent=frozenset({"box@1"}))
    assert lines(outcome) == ["KAFKA_MESSAGE_NOT_FOUND post.unmet: 1 where none may be"]
    assert outcome.notes == (
        "expected: value {'a': 1}",
        "seen: 1 letters",
        "found: box@1: {'a': 1}",
    )
    assert waits.took == 0


def test_a_short_secret_is_hidden_in_what_was_found(waits: Waits, kit: Kit) -> None:
    """By its key, whatever it is."""
    outcome = waits.letters(kit.expecting(absent=True), (0, kit.letter(1, password="abc")))
    assert outcome.notes[-1] == "found: box@1: {'password': '***'}"


def test_a_secret_is_hidden_in_what_differs(waits: Waits, kit: Kit) -> None:
    """What was expected, too: it came from the data."""
    expect = kit.expecting(value={"secret": {"pins": ["abc"]}, "a": 1}, within=1.0)
    outcome = waits.letters(expect, (0, kit.letter(1, secret={"pins": ["abd"]}, a=2)))
    assert outcome.notes[3:] == (
        "  value.secret.pins[0]: expected ***, saw ***",
        "  value.a: expected 1, saw 2",
    )
    assert "abc" not in repr(outcome.violations)


def test_messages_are_paired_as_they_come(waits: Waits, kit: Kit) -> None:
    """Each pattern by a letter of its own."""
    expect = kit.expecting(messages=[{"a": 1}, {"a": 2}], within=5.0)
    outcome = waits.letters(expect, (1.0, kit.letter(1, a=2)), (2.0, kit.letter(2, a=1)))
    assert outcome.violations == ()
    assert waits.took == pytest.approx(2.0)
    assert [each["number"] for each in outcome.roots["letters"]] == [2, 1]  # type: ignore[attr-defined]
    ordered = kit.expecting(messages=[{"a": 1}, {"a": 2}], ordered=True, within=5.0)
    assert lines(waits.letters(ordered))[1].endswith(
        "message 2 of 2 came before message 1: box@1, then box@2"
    )


def test_fail_when_ends_the_wait(waits: Waits, kit: Kit) -> None:
    """A state that can no longer turn good."""
    expect = kit.expecting(value={"type": "Paid"}, fail_when="letter.value.type == 'Refused'")
    outcome = waits.letters(expect, (1.0, kit.letter(1, type="Refused")))
    assert lines(outcome) == [
        "KAFKA_MESSAGE_NOT_FOUND post.unmet: fail_when holds: letter.value.type == 'Refused'"
    ]
    assert waits.took == pytest.approx(1.0)


# A present state


def test_a_state_that_holds_passes_at_the_next_look(waits: Waits, kit: Kit) -> None:
    """With the roots of the first match."""
    expect = kit.expecting("answer.body.ready", every=0.5)
    outcome = waits.state(expect, (0, [kit.answer(ready=False)]), (1.2, [kit.answer(ready=True)]))
    assert outcome.violations == ()
    assert waits.took == pytest.approx(1.5)
    assert outcome.attempts == 4
    assert outcome.roots == kit.answer(ready=True).roots
    assert outcome.spent == frozenset()


def test_the_only_thing_there_is_told_with_how_much_is_wrong_with_it(
    waits: Waits, kit: Kit
) -> None:
    """In the one line that lists of failures have room for."""
    outcome = waits.state(
        kit.expecting("answer.body.ready", value={"ready": True}, within=1.0),
        (0, [kit.answer(ready=False)]),
    )
    assert outcome.violations[-1].message == (
        "at least 1 expected, 0 of 1 seen match: value.ready: expected true, saw false, and 1 more"
    )


def test_a_state_that_never_holds_is_looked_at_once_more_at_the_deadline(
    waits: Waits, kit: Kit, office: Office
) -> None:
    """With time to answer."""
    outcome = waits.state(
        kit.expecting("answer.body.ready", every=2.0, within=5.0),
        (0, [kit.answer(ready=False)]),
    )
    assert lines(outcome) == [
        "TIMEOUT mail.timeout: not met within 5 s",
        (
            "BUSINESS_RULE_VIOLATION mail.unmet: at least 1 expected, 0 of 1 seen match:"
            " answer.body.ready does not hold: answer.body.ready = false"
        ),
    ]
    assert outcome.notes == (
        "seen: the state",
        "closest: status 200: {'ready': false}",
        "  answer.body.ready does not hold: answer.body.ready = false",
    )
    assert outcome.evidence.response_body == {"ready": False}
    assert waits.took == pytest.approx(5.0 + GRACE)
    looks = [what for asked, what in office.asked if asked == "look"]
    assert looks == [5, 3, LAST_LOOK, LAST_LOOK, GRACE]


def test_a_look_at_the_deadline_may_still_hold(waits: Waits, kit: Kit, office: Office) -> None:
    """It began in time."""

    async def slowly(within: float) -> list[Observation]:
        await asyncio.sleep(min(0.5, within))
        return [kit.answer(ready=waits.loop.time() > 1002.0)]

    office.on_look = slowly
    outcome = waits.state(kit.expecting("answer.body.ready", every=1.5, within=2.0))
    assert outcome.violations == ()
    assert outcome.satisfied_after == pytest.approx(2.5)


def test_rows_hold_as_soon_as_they_are_as_many(waits: Waits, kit: Kit) -> None:
    """And may be too many before."""
    rows = [kit.answer(n=n) for n in range(3)]
    outcome = waits.state(
        kit.expecting(count=2, every=1.0), (0, rows), (1.5, rows[:2]), (2.5, rows)
    )
    assert outcome.violations == ()
    assert waits.took == pytest.approx(2.0)


def test_a_state_may_have_to_stay(waits: Waits, kit: Kit) -> None:
    """It begins anew when it breaks."""
    good, bad = [kit.answer(ok=True)], [kit.answer(ok=False)]
    outcome = waits.state(
        kit.expecting("answer.body.ok", every=0.5, stable_for=2.0, within=5.0),
        (0, good),
        (1.2, bad),
        (1.7, good),
    )
    assert outcome.violations == ()
    assert outcome.satisfied_after == pytest.approx(2.0)
    assert waits.took == pytest.approx(4.0)


def test_a_state_that_does_not_stay_fails(waits: Waits, kit: Kit) -> None:
    """At the first look after the deadline at which it is broken."""
    good, bad = [kit.answer(ok=True)], [kit.answer(ok=False)]
    outcome = waits.state(
        kit.expecting("answer.body.ok", every=0.5, stable_for=3.0, within=2.0),
        (0, bad),
        (1.2, good),
        (2.7, bad),
    )
    assert lines(outcome)[0] == "TIMEOUT mail.timeout: not met within 2 s"
    assert "held for 1.5 s, not for 3 s; then at least 1 expected, 0 of 1" in lines(outcome)[1]
    assert waits.took == pytest.approx(3.0)


def test_absent_of_a_state_waits_for_the_deadline(waits: Waits, kit: Kit) -> None:
    """What is not there may still come."""
    outcome = waits.state(kit.expecting(absent=True, within=2.0, every=0.5), (0, []))
    assert outcome.violations == ()
    assert waits.took == pytest.approx(2.0)
    outcome = waits.state(kit.expecting(absent=True, within=2.0), (1.0, [kit.answer()]))
    assert lines(outcome) == ["BUSINESS_RULE_VIOLATION mail.unmet: 1 where none may be"]


# Connections that are lost


def losing(until: float, office: Office, loop: ClockLoop) -> Callable[[float], object]:
    """Raise until then."""
    begin = loop.time()

    def look(_: float) -> object:
        if loop.time() - begin < until:
            raise LOST
        return office.state

    return look


def test_a_connection_that_comes_back_is_not_yet(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop
) -> None:
    """It is asked again every so often, and not in a tight loop."""
    office.state = [kit.answer()]
    office.on_look = losing(1.2, office, loop)
    outcome = waits.state(kit.expecting(every=0.5))
    assert outcome.violations == ()
    assert waits.took == pytest.approx(1.5)
    assert outcome.attempts == 4


@pytest.mark.parametrize("channel", ["mail", "post"])
def test_a_connection_that_stays_lost_is_told_at_the_deadline(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop, channel: str
) -> None:
    """A missed deadline, beside the channel's own type."""
    office.on_look = losing(1000, office, loop)
    outcome = loop.run_until_complete(waits.start(kit.expecting(within=5.0, every=0.5), channel))
    own = "HTTP_ERROR" if channel == "mail" else "KAFKA_MESSAGE_NOT_FOUND"
    assert lines(outcome) == [
        "TIMEOUT post.timeout: not met within 5 s",
        f"{own} post.lost: lost",
    ]
    assert outcome.attempts == 11
    assert waits.took == pytest.approx(5.0)


def test_what_was_lost_at_the_deadline_is_not_absent(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop
) -> None:
    """Nobody knows."""
    office.on_look = losing(1000, office, loop)
    outcome = loop.run_until_complete(waits.start(kit.expecting(absent=True, within=1.0), "post"))
    assert lines(outcome)[1] == "KAFKA_MESSAGE_NOT_FOUND post.lost: lost"


def test_what_was_seen_before_the_connection_was_lost_is_told(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop
) -> None:
    """It may be the reason."""
    begin = loop.time()

    def look(_: float) -> list[Observation]:
        if loop.time() - begin >= 1.0:
            raise LOST
        return [kit.letter(1, a=2)] if loop.time() == begin else []

    office.on_look = look
    outcome = loop.run_until_complete(
        waits.start(kit.expecting(value={"a": 1}, within=2.0), "post")
    )
    assert outcome.notes[2:] == ("closest: box@1: {'a': 2}", "  value.a: expected 1, saw 2")


def test_what_holds_must_not_be_lost_while_it_has_to_stay(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop
) -> None:
    """It begins anew."""
    begin = loop.time()

    async def look(within: float) -> list[Observation]:
        now = loop.time() - begin
        if 1.0 <= now < 2.0:
            raise LOST
        if now == 0:
            await asyncio.sleep(0.5)
            return [kit.letter(1)]
        await asyncio.sleep(min(within, 0.7))
        return []

    office.on_look = look
    outcome = loop.run_until_complete(
        waits.start(kit.expecting(count=1, within=5.0, every=0.25), "post")
    )
    assert outcome.violations == ()
    assert 2.0 <= (outcome.satisfied_after or 0) < 3.0
    assert waits.took >= 3.0


def test_a_failure_for_good_ends_the_wait(waits: Waits, kit: Kit, office: Office) -> None:
    """At once."""

    def look(_: float) -> None:
        raise ConnectorError("no such table", code="mail.query", hint="Create it.")

    office.on_look = look
    outcome = waits.state(kit.expecting(within=5.0))
    assert lines(outcome) == ["HTTP_ERROR mail.query: no such table. Create it."]
    assert outcome.notes == ("seen: the state",)
    assert waits.took == 0


# Watches that are broken


@pytest.mark.parametrize("expected", [{"absent": True}, {"count": 1}])
def test_what_lies_unread_behind_the_last_news_counts(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop, expected: dict[str, object]
) -> None:
    """A look gives what came just before the deadline; the one after it all that has arrived."""
    found, first = iter([kit.letter(1, a=0), kit.letter(2, a=1)]), [kit.letter(0, a=1)]
    if expected.get("absent"):
        first = []

    async def look(within: float) -> list[Observation]:
        if first:
            return [first.pop()]
        await asyncio.sleep(within)
        return [next(found)]

    office.on_look = look
    expect = kit.expecting(value={"a": 1}, within=2.0, **expected)
    outcome = loop.run_until_complete(waits.start(expect, "post"))
    assert lines(outcome)[0].startswith("KAFKA_MESSAGE_NOT_FOUND post.unmet: ")


@pytest.mark.parametrize("channel", ["mail", "post"])
def test_a_look_that_never_ends_is_cut(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop, channel: str
) -> None:
    """A while after its deadline: what is read then may be what came before it."""
    office.on_look = lambda _: asyncio.sleep(1000)
    outcome = loop.run_until_complete(waits.start(kit.expecting(within=5.0), channel))
    assert lines(outcome)[0] == f"TIMEOUT {channel}.timeout: not met within 5 s"
    assert lines(outcome)[1].endswith("the look: not done within 5 s")
    assert waits.took == pytest.approx(5.0 + BELT + SURE_AT_LAST)


def test_a_look_that_gives_nothing_at_once_is_not_asked_in_a_tight_loop(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop
) -> None:
    """But every so often."""
    office.on_look = lambda _: []
    outcome = loop.run_until_complete(waits.start(kit.expecting(within=5.0, every=0.5), "post"))
    assert outcome.attempts == 11
    assert waits.took == pytest.approx(5.0 + GRACE)


def test_a_look_that_gives_the_same_again_is_not_asked_in_a_tight_loop(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop
) -> None:
    """And it is one letter."""
    office.on_look = lambda _: [kit.letter(1)]
    outcome = loop.run_until_complete(
        waits.start(kit.expecting(count=2, within=5.0, every=0.5), "post")
    )
    assert lines(outcome)[1].endswith("exactly 2 expected, 1 of 1 seen match")
    assert outcome.attempts == 12


def test_a_look_that_breaks_ends_the_wait(
    waits: Waits, kit: Kit, office: Office, loop: ClockLoop
) -> None:
    """It is a mistake of the plugin."""
    office.on_look = lambda _: 1 // 0
    outcome = loop.run_until_complete(waits.start(kit.expecting(), "post"))
    assert lines(outcome)[0].startswith(
        "KAFKA_MESSAGE_NOT_FOUND post.error: the look: ZeroDivisionError"
    )
    assert waits.took == 0


@pytest.mark.parametrize(
    ("given", "text"),
    [(None, "TypeError: 'NoneType' object is not iterable"), (["a"], "TypeError: look gave str")],
)
def test_a_look_that_gives_nothing_to_judge_ends_the_wait(
    *, waits: Waits, kit: Kit, office: Office, loop: ClockLoop, given: object, text: str
) -> None:
    """It is a mistake of the plugin, too."""
    office.on_look = lambda _: given
    outcome = loop.run_until_complete(waits.start(kit.expecting(), "post"))
    assert f"the look: {text}" in lines(outcome)[0]


def test_a_watch_that_cannot_tell_what_it_saw_is_no_trouble(
    waits: Waits, kit: Kit, office: Office
) -> None:
    """The verdict stands."""
    office.on_seen = lambda: 1 // 0
    outcome = waits.letters(kit.expecting(within=1.0))
    assert lines(outcome)[0] == "TIMEOUT post.timeout: not met within 1 s"
    assert outcome.notes[0].startswith("it cannot be told what was seen: ZeroDivisionError")


class Unset(dict[str, object]):
    """Variables of an environment that are missing."""

    def __getitem__(self, name: str) -> object:
        raise ConfigurationError(f"{name} is not set")


def test_a_rule_that_needs_what_is_not_there_goes_on(
    waits: Waits, kit: Kit, office: Office
) -> None:
    """It is our side that is wrong."""
    office.state = [kit.answer()]
    waits.names = {"vars": Unset(code=1)}
    with pytest.raises(ConfigurationError, match="code is not set"):
        waits.state(kit.expecting("answer.status == vars.code"))


# Contracts


def test_what_holds_must_keep_its_contract(waits: Waits, kit: Kit, office: Office) -> None:
    """Every letter that was counted; others are not looked at."""
    office.breaches = {"reply": [Breach(message="is no text", path="id")]}
    plan = ((0, kit.letter(1, a=1)), (0, kit.letter(2, a=2)), (0, kit.letter(3, a=1)))
    outcome = waits.letters(kit.expecting(value={"a": 1}, count=2, stable_for=0.0), *plan)
    assert lines(outcome) == [
        "CONTRACT_VIOLATION contract.reply: the reply breaks its description: id: is no text"
    ]
    assert outcome.delivered
    assert office.number("check reply") == 2


def test_a_contract_may_warn_or_be_off(waits: Waits, kit: Kit, office: Office) -> None:
    """Of the present state only what is shown is looked at."""
    office.breaches = {"reply": [Breach(message="a")]}
    office.state = [kit.answer(), kit.answer()]
    outcome = waits.state(kit.expecting(contract=Contract.WARN))
    assert (outcome.violations, outcome.notes) == ((), ("contract: a",))
    assert office.number("check reply") == 1
    outcome = waits.state(kit.expecting(contract=Contract.OFF))
    assert (outcome.violations, outcome.notes) == ((), ())


def test_a_call_that_breaks_its_description_is_not_made(
    waits: Waits, kit: Kit, office: Office
) -> None:
    """It is a mistake of the test; a warning makes it all the same."""
    office.breaches = {"request": [Breach(message="a")]}
    office.state = [kit.answer()]
    outcome = waits.state(kit.expecting())
    assert outcome.violations[0].code == "contract.request"
    assert (outcome.attempts, office.number("look")) == (0, 0)
    assert waits.state(kit.expecting(contract=Contract.WARN)).violations == ()


# Costs


def test_a_busy_box_is_judged_once_for_each_letter(waits: Waits, kit: Kit) -> None:
    """Though the verdict is asked for after each of them."""
    asked = []

    class Value(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            asked.append(key)
            return super().get(key, default)

    def letter(number: int) -> Observation:
        return replace(kit.letter(number), value=Value(a=number))

    letters = [(0.01 * number, letter(number)) for number in range(1, 501)]
    outcome = waits.letters(kit.expecting(value={"a": 500}, within=20.0), *letters)
    assert outcome.violations == ()
    assert waits.took == pytest.approx(5.0)
    assert len(asked) == 500
