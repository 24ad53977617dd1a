"""Schemas as hypothesis makes them, and another validator's word on values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from pytest_orchestra.data.making.names import RealisticNames
from pytest_orchestra.data.making.values import ValueMaker
from pytest_orchestra.documents.schemas.formats import FORMATS

_PLAIN = FormatChecker(formats=())
for _name, _fits in FORMATS.items():
    _PLAIN.checks(_name)(lambda value, fits=_fits: not isinstance(value, str) or fits(value))


def broken(schema: Mapping[str, Any], value: object) -> list[str]:
    """The keywords that a value breaks, as jsonschema finds them."""
    validator = Draft202012Validator(schema, format_checker=_PLAIN)
    return [str(error.validator) for error in validator.iter_errors(value)]


@pytest.fixture
def maker() -> ValueMaker:
    return ValueMaker(random=Random(7), names=RealisticNames(is_plain=True))


@pytest.fixture(scope="session")
def broken_by() -> Callable[[Mapping[str, Any], object], list[str]]:
    return broken


def _numbers(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    limits = st.tuples(st.integers(-1000, 1000), st.integers(0, 400))
    keys = st.tuples(
        st.sampled_from(["minimum", "exclusiveMinimum", ""]),
        st.sampled_from(["maximum", "exclusiveMaximum", ""]),
    )

    def schema(drawn: tuple[tuple[int, int], tuple[str, str]]) -> dict[str, Any]:
        (low, more), (first, last) = drawn
        both = {first: low, last: low + more + 2}
        return {"type": kind, **{key: limit for key, limit in both.items() if key}}

    return st.tuples(limits, keys).map(schema)


_TEXTS = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(
    lambda drawn: {"type": "string", "minLength": drawn[0], "maxLength": sum(drawn)}
)
_OTHERS = st.sampled_from(
    [
        *({"type": "string", "format": name} for name in FORMATS),
        {"type": "string", "pattern": "^tok_[a-z0-9_]{1,40}$"},
        {"type": "string", "pattern": "^[A-Z]{2}\\d{3}$"},
        {"enum": ["mug", "lamp"]},
        {"const": 4},
        {"type": "boolean"},
        {"type": ["string", "null"], "maxLength": 3},
        {"type": "integer", "multipleOf": 5, "minimum": 5},
    ]
)
LEAVES = st.one_of(_numbers("integer"), _numbers("number"), _TEXTS, _OTHERS)


def _within(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.tuples(inner, st.integers(0, 3), st.integers(0, 3)).map(
        lambda drawn: {
            "type": "array",
            "items": drawn[0],
            "minItems": drawn[1],
            "maxItems": drawn[1] + drawn[2],
        }
    )
    objects = st.dictionaries(st.sampled_from("abcd"), inner, min_size=1).map(
        lambda properties: {
            "type": "object",
            "properties": properties,
            "required": sorted(properties)[:2],
            "additionalProperties": False,
        }
    )
    return lists | objects


SCHEMAS = st.recursive(LEAVES, _within, max_leaves=6)


@pytest.fixture(scope="session")
def schemas() -> st.SearchStrategy[dict[str, Any]]:
    return SCHEMAS
