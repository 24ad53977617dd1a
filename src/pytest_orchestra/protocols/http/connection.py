"""A connection of an environment: where a service is and how to be let in.

In come values whose references are resolved; what is secret is typed so that it never prints.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, quote, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from pytest_orchestra.documents.problems import suggestion
from pytest_orchestra.errors import ConfigurationError

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a reply's body, decompressed, unless the connection says otherwise."""

URL_CREDENTIAL = "url"
"""The name of the credential that ``user:password@`` in a URL makes."""

_SECRET_NAME = re.compile(r"auth|cookie|key|token|secret|passw|signature", re.IGNORECASE)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PATH_CHARACTERS = "/%:@!$&'()*+,;=~-._"
_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


class Credential(BaseModel):
    """One way to be let in; exactly one of its fields is given."""

    model_config = _STRICT

    bearer: SecretStr | None = Field(None, description="Sent as 'Authorization: Bearer …'.")
    basic: tuple[str, SecretStr] | None = Field(None, description="User and password (RFC 7617).")
    header: dict[str, SecretStr] | None = Field(None, description="Headers by name: API keys.")

    @model_validator(mode="after")
    def _one_way(self) -> Credential:
        given = [name for name in ("bearer", "basic", "header") if getattr(self, name) is not None]
        if len(given) != 1:
            message = "a credential is one of bearer, basic and header"
            raise ValueError(message)
        _check_headers(self.headers())
        return self

    def headers(self) -> dict[str, str]:
        """Give the headers that it adds, names in lower case, as they go over the wire."""
        if self.bearer is not None:
            return {"authorization": f"Bearer {self.bearer.get_secret_value()}"}
        if self.basic is not None:
            pair = f"{self.basic[0]}:{self.basic[1].get_secret_value()}"
            return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        found = self.header or {}
        return {name.lower(): value.get_secret_value() for name, value in found.items()}


class HttpConnection(BaseModel):
    """A service that speaks HTTP/1.1."""

    model_config = _STRICT

    url: str = Field(
        description="http:// or https://, with the path that all endpoints begin with. "
        "'user:password@' becomes a basic credential."
    )
    credentials: dict[str, Credential] = Field(
        default_factory=dict,
        description="By name, for `as`. Without `as` the only one is used; of several, none.",
    )
    headers: dict[str, str | SecretStr] = Field(
        default_factory=dict, description="Sent with every call."
    )
    verify: bool | Path = Field(
        default=True,
        union_mode="left_to_right",
        description="Of https: false, or a file of certificates (PEM) to trust.",
    )
    max_body: Annotated[int, Field(gt=0)] = Field(
        MAX_BODY, description="Bytes of a reply's body that are read at most."
    )

    @model_validator(mode="before")
    @classmethod
    def _split_url(cls, data: object) -> object:
        if not isinstance(data, Mapping) or not isinstance(url := data.get("url"), str):
            return data
        parts = _checked(url)
        if parts.username is None and parts.password is None:
            return {**data, "url": _normal(parts)}
        password = SecretStr(unquote(parts.password or ""))
        credentials = dict(data.get("credentials") or {})
        if URL_CREDENTIAL in credentials:
            message = f"both the URL and `credentials` have one called '{URL_CREDENTIAL}'"
            raise ValueError(message)
        credentials[URL_CREDENTIAL] = {"basic": (unquote(parts.username or ""), password)}
        return {**data, "url": _normal(parts), "credentials": credentials}

    @field_validator("headers")
    @classmethod
    def _hide(cls, headers: dict[str, str | SecretStr]) -> dict[str, str | SecretStr]:
        texts = {
            name: value if isinstance(value, str) else value.get_secret_value()
            for name, value in headers.items()
        }
        _check_headers(texts)
        return {
            name: SecretStr(text) if _SECRET_NAME.search(name) else headers[name]
            for name, text in texts.items()
        }

    def own_headers(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give the headers sent with every call, names in lower case: plain ones, secret ones."""
        plain, secret = {}, {}
        for name, value in self.headers.items():
            if isinstance(value, SecretStr):
                secret[name.lower()] = value.get_secret_value()
            else:
                plain[name.lower()] = value
        return plain, secret

    def credential(self, name: str | None) -> Credential | None:
        """Give the credential that a call uses.

        Args:
            name: the step's ``as``; None: the one of the URL, else the only one, else none.

        Raises:
            ConfigurationError: there is none of that name.
        """
        if name is None:
            only = next(iter(self.credentials.values())) if len(self.credentials) == 1 else None
            return self.credentials.get(URL_CREDENTIAL, only)
        if name not in self.credentials:
            hint = suggestion(name, self.credentials, "Known credentials")
            message = f"the connection to {self.url} has no credential '{name}'"
            raise ConfigurationError(message, hint=hint or "Add it to the environment.")
        return self.credentials[name]


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            message = f"{name!r} is no name of a header"
            raise ValueError(message)
        if _CONTROL.search(value):
            message = f"the value of header '{name}' has a line end or control character in it"
            raise ValueError(message)


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = "the url is not like http://host:port/path"
        raise ValueError(message)
    if parts.query or parts.fragment:
        message = "the url has a '?' or '#'; put queries into the steps' input"
        raise ValueError(message)
    return parts


def _normal(parts: SplitResult) -> str:
    host = parts.hostname or ""
    address = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{address}{port}{quote(parts.path.rstrip('/'), safe=_PATH_CHARACTERS)}"
