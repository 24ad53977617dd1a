"""Actions are done once, and their reply judged once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.engine.actions import act
from pytest_orchestra.engine.deadlines import BELT
from pytest_orchestra.engine.secrets import Mask
from pytest_orchestra.errors import ConfigurationError, ConnectorError, EvaluationError
from pytest_orchestra.results import ViolationType
from pytest_orchestra.spi import Breach, Call
from pytest_orchestra.suite.bound import ActionMode, Contract

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.unit.engine.conftest import ClockLoop, Kit, Office, Run

    from pytest_orchestra.engine.outcome import Outcome
    from pytest_orchestra.spi import ProtocolPlugin

CALL = Call(fields={"to": "ann"}, within=3.0)


@pytest.fixture
def do(
    run: Run[Outcome], protocols: Mapping[str, ProtocolPlugin], kit: Kit
) -> Callable[..., Outcome]:
    """Do one action, with these expectations."""

    def do(
        *rules: str,
        mode: ActionMode = ActionMode.SYNC,
        contract: Contract = Contract.ERROR,
        refused_data: str = "",
        **expected: object,
    ) -> Outcome:
        mail = protocols["mail"]
        client = run(mail.step_executor.open("main", None))  # type: ignore[arg-type]  # unused
        expectation = kit.expectation(kit.expecting(*rules, **expected))
        done = act(
            client,
            CALL,
            mail,
            expectation,
            mode=mode,
            contract=contract,
            hide=Mask().value,
            refused_data=refused_data,
        )
        return run(done)

    return do


def lines(outcome: Outcome) -> list[str]:
    return [f"{each.type.value} {each.code}: {each.message}" for each in outcome.violations]


def test_a_good_reply_passes(do: Callable[..., Outcome], office: Office, kit: Kit) -> None:
    """And delivers what it has."""
    office.answer = kit.answer(201, id=7)
    outcome = do("answer.body.id == 7", status=(201,), value={"id": 7}, headers={"stamp": "blue"})
    assert outcome.violations == ()
    assert outcome.delivered
    assert outcome.roots == office.answer.roots
    assert outcome.evidence == office.answer.evidence
    assert office.calls("act") == [{"to": "ann"}]


def test_everything_that_is_wrong_with_a_reply_is_told(
    do: Callable[..., Outcome], office: Office, kit: Kit
) -> None:
    """Status, value, headers, rules, contract; it is delivered all the same."""
    office.answer = kit.answer(500, id=8)
    office.breaches = {"reply": [Breach(message="is no text", path="body.id")]}
    outcome = do("answer.body.id == 7", status=(201,), value={"id": 7}, headers={"stamp": "red"})
    assert lines(outcome) == [
        "HTTP_ERROR mail.status: status: expected 201, saw 500",
        "BUSINESS_RULE_VIOLATION mail.value: value.id: expected 7, saw 8",
        "BUSINESS_RULE_VIOLATION mail.header: headers.stamp: expected 'red', saw 'blue'",
        "BUSINESS_RULE_VIOLATION mail.rule: answer.body.id == 7 does not hold: answer.body.id = 8",
        "CONTRACT_VIOLATION contract.reply: the reply breaks its description: body.id: is no text",
    ]
    assert outcome.delivered
    assert outcome.evidence.actual_status_code == 500
    assert outcome.notes == ("seen: status 500: {'id': 8}",)


def test_a_secret_is_hidden_in_what_differs(
    do: Callable[..., Outcome], office: Office, kit: Kit
) -> None:
    """By its key; in a rule only from six characters on."""
    office.answer = kit.answer(200, token="abc")
    rule = "answer.body.token == 'abd'"
    outcome = do(rule, value={"token": "xyz"})
    assert lines(outcome) == [
        "BUSINESS_RULE_VIOLATION mail.value: value.token: expected ***, saw ***",
        f"BUSINESS_RULE_VIOLATION mail.rule: {rule} does not hold: answer.body.token = 'abc'",
    ]


def test_without_a_status_the_channel_decides(
    do: Callable[..., Outcome], office: Office, kit: Kit
) -> None:
    """A failure fails."""
    office.answer = kit.answer(404)
    assert lines(do()) == ["HTTP_ERROR mail.status: status: expected success, saw status 404"]
    assert lines(do(status=(404,))) == []


def test_a_request_that_breaks_its_description_is_not_sent(
    do: Callable[..., Outcome], office: Office
) -> None:
    """It is a mistake of the test."""
    office.breaches = {"request": [Breach(message="is missing", path="body.id")]}
    outcome = do()
    (violation,) = outcome.violations
    assert violation.type is ViolationType.VALIDATION_ERROR
    assert violation.message.startswith("the request was not sent")
    assert office.calls("act") == []
    assert (outcome.attempts, outcome.delivered) == (0, False)


def test_a_contract_may_only_warn(do: Callable[..., Outcome], office: Office) -> None:
    """The request is sent, and both are noted."""
    office.breaches = {"request": [Breach(message="a")], "reply": [Breach(message="b")]}
    outcome = do(contract=Contract.WARN)
    assert outcome.violations == ()
    assert outcome.notes == ("contract: a", "contract: b")
    assert len(office.calls("act")) == 1


def test_a_contract_may_be_off(do: Callable[..., Outcome], office: Office) -> None:
    """Nobody looks."""
    office.breaches = {"request": [Breach(message="a")], "reply": [Breach(message="b")]}
    outcome = do(contract=Contract.OFF)
    assert (outcome.violations, outcome.notes) == ((), ())


def test_fire_and_forget_judges_only_the_sending(
    do: Callable[..., Outcome], office: Office, kit: Kit
) -> None:
    """Status, contract and rules are not looked at."""
    office.answer = kit.answer(500)
    office.breaches = {"request": [Breach(message="a")], "reply": [Breach(message="b")]}
    outcome = do("answer.none == 1", status=(201,), mode=ActionMode.FIRE_AND_FORGET)
    assert (outcome.violations, outcome.notes, outcome.delivered) == ((), (), True)
    assert [asked for asked, _ in office.asked if "check" in asked] == []


@pytest.mark.parametrize("mode", list(ActionMode))
def test_what_cannot_be_sent_is_lost(
    do: Callable[..., Outcome], office: Office, mode: ActionMode
) -> None:
    """On the channel's own type, with what to do; also where the reply is not judged."""

    def refuse(_: Call) -> None:
        raise ConnectorError("no connection", code="mail.connect", hint="Start it.")

    office.on_act = refuse
    outcome = do(mode=mode)
    assert lines(outcome) == ["HTTP_ERROR mail.connect: no connection. Start it."]
    assert not outcome.delivered


