"""Does what an ACTION says, and judges the reply once."""

from __future__ import annotations

from pytest_orchestra.checks.expectation import Expectation, mismatches_of
from pytest_orchestra.checks.near_miss import Hide, tell, without_secrets
from pytest_orchestra.engine.deadlines import ask
from pytest_orchestra.engine.outcome import Outcome, lost
from pytest_orchestra.engine.violations import (
    accepted,
    check_reply,
    check_request,
    noted,
    of_mismatch,
    of_reply,
    of_request,
)
from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.spi import Call, Client, Observation, ProtocolPlugin
from pytest_orchestra.suite.bound import ActionMode, Contract


async def act(
    client: Client,
    call: Call,
    plugin: ProtocolPlugin,
    expectation: Expectation,
    *,
    mode: ActionMode,
    contract: Contract,
    hide: Hide,
    refused_data: str = "",
) -> Outcome:
    """Send the call and judge the reply: status, contract, value, headers and rules.

    A request that breaks its description is not sent. With ``fire_and_forget`` only the sending
    is judged. What came back is told where it is wrong, ``hide`` first takes secrets out of it.
    With ``refused_data``, the name of a negative data set, the request is sent whatever it breaks.

    Raises:
        EvaluationError, ConfigurationError: the plugin cannot make a request of the call.
    """
    is_judged = mode is not ActionMode.FIRE_AND_FORGET
    contract = contract if is_judged else Contract.OFF
    breaches = () if refused_data else check_request(plugin, call, contract)
    if breaches and contract is Contract.ERROR:
        return Outcome(violations=of_request(breaches), attempts=0)
    try:
        observation = await ask(
            _acted, client, call, channel=plugin.id, what="the call", within=call.within
        )
    except ConnectorError as error:
        return lost(error, plugin.lost)
    violations = []
    if is_judged:
        mismatches = without_secrets(mismatches_of(expectation.expected, observation), hide)
        violations += [of_mismatch(plugin, mismatch) for mismatch in mismatches]
    if refused_data and violations and not observation.failure:
        violations, contract = [accepted(plugin, observation, refused_data)], Contract.OFF
    replied = check_reply(plugin, call, (observation,), contract)
    warns = contract is Contract.WARN
    violations += () if warns else of_reply(replied)
    notes = noted((*breaches, *replied)) if warns else ()
    return Outcome(
        violations=tuple(violations),
        roots=observation.roots,
        delivered=True,
        evidence=observation.evidence,
        notes=(f"seen: {tell(observation, hide)}", *notes) if violations else notes,
    )


async def _acted(client: Client, call: Call) -> Observation:
    """Do it, and see that there is something to judge."""
    observation: object = await client.act(call)  # whatever a foreign plugin gives
    if not isinstance(observation, Observation):
        message = f"act gave {type(observation).__name__}, no observation"
        raise TypeError(message)
    return observation
