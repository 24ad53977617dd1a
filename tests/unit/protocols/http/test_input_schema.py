"""What an operation takes, as one schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_orchestra.protocols.http import plugin
from pytest_orchestra.spi import Endpoint

BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/Order"},
            "example": {"sku": "mug"},
            "examples": {"dear": {"value": {"sku": "desk"}}, "elsewhere": {"externalValue": "x"}},
        }
    },
}
SKU = {
    "type": "string",
    "nullable": True,
    "pattern": "^[a-z]+$",
    "format": "sku",
    "example": "lamp",
    "default": "mug",
}
AMOUNT = {"type": "integer", "format": "int32", "minimum": 0, "exclusiveMinimum": True}
ORDER = {"required": ["id", "sku"], "properties": {
    "id": {"type": "string", "readOnly": True}, "sku": SKU, "amount": AMOUNT,
}}  # fmt: skip
PARAMETERS = [
    {"name": "shop", "in": "path", "required": True, "schema": {"type": "string"}},
    {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
    {"name": "X-Trace", "in": "header", "schema": {"type": "frog", "pattern": "("}},
    {"name": "session", "in": "cookie"},
]


@pytest.fixture
def schema_of(tmp_path: Path) -> Callable[..., Mapping[str, Any] | None]:
    """The schema of the one operation of a description."""

    def of(**operation: object) -> Mapping[str, Any] | None:
        file = tmp_path / "shop.json"
        document = {
            "openapi": "3.0.3",
            "info": {"title": "Shop", "version": "1"},
            "paths": {"/{shop}/orders": {"post": {"operationId": "order", **operation}}},
            "components": {"schemas": {"Order": ORDER}},
        }
        file.write_text(json.dumps(document), "utf-8")
        assert plugin.spec_parser is not None
        assert plugin.endpoint_matcher is not None
        assert plugin.contract_validator is not None
        spec = plugin.spec_parser.parse(file)
        assert spec is not None
        endpoint = plugin.endpoint_matcher.match("shop.order", {"shop": spec})
        return plugin.contract_validator.request_schema(endpoint)

    return of


def taken(schema: Mapping[str, Any] | None) -> Mapping[str, Any]:
    assert schema is not None
    found: Mapping[str, Any] = schema["properties"]["input"]
    return found


def test_parameters_stand_under_their_places(schema_of: Callable[..., Any]) -> None:
    found = taken(schema_of(parameters=PARAMETERS))
    assert found["properties"]["path"] == {
        "type": "object",
        "properties": {"shop": {"type": "string"}},
        "required": ["shop"],
    }
    assert found["properties"]["query"]["required"] == []
    assert found["properties"]["cookies"]["properties"] == {"session": {}}
    assert found["required"] == []


def test_a_body_keeps_what_helps_to_make_it(schema_of: Callable[..., Any]) -> None:
    schema = schema_of(requestBody=BODY)
    body = taken(schema)["properties"]["body"]
    assert taken(schema)["required"] == ["body"]
    assert body["examples"] == [{"sku": "mug"}, {"sku": "desk"}]
    order = schema["$defs"][body["$ref"].removeprefix("#/$defs/")]
    assert order["required"] == ["sku"]
    assert order["properties"]["sku"] == {
        "type": ["string", "null"],
        "pattern": "^[a-z]+$",
        "format": "sku",
        "examples": ["lamp"],
        "default": "mug",
    }
    assert order["properties"]["amount"] == {
        "type": "integer",
        "format": "int32",
        "exclusiveMinimum": 0,
        "maximum": 2**31 - 1,
    }


def test_a_body_without_a_schema_may_be_anything(schema_of: Callable[..., Any]) -> None:
    body = {"content": {"text/plain": {}}}
    assert taken(schema_of(requestBody=body))["properties"]["body"] == {}
    assert taken(schema_of(requestBody={"content": {}}))["properties"]["body"] == {}


def test_what_has_no_description_has_no_schema() -> None:
    assert plugin.contract_validator is not None
    assert plugin.endpoint_matcher is not None
    described = plugin.endpoint_matcher.match("shop POST /orders", {})
    for endpoint in (Endpoint(service="shop", name="x"), described):
        assert plugin.contract_validator.request_schema(endpoint) is None
