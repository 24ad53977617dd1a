"""What the channel ``http`` is to the engine: its fields, roots and parts.

What only a run needs is loaded by it: every session that collects a suite comes here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.protocols.http.connection import HttpConnection
from pytest_orchestra.protocols.http.endpoints import HttpEndpointMatcher
from pytest_orchestra.protocols.http.openapi.parser import OpenApiParser
from pytest_orchestra.results import StepKind, ViolationType
from pytest_orchestra.spi import CallField, FieldUse, ProtocolPlugin

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pytest_orchestra.protocols.http.client import HttpClient
    from pytest_orchestra.spi import (
        Breach,
        Call,
        ContractValidator,
        Endpoint,
        EndpointMatcher,
        Observation,
        SpecParser,
        StepExecutor,
    )

_PARTS = frozenset({"path", "query", "headers", "cookies", "body"})

CALL_FIELDS = (
    CallField(
        name="endpoint",
        use=FieldUse.LITERAL,
        required=True,
        summary="What is called: service.operationId, or service METHOD /path/{field}.",
    ),
    CallField(
        name="input",
        parts=_PARTS,
        summary="What is sent: path fields, query, headers, cookies (null leaves one out), body.",
    ),
    CallField(
        name="safe",
        use=FieldUse.LITERAL,
        kinds=frozenset({StepKind.ASSERTION}),
        summary="true: the call may be repeated although its method is not GET or HEAD.",
    ),
)

ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "response": "The reply: status, headers (names in lower case), body (JSON with exact "
        "fractions, text, null for none, else media_type, bytes and base64), elapsed_ms.",
    }
)


class HttpExecutor:
    """Opens clients."""

    async def open(self, name: str, connection: BaseModel) -> HttpClient:
        """Open the connection called ``name``; connects with the first call.

        Raises:
            ConfigurationError: the file of certificates cannot be used.
        """
        from pytest_orchestra.protocols.http.client import HttpClient

        if not isinstance(connection, HttpConnection):
            message = f"connection '{name}' is no connection of http"
            raise ConfigurationError(message)
        return HttpClient.of(name, connection)


class HttpContractValidator:
    """Checks calls and replies of http."""

    def check_request(self, call: Call) -> Sequence[Breach]:
        """What the call breaks: parameters, media type and body."""
        from pytest_orchestra.protocols.http.contract import request_breaches

        return request_breaches(call)

    def check_reply(self, call: Call, observation: Observation) -> Sequence[Breach]:
        """What the reply breaks: status, headers, media type and body."""
        from pytest_orchestra.protocols.http.contract import reply_breaches

        return reply_breaches(call, observation)

    def request_schema(self, endpoint: Endpoint) -> Mapping[str, object] | None:
        """What the operation takes: path fields, query, headers, cookies, body."""
        from pytest_orchestra.protocols.http.input_schema import request_schema

        return request_schema(endpoint)


class HttpPlugin:
    """HTTP/1.1 services, described by OpenAPI or not at all."""

    id = "http"
    channel = "HTTP_REST"
    call_fields: Sequence[CallField] = CALL_FIELDS
    roots = ROOTS
    connection_model: type[BaseModel] = HttpConnection
    embedded: str | None = None
    lost = ViolationType.HTTP_ERROR
    unmet = ViolationType.BUSINESS_RULE_VIOLATION

    def __init__(self) -> None:
        self.spec_parser: SpecParser | None = OpenApiParser()
        self.endpoint_matcher: EndpointMatcher | None = HttpEndpointMatcher()
        self.step_executor: StepExecutor = HttpExecutor()
        self.contract_validator: ContractValidator | None = HttpContractValidator()


plugin: ProtocolPlugin = HttpPlugin()
