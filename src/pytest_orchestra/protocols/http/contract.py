"""Calls and replies against the description of their endpoint; none, and all is well.

Query parameters and headers that the description does not know are not told of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pytest_orchestra.documents.schemas.breaches import told
from pytest_orchestra.documents.schemas.checkers import Checks
from pytest_orchestra.documents.schemas.dialects import Direction
from pytest_orchestra.documents.schemas.references import Node, UnresolvedError
from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.protocols.http.bodies import FORM, MULTIPART, Sent, sent
from pytest_orchestra.protocols.http.endpoints import HttpEndpoint
from pytest_orchestra.protocols.http.openapi.description import (
    Body,
    Operation,
    Parameter,
    Reply,
    essence,
    is_json,
)
from pytest_orchestra.protocols.http.reply import HttpObservation
from pytest_orchestra.protocols.http.request import endpoint_of, parts_of, read_back
from pytest_orchestra.protocols.http.wire import read
from pytest_orchestra.spi import Breach, Call, Observation

BODILESS = frozenset({204, 205, 304})
"""Statuses of replies that have no body (RFC 9110, 15)."""

_PARTS = {"path": "path", "query": "query", "header": "headers", "cookie": "cookies"}
_UNJUDGED = frozenset({"header", "cookie"})


def request_breaches(call: Call) -> Sequence[Breach]:
    """What a call breaks: parameters, media type and body.

    A required header or cookie is not missed: the connection may add it.
    """
    return _checked(call, lambda checks, operation, _: _request(checks, operation, call))


def reply_breaches(call: Call, observation: Observation) -> Sequence[Breach]:
    """What a reply breaks: status, headers, media type and body."""
    return _checked(call, lambda checks, operation, at: _reply(checks, operation, at, observation))


def _checked(
    call: Call, check: Callable[[Checks, Operation, HttpEndpoint], Iterator[Breach]]
) -> Sequence[Breach]:
    try:
        endpoint = endpoint_of(call)
        if endpoint.spec is None or endpoint.operation is None:
            return ()
        return told(check(endpoint.spec.checks, endpoint.operation, endpoint))
    except EvaluationError as error:
        return (Breach(message=str(error)),)
    except (UnresolvedError, DefinitionError) as error:
        return (Breach(message=f"the description cannot be used: {error}"),)


def _request(checks: Checks, operation: Operation, call: Call) -> Iterator[Breach]:
    given = parts_of(call)
    for parameter in operation.parameters:
        part = _PARTS.get(parameter.place, "query")
        value = _value(parameter, _mapping(given.get(part)), call)
        path = f"{part}.{parameter.name}"
        if value is not None:
            yield from _parameter(checks, parameter, value, path)
        elif parameter.required and parameter.place not in _UNJUDGED:
            yield Breach(path=path, message="is missing", rule="required")
    yield from _request_body(checks, operation.body, given)


def _value(parameter: Parameter, given: Mapping[str, object], call: Call) -> object:
    if parameter.place == "header":
        return {name.lower(): value for name, value in given.items()}.get(parameter.name.lower())
    if parameter.place == "path":
        return given.get(parameter.name, endpoint_of(call).values.get(parameter.name))
    return given.get(parameter.name)


def _parameter(checks: Checks, parameter: Parameter, value: object, path: str) -> Iterator[Breach]:
    if not parameter.media_type:
        value = read(value, parameter.schema, checks.schemas)
    yield from checks.breaches(parameter.schema, Direction.REQUEST, value, path)


def _request_body(
    checks: Checks, declared: Body | None, given: Mapping[str, object]
) -> Iterator[Breach]:
    if "body" not in given:
        if declared is not None and declared.required:
            yield Breach(path="body", message="is missing", rule="required")
        return
    if declared is None:
        yield Breach(path="body", message="is not allowed: the operation takes none")
        return
    headers = {name.lower(): value for name, value in _mapping(given.get("headers")).items()}
    written = headers.get("content-type")
    body = sent(given["body"], str(written) if written else None, declared)
    media = declared.media(body.media_type)
    if media is None:
        yield _undeclared(body.media_type, declared)
        return
    value = _as_received(checks, media, body, given["body"])
    if value is not _UNREAD:
        yield from checks.breaches(media.get("schema"), Direction.REQUEST, value, "body")


_UNREAD = object()


def _as_received(checks: Checks, media: Node, body: Sent, given: object) -> object:
    kind = essence(body.media_type)
    if is_json(kind):
        return read_back(body.content, kind)
    if kind in {FORM, MULTIPART} and isinstance(given, Mapping):
        schema = media.get("schema")
        present = {name: value for name, value in given.items() if value is not None}
        return read(present, schema, checks.schemas) if schema.value is not None else _UNREAD
    return _UNREAD


def _reply(
    checks: Checks, operation: Operation, endpoint: HttpEndpoint, observation: Observation
) -> Iterator[Breach]:
    status = observation.status if isinstance(observation.status, int) else 0
    declared = operation.reply(status)
    if declared is None:
        statuses = ", ".join(operation.statuses) or "none"
        message = f"{status} is not declared for {endpoint.name}, which has {statuses}"
        yield Breach(path="status", message=message)
        return
    yield from _reply_headers(checks, declared, observation)
    if endpoint.method != "HEAD" and status not in BODILESS and declared.body.content:
        yield from _reply_body(checks, declared.body, observation)


def _reply_headers(checks: Checks, declared: Reply, observation: Observation) -> Iterator[Breach]:
    if not declared.headers:
        return
    seen = {name.lower(): value for name, value in observation.headers.items()}
    for header in declared.headers:
        path = f"headers.{header.name}"
        value = seen.get(header.name.lower())
        if value is None:
            if header.required:
                yield Breach(path=path, message="is missing")
        elif header.media_type:
            value = read_back(str(value).encode(), header.media_type)
            yield from checks.breaches(header.schema, Direction.REPLY, value, path)
        elif header.schema.value is not None:
            kinds = checks.schemas.types(header.schema)
            pieces = [piece.strip() for piece in str(value).split(",")]
            value = read(pieces if "array" in kinds else value, header.schema, checks.schemas)
            if "object" not in kinds:
                yield from checks.breaches(header.schema, Direction.REPLY, value, path)


def _reply_body(checks: Checks, declared: Body, observation: Observation) -> Iterator[Breach]:
    headers = {name.lower(): str(value) for name, value in observation.headers.items()}
    media_type = headers.get("content-type", "")
    if isinstance(observation, HttpObservation) and observation.empty:
        yield Breach(
            path="body", message=f"is missing, {' or '.join(declared.content)} is declared"
        )
        return
    media = declared.media(media_type)
    if media is None:
        yield _undeclared(media_type or "a body without content-type", declared)
    elif isinstance(observation, HttpObservation) and observation.unreadable:
        yield Breach(path="body", message=f"is not JSON: {observation.unreadable}")
    elif is_json(media_type):
        yield from checks.breaches(media.get("schema"), Direction.REPLY, observation.value, "body")


def _undeclared(media_type: str, declared: Body) -> Breach:
    kinds = ", ".join(declared.content)
    return Breach(path="body", message=f"{essence(media_type)} is not declared, {kinds} is")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
