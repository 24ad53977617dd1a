"""Values that break what they say, and what they break alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_orchestra.data.making.breaking import breaches
from pytest_orchestra.data.making.shapes import Shape
from pytest_orchestra.data.making.values import ValueMaker
from pytest_orchestra.data.making.variants import changed

Broken = Callable[[dict[str, Any], object], list[str]]


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_rule_that_is_said_is_broken(
    data: st.DataObject,
    maker: ValueMaker,
    broken_by: Broken,
    schemas: st.SearchStrategy[dict[str, Any]],
) -> None:
    """Of the proposals for each rule one breaks it, but for a null or a list that is allowed."""
    schema = data.draw(schemas)
    shape = Shape.of(schema)
    value = maker.make(shape, "name")
    proposals: dict[object, list[list[str]]] = {}
    for each in breaches(maker, shape, value, "name"):
        rules = broken_by(schema, changed(value, each.path, each.value))
        if each.label != "null":
            proposals.setdefault((each.path, each.label, each.rule), []).append(rules)
    for (_, _, rule), found in proposals.items():
        assert any(rule in rules for rules in found)


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 100}, 5,
         {"below-minimum": 0, "above-maximum": 101, "no-integer": "one", "null": None}),
        ({"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 9}, 5,
         {"at-exclusive-minimum": 1, "at-exclusive-maximum": 9, "no-number": "one", "null": None}),
        ({"type": "string", "minLength": 2, "maxLength": 3}, "ab",
         {"too-short": "a", "too-long": "abxx", "no-string": 1, "null": None}),
        ({"type": "string", "minLength": 0}, "ab", {"no-string": 1, "null": None}),
        ({"format": "uuid"}, "x", {"no-uuid": "00000000-0000-0000-0000-00000000000g"}),
        ({"enum": ["mug", "lamp"]}, "mug", {"unlisted": "unlisted"}),
        ({"enum": [1, 7]}, 1, {"unlisted": 8}),
        ({"const": True}, True, {"another-value": False}),
        ({"type": "integer", "multipleOf": 5}, 5,
         {"no-multiple": 6, "no-integer": "one", "null": None}),
        ({"minItems": 1, "maxItems": 1, "uniqueItems": True, "items": {"const": 2}}, [2],
         {"too-few": [], "too-many": [2, 2], "item-twice": [2, 2], "another-value": 3}),
        ({"required": ["a"], "additionalProperties": False}, {"a": 1},
         {"without-a": {}, "with-unknown": {"a": 1, "unknown": "unknown"}}),
        ({"unevaluatedProperties": False, "properties": {}}, {},
         {"with-unknown": {"unknown": "unknown"}}),
        ({"type": "boolean"}, True, {"no-boolean": "maybe", "null": None}),
    ],
)  # fmt: skip
def test_breaches_are_named(
    maker: ValueMaker, schema: dict[str, Any], value: object, found: dict[str, object]
) -> None:
    variants = breaches(maker, Shape.of(schema), value)
    assert {each.label: each.value for each in variants} == found


def test_what_the_schema_does_not_know_is_left_alone(maker: ValueMaker) -> None:
    schema = {"additionalProperties": False, "properties": {"a": {"type": "boolean"}}}
    found = breaches(maker, Shape.of(schema), {"b": 1, "a": True})
    assert {each.label for each in found} == {"with-unknown", "no-boolean", "null"}


def test_a_length_is_broken_and_the_pattern_is_not(maker: ValueMaker, broken_by: Broken) -> None:
    schema = {"type": "string", "pattern": "^[A-Z]{2}[0-9]*$", "maxLength": 6}
    [too_long] = [
        each for each in breaches(maker, Shape.of(schema), "AB12") if each.rule == "maxLength"
    ]
    assert broken_by(schema, too_long.value) == ["maxLength"]


def test_a_pattern_is_broken_and_the_length_is_not(maker: ValueMaker, broken_by: Broken) -> None:
    schema = {"type": "string", "pattern": "^[A-Z]{2}$", "minLength": 2, "maxLength": 2}
    alone = [
        each.value
        for each in breaches(maker, Shape.of(schema), "AB")
        if broken_by(schema, each.value) == ["pattern"]
    ]
    assert alone
