"""What was found becomes violations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.checks.matching import Mismatch, Part
from pytest_orchestra.engine.violations import (
    MOST_BREACHES,
    check_reply,
    check_request,
    noted,
    of_mismatch,
    of_reply,
    of_request,
)
from pytest_orchestra.errors import ConnectorError, EvaluationError
from pytest_orchestra.results import ViolationType
from pytest_orchestra.spi import Breach, Call
from pytest_orchestra.suite.bound import Contract

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.unit.engine.conftest import Kit, Office

    from pytest_orchestra.spi import ProtocolPlugin

CALL = Call(fields={"to": "a"})


@pytest.mark.parametrize(
    ("part", "kind", "code"),
    [
        (Part.STATUS, ViolationType.HTTP_ERROR, "mail.status"),
        (Part.VALUE, ViolationType.BUSINESS_RULE_VIOLATION, "mail.value"),
        (Part.HEADER, ViolationType.BUSINESS_RULE_VIOLATION, "mail.header"),
        (Part.RULE, ViolationType.BUSINESS_RULE_VIOLATION, "mail.rule"),
    ],
)
def test_a_mismatch_is_of_its_part(
    protocols: Mapping[str, ProtocolPlugin], part: Part, kind: ViolationType, code: str
) -> None:
    """A status is the channel's own, even of a rule that begins with the word."""
    mismatch = Mismatch(path="status == 1", expected="1", seen="2", part=part)
    violation = of_mismatch(protocols["mail"], mismatch)
    assert (violation.type, violation.code) == (kind, code)
    assert violation.message == str(mismatch)
    assert violation.details == {"path": "status == 1", "expected": "1", "actual": "2"}


def test_breaches_of_requests_are_ours_and_of_replies_the_systems() -> None:
    """Each with its place, if it has one."""
    breaches = (Breach(message="is no number", path="body.id"), Breach(message="is missing"))
    ours, theirs = of_request(breaches), of_reply(breaches)
    assert [(each.type.value, each.code, each.message) for each in (*ours, *theirs)] == [
        (
            "VALIDATION_ERROR",
            "contract.request",
            "the request was not sent, it breaks its description: body.id: is no number",
        ),
        (
            "VALIDATION_ERROR",
            "contract.request",
            "the request was not sent, it breaks its description: is missing",
        ),
        (
            "CONTRACT_VIOLATION",
            "contract.reply",
            "the reply breaks its description: body.id: is no number",
        ),
        ("CONTRACT_VIOLATION", "contract.reply", "the reply breaks its description: is missing"),
    ]
    assert ours[0].details == {"path": "body.id", "breach": "is no number"}
    assert noted(breaches) == ("contract: body.id: is no number", "contract: is missing")


def test_no_more_than_some_breaches_are_told() -> None:
    """A long list may be wrong in each item."""
    many = [Breach(message=f"{number}") for number in range(MOST_BREACHES + 7)]
    told = of_reply(many)
    assert len(told) == MOST_BREACHES + 1
    assert told[-1].message == "the reply breaks its description in 7 more places"


def test_only_who_wants_it_checks(
    protocols: Mapping[str, ProtocolPlugin], office: Office, kit: Kit
) -> None:
    """``contract: off`` asks nobody, and a channel may have nobody."""
    mail = protocols["mail"]
    office.breaches = {"request": [Breach(message="a")], "reply": [Breach(message="b")]}
    replies = [kit.answer(), kit.answer()]
    assert check_request(mail, CALL, Contract.OFF) == ()
    assert check_reply(mail, CALL, replies, Contract.OFF) == ()
    assert office.asked == []
    assert [each.message for each in check_request(mail, CALL, Contract.WARN)] == ["a"]
    assert [each.message for each in check_reply(mail, CALL, replies, Contract.ERROR)] == ["b"]
    assert [asked for asked, _ in office.asked] == ["check request", "check reply", "check reply"]
    mail.contract_validator = None
    assert check_request(mail, CALL, Contract.ERROR) == ()
    assert check_reply(mail, CALL, replies, Contract.ERROR) == ()


def test_a_check_that_breaks_names_the_plugin(
    protocols: Mapping[str, ProtocolPlugin], office: Office
) -> None:
    """Errors of ours go on."""

    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    office.on_check = fail
    with pytest.raises(ConnectorError, match="the contract cannot be checked: RecursionError"):
        check_request(protocols["mail"], CALL, Contract.ERROR)

    def refuse(*_: object) -> None:
        raise EvaluationError("no input")

    office.on_check = refuse
    with pytest.raises(EvaluationError, match="no input"):
        check_request(protocols["mail"], CALL, Contract.ERROR)
