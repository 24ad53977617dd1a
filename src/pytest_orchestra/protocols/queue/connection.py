"""What an environment says of a Redis server, and how the driver is told.

In come resolved values; nothing is connected to.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from pytest_orchestra.protocols.urls import take_apart


class QueueConnection(BaseModel):
    """One Redis server whose streams are the queues."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )

    url: str = Field(
        description="redis://host:port/database, rediss:// with TLS. "
        "'user:password@' becomes username and password."
    )
    username: str | None = Field(
        default=None, description="Who we are; else the server's default user."
    )
    password: SecretStr | None = Field(default=None, description="The user's, or the server's.")
    cafile: Path | None = Field(
        default=None, description="Of rediss: certificates to trust (PEM); else the system's."
    )
    certfile: Path | None = Field(default=None, description="Of rediss: our certificate (PEM).")
    keyfile: Path | None = Field(default=None, description="Of rediss: its key (PEM).")
    value_field: str | None = Field(
        default="value",
        min_length=1,
        description="The field of an entry that is the message's body; the others are headers. "
        "null: the entry's fields are the body.",
    )
    key_field: str = Field(
        default="key", min_length=1, description="The field of an entry that is its key."
    )
    correlation_header: str = Field(
        default="correlation_id",
        min_length=1,
        description="The field of an entry that correlation_id stands for.",
    )
    max_message_bytes: Annotated[int, Field(gt=0)] = Field(
        default=4 * 1024 * 1024,
        description="A larger body is not sent, and described instead of read.",
    )

    @model_validator(mode="before")
    @classmethod
    def _split_url(cls, data: object) -> object:
        if not isinstance(data, Mapping) or not isinstance(url := data.get("url"), str):
            return data
        address = take_apart(url)
        if address.scheme not in {"redis", "rediss"} or not address.hosts:
            raise ValueError("the url is not like redis://host:port/database")
        if address.path and not address.path.isdecimal():
            raise ValueError("the url's path is not the number of a database")
        if address.options:
            raise ValueError("the url has a '?'; what stands there are fields of the connection")
        found = {"username": address.user, "password": address.password}
        given = {name: value for name, value in found.items() if value is not None}
        return {**given, **data, "url": address.url()}

    def full_url(self) -> str:
        """Give the URL with its credentials."""
        password = self.password.get_secret_value() if self.password is not None else None
        return take_apart(self.url).url(user=self.username, password=password)
