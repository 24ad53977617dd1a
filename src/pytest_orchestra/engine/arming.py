"""Positions taken before the first action, so that nothing that arrives early is missed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_orchestra.engine.clients import Clients
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.rendering import address_references, has_address, render_address
from pytest_orchestra.errors import ConfigurationError, ConnectorError, EvaluationError
from pytest_orchestra.results import StepKind
from pytest_orchestra.spi import Call, Position
from pytest_orchestra.suite.bound import BoundStep, CallTemplate

ARM_WITHIN = 10.0
"""Seconds that taking one position may last."""

Address = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Armed:
    """A run's positions by address; an address stands for every step that reads there.

    Attributes:
        failures: why a position could not be taken.
    """

    clients: Clients
    positions: dict[Address, Position] = field(default_factory=dict)
    failures: dict[Address, ConnectorError | ConfigurationError] = field(default_factory=dict)
    _waiting: list[BoundStep] = field(default_factory=list)

    async def begin(self, steps: Sequence[BoundStep], context: RunContext) -> None:
        """Arm every assertion whose address is known; keep the others for later."""
        self._waiting = [
            bound
            for bound in steps
            if bound.step.kind is StepKind.ASSERTION
            and bound.step.call is not None
            and has_address(bound.step.call)
        ]
        await self.arm_known(context)

    async def arm_known(self, context: RunContext) -> None:
        """Arm what waits and whose address is known by now."""
        if not self._waiting:
            return
        calls: dict[Address, tuple[CallTemplate, Call]] = {}
        still: list[BoundStep] = []
        for bound in self._waiting:
            template = bound.step.call
            if template is None or context.missing(address_references(template)):
                still.append(bound)
                continue
            try:
                call = render_address(template, context.names(bound.visit), within=ARM_WITHIN)
            except EvaluationError:
                continue  # the step itself will say so when it is reached
            calls[address_of(template, call)] = (template, call)
        self._waiting = still
        await asyncio.gather(
            *(
                self._arm(address, template, call)
                for address, (template, call) in calls.items()
                if address not in self.positions
            )
        )

    def failure_of(self, step: BoundStep, context: RunContext) -> Exception | None:
        """Why the step's position could not be taken, if it could not."""
        template = step.step.call
        if not self.failures or template is None or not has_address(template):
            return None
        if context.missing(address_references(template)):
            return None
        call = render_address(template, context.names(step.visit), within=ARM_WITHIN)
        return self.failures.get(address_of(template, call))

    async def _arm(self, address: Address, template: CallTemplate, call: Call) -> None:
        try:
            async with asyncio.timeout(ARM_WITHIN):
                client = await self.clients.get(
                    template.channel, template.connection, within=ARM_WITHIN
                )
                self.positions[address] = await client.arm(call)
        except (ConnectorError, ConfigurationError) as error:
            self.failures[address] = error
        except TimeoutError:
            self.failures[address] = ConnectorError(
                f"the position on {template.channel} connection {template.connection!r} was not"
                f" taken within {ARM_WITHIN:g} s",
                code=f"{template.channel}.arm",
                retriable=True,
            )


def address_of(template: CallTemplate, call: Call) -> Address:
    """What tells one place to read from another; ``call`` may have more than its addresses."""
    fields = tuple(
        (name, str(call.fields[name]))
        for name in sorted(template.uses)
        if template.uses[name].value == "address" and name in call.fields
    )
    return template.channel, template.connection, fields
