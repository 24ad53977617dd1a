"""The channel ``kafka``: messages of topics, published and waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import BaseModel

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.results import StepKind, ViolationType
from pytest_orchestra.spi import CallField, Client, FieldUse, ProtocolPlugin, StepExecutor

if TYPE_CHECKING:
    from pytest_orchestra.spi import ContractValidator, EndpointMatcher, SpecParser

_ACTION = frozenset({StepKind.ACTION})


class KafkaExecutor:
    """Opens clients of Kafka clusters."""

    async def open(self, name: str, connection: BaseModel) -> Client:
        """Make a client; it connects when it is first used."""
        if not isinstance(connection, KafkaConnection):
            raise ConfigurationError(f"the connection {name!r} is not one of kafka")
        try:
            from pytest_orchestra.protocols.kafka.client import (
                KafkaClient,
            )
        except ModuleNotFoundError as error:
            if error.name != "aiokafka":
                raise
            raise ConfigurationError(
                "kafka needs aiokafka", hint="Run: pip install 'pytest-orchestra[kafka]'"
            ) from error
        return KafkaClient(connection)


class KafkaProtocol:
    """What the engine must know of the channel."""

    id = "kafka"
    channel = "KAFKA"
    call_fields: Sequence[CallField] = (
        CallField(
            name="topic",
            use=FieldUse.ADDRESS,
            required=True,
            summary="The topic; one that is not there yet is read from its start.",
        ),
        CallField(name="key", summary="The message's key; of an assertion: only messages with it."),
        CallField(name="headers", summary="Its headers; of an assertion: only messages with them."),
        CallField(
            name="correlation_id",
            summary="Text of the header that the connection's correlation_header names.",
        ),
        CallField(
            name="value",
            kinds=_ACTION,
            required=True,
            summary="What is sent: text as it is, else JSON; null is a tombstone.",
        ),
        CallField(
            name="partition",
            kinds=_ACTION,
            summary="Where it is sent; without it the key decides.",
        ),
    )
    roots: Mapping[str, str] = MappingProxyType(
        {
            "message": "the message: key, value, headers, topic, partition, offset, timestamp",
            "messages": "of an assertion, in `save` and afterwards: the messages that matched, as a"
            " list; without `count` or `messages` under `expect` it is one",
        }
    )
    connection_model: type[BaseModel] = KafkaConnection
    embedded: str | None = "kafka"
    lost = ViolationType.KAFKA_MESSAGE_NOT_FOUND
    unmet = ViolationType.KAFKA_MESSAGE_NOT_FOUND
    spec_parser: SpecParser | None = None
    endpoint_matcher: EndpointMatcher | None = None
    step_executor: StepExecutor = KafkaExecutor()
    contract_validator: ContractValidator | None = None


plugin: ProtocolPlugin = KafkaProtocol()
