"""Values that schemas allow."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orchestra.data.making.names import RealisticNames
from pytest_orchestra.data.making.shapes import Shape, UnmakeableError
from pytest_orchestra.data.making.values import ValueMaker, number_limits

Broken = Callable[[dict[str, Any], object], list[str]]


@pytest.fixture
def made(maker: ValueMaker) -> Callable[[dict[str, Any]], object]:
    return lambda schema: maker.make(Shape.of(schema), "customer")


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_made_value_is_allowed(
    data: st.DataObject, broken_by: Broken, schemas: st.SearchStrategy[dict[str, Any]]
) -> None:
    """Whatever the schema and whatever the seed."""
    schema = data.draw(schemas)
    maker = ValueMaker(random=Random(data.draw(st.integers())), names=RealisticNames(is_plain=True))
    value = maker.make(Shape.of(schema), "name")
    assert broken_by(schema, value) == []


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_one_seed_makes_one_value(
    data: st.DataObject, schemas: st.SearchStrategy[dict[str, Any]]
) -> None:
    schema, seed = data.draw(schemas), data.draw(st.integers())
    values = [
        ValueMaker(random=Random(seed), names=RealisticNames()).make(Shape.of(schema))
        for _ in range(2)
    ]
    assert repr(values[0]) == repr(values[1])


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "examples": ["Ada"], "default": "Alan"}, "Ada"),
        ({"type": "string", "default": "Alan"}, "Alan"),
        ({"enum": [None, "mug"], "examples": ["desk"]}, "mug"),
        ({"enum": [None]}, None),
        ({"const": 4}, 4),
        ({"type": "null"}, None),
        ({"type": "boolean"}, True),
        ({"type": "number", "minimum": Decimal("0.001"), "maximum": Decimal("0.004")},
         Decimal("0.001")),
        ({"type": "integer", "maximum": 3, "minimum": 3}, 3),
        ({"type": "object", "minProperties": 1, "properties": {"a": {"const": 1}}}, {"a": 1}),
        ({"type": "array", "items": {"const": 1}}, [1]),
        ({"type": "array", "maxItems": 0}, []),
        ({"type": "string", "minLength": 12}, "customer 1xx"),
        ({"type": "string", "maxLength": 4}, "cust"),
        ({}, "customer 1"),
        ({"oneOf": [{"type": "null"}, {"const": 2}]}, 2),
        ({"allOf": [{"minimum": 5}, {"maximum": 5}, {"type": "integer"}]}, 5),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": "x"}}}, "x"),
        ({"examples": [{"a": "Ada"}], "required": ["a"], "properties": {"a": {}}}, {"a": "Ada"}),
    ],
)  # fmt: skip
def test_what_the_schema_says_is_liked(
    made: Callable[[dict[str, Any]], object], schema: dict[str, Any], value: object
) -> None:
    found = made(schema)
    if isinstance(found, str) and isinstance(value, str):
        found, value = found.rstrip("0123456789x"), value.rstrip("0123456789x")
    assert found == value


NOTE = {"properties": {"a": {"const": 1}, "b": {"const": 2}}, "required": ["a"]}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (NOTE, {"a": 1, "b": 2}),
        ({**NOTE, "maxProperties": 1}, {"a": 1}),
        ({**NOTE, "not": {"required": ["b"]}}, {"a": 1}),
        ({"properties": {"a": {"const": 1, "readOnly": True}}}, {}),
        ({"properties": {"a": {"enum": []}}}, {}),
        ({"properties": {f"p{n}": {"const": n} for n in range(13)}}, {}),
        (
            {"properties": {"a": {"properties": {"b": {"properties": {"c": {"const": 1}}}}}}},
            {"a": {"b": {}}},
        ),
    ],
)
def test_a_small_object_has_what_it_need_not_have(
    made: Callable[[dict[str, Any]], object], schema: dict[str, Any], value: object
) -> None:
    assert made(schema) == value


def test_examples_of_an_object_are_its_properties() -> None:
    shape = Shape.of({"examples": [{"a": "Ada"}], "properties": {"a": {"type": "string"}}})
    maker = ValueMaker(random=Random(1), names=RealisticNames(is_plain=True))
    assert maker.make(shape.member("a")) == "Ada"


def test_another_turn_takes_another_alternative(maker: ValueMaker) -> None:
    schema = {"oneOf": [{"const": 1}, {"const": 2}]}
    assert [maker.make(Shape.of(schema, turn)) for turn in range(3)] == [1, 2, 1]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (False, "allows no value"),
        ({"$ref": "#/$defs/a"}, "without an end"),
        ({"enum": []}, "lists no value"),
        ({"type": "integer", "minimum": 4, "maximum": 2}, "no number is at least 4"),
        ({"type": "string", "pattern": "(?=a)b"}, "no text can be made"),
        ({"$ref": "#/$defs/deep"}, "nested too deep"),
    ],
)
def test_what_cannot_be_made_says_why(maker: ValueMaker, schema: object, why: str) -> None:
    deep = {"type": "object", "required": ["x"], "properties": {"x": {"$ref": "#/$defs/deep"}}}
    shape = Shape(schema=schema, definitions={"a": {"$ref": "#/$defs/a"}, "deep": deep})
    with pytest.raises(UnmakeableError, match=why):
        maker.make(shape)


def test_limits_are_told_as_finely_as_they_are_written() -> None:
    limits = {"exclusiveMinimum": Decimal("0.005"), "maximum": Decimal("1.5")}
    assert number_limits(limits, "number") == (Decimal("0.006"), Decimal("1.5"))
    limits = {"exclusiveMinimum": 0, "exclusiveMaximum": Decimal("2.5")}
    assert number_limits(limits, "integer") == (1, 2)
    assert number_limits({"exclusiveMaximum": 1}, "number") == (None, Decimal("0.99"))
