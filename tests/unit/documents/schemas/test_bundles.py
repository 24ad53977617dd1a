"""Schema Objects become JSON Schemas that stand by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pytest_orchestra.documents.schemas.bundles import Schemas
from pytest_orchestra.documents.schemas.dialects import Direction
from pytest_orchestra.documents.schemas.references import Node, UnresolvedError


@pytest.fixture
def bundled(
    schemas_of: Callable[..., tuple[Schemas, Callable[[str], Node]]],
) -> Callable[..., dict[str, object]]:
    def bundle(
        schema: object,
        *,
        nullable: bool = False,
        direction: Direction = Direction.REPLY,
        **others: object,
    ) -> Mapping[str, object]:
        schemas, at = schemas_of({"It": schema, **others}, nullable=nullable)
        return schemas.bundle(at("It"), direction).schema

    return bundle


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "string", "enum": ["a"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"nullable": True, "allOf": [{"type": "object"}]},
            {"anyOf": [{"type": "null"}, {"allOf": [{"type": "object"}]}]},
        ),
        ({"nullable": True}, {"anyOf": [{"type": "null"}, {}]}),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"exclusiveMaximum": True}, {}),
        ({"example": {"type": "x"}, "xml": {}, "discriminator": {"propertyName": "a"}}, {}),
    ],
)
def test_the_dialect_of_30_is_spelled_as_json_schema(
    bundled: Callable[..., dict[str, object]], written: str, meant: object
) -> None:
    assert bundled(written, nullable=True) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"type": "string", "nullable": True}, {"type": "string"}),
        ({"exclusiveMinimum": 1}, {"exclusiveMinimum": 1}),
        ({"title": "t", "examples": [1], "x-note": 1, "$comment": "c"}, {}),
        ({"items": False, "prefixItems": [True, {}]}, {"items": False, "prefixItems": [True, {}]}),
        ({"format": "uuid"}, {"format": "uuid"}),
        ({"format": "password"}, {}),
        ({"format": "int32"}, {"allOf": [{"minimum": -(2**31), "maximum": 2**31 - 1}]}),
        ({"pattern": "^a$"}, {"format": "pattern:^a$"}),
        (
            {"format": "uuid", "pattern": "^a", "allOf": [{}]},
            {"format": "uuid", "allOf": [{}, {"format": "pattern:^a"}]},
        ),
        ({"patternProperties": {r"^\d$": {}}}, {"patternProperties": {r"^[0-9](?![\s\S])": {}}}),
        (
            {"properties": {"nullable": {}, "$ref": {}, "enum": {"const": 1}}},
            {"properties": {"nullable": {}, "$ref": {}, "enum": {"const": 1}}},
        ),
        (True, {"allOf": [True]}),
        (False, {"allOf": [False]}),
    ],
)
def test_json_schema_of_31_keeps_what_asserts_and_drops_the_rest(
    bundled: Callable[..., dict[str, object]], written: str, meant: object
) -> None:
    assert bundled(written) == meant


def test_references_become_definitions_that_may_lead_back(
    bundled: Callable[..., dict[str, object]],
) -> None:
    tree = {"properties": {"left": {"$ref": "#/schemas/Tree"}, "leaf": {"$ref": "#/schemas/Leaf"}}}
    schema = bundled({"$ref": "#/schemas/Tree"}, Tree=tree, Leaf={"type": "integer"})
    definitions = schema["$defs"]
    name = schema["$ref"].removeprefix("#/$defs/")
    assert definitions[name]["properties"]["left"] == {"$ref": f"#/$defs/{name}"}
    leaf = definitions[name]["properties"]["leaf"]["$ref"].removeprefix("#/$defs/")
    assert definitions[leaf] == {"type": "integer"}
    assert len(definitions) == 2


def test_what_stands_beside_a_reference_counts_in_31_only(
    bundled: Callable[..., dict[str, object]],
) -> None:
    """OpenAPI 3.0.3, 4.7.23: siblings of ``$ref`` are ignored."""
    beside = {"$ref": "#/schemas/A", "minLength": 2}
    assert "minLength" in bundled(beside, A={})
    assert "minLength" not in bundled(beside, nullable=True, A={})


def test_a_dynamic_reference_leads_to_its_anchor(bundled: Callable[..., dict[str, object]]) -> None:
    schema = bundled({"$dynamicRef": "#node"}, N={"$dynamicAnchor": "node", "type": "object"})
    assert list(schema["$defs"].values()) == [{"type": "object"}]


def test_patterns_come_with_the_bundle_wherever_they_stand(
    schemas_of: Callable[..., tuple[Schemas, Callable[[str], Node]]],
) -> None:
    schemas, at = schemas_of(
        {"It": {"pattern": "a", "items": {"$ref": "#/schemas/B"}}, "B": {"pattern": "b"}}
    )
    bundle = schemas.bundle(at("It"), Direction.REPLY)
    assert sorted(bundle.patterns) == ["pattern:a", "pattern:b"]
    assert bundle.patterns["pattern:b"]("abc")


READ_ONLY = {
    "required": ["id", "name", "secret", "kept"],
    "properties": {
        "id": {"readOnly": True},
        "name": {},
        "secret": {"writeOnly": True},
        "kept": {"$ref": "#/schemas/Kept"},
    },
}


def test_what_goes_the_other_way_only_is_not_required(
    bundled: Callable[..., dict[str, object]],
) -> None:
    for old in (True, False):
        both = {"nullable": old, "Kept": {"readOnly": True}}
        request = bundled(READ_ONLY, direction=Direction.REQUEST, **both)
        reply = bundled(READ_ONLY, direction=Direction.REPLY, **both)
        assert request["required"] == ["name", "secret"]
        assert reply["required"] == ["id", "name", "kept"]


def test_what_an_all_of_requires_may_be_read_only_elsewhere_in_it(
    bundled: Callable[..., dict[str, object]],
) -> None:
    schema = {"allOf": [{"$ref": "#/schemas/Base"}, {"required": ["id", "name"]}]}
    base = {"properties": {"id": {"readOnly": True}}}
    found = bundled(schema, direction=Direction.REQUEST, Base=base)
    assert found["allOf"][1] == {"required": ["name"]}


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("text", "a schema is a mapping, not 'text'"),
        ({"items": None}, "a schema is a mapping, not None"),
        ({"pattern": "("}, r"the pattern '\(' cannot be read"),
        ({"patternProperties": {"[": {}}}, r"the pattern '\[' cannot be read"),
        ({"$schema": "http://json-schema.org/draft-04/schema#"}, "written in .*draft-04"),
        ({"$ref": "#/schemas/It"}, "leads back to itself"),
        ({"$ref": "#/schemas/Gone"}, "there is no 'Gone'"),
    ],
)
def test_what_is_no_schema_says_why(
    bundled: Callable[..., dict[str, object]], written: str, why: str
) -> None:
    with pytest.raises(UnresolvedError, match=why):
        bundled(written)


def test_the_default_dialect_may_stand_in_a_schema(
    bundled: Callable[..., dict[str, object]],
) -> None:
    dialect = "https://json-schema.org/draft/2020-12/schema"
    assert bundled({"$schema": dialect, "type": "string"}) == {"type": "string"}


def test_types_are_looked_up_through_references_and_alternatives(
    schemas_of: Callable[..., tuple[Schemas, Callable[[str], Node]]],
) -> None:
    schemas, at = schemas_of(
        {
            "It": {"anyOf": [{"$ref": "#/schemas/A"}, {"type": ["null", "array"]}]},
            "A": {"allOf": [{"type": "string"}]},
            "Loop": {"type": "object", "oneOf": [{"$ref": "#/schemas/Loop"}]},
        }
    )
    assert schemas.types(at("It")) == {"string", "null", "array"}
    assert schemas.types(at("Loop")) == {"object"}


@pytest.mark.parametrize("draft", ["draft-06", "draft-07", "draft/2019-09"])
def test_older_drafts_are_spelled_as_the_newest(
    bundled: Callable[..., dict[str, object]], draft: str
) -> None:
    schema = {
        "$schema": f"http://json-schema.org/{draft}/schema#",
        "items": [{"type": "string"}],
        "additionalItems": False,
        "dependencies": {"card": ["number"], "gift": {"required": ["text"]}},
        "dependentRequired": {"a": ["b"]},
    }
    assert bundled(schema) == {
        "prefixItems": [{"type": "string"}],
        "items": False,
        "dependentRequired": {"card": ["number"], "a": ["b"]},
        "dependentSchemas": {"gift": {"required": ["text"]}},
    }
    assert bundled({"items": [{"type": "null"}]}) == {"prefixItems": [{"type": "null"}]}
