"""Texts are read by the types that a schema names."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from pytest_orchestra.documents.schemas.bundles import Schemas
from pytest_orchestra.documents.schemas.references import Documents
from pytest_orchestra.protocols.http.wire import read


@pytest.fixture
def read_as(tmp_path: Path) -> Callable[[object, object], object]:
    file = tmp_path / "empty.json"
    file.write_text('{"Id": {"type": "integer"}}', "utf-8")
    documents = Documents(file)

    def reading(value: object, schema: object) -> object:
        schemas = Schemas(documents, nullable=False)
        return read(value, documents.root._replace(value=schema), schemas)

    return reading


@pytest.mark.parametrize(
    ("value", "schema", "read_value"),
    [
        ("5", {"type": "integer"}, 5),
        (5, {"type": "string"}, "5"),
        ("5.10", {"type": "number"}, Decimal("5.10")),
        ("05", {"type": "integer"}, "05"),
        ("1" * 40, {"type": "integer"}, "1" * 40),
        ("true", {"type": "boolean"}, True),
        ("yes", {"type": "boolean"}, "yes"),
        (True, {"type": "string"}, "true"),
        ("5", {"type": ["string", "integer"]}, 5),
        ("5", {}, "5"),
        (5, {}, 5),
        (None, {"type": "string"}, None),
        (1.5, {}, Decimal("1.5")),
        ("5", {"anyOf": [{"type": "null"}, {"type": "integer"}]}, 5),
        ("5", {"$ref": "#/Id"}, 5),
        ("5", {"type": "array", "items": {"type": "integer"}}, [5]),
        (["5", 6], {"type": "array", "items": {"$ref": "#/Id"}}, [5, 6]),
        ({"a": "5", "b": 6}, {"properties": {"a": {"type": "integer"}}}, {"a": 5, "b": "6"}),
        ({"a": "5"}, {"allOf": [{"properties": {"a": {"$ref": "#/Id"}}}]}, {"a": 5}),
        ({"x": [1], "y": None}, {"type": "object"}, {"x": [1], "y": None}),
    ],
)
def test_values_are_read_as_the_other_side_would(
    read_as: Callable[[object, object], object], value: object, schema: object, read_value: object
) -> None:
    found = read_as(value, schema)
    assert found == read_value
    assert type(found) is type(read_value)
