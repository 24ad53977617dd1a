"""The channel ``queue``: messages of Redis Streams, sent and waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import BaseModel

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.results import StepKind, ViolationType
from pytest_orchestra.spi import CallField, Client, FieldUse, ProtocolPlugin, StepExecutor

if TYPE_CHECKING:
    from pytest_orchestra.spi import ContractValidator, EndpointMatcher, SpecParser


class QueueExecutor:
    """Opens clients of Redis servers."""

    async def open(self, name: str, connection: BaseModel) -> Client:
        """Make a client; it connects when it is first used."""
        if not isinstance(connection, QueueConnection):
            raise ConfigurationError(f"the connection {name!r} is not one of queue")
        try:
            from pytest_orchestra.protocols.queue.client import (
                QueueClient,
            )
        except ModuleNotFoundError as error:
            if error.name != "redis":
                raise
            raise ConfigurationError(
                "queue needs redis", hint="Run: pip install 'pytest-orchestra[queue]'"
            ) from error
        return QueueClient(connection)


class QueueProtocol:
    """What the engine must know of the channel."""

    id = "queue"
    channel = "QUEUE"
    call_fields: Sequence[CallField] = (
        CallField(
            name="queue",
            use=FieldUse.ADDRESS,
            required=True,
            summary="The stream; one that is not there yet is read from its start.",
        ),
        CallField(name="key", summary="The message's key; of an assertion: only messages with it."),
        CallField(name="headers", summary="Its headers; of an assertion: only messages with them."),
        CallField(
            name="correlation_id",
            summary="Text of the field that the connection's correlation_header names.",
        ),
        CallField(
            name="value",
            kinds=frozenset({StepKind.ACTION}),
            required=True,
            summary="What is sent: text as it is, else JSON.",
        ),
    )
    roots: Mapping[str, str] = MappingProxyType(
        {
            "message": "the message: id, queue, key, value, headers, timestamp",
            "messages": "of an assertion, in `save` and afterwards: the messages that matched, as a"
            " list; without `count` or `messages` under `expect` it is one",
        }
    )
    connection_model: type[BaseModel] = QueueConnection
    embedded: str | None = "redis"
    lost = ViolationType.QUEUE_MESSAGE_NOT_FOUND
    unmet = ViolationType.QUEUE_MESSAGE_NOT_FOUND
    spec_parser: SpecParser | None = None
    endpoint_matcher: EndpointMatcher | None = None
    step_executor: StepExecutor = QueueExecutor()
    contract_validator: ContractValidator | None = None


plugin: ProtocolPlugin = QueueProtocol()
