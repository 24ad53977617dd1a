"""What an operation takes becomes one JSON Schema of a step's ``input``.

Only one media type is described: the one in which a step's body is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_orchestra.documents.schemas.bundles import Schemas
from pytest_orchestra.documents.schemas.dialects import Direction
from pytest_orchestra.documents.schemas.references import Node, UnresolvedError
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.protocols.http.bodies import media_type_of
from pytest_orchestra.protocols.http.endpoints import HttpEndpoint
from pytest_orchestra.protocols.http.openapi.description import Body, Parameter
from pytest_orchestra.spi import Endpoint

_PARTS = {"path": "path", "query": "query", "header": "headers", "cookie": "cookies"}

Schema = dict[str, object]


def request_schema(endpoint: Endpoint) -> Mapping[str, object] | None:
    """The schema of what a call of the endpoint takes; None where it has no description.

    A part that cannot be read is left out: checking the call tells of it.
    """
    if not isinstance(endpoint, HttpEndpoint) or endpoint.spec is None or not endpoint.operation:
        return None
    bundles = _Bundles(endpoint.spec.annotated)
    parts: dict[str, Schema] = {}
    required: list[str] = []
    for parameter in endpoint.operation.parameters:
        part = parts.setdefault(_PARTS.get(parameter.place, "query"), _object())
        _add(part, parameter, bundles.schema(parameter.schema))
    body = endpoint.operation.body
    if body is not None:
        parts["body"] = _body(body, bundles)
        required += ["body"] if body.required else []
    taken = {"type": "object", "properties": parts, "required": required}
    return {"type": "object", "properties": {"input": taken}, "$defs": bundles.definitions}


class _Bundles:
    """Schemas whose definitions are put together."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self.definitions: dict[str, object] = {}

    def schema(self, node: Node) -> Schema:
        if node.value is None:
            return {}
        try:
            bundled = dict(self._schemas.bundle(node, Direction.REQUEST).schema)
        except (UnresolvedError, DefinitionError):
            return {}
        definitions = bundled.pop("$defs", {})
        self.definitions |= definitions if isinstance(definitions, dict) else {}
        return bundled


def _object() -> Schema:
    return {"type": "object", "properties": {}, "required": []}


def _add(part: Schema, parameter: Parameter, schema: Schema) -> None:
    properties, required = part["properties"], part["required"]
    if isinstance(properties, dict) and isinstance(required, list):
        properties[parameter.name] = schema
        if parameter.required:
            required.append(parameter.name)


def _body(body: Body, bundles: _Bundles) -> Schema:
    media = body.media(media_type_of(body))
    if media is None:
        return {}
    schema = bundles.schema(media.get("schema"))
    examples = list(_examples(media))
    return {**schema, "examples": examples} if examples else schema


def _examples(media: Node) -> Iterator[object]:
    """The examples of a Media Type (OpenAPI 3.1, 4.8.14), the single one first."""
    if isinstance(media.value, dict) and "example" in media.value:
        yield media.value["example"]
    named = media.get("examples").items()
    for example in (each for _, each in named):
        if isinstance(example.value, dict) and "value" in example.value:
            yield example.value["value"]
