"""Positions taken before the first action, so that nothing that arrives early is missed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from pytest_orchestra.engine.clients import Clients
from pytest_orchestra.engine.context import RunContext
from pytest_orchestra.engine.deadlines import ask
from pytest_orchestra.engine.rendering import address_needs, has_address, render_address
from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.results import JsonLike, StepKind
from pytest_orchestra.spi import Call, Client, FieldUse, Position, Rearming
from pytest_orchestra.suite.bound import BoundStep, CallTemplate

ARM_WITHIN = 10.0
"""Seconds that taking one position may last."""


class Address(NamedTuple):
    """What tells one place to read from another."""

    channel: str
    connection: str
    credential: str | None
    fields: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Armed:
    """A run's positions by address; an address stands for every step that reads there.

    Addresses that need what earlier steps deliver are looked at again after every step, as a
    step of a loop may deliver another value each time.

    Attributes:
        within: seconds that taking one position may last.
        restored: positions that an earlier run kept; they are taken instead of the present ends.
        kept: those of this run, for a later one.
    """

    clients: Clients
    restored: Mapping[Address, JsonLike] = field(default_factory=dict)
    within: float = ARM_WITHIN
    kept: dict[Address, JsonLike] = field(default_factory=dict)
    _positions: dict[Address, Position] = field(default_factory=dict)
    _failures: dict[Address, OrchestraError] = field(default_factory=dict)
    _calls: dict[int, Call] = field(default_factory=dict)
    _late: list[BoundStep] = field(default_factory=list)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self, steps: Sequence[BoundStep], context: RunContext) -> None:
        """Arm every assertion whose address is known; keep the others for later."""
        known: list[BoundStep] = []
        for bound in steps:
            call = bound.step.call
            if call is not None and bound.step.kind is StepKind.ASSERTION and has_address(call):
                (self._late if address_needs(call) else known).append(bound)
        await self._arm(known, context)

    async def arm_known(self, context: RunContext) -> None:
        """Arm what still waits and whose address is known by now."""
        if self._late:
            async with self._lock:  # branches: no address twice, the second time too late
                await self._arm(self._late, context)

    async def position(
        self, bound: BoundStep, context: RunContext
    ) -> tuple[Position, Mapping[str, object]]:
        """Where to look from, and the address fields as they were rendered to arm.

        Raises:
            EvaluationError: the address needs what is not there.
            OrchestraError: the position could not be taken.
        """
        template = bound.step.call
        if template is None or not has_address(template):
            return None, {}
        self._late = [other for other in self._late if other is not bound]
        call = self._calls.get(id(bound))
        if call is None or address_needs(template):
            call = self._calls[id(bound)] = self._rendered(bound, template, context)
        address = _address_of(template, call)
        if not self._is_armed(address):
            async with self._lock:
                if not self._is_armed(address):
                    await self._arm_all([(address, template, call)])
        if (failure := self._failures.get(address)) is not None:
            raise failure
        return self._positions[address], call.fields

    def unwatchable(self, steps: Iterable[BoundStep]) -> tuple[BoundStep, OrchestraError] | None:
        """The first of the steps whose position could not be taken, and why."""
        if not self._failures:
            return None
        for bound in steps:
            call, template = self._calls.get(id(bound)), bound.step.call
            if call is not None and template is not None:
                failure = self._failures.get(_address_of(template, call))
                if failure is not None:
                    return bound, failure
        return None

    async def _arm(self, steps: Iterable[BoundStep], context: RunContext) -> None:
        wanted: dict[Address, tuple[CallTemplate, Call]] = {}
        for bound in steps:
            template = bound.step.call
            if template is None:
                continue
            try:
                call = self._calls[id(bound)] = self._rendered(bound, template, context)
            except OrchestraError:
                continue  # not known yet; if it stays so, the step itself says it when reached
            address = _address_of(template, call)
            if not self._is_armed(address):
                wanted[address] = (template, call)
        await self._arm_all([(address, *each) for address, each in wanted.items()])

    def _is_armed(self, address: Address) -> bool:
        """Whether it was tried."""
        return address in self._positions or address in self._failures

    def _rendered(self, bound: BoundStep, template: CallTemplate, context: RunContext) -> Call:
        return render_address(template, context.names(bound.visit, bound.items), within=self.within)

    async def _arm_all(self, wanted: Sequence[tuple[Address, CallTemplate, Call]]) -> None:
        if len(wanted) == 1:
            await self._take(*wanted[0])
        elif wanted:
            async with asyncio.TaskGroup() as group:
                for each in wanted:
                    group.create_task(self._take(*each))

    async def _take(self, address: Address, template: CallTemplate, call: Call) -> None:
        channel, alias = template.channel, template.connection
        try:
            client = await self.clients.get(channel, alias, within=self.within)
            what = f"the position on the {channel} connection {alias!r}"
            kept = self.restored.get(address)
            take = partial(client.arm, call)
            if kept is not None and isinstance(client, Rearming):
                take = partial(client.rearm, call, kept)
            position = await ask(take, channel=channel, what=what, within=self.within)
            self._positions[address] = position
            if (kept := _kept(client, position)) is not None:
                self.kept[address] = kept
        except OrchestraError as error:
            self._failures[address] = error


def _kept(client: Client, position: Position) -> JsonLike:
    """The position for a later session; None where that is not to be had."""
    try:
        return client.keep(position) if isinstance(client, Rearming) else None
    except Exception:  # noqa: BLE001 - a plugin may raise anything, and this run has its position
        return None


def _address_of(template: CallTemplate, call: Call) -> Address:
    fields = tuple(
        (name, str(call.fields[name]))
        for name in sorted(template.uses)
        if template.uses[name] is FieldUse.ADDRESS and name in call.fields
    )
    return Address(template.channel, template.connection, template.credential, fields)