def test_a_reply_that_does_not_come_is_a_missed_deadline_as_well(
    do: Callable[..., Outcome], office: Office
) -> None:
    """As the client says."""

    def late(_: Call) -> None:
        raise ConnectorError("no reply within 3 s", code="mail.timeout", retriable=True)

    office.on_act = late
    assert lines(do()) == [
        "TIMEOUT mail.timeout: the deadline has passed",
        "HTTP_ERROR mail.timeout: no reply within 3 s",
    ]


def test_a_client_that_hangs_is_cut(
    do: Callable[..., Outcome], office: Office, loop: ClockLoop
) -> None:
    """A moment after its deadline."""
    office.on_act = lambda _: asyncio.sleep(1000)
    began = loop.time()
    assert lines(do()) == [
        "TIMEOUT mail.timeout: the deadline has passed",
        "HTTP_ERROR mail.timeout: the call: not done within 3 s",
    ]
    assert loop.time() - began == pytest.approx(CALL.within + BELT)


def test_a_client_that_breaks_is_lost(do: Callable[..., Outcome], office: Office) -> None:
    """With what it raised."""
    office.on_act = lambda _: 1 // 0
    (line,) = lines(do())
    assert line.startswith("HTTP_ERROR mail.error: the call: ZeroDivisionError: ")


@pytest.mark.parametrize(
    "error", [EvaluationError("input.path gives no 'id'"), ConfigurationError("no credential")]
)
def test_a_call_that_the_client_cannot_make_is_refused(
    do: Callable[..., Outcome], office: Office, error: Exception
) -> None:
    """It is our side that is wrong."""

    def refuse(_: Call) -> None:
        raise error

    office.on_act = refuse
    with pytest.raises(type(error)):
        do()


def test_a_client_that_gives_nothing_to_judge_is_broken(
    do: Callable[..., Outcome], office: Office
) -> None:
    """It is a mistake of the plugin."""
    office.on_act = lambda _: {"status": 200}
    (line,) = lines(do())
    assert line.startswith("HTTP_ERROR mail.error: the call: TypeError: act gave dict")


def test_a_refusal_passes_and_its_request_is_not_checked(
    do: Callable[..., Outcome], office: Office, kit: Kit
) -> None:
    office.breaches["request"] = [Breach(message="is less than 1", path="body.quantity")]
    office.answer = kit.answer(422, error="quantity")
    outcome = do(status=("4xx",), refused_data="bad")
    assert outcome.violations == ()
    assert outcome.delivered


def test_what_should_be_refused_and_is_accepted_fails(
    do: Callable[..., Outcome], office: Office, kit: Kit
) -> None:
    """In words that a person understands, and its reply is not judged besides."""
    office.breaches["reply"] = [Breach(message="is missing", path="body.error")]
    office.answer = kit.answer(201, id=7)
    assert lines(do(status=("4xx",), refused_data="bad")) == [
        (
            "HTTP_ERROR mail.accepted: the system accepted what data set 'bad' says it refuses:"
            " status 201"
        )
    ]


def test_a_system_that_breaks_down_does_not_refuse(
    do: Callable[..., Outcome], office: Office, kit: Kit
) -> None:
    office.answer = kit.answer(500)
    (line,) = lines(do(status=("4xx",), refused_data="bad"))
    assert line.startswith("HTTP_ERROR mail.status")
    assert "4xx" in line


def test_a_refusal_is_as_its_description_says(
    do: Callable[..., Outcome], office: Office, kit: Kit
) -> None:
    office.breaches["reply"] = [Breach(message="418 is not declared", path="status")]
    office.answer = kit.answer(418)
    assert lines(do(status=("4xx",), refused_data="bad")) == [
        (
            "CONTRACT_VIOLATION contract.reply: the reply breaks its description:"
            " status: 418 is not declared"
        )
    ]
