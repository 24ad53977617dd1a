"""Schemas looked at as flat keywords."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_orchestra.data.making.shapes import Shape, kind_of


def flat(schema: dict[str, Any]) -> dict[str, Any]:
    return dict(Shape.of(schema).keywords)


def test_all_of_narrows() -> None:
    parts = [
        {"minimum": 1, "maximum": 9, "type": ["integer", "null"]},
        {"minimum": 3, "maximum": 12, "type": "integer"},
        {"enum": [3, 4]},
        {"enum": [4, 5], "title": "x"},
    ]
    assert flat({"allOf": parts}) == {
        "minimum": 3,
        "maximum": 9,
        "type": ["integer"],
        "enum": [4],
        "title": "x",
    }


def test_all_of_puts_properties_together() -> None:
    parts = [
        {"required": ["a"], "properties": {"a": {"type": "string"}, "b": {}}},
        {"required": ["b", "a"], "properties": {"a": {"maxLength": 3}}},
    ]
    shape = Shape.of({"allOf": parts})
    assert set(shape.keywords["required"]) == {"a", "b"}
    assert shape.member("a").keywords == {"type": "string", "maxLength": 3}


def test_a_number_that_must_be_whole_is_an_integer() -> None:
    assert flat({"allOf": [{"type": "number"}, {"type": "integer"}]})["type"] in (
        "integer",
        ["integer"],
    )


def test_items_have_the_schema_of_their_place() -> None:
    shape = Shape.of({"prefixItems": [{"const": 1}], "items": {"const": 2}})
    assert [shape.member(index).keywords for index in (0, 1)] == [{"const": 1}, {"const": 2}]


def test_what_is_not_said_is_free() -> None:
    shape = Shape.of({"additionalProperties": {"const": 3}})
    assert shape.member("x").keywords == {"const": 3}
    assert Shape.of({}).member("x").keywords == {}


@pytest.mark.parametrize(
    ("keywords", "kind"),
    [
        ({"type": ["null", "integer"]}, "integer"),
        ({"type": "null"}, "null"),
        ({"properties": {}}, "object"),
        ({"items": {}}, "array"),
        ({"minimum": 1}, "number"),
        ({}, "string"),
    ],
)
def test_the_kind_is_named_or_read_off(keywords: dict[str, Any], kind: str) -> None:
    assert kind_of(keywords) == kind
