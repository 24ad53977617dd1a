"""Each limit of a schema is met, and no rule is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_orchestra.data.making.limits import boundaries
from pytest_orchestra.data.making.shapes import Shape
from pytest_orchestra.data.making.values import ValueMaker
from pytest_orchestra.data.making.variants import changed

Broken = Callable[[dict[str, Any], object], list[str]]


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_boundary_is_allowed(
    data: st.DataObject,
    maker: ValueMaker,
    broken_by: Broken,
    schemas: st.SearchStrategy[dict[str, Any]],
) -> None:
    schema = data.draw(schemas)
    shape = Shape.of(schema)
    value = maker.make(shape, "name")
    for variant in boundaries(maker, shape, value, "name"):
        assert broken_by(schema, changed(value, variant.path, variant.value)) == []


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 100}, 5, {"min": 1, "max": 100}),
        ({"type": "integer", "exclusiveMinimum": 0}, 5, {"min": 1}),
        ({"type": "string", "minLength": 1, "maxLength": 3}, "ab",
         {"shortest": "a", "longest": "abx"}),
        ({"type": "string", "maxLength": 3}, "ab", {"longest": "abx"}),
        ({"type": "string", "maxLength": 10**6}, "ab", {}),
        ({"type": "string", "format": "date", "maxLength": 10}, "2026-01-01", {}),
        ({"type": "string", "pattern": "^a{2,3}$"}, "aa", {"shortest": "aa", "longest": "aaa"}),
        ({"type": "string", "pattern": "^a+$"}, "aa", {"shortest": "a"}),
        ({"type": ["string", "null"]}, "a", {"null": None}),
        ({"type": "array", "minItems": 1, "maxItems": 3, "items": {"const": 1}}, [1],
         {"fewest": [1], "most": [1, 1, 1]}),
        ({"enum": [1, 2], "type": "integer", "minimum": 1}, 1, {}),
        ({"type": "boolean"}, True, {}),
    ],
)  # fmt: skip
def test_limits_are_named(
    maker: ValueMaker, schema: dict[str, Any], value: object, found: dict[str, object]
) -> None:
    variants = boundaries(maker, Shape.of(schema), value)
    assert {each.label: each.value for each in variants} == found


def test_limits_within_are_found(maker: ValueMaker) -> None:
    schema = {"properties": {"items": {"items": {"type": "integer", "maximum": 9}}}}
    [variant] = boundaries(maker, Shape.of(schema), {"items": [4]})
    assert (variant.path, variant.label, variant.value) == (("items", 0), "max", 9)
