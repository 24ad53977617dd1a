"""What a description says of its operations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.protocols.http.openapi.description import (
    Operation,
    essence,
    fields_of,
    fit,
    is_json,
    shape_of,
)
from pytest_orchestra.protocols.http.openapi.parser import OpenApi, OpenApiParser


@pytest.fixture
def operation(describe: Callable[..., OpenApi]) -> Callable[..., Operation]:
    def found(
        node: dict[str, object], *, item: dict[str, object] | None = None, **more: object
    ) -> Operation:
        return describe({"/x": {**(item or {}), "get": node}}, **more).operations[0]

    return found


def test_operations_come_in_file_order_with_their_ids(describe: Callable[..., OpenApi]) -> None:
    spec = describe(
        {
            "/b": {"post": {"operationId": "make"}, "get": {}, "summary": "no operation"},
            "/a": {"$ref": "#/components/pathItems/A"},
        },
        components={"pathItems": {"A": {"delete": {"operationId": "drop"}}}},
    )
    assert [str(each) for each in spec.operations] == ["GET /b", "POST /b", "DELETE /a"]
    assert [each.id for each in spec.operations] == ["", "make", "drop"]
    assert (spec.version, list(spec.by_id)) == ("1", ["make", "drop"])


def test_a_description_need_not_have_paths(
    describe: Callable[..., OpenApi],
) -> None:
    assert describe(None).operations == ()


def test_an_operation_overrides_parameters_of_its_path(operation: Callable[..., Operation]) -> None:
    item = {
        "parameters": [
            {"name": "a", "in": "query", "required": False},
            {"name": "b", "in": "query", "style": "pipeDelimited"},
            {"$ref": "#/components/parameters/C"},
        ]
    }
    node = {"parameters": [{"name": "a", "in": "query", "required": True}]}
    components = {"parameters": {"C": {"name": "X-C", "in": "header", "explode": True}}}
    found = operation(node, item=item, components=components)
    assert [(each.name, each.required, each.style, each.explode) for each in found.parameters] == [
        ("a", True, "form", True),
        ("b", False, "pipeDelimited", False),
        ("X-C", False, "simple", True),
    ]
    assert found.parameter("header", "x-c") is found.parameters[2]
    assert found.parameter("query", "A") is None


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_are_said_elsewhere_are_no_parameters(
    operation: Callable[..., Operation], name: str
) -> None:
    """OpenAPI 3.1, 4.8.12.2.1."""
    assert operation({"parameters": [{"name": name, "in": "header"}]}).parameters == ()


def test_a_parameter_with_content_has_its_schema_there(operation: Callable[..., Operation]) -> None:
    content = {"application/json": {"schema": {"type": "object"}}}
    found = operation({"parameters": [{"name": "a", "in": "query", "content": content}]})
    assert found.parameters[0].media_type == "application/json"
    assert found.parameters[0].schema.value == {"type": "object"}


@pytest.mark.parametrize(
    ("status", "found"),
    [(200, "exact"), (201, "range"), (404, "lower"), (500, "default")],
)
def test_replies_are_found_by_status_range_and_default(
    operation: Callable[..., Operation], status: int, found: object
) -> None:
    replies = {
        "200": {"headers": {"exact": {}}},
        "2XX": {"headers": {"range": {}}},
        "4xx": {"headers": {"lower": {}}},
        "default": {"$ref": "#/components/responses/D"},
        "x-note": {},
    }
    components = {"responses": {"D": {"headers": {"default": {}, "Content-Type": {}}}}}
    operation_ = operation({"responses": replies}, components=components)
    assert [header.name for header in operation_.reply(status).headers] == [found]
    assert operation_.statuses == ("200", "2XX", "4xx", "default")


def test_an_undeclared_status_has_no_reply(operation: Callable[..., Operation]) -> None:
    assert operation({"responses": {"200": {}}}).reply(500) is None


def test_yaml_statuses_are_numbers_and_still_found(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("openapi: 3.0.3\npaths: {/x: {get: {responses: {200: {}}}}}\n", "utf-8")
    spec = OpenApiParser().parse(file)
    assert spec is not None
    assert spec.operations[0].reply(200) is not None
    assert spec.version == ""


@pytest.mark.parametrize(
    ("media_type", "fitting"),
    [
        ("application/json; charset=utf-8", "application/json"),
        ("APPLICATION/JSON", "application/json"),
        ("application/xml", "application/*"),
        ("text/plain", "*/*"),
    ],
)
def test_media_types_fit_exactly_or_by_range(
    operation: Callable[..., Operation], media_type: str, fitting: str
) -> None:
    content = {"Application/JSON; v=1": {"x": 1}, "application/*": {"x": 2}, "*/*": {"x": 3}}
    found = operation({"requestBody": {"content": content, "required": True}}).body
    assert found.required
    assert found.media(media_type) == found.content[fitting]


def test_a_media_type_that_is_not_there_does_not_fit(operation: Callable[..., Operation]) -> None:
    found = operation({"requestBody": {"content": {"text/csv": {}}}}).body
    assert found.media("text/plain") is None
    assert operation({}).body is None


def test_media_types_in_words() -> None:
    assert essence(" Text/HTML ; charset=x") == "text/html"
    assert [
        kind
        for kind in ("application/json", "a/b+json; x", "text/json", "text/plain")
        if is_json(kind)
    ] == ["application/json", "a/b+json; x", "text/json"]


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/a/{b}", "/a/1", {"b": "1"}),
        ("/a/{b}", "/a/1/2", None),
        ("/a/{b}", "/a/", None),
        ("/a/{b}.{c}", "/a/1.json", {"b": "1", "c": "json"}),
        ("/a+b", "/a+b", {}),
        ("/a.b", "/acb", None),
        ("/{order-id}", "/7", {"order-id": "7"}),
    ],
)
def test_paths_fit_templates(template: str, path: str, values: dict[str, str] | None) -> None:
    assert fit(template, path) == values


def test_templates_have_fields_and_a_shape() -> None:
    assert fields_of("/a/{b}/{c-d}") == ("b", "c-d")
    assert shape_of("/a/{b}/{c-d}") == "/a/{}/{}"
