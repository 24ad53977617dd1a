"""Sentences about what breaks a schema."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from pytest_orchestra.documents.schemas.breaches import MAX_BREACHES, path_of, told
from pytest_orchestra.documents.schemas.bundles import Schemas
from pytest_orchestra.documents.schemas.checkers import Checker
from pytest_orchestra.documents.schemas.dialects import Direction
from pytest_orchestra.documents.schemas.references import Node
from pytest_orchestra.spi import Breach

CAT = {"properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}, "type": "object"}
DOG = {
    "properties": {"kind": {"const": "dog"}, "tail": {"type": "string"}},
    "type": "object",
    "required": ["tail", "name"],
}


@pytest.fixture
def lines(
    schemas_of: Callable[..., tuple[Schemas, Callable[[str], Node]]],
) -> Callable[[object, object], list[str]]:
    schemas, at = schemas_of({})

    def found(schema: object, value: object) -> list[str]:
        made = Schemas(schemas._documents, nullable=False)
        bundle = made.bundle(Node(schema, at("x").file), Direction.REPLY)
        return [f"{each.path}: {each.message}" for each in Checker(bundle).breaches(value, "body")]

    return found


@pytest.mark.parametrize(
    ("schema", "value", "line"),
    [
        ({"type": ["string", "null"]}, 1, "body: 1 is not a string or null"),
        ({"type": "object"}, [1], "body: an array is not an object"),
        ({"type": "string"}, {"a": 1}, "body: an object is not a string"),
        ({"enum": ["a", None, 1]}, "b", "body: 'b' is none of 'a', null, 1"),
        ({"const": "a"}, "b", "body: 'b' is not 'a'"),
        ({"minimum": 5}, 4, "body: 4 is less than 5"),
        ({"maximum": 5}, Decimal("5.10"), "body: 5.10 is more than 5"),
        ({"exclusiveMinimum": 5}, 5, "body: 5 is not more than 5"),
        ({"exclusiveMaximum": 5}, 5, "body: 5 is not less than 5"),
        ({"multipleOf": 5}, 6, "body: 6 is not a multiple of 5"),
        ({"minLength": 3}, "ab", "body: 'ab' is shorter than 3 characters"),
        ({"maxLength": 1}, "ab", "body: 'ab' is longer than 1 characters"),
        ({"minItems": 2}, [1], "body: an array has fewer than 2 items"),
        ({"maxItems": 0}, [1], "body: an array has more than 0 items"),
        ({"uniqueItems": True}, [1, 1], "body: an array has an item twice"),
        ({"minProperties": 1}, {}, "body: an object has fewer than 1 properties"),
        ({"maxProperties": 0}, {"a": 1}, "body: an object has more than 0 properties"),
        ({"pattern": "^a$"}, "b", "body: 'b' does not match ^a$"),
        ({"format": "email"}, "b", "body: 'b' is not an email"),
        ({"format": "byte"}, "b", "body: 'b' is not base64"),
        ({"format": "date-time"}, "b", "body: 'b' is not a date-time"),
        ({"not": {}}, None, "body: null breaks 'not'"),
        (False, True, "body: is not allowed"),
        ({"type": "integer"}, "x" * 200, f"body: '{'x' * 59}…' is not an integer"),
        (
            {"properties": {"items": {"items": {"properties": {"id": {"format": "uuid"}}}}}},
            {"items": [{"id": "x"}]},
            "body.items[0].id: 'x' is not a uuid",
        ),
        ({"oneOf": [{}, {}]}, 1, "body: 1 fits more than one alternative, not just one"),
        (
            {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "a",
            "body: 'a' is not an integer or null",
        ),
        (
            {"anyOf": [{"type": ["integer", "boolean"]}, {"type": "null"}]},
            "a",
            "body: 'a' is not any of the alternatives",
        ),
        (
            {
                "anyOf": [
                    {"type": "null"},
                    {"properties": {"a": {"type": "string"}}, "type": "object"},
                ]
            },
            {"a": 1},
            "body.a: 1 is not a string",
        ),
    ],
)
def test_one_breach_is_one_sentence(
    lines: Callable[[object, object], list[str]], schema: object, value: object, line: str
) -> None:
    assert lines(schema, value) == [line]


def test_every_missing_and_every_extra_property_is_named(
    lines: Callable[[object, object], list[str]],
) -> None:
    schema = {
        "required": ["a", "b c", "d"],
        "properties": {"a": {}, "b c": {}, "d": {}},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }
    assert sorted(lines(schema, {"a": 1, "x-1": 1, "e": 1, "f": 1})) == [
        "body.d: is missing",
        "body.e: is not allowed",
        "body.f: is not allowed",
        "body['b c']: is missing",
    ]


def test_of_alternatives_the_nearest_is_told_of(
    lines: Callable[[object, object], list[str]],
) -> None:
    """What a value calls itself says which alternative was meant."""
    assert lines({"oneOf": [CAT, DOG, {"type": "string"}]}, {"kind": "dog", "tail": 1}) == [
        "body: an object fits none of 3 alternatives; the nearest:",
        "body.tail: 1 is not a string",
        "body.name: is missing",
    ]


def test_paths_are_written_as_rules_are() -> None:
    assert path_of("body", ["a", 0, "b-c", "d e", "1"]) == "body.a[0].b-c['d e']['1']"


def test_no_more_than_some_are_told_of() -> None:
    many = [Breach(message=str(number)) for number in range(25)]
    found = told(many)
    assert len(found) == MAX_BREACHES + 1
    assert found[-1] == Breach(message="and 5 more")
    assert told(many[:20]) == many[:20]
