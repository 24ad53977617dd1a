"""A plugin in memory that keeps the contract, to be broken one promise at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.results import ViolationType
from pytest_orchestra.spi import Call, CallField, FieldUse, Observation


class MemoryConnection(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    url: str = "memory:"
    password: SecretStr = SecretStr("t0psecret")
    tokens: dict[str, list[SecretStr]] = {"a": [SecretStr("t0ken")]}


@dataclass
class MemoryWatch:
    """Looks at a list; what a test changes about it is a promise broken."""

    client: MemoryClient
    position: int
    standing: bool = False
    repeats: bool = False
    line: str = "some messages"
    passed: int = 0

    async def look(self, _: float) -> Sequence[Observation]:
        await self.client.reach()
        begin = 0 if self.standing else self.position
        if not self.repeats:
            self.position = len(self.client.messages)
        return self.client.messages[begin:]

    def seen(self) -> str:
        return self.line

    def passed_by(self) -> Sequence[Observation]:
        return [Observation()] * self.passed


@dataclass
class MemoryClient:
    """Keeps messages in a list."""

    messages: list[Observation] = field(default_factory=list)
    observation: dict[str, object] = field(default_factory=dict)
    watch_fields: dict[str, object] = field(default_factory=dict)
    line: str = "memory-cat"
    failure: Exception | None = None
    close_failure: Exception | None = None
    loses: bool = False
    arms_late: bool = False
    slow: float = 0
    armed_with: list[Call] = field(default_factory=list)
    closed: int = 0

    async def reach(self) -> None:
        await asyncio.sleep(self.slow)
        if self.failure is not None:
            raise self.failure

    async def act(self, call: Call) -> Observation:
        await self.reach()
        roots = {"message": {"value": call.fields.get("value")}}
        made = {"id": str(len(self.messages)), "roots": roots, **self.observation}
        if not self.loses:
            self.messages.append(Observation(**made))
        return Observation(**{**made, "id": ""})

    async def arm(self, call: Call) -> object:
        await self.reach()
        self.armed_with.append(call)
        return 0 if self.arms_late else len(self.messages)

    def watch(self, _: Call, position: object) -> MemoryWatch:
        return MemoryWatch(self, position or 0, **self.watch_fields)

    def reproduce(self, _: Call) -> str:
        return self.line

    async def close(self) -> None:
        self.closed += 1
        if self.close_failure is not None:
            raise self.close_failure


class MemoryPlugin:
    """A channel without a wire."""

    id = "memory"
    channel = "MEMORY"
    call_fields = (
        CallField(name="topic", use=FieldUse.ADDRESS, summary="Where."),
        CallField(name="value", summary="What."),
    )
    roots = MappingProxyType({"message": "the message"})
    connection_model = MemoryConnection
    embedded = None
    lost = ViolationType.QUEUE_MESSAGE_NOT_FOUND
    unmet = ViolationType.QUEUE_MESSAGE_NOT_FOUND
    spec_parser = None
    endpoint_matcher = None
    contract_validator = None

    def __init__(self) -> None:
        self.step_executor = self
        self.client = MemoryClient()
        self.open_failure: Exception | None = None

    async def open(self, name: str, connection: BaseModel) -> MemoryClient:
        """Open the one client there is."""
        assert name
        assert isinstance(connection, MemoryConnection)
        if self.open_failure is not None:
            raise self.open_failure
        return self.client


@pytest.fixture
def plugin() -> MemoryPlugin:
    """A plugin that keeps the contract."""
    return MemoryPlugin()


@pytest.fixture
def lost() -> ConnectorError:
    """The error of a connection that is not there."""
    return ConnectorError("memory: no connection", code="memory.connect", retriable=True)
