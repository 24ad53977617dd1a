"""Executes one bound step: render, call or watch, save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_orchestra.engine.actions import act
from pytest_orchestra.engine.arming import Armed, address_of
from pytest_orchestra.engine.assertions import Wait
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.outcome import Outcome, lost, refused
from pytest_orchestra.engine.python_calls import call_python
from pytest_orchestra.engine.rendering import has_address, render_call, render_expectation
from pytest_orchestra.engine.session import EngineSession
from pytest_orchestra.errors import ConfigurationError, ConnectorError, EvaluationError
from pytest_orchestra.results import (
    JsonLike,
    StepKind,
    StepResult,
    StepStatus,
    Violation,
    ViolationType,
)
from pytest_orchestra.spi import Call, Client
from pytest_orchestra.suite.bound import BoundStep, CallTemplate, Step

PYTHON = "PYTHON"


@dataclass(slots=True, kw_only=True)
class Execution:
    """Executes the steps of one run.

    Attributes:
        fixtures: values for Python steps.
        spent: by step id, what its earlier visits passed on.
    """

    session: EngineSession
    context: RunContext
    armed: Armed
    fixtures: Mapping[str, object]
    spent: dict[str, frozenset[str]] = field(default_factory=dict)

    def channel_of(self, step: Step) -> str:
        """The step's channel as results spell it."""
        return self.session.protocols[step.call.channel].channel if step.call else PYTHON

    async def run(self, bound: BoundStep) -> StepResult:
        """Execute the step; whatever goes wrong is in the result."""
        step = bound.step
        names = self.context.names(bound.visit)
        reproduce = ""
        try:
            if step.python is not None:
                outcome = await call_python(step.python, self.fixtures, step.expect)
            elif step.call is not None:
                outcome, reproduce = await self._call(bound, step.call, names)
            else:
                outcome = Outcome()
        except (EvaluationError, ConfigurationError) as error:
            outcome = refused(error)
        outcome, saved = _save(step, outcome, names)
        if outcome.delivered:
            self.context.deliver(step.alias, {**outcome.roots, **saved})
        result = step_result(bound, outcome, channel=self.channel_of(step))
        return replace(result, saved=saved, reproduce=reproduce)

    async def _call(
        self, bound: BoundStep, template: CallTemplate, names: Mapping[str, object]
    ) -> tuple[Outcome, str]:
        step, expect = bound.step, bound.step.expect
        plugin = self.session.protocols[template.channel]
        call = render_call(template, names, within=expect.within)
        expectation = render_expectation(expect, names)
        try:
            client = await self.session.clients.get(
                template.channel, template.connection, within=expect.within
            )
            if step.kind is StepKind.ACTION:
                outcome = await act(
                    client, call, plugin, expectation, mode=step.mode, contract=expect.contract
                )
            else:
                wait = Wait(
                    watch=client.watch(call, self._position(template, call)),
                    expectation=expectation,
                    expect=expect,
                    plugin=plugin,
                    call=call,
                    spent=self.spent.get(step.id, frozenset()),
                )
                outcome = await wait.run()
                self.spent[step.id] = self.spent.get(step.id, frozenset()) | outcome.spent
        except ConnectorError as error:
            return lost(error, plugin.lost), ""
        return outcome, self._reproduce(client, call) if outcome.violations else ""

    def _position(self, template: CallTemplate, call: Call) -> object:
        if not has_address(template):
            return None
        address = address_of(template, call)
        if (failure := self.armed.failures.get(address)) is not None:
            raise failure
        return self.armed.positions.get(address)

    def _reproduce(self, client: Client, call: Call) -> str:
        return self.session.environment.mask.reproducible(client.reproduce(call))


def _save(
    step: Step, outcome: Outcome, names: Mapping[str, object]
) -> tuple[Outcome, dict[str, JsonLike]]:
    """What ``save`` takes; an expression that finds nothing is a violation of its own."""
    saved: dict[str, JsonLike] = {}
    violations = list(outcome.violations)
    if outcome.delivered:
        known = {**names, **outcome.roots}
        for name, expression in step.save.items():
            try:
                saved[name] = expression.evaluate(known)
            except EvaluationError as error:
                violations.append(
                    Violation(
                        type=ViolationType.VALIDATION_ERROR,
                        code="save",
                        message=f"save {name!r}: {error}",
                    )
                )
    return replace(outcome, violations=tuple(violations)), saved


def step_result(bound: BoundStep, outcome: Outcome, *, channel: str) -> StepResult:
    """The result of a step from what it came to; unmasked, without duration."""
    step = bound.step
    after = outcome.satisfied_after
    return StepResult(
        step_id=step.id,
        name=step.name,
        kind=step.kind,
        channel=channel,
        element=bound.element,
        place=bound.place,
        visit=bound.visit,
        status=StepStatus.FAILED if outcome.violations else StepStatus.PASSED,
        definition=str(step.location),
        attempts=outcome.attempts,
        within=step.expect.within,
        satisfied_after_ms=after * 1000 if after is not None else None,
        evidence=outcome.evidence,
        violations=outcome.violations,
        notes=outcome.notes,
    )
