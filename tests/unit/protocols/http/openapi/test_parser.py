"""What is a description, what is none, and what cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.protocols.http.openapi.parser import OpenApi, OpenApiParser


@pytest.fixture
def parse(tmp_path: Path) -> Callable[..., OpenApi | None]:
    def parsed(text: str, name: str = "api.yaml") -> OpenApi | None:
        (tmp_path / name).write_text(text, "utf-8")
        return OpenApiParser().parse(tmp_path / name)

    return parsed


@pytest.mark.parametrize(
    "version", ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "'3.0'", "3.1", "3.1.0-rc1"]
)
def test_openapi_30_and_31_are_read(parse: Callable[..., OpenApi | None], version: str) -> None:
    assert parse(f"openapi: {version}\ninfo: {{version: 1.0}}").version == "1.0"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("asyncapi: 3.0.0", "api.yaml"),
        ("[1]", "api.json"),
        ("null", "api.json"),
        ('syntax = "proto3";', "api.proto"),
        ("openapi: 3.0.0", "api.txt"),
    ],
)
def test_other_kinds_are_left_to_other_channels(
    parse: Callable[..., OpenApi | None], text: str, name: str
) -> None:
    assert parse(text, name) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("swagger: '2.0'", "api.yaml:1:10: error[spec-version] this is Swagger 2.0"),
        ("info: {}\nopenapi: 3.2.0", "api.yaml:2:10: error[spec-version] OpenAPI 3.2.0 is not"),
        (
            "openapi: 3.1.0\njsonSchemaDialect: http://json-schema.org/draft-07/schema#",
            "api.yaml:2:20: error[spec-version] schemas in http://json-schema.org/draft-07/schema#",
        ),
        ("openapi: 3.1.0\npaths: {/a: {$ref: '#/gone'}}", "api.yaml:2:20: error[spec-reference]"),
        ("openapi: [", "api.yaml"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_to_do(
    parse: Callable[..., OpenApi | None], text: str, message: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "dialect",
    [
        "https://spec.openapis.org/oas/3.1/dialect/base",
        "https://spec.openapis.org/oas/3.1/dialect/2024-11-10",
        "https://json-schema.org/draft/2020-12/schema",
    ],
)
def test_the_default_dialect_may_be_named(
    parse: Callable[..., OpenApi | None], dialect: str
) -> None:
    assert parse(f"openapi: 3.1.0\njsonSchemaDialect: {dialect}") is not None
