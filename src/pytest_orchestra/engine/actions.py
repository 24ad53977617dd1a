"""Does what an ACTION says, and judges the reply once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from pytest_orchestra.checks.expectation import Expectation, mismatches_of
from pytest_orchestra.checks.matching import Mismatch
from pytest_orchestra.engine.outcome import Outcome, lost
from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import Violation, ViolationType
from pytest_orchestra.spi import Breach, Call, Client, ProtocolPlugin
from pytest_orchestra.suite.bound import ActionMode, Contract

BELT = 1.0
"""Seconds that a client may overrun its own deadline before it is cut."""


async def act(
    client: Client,
    call: Call,
    plugin: ProtocolPlugin,
    expectation: Expectation,
    *,
    mode: ActionMode,
    contract: Contract,
) -> Outcome:
    """Send the call and judge the reply: status, contract, value, headers and rules.

    A request that breaks its description is not sent. With ``fire_and_forget`` only the sending
    is judged.
    """
    validator = plugin.contract_validator if contract is not Contract.OFF else None
    breaches = validator.check_request(call) if validator is not None else ()
    if breaches and contract is Contract.ERROR:
        return Outcome(violations=request_violations(breaches), attempts=0)
    try:
        async with asyncio.timeout(call.within + BELT):
            observation = await client.act(call)
    except ConnectorError as error:
        return lost(error, plugin.lost)
    except TimeoutError:
        return lost(
            ConnectorError(
                f"{plugin.id} gave no reply within {call.within:g} s", code=f"{plugin.id}.timeout"
            ),
            plugin.lost,
        )
    outcome = Outcome(roots=observation.roots, delivered=True, evidence=observation.evidence)
    if mode is ActionMode.FIRE_AND_FORGET:
        return outcome
    replied = validator.check_reply(call, observation) if validator is not None else ()
    violations = [
        mismatch_violation(plugin, mismatch)
        for mismatch in mismatches_of(expectation.expected, observation)
    ]
    if contract is Contract.ERROR:
        return replace(outcome, violations=(*violations, *reply_violations(replied)))
    notes = tuple(f"contract: {_line(breach)}" for breach in (*breaches, *replied))
    return replace(outcome, violations=tuple(violations), notes=notes)


def mismatch_violation(plugin: ProtocolPlugin, mismatch: Mismatch) -> Violation:
    """A status is the channel's own violation, anything else a business rule's."""
    is_status = mismatch.path == "status"
    return Violation(
        type=plugin.lost if is_status else ViolationType.BUSINESS_RULE_VIOLATION,
        code=f"{plugin.id}.{'status' if is_status else 'rule'}",
        message=str(mismatch),
        details={"path": mismatch.path, "expected": mismatch.expected, "actual": mismatch.seen},
    )


def request_violations(breaches: Sequence[Breach]) -> tuple[Violation, ...]:
    """A request that breaks its description is a mistake of the test."""
    return tuple(
        Violation(
            type=ViolationType.VALIDATION_ERROR,
            code="contract.request",
            message=f"the request was not sent, it breaks its description: {_line(breach)}",
            details={"path": breach.path},
        )
        for breach in breaches
    )


def reply_violations(breaches: Sequence[Breach]) -> tuple[Violation, ...]:
    """A reply that breaks its description is a mistake of the system."""
    return tuple(
        Violation(
            type=ViolationType.CONTRACT_VIOLATION,
            code="contract.reply",
            message=f"the reply breaks its description: {_line(breach)}",
            details={"path": breach.path},
        )
        for breach in breaches
    )


def _line(breach: Breach) -> str:
    return f"{breach.path}: {breach.message}" if breach.path else breach.message
