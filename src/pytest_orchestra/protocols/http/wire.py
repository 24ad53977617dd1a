"""Values as a parameter or form field is read: text becomes what the schema's types let it be.

``5`` and ``'5'`` are the same on the wire, so either fits an integer and either fits a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from pytest_orchestra.documents.schemas.bundles import Schemas
from pytest_orchestra.documents.schemas.references import Node
from pytest_orchestra.protocols.http.parameters import text_of

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,30})(\.\d{1,30})?", re.ASCII)
_TRUTH = {"true": True, "false": False}


def read(value: object, schema: Node, schemas: Schemas) -> object:
    """Give ``value`` as whoever knows ``schema`` reads it off the wire.

    Args:
        value: JSON-like; scalars and lists are read, mappings by their properties.
        schema: of the parameter or form.
        schemas: of the description.
    """
    node = schemas.follow(schema)
    kinds = schemas.types(node)
    if isinstance(value, Mapping):
        known = dict(_properties(node, schemas))
        return {
            str(name): read(part, known[name], schemas) if name in known else _text(part)
            for name, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [read(part, schemas.follow(node.get("items")), schemas) for part in value]
    if "array" in kinds and "string" not in kinds:
        return [read(value, schemas.follow(node.get("items")), schemas)]
    if isinstance(value, float):
        return Decimal(str(value))
    return value if value is None or not kinds else _scalar(text_of(value), kinds)


def _properties(node: Node, schemas: Schemas) -> Iterator[tuple[str, Node]]:
    for part in (node, *map(schemas.follow, node.get("allOf").parts())):
        yield from part.get("properties").items()


def _text(value: object) -> object:
    return value if isinstance(value, (list, tuple, Mapping)) or value is None else text_of(value)


def _scalar(text: str, kinds: frozenset[str]) -> object:
    if not kinds.isdisjoint({"integer", "number"}) and _NUMBER.fullmatch(text):
        return Decimal(text) if "." in text else int(text)
    if "boolean" in kinds and text in _TRUTH:
        return _TRUTH[text]
    return text
