"""What schemas are written in, and which way the values go that they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

DIALECTS = re.compile(
    r"https://(spec\.openapis\.org/oas/3\.1/dialect/.*|json-schema\.org/draft/2020-12/schema)#?"
)
"""What a schema of OpenAPI 3.1 may be written in."""

OLDER = re.compile(r"https?://json-schema\.org/(draft-0[67]|draft/2019-09)/schema#?")
"""What a schema of its own may be written in besides."""


class Direction(Enum):
    """Which way a value goes; what is ``readOnly`` need not be in a request, and so on."""

    REQUEST = "readOnly"
    REPLY = "writeOnly"


def modern(schema: object) -> object:
    """Spell what the older dialects spell otherwise as 2020-12 does; most schemas stay as they are.

    Lists under ``items`` became ``prefixItems``, ``dependencies`` was parted.
    """
    if not isinstance(schema, dict) or not _is_older(schema):
        return schema
    result = dict(schema)
    if isinstance(schema.get("items"), list):
        result["prefixItems"] = result.pop("items")
        if "additionalItems" in result:
            result["items"] = result.pop("additionalItems")
    needed = result.pop("dependencies", None)
    if isinstance(needed, dict):
        lists = {name: each for name, each in needed.items() if isinstance(each, list)}
        others = {name: each for name, each in needed.items() if name not in lists}
        result["dependentRequired"] = {**lists, **_mapping(schema, "dependentRequired")}
        result["dependentSchemas"] = {**others, **_mapping(schema, "dependentSchemas")}
    return result


def _is_older(schema: Mapping[str, object]) -> bool:
    return "dependencies" in schema or isinstance(schema.get("items"), list)


def _mapping(schema: Mapping[str, object], keyword: str) -> Mapping[str, object]:
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}
