"""What an environment says of a PostgreSQL database: libpq's, JDBC's or SQLAlchemy's URL.

In come resolved values; nothing is connected to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from pytest_orchestra.protocols.urls import Address, take_apart

_OPTIONS = {
    "application_name": "application_name",
    "applicationname": "application_name",
    "options": "options",
    "ssl": "sslmode",
    "sslcert": "sslcert",
    "sslkey": "sslkey",
    "sslmode": "sslmode",
    "sslrootcert": "sslrootcert",
    "target_session_attrs": "target_session_attrs",
}
"""Options of a URL as people write them, in lower case, and as libpq calls them."""
_FIELDS = {
    "user": "username",
    "password": "password",
    "currentschema": "default_schema",
}
"""Options of a URL that are fields of the connection."""
_SSL = {"true": "verify-full", "false": "disable"}
"""What JDBC's ``ssl`` means; SQLAlchemy's has libpq's modes."""
_DRIVER = re.compile(r"^(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?://")


class DbConnection(BaseModel):
    """One PostgreSQL database."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )

    url: str = Field(
        description="postgresql://host:port/database, jdbc:postgresql://… or "
        "postgresql+driver://…. 'user:password@' becomes username and password."
    )
    username: str | None = Field(default=None, description="Goes before the one in the url.")
    password: SecretStr | None = Field(default=None, description="Goes before the one in the url.")
    default_schema: str | None = Field(
        default=None, description="Where names without a schema are looked for, before public."
    )
    max_rows: Annotated[int, Field(gt=0)] = Field(
        default=1000, description="Rows that a statement may give."
    )
    max_result_bytes: Annotated[int, Field(gt=0)] = Field(
        default=16 * 1024 * 1024, description="Bytes that the rows of a statement may have."
    )

    @model_validator(mode="before")
    @classmethod
    def _split_url(cls, data: object) -> object:
        if not isinstance(data, Mapping) or not isinstance(url := data.get("url"), str):
            return data
        if not _DRIVER.match(url.strip()):
            raise ValueError("the url is not like postgresql://host:port/database")
        address = take_apart(_DRIVER.sub("postgresql://", url.strip()))
        plain, found = _sort_out(address)
        return {**found, **data, "url": plain.url()}

    def full_url(self) -> str:
        """Give the URL with its credentials, as libpq takes it."""
        password = self.password.get_secret_value() if self.password is not None else None
        return take_apart(self.url).url(user=self.username, password=password)

    @property
    def search_path(self) -> str | None:
        """Give the schemas to look in, quoted; None: the server's own."""
        if self.default_schema is None:
            return None
        schemas = [name.strip() for name in self.default_schema.split(",")]
        quoted = ['"' + name.replace('"', '""') + '"' for name in schemas]
        return ", ".join([*quoted, *([] if "public" in schemas else ["public"])])


def _sort_out(address: Address) -> tuple[Address, dict[str, str]]:
    """Give the URL without credentials, and what of it are fields."""
    fields = {"username": address.user, "password": address.password}
    options = []
    for written, value in address.options:
        name = written.lower()
        if name in _FIELDS:
            fields[_FIELDS[name]] = fields.get(_FIELDS[name]) or value
        elif name in _OPTIONS:
            options.append((_OPTIONS[name], _SSL.get(value, value) if name == "ssl" else value))
        else:
            known = ", ".join(sorted({*_OPTIONS, *_FIELDS}))
            raise ValueError(f"the url's option {written!r} is not known; known are {known}")
    plain = Address(
        scheme="postgresql", hosts=address.hosts, path=address.path, options=tuple(options)
    )
    return plain, {name: value for name, value in fields.items() if value is not None}
