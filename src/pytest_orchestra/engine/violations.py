"""What checks and contracts found becomes violations, by the table of design part 5."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pytest_orchestra.checks.matching import Mismatch, Part
from pytest_orchestra.engine.deadlines import broken
from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.results import Violation, ViolationType
from pytest_orchestra.spi import Breach, Call, Observation, ProtocolPlugin
from pytest_orchestra.suite.bound import Contract

MOST_BREACHES = 20
"""Breaches of one call or reply that are told; more are counted."""

_ACCEPTED = "accepted"


def of_mismatch(plugin: ProtocolPlugin, mismatch: Mismatch) -> Violation:
    """A status is the channel's own violation, anything else a business rule's."""
    is_status = mismatch.part is Part.STATUS
    return Violation(
        type=plugin.lost if is_status else ViolationType.BUSINESS_RULE_VIOLATION,
        code=f"{plugin.id}.{mismatch.part.value}",
        message=str(mismatch),
        details={"path": mismatch.path, "expected": mismatch.expected, "actual": mismatch.seen},
    )


def accepted(plugin: ProtocolPlugin, seen: Observation, data: str) -> Violation:
    """The system took what it had to refuse."""
    return Violation(
        type=plugin.lost,
        code=f"{plugin.id}.{_ACCEPTED}",
        message=f"the system accepted what data set '{data}' says it refuses: status {seen.status}",
        details={"data_set": data, "actual": seen.status},
    )


def was_accepted(violations: Iterable[Violation]) -> bool:
    """Whether the system took what it had to refuse: that it refuses it later is no excuse."""
    return any(each.code.endswith(f".{_ACCEPTED}") for each in violations)


def check_request(plugin: ProtocolPlugin, call: Call, contract: Contract) -> Sequence[Breach]:
    """What the call breaks of its endpoint's description; empty where nobody looks."""
    validator = plugin.contract_validator
    if validator is None or contract is Contract.OFF:
        return ()
    return _checked(plugin, validator.check_request, call)


def check_reply(
    plugin: ProtocolPlugin, call: Call, seen: Iterable[Observation], contract: Contract
) -> Sequence[Breach]:
    """What observations break of their description, each breach once; empty where nobody looks."""
    validator = plugin.contract_validator
    if validator is None or contract is Contract.OFF:
        return ()
    found = (_checked(plugin, validator.check_reply, call, each) for each in seen)
    return tuple(dict.fromkeys(breach for breaches in found for breach in breaches))


def of_request(breaches: Sequence[Breach]) -> tuple[Violation, ...]:
    """A request that breaks its description is a mistake of the test, and is not sent."""
    return _told(
        breaches,
        ViolationType.VALIDATION_ERROR,
        "contract.request",
        "the request was not sent, it breaks its description",
    )


def of_reply(breaches: Sequence[Breach]) -> tuple[Violation, ...]:
    """A reply that breaks its description is a mistake of the system."""
    return _told(
        breaches,
        ViolationType.CONTRACT_VIOLATION,
        "contract.reply",
        "the reply breaks its description",
    )


def noted(breaches: Iterable[Breach]) -> tuple[str, ...]:
    """Breaches as lines, where they are only warned of."""
    return tuple(f"contract: {_line(breach)}" for breach in breaches)


def _checked(
    plugin: ProtocolPlugin, check: Callable[..., Sequence[Breach]], *arguments: object
) -> Sequence[Breach]:
    try:
        return check(*arguments)
    except OrchestraError:
        raise
    except Exception as error:
        raise broken(error, plugin.id, "the contract cannot be checked") from error


def _told(
    breaches: Sequence[Breach], kind: ViolationType, code: str, message: str
) -> tuple[Violation, ...]:
    told = [
        Violation(
            type=kind,
            code=code,
            message=f"{message}: {_line(breach)}",
            details={"path": breach.path, "breach": breach.message},
        )
        for breach in breaches[:MOST_BREACHES]
    ]
    if (more := len(breaches) - MOST_BREACHES) > 0:
        told.append(Violation(type=kind, code=code, message=f"{message} in {more} more places"))
    return tuple(told)


def _line(breach: Breach) -> str:
    return f"{breach.path}: {breach.message}" if breach.path else breach.message
