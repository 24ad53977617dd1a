"""What an environment says of a Kafka cluster, and how the driver is told.

In come resolved values; nothing is connected to.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Annotated, Literal, Self, TypedDict

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from pytest_orchestra.errors import ConfigurationError

CLIENT_ID = "pytest-orchestra"
REQUEST_TIMEOUT_MS = 30_000
"""After which a connection without an answer is made anew; verbs have deadlines of their own."""
RETRY_BACKOFF_MS = 50


def _split(value: object) -> object:
    if isinstance(value, str):
        return [server.strip() for server in value.split(",") if server.strip()]
    return value


_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


class KafkaSecurity(BaseModel):
    """How the brokers are spoken to."""

    model_config = _STRICT

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="SSL: encrypted; SASL: with username and password."
    )
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="PLAIN", description="Of SASL: how the password is proved."
    )
    username: str | None = Field(default=None, description="Of SASL: who we are.")
    password: SecretStr | None = Field(default=None, description="Of SASL: the user's.")
    cafile: Path | None = Field(
        default=None, description="Of SSL: certificates to trust (PEM); else the system's."
    )
    certfile: Path | None = Field(default=None, description="Of SSL: our certificate (PEM).")
    keyfile: Path | None = Field(default=None, description="Of SSL: its key (PEM).")
    keyfile_password: SecretStr | None = Field(
        default=None, description="Of SSL: what the key is encrypted with."
    )
    check_hostname: bool = Field(
        default=True, description="Of SSL: whether the certificate must name the broker's host."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.protocol.startswith("SASL") and (self.username is None or self.password is None):
            raise ValueError(f"{self.protocol} needs username and password")
        return self


class KafkaConnection(BaseModel):
    """One Kafka cluster."""

    model_config = _STRICT

    bootstrap_servers: Annotated[tuple[str, ...], BeforeValidator(_split), Field(min_length=1)] = (
        Field(description="host:port, several separated by commas or as a list.")
    )
    security: KafkaSecurity = Field(
        default=KafkaSecurity(), description="How the brokers are spoken to; else in plain text."
    )
    correlation_header: str = Field(
        default="correlation-id", description="The header that correlation_id stands for."
    )
    isolation_level: Literal["read_uncommitted", "read_committed"] = Field(
        default="read_uncommitted",
        description="read_committed: messages of aborted transactions are not seen.",
    )
    max_message_bytes: Annotated[int, Field(gt=0)] = Field(
        default=4 * 1024 * 1024,
        description="A larger message is not sent, and described instead of read.",
    )

    @property
    def address(self) -> str:
        """The servers as errors name them."""
        return ",".join(self.bootstrap_servers)


class DriverOptions(TypedDict):
    """What each of the driver's clients is told."""

    bootstrap_servers: list[str]
    client_id: str
    request_timeout_ms: int
    retry_backoff_ms: int
    security_protocol: str
    ssl_context: ssl.SSLContext | None
    sasl_mechanism: str
    sasl_plain_username: str | None
    sasl_plain_password: str | None


def driver_options(connection: KafkaConnection) -> DriverOptions:
    """Give the driver's words for a connection.

    Raises:
        ConfigurationError: a certificate or key cannot be read.
    """
    security = connection.security
    password = security.password
    return DriverOptions(
        bootstrap_servers=list(connection.bootstrap_servers),
        client_id=CLIENT_ID,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        retry_backoff_ms=RETRY_BACKOFF_MS,
        security_protocol=security.protocol,
        ssl_context=_ssl_context(security) if security.protocol.endswith("SSL") else None,
        sasl_mechanism=security.mechanism,
        sasl_plain_username=security.username,
        sasl_plain_password=password.get_secret_value() if password is not None else None,
    )


def _ssl_context(security: KafkaSecurity) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=security.cafile)
        context.check_hostname = security.check_hostname
        if security.certfile is not None:
            secret = security.keyfile_password
            password = secret.get_secret_value() if secret is not None else None
            context.load_cert_chain(security.certfile, security.keyfile, password)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"a certificate or key of the kafka connection cannot be used: {error}",
            hint="Check cafile, certfile, keyfile and keyfile_password under security.",
        ) from error
    return context
