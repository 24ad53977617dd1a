"""A rendered call becomes a request: URL, headers and bytes, ready to be sent or written as curl.

In come the call and what the connection adds; nothing is checked against schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.bodies import sent
from pytest_orchestra.protocols.http.endpoints import HttpEndpoint
from pytest_orchestra.protocols.http.exact_json import json_value
from pytest_orchestra.protocols.http.openapi.description import fields_of, is_json
from pytest_orchestra.protocols.http.parameters import (
    cookie_text,
    header_text,
    path_text,
    query_text,
)
from pytest_orchestra.results import JsonLike
from pytest_orchestra.spi import Call

HIDDEN = "***"
"""What evidence shows of a header that a credential brought."""

_AS_IT_IS = "/%:@!$&'()*+,;=~-._"
_DOTS = {".": "%2E", "..": "%2E%2E"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent.

    Attributes:
        headers: names in lower case.
        hidden: names of headers whose values are secrets of the connection.
        content: None: no body.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    hidden: frozenset[str] = frozenset()
    content: bytes | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.url}"

    def evidence(self) -> dict[str, JsonLike]:
        """Give it as plain data, without the secrets of the connection."""
        shown: dict[str, JsonLike] = {
            "method": self.method,
            "url": self.url,
            "headers": {
                name: HIDDEN if name in self.hidden else value
                for name, value in self.headers.items()
            },
        }
        if self.content is not None:
            shown["body"] = read_back(self.content, self.headers.get("content-type", ""))
        return shown


def request_of(
    call: Call, url: str, headers: Mapping[str, str], secrets: Mapping[str, str]
) -> Request:
    """Make the request of a call.

    Args:
        call: with an ``HttpEndpoint``.
        url: of the connection, without a slash at its end.
        headers: that the connection adds, names in lower case; the call's own come before them.
        secrets: the same, with values that never print.

    Raises:
        EvaluationError: ``input`` is not what the endpoint needs, or cannot be written.
    """
    endpoint = endpoint_of(call)
    given = parts_of(call)
    query = "&".join(_query(endpoint, given.get("query")))
    own = dict(_headers(endpoint, given.get("headers")))
    merged = {**headers, **secrets, **own}
    if cookies := "; ".join(_cookies(given.get("cookies"))):
        merged["cookie"] = cookies
    content = None
    if "body" in given:
        declared = endpoint.operation.body if endpoint.operation else None
        body = sent(given["body"], merged.get("content-type"), declared)
        content, merged["content-type"] = body.content, body.media_type
    return Request(
        method=endpoint.method,
        url=f"{url}{_path(endpoint, given.get('path'))}{'?' if query else ''}{query}",
        headers={name: value for name, value in merged.items() if value is not None},
        hidden=frozenset(secrets) - frozenset(own),
        content=content,
    )


def endpoint_of(call: Call) -> HttpEndpoint:
    """Give the call's endpoint.

    Raises:
        EvaluationError: it has none of http.
    """
    if not isinstance(call.endpoint, HttpEndpoint):
        raise EvaluationError("the step has no 'endpoint' of http")
    return call.endpoint


def parts_of(call: Call) -> Mapping[str, object]:
    """Give the call's ``input``; empty if it has none.

    Raises:
        EvaluationError: it is no mapping.
    """
    return _mapping("input", call.fields.get("input"))


def read_back(content: bytes, media_type: str) -> JsonLike:
    """Give a body as the other side reads it: JSON with fractions as Decimal, else text."""
    text = content.decode("utf-8", "replace")
    if is_json(media_type):
        try:
            return json_value(text)
        except ValueError:
            return text
    return text


def _path(endpoint: HttpEndpoint, given: object) -> str:
    values = _mapping("input.path", given)
    names = fields_of(endpoint.path)
    path = quote(endpoint.path, safe=_AS_IT_IS + "{}") if names else endpoint.path
    for name in names:
        if values.get(name) in (None, ""):
            message = f"input.path gives no '{name}', which {endpoint.name} needs"
            raise EvaluationError(message, hint=f"Add 'path: {{{name}: …}}' to the step's input.")
        parameter = endpoint.operation.parameter("path", name) if endpoint.operation else None
        text = path_text(name, values[name], parameter)
        path = path.replace(quote(f"{{{name}}}", safe="{}"), _DOTS.get(text, text), 1)
    if unknown := values.keys() - set(names):
        message = f"input.path gives '{min(unknown)}', but {endpoint.method} {endpoint.path} has"
        raise EvaluationError(f"{message} no such field")
    return path if names else quote(path, safe=_AS_IT_IS)


def _query(endpoint: HttpEndpoint, given: object) -> Iterator[str]:
    for name, value in _mapping("input.query", given).items():
        parameter = endpoint.operation.parameter("query", name) if endpoint.operation else None
        yield from query_text(name, value, parameter)


def _headers(endpoint: HttpEndpoint, given: object) -> Iterator[tuple[str, str | None]]:
    for name, value in _mapping("input.headers", given).items():
        parameter = endpoint.operation.parameter("header", name) if endpoint.operation else None
        yield name.lower(), None if value is None else header_text(value, parameter)


def _cookies(given: object) -> Iterator[str]:
    for name, value in _mapping("input.cookies", given).items():
        if value is not None:
            yield cookie_text(name, value)


def _mapping(what: str, value: object) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise EvaluationError(f"{what} is {value!r:.60}, not a mapping")
    return value
