"""Executes one bound step: render, call or watch, save."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_orchestra.engine.actions import act
from pytest_orchestra.engine.arming import Armed
from pytest_orchestra.engine.assertions import Wait
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.deadlines import broken
from pytest_orchestra.engine.grace import Grace
from pytest_orchestra.engine.outcome import (
    Outcome,
    out_of_time,
    refused,
    retried,
    unavailable,
)
from pytest_orchestra.engine.python_calls import call_python
from pytest_orchestra.engine.rendering import render_call, render_expectation
from pytest_orchestra.engine.session import EngineSession
from pytest_orchestra.engine.violations import was_accepted
from pytest_orchestra.errors import ConnectorError, EvaluationError, OrchestraError
from pytest_orchestra.results import JsonLike, StepKind, Violation, ViolationType
from pytest_orchestra.spi import Call, Client, ProtocolPlugin, Watch
from pytest_orchestra.suite.bound import BoundStep, CallTemplate, Retry, Step
from pytest_orchestra.suite.each import items_of

PYTHON = "PYTHON"
"""The channel of Python steps, as results spell it."""


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

    async def run(self, bound: BoundStep) -> Outcome:
        """Execute the step; whatever goes wrong is in the outcome.

        What it delivers is in the context afterwards, and what an earlier visit delivered is not,
        if this one delivers nothing.
        """
        outcome = await self._tried(bound, bound.step.retry)
        self._deliver(bound.step, outcome, is_whole=not bound.refused_data)
        return outcome

    async def _tried(self, bound: BoundStep, retry: Retry) -> Outcome:
        """Try a step until it passes, or fails in a way that is not tried again."""
        clock = asyncio.get_running_loop().time
        began = clock()
        outcome = await self._once(bound, retry if retry.times else None)
        for number in range(1, retry.times + 1):
            if not retry.covers(outcome.violations) or was_accepted(outcome.violations):
                break
            await asyncio.sleep(retry.pause(number))
            after = clock() - began
            once_more = retry if number < retry.times else None
            outcome = retried(outcome, await self._once(bound, once_more), after=after)
        return outcome

    async def _once(self, bound: BoundStep, retry: Retry | None) -> Outcome:
        """Try a step once; ``retry``: what may follow, if anything."""
        step = bound.step
        self.context.items = items_of(self.context.data, bound.items)
        names = self.context.names(bound.visit, bound.items)
        try:
            if step.python is not None:
                outcome = await call_python(
                    step.python, self.fixtures, step.expect, signals=self.session.signals
                )
            elif step.call is not None:
                outcome = await self._call(bound, step.call, names, retry)
            else:
                outcome = Outcome()
            return _save(step, outcome, names)
        except OrchestraError as error:
            return refused(error)

    async def clean_up(self, bound: BoundStep, grace: Grace) -> Outcome:
        """Execute a ``finally`` step, in what is left of the grace of a run that was cut."""
        try:
            return await grace.of(self.run(bound))
        except TimeoutError:
            outcome = out_of_time(grace.limit)
            self._deliver(bound.step, outcome)
            return outcome

    def unwatched(self, bound: BoundStep, error: OrchestraError) -> Outcome:
        """The outcome of an assertion whose position could not be taken."""
        outcome = refused(error)
        if (call := bound.step.call) is not None:
            lost = unavailable(error, self.session.protocols[call.channel].lost)
            outcome = self._placed(lost, call)
        self._deliver(bound.step, outcome)
        return outcome

    def _deliver(self, step: Step, outcome: Outcome, *, is_whole: bool = True) -> None:
        """Put what a step delivered into the context.

        Args:
            step: what ran.
            outcome: what it came to.
            is_whole: False: it was refused, so that what it saves otherwise is missing.
        """
        if step.alias is None:
            return
        if outcome.delivered:
            failed = step.name if outcome.violations or not is_whole else ""
            values = {**outcome.roots, **outcome.saved}
            self.context.deliver(step.alias, values, failed=failed)
        else:
            self.context.withhold(step.alias, step.name)

    async def _call(
        self,
        bound: BoundStep,
        template: CallTemplate,
        names: Mapping[str, object],
        retry: Retry | None,
    ) -> Outcome:
        step, expect = bound.step, bound.step.expect
        plugin = self.session.protocols[template.channel]
        hide = self.session.environment.mask.value
        is_assertion = step.kind is StepKind.ASSERTION
        try:
            position, known = None, None
            if is_assertion:
                position, known = await self.armed.position(bound, self.context)
            call = render_call(template, names, within=expect.within, known=known)
            expectation = render_expectation(expect, names)
            client = await self.session.clients.get(
                template.channel, template.connection, within=expect.within
            )
            if not is_assertion:
                outcome = await act(
                    client,
                    call,
                    plugin,
                    expectation,
                    mode=step.mode,
                    contract=expect.contract,
                    hide=hide,
                    refused_data=bound.refused_data,
                )
            else:
                wait = Wait(
                    watch=_watch(client, call, position, plugin),
                    expectation=expectation,
                    expect=expect,
                    plugin=plugin,
                    call=call,
                    hide=hide,
                    spent=self.spent.get(step.id, frozenset()),
                    retry=retry,
                )
                outcome = await wait.run()
                self.spent[step.id] = self.spent.get(step.id, frozenset()) | outcome.spent
        except ConnectorError as error:
            return self._placed(unavailable(error, plugin.lost), template)
        outcome = self._placed(outcome, template)
        return self._reproducible(outcome, client, call) if outcome.violations else outcome

    def _placed(self, outcome: Outcome, template: CallTemplate) -> Outcome:
        """Say of a connection that failed which one it is."""
        if not outcome.is_lost:
            return outcome
        where = self.session.environment.where(template.channel, template.connection)
        return replace(outcome, notes=(f"connection: {where}", *outcome.notes))

    def _reproducible(self, outcome: Outcome, client: Client, call: Call) -> Outcome:
        try:
            line = client.reproduce(call)
        except Exception:  # noqa: BLE001 - a plugin may raise anything, and the step failed before
            return outcome
        return replace(outcome, reproduce=self.session.environment.mask.reproducible(line))


def _watch(client: Client, call: Call, position: object, plugin: ProtocolPlugin) -> Watch:
    try:
        return client.watch(call, position)
    except OrchestraError:
        raise
    except Exception as error:
        raise broken(error, plugin.id, "the watch") from error


def _save(step: Step, outcome: Outcome, names: Mapping[str, object]) -> Outcome:
    """What ``save`` takes; an expression that finds nothing is a violation of its own."""
    if not outcome.delivered or not step.save:
        return outcome
    saved: dict[str, JsonLike] = {}
    violations = list(outcome.violations)
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
    return replace(outcome, violations=tuple(violations), saved={**outcome.saved, **saved})
