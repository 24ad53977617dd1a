"""jsonschema-rs and jsonschema give the same verdicts, and say the same."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace

import pytest

from pytest_orchestra.documents.schemas.bundles import Bundle, Schemas
from pytest_orchestra.documents.schemas.checkers import Checker, Checks, exact_engine
from pytest_orchestra.documents.schemas.dialects import Direction
from pytest_orchestra.documents.schemas.formats import FORMATS
from pytest_orchestra.documents.schemas.references import Node, UnresolvedError
from pytest_orchestra.spi import Breach

FAST = exact_engine() is not None
CENT = Decimal("0.01")
RS = "jsonschema-rs"
ENGINES = [
    pytest.param(RS, marks=pytest.mark.skipif(not FAST, reason="no exact jsonschema-rs")),
    "jsonschema",
]

TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
SCHEMAS = [
    *({"type": kind} for kind in TYPES),
    {"type": ["string", "null"]},
    {"enum": [1, "a", None, True]},
    {"enum": [Decimal("0.1"), [1, 1], {"a": 1}]},
    *({"const": value} for value in (1, True, {"a": 1}, [1])),
    *({"multipleOf": value} for value in (2, 3, Decimal("0.1"), Decimal("0.01"))),
    {"minimum": 0},
    {"maximum": Decimal("0.3")},
    {"exclusiveMinimum": 1},
    {"exclusiveMaximum": Decimal("1.5")},
    {"minLength": 2},
    {"maxLength": 2},
    *({"pattern": value} for value in ("^a$", "a", r"^\w+$", r"\d", "^.$", r"^\S+$", r"^\p{L}+$")),
    {"minItems": 1},
    {"maxItems": 1},
    {"uniqueItems": True},
    {"items": {"type": "integer"}},
    {"prefixItems": [{"type": "integer"}], "items": False},
    {"contains": {"type": "integer"}},
    {"contains": {"type": "integer"}, "minContains": 2},
    {"contains": {"type": "integer"}, "maxContains": 1, "minContains": 0},
    {"required": ["a"]},
    {"properties": {"a": {"type": "integer"}}, "additionalProperties": False},
    {"additionalProperties": {"type": "integer"}},
    {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False},
    {"patternProperties": {r"^\w$": {"type": "integer"}}},
    {"minProperties": 1},
    {"maxProperties": 1},
    {"propertyNames": {"pattern": "^[a-z]$"}},
    {"dependentRequired": {"a": ["b"]}},
    {"dependentSchemas": {"a": {"required": ["b"]}}},
    {"not": {"type": "string"}},
    {"anyOf": [{"type": "string"}, {"minimum": 2}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    {"allOf": [{"type": "integer"}, {"minimum": 2}]},
    {"if": {"type": "integer"}, "then": {"minimum": 2}, "else": {"type": "string"}},
    {"unevaluatedProperties": False, "properties": {"a": {}}},
    {"unevaluatedProperties": False, "allOf": [{"properties": {"a": {}}}]},
    {"unevaluatedItems": False, "prefixItems": [True]},
    *({"format": kind} for kind in ("date", "date-time", "uuid", "email", "int32", "int64", "x")),
    True,
    False,
    {},
    {"properties": {"a": {"properties": {"a": {"required": ["b"]}}}}},
]
VALUES = [
    *(None, True, False, 0, 1, -1, 5, 2**31, 2**53 + 1, 2**63, 2**64, 10**30),
    *map(
        Decimal, ("1.0", "0.1", "0.10", "1.5", "1E+2", "1E+400", "-0.0", "0.30000000000000000001")
    ),
    *("", "a", "abc", "ä", "😀😀", "1", "true", "2024-02-29", "2024-02-29T10:00:00Z", "a@b", "a\n"),
    *("9f0b1e6e-0000-4000-8000-000000000000", "x" * 100, "a\u00a0", "\u0661"),
    *([], [1], [1, 1], [1, Decimal("1.0")], [1, True], [0, False], ["a", "b"], [[1], [1]], [None]),
    [{"a": 1}, {"a": Decimal("1.0")}],
    *({}, {"a": 1}, {"a": 1, "b": 2}, {"b": "x"}, {"x-1": 1}, {"a": None}, {"ä": 1}),
    {"a": {"a": {"a": 1}}},
]


@pytest.fixture
def bundle_of(
    schemas_of: Callable[..., tuple[Schemas, Callable[[str], Node]]],
) -> Callable[[object], Bundle]:
    schemas, at = schemas_of({})
    file = at("x").file
    return lambda schema: Schemas(schemas._documents, nullable=False).bundle(
        Node(schema, file), Direction.REPLY
    )


@pytest.mark.skipif(not FAST, reason="no exact jsonschema-rs")
@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_both_engines_give_the_same_verdict(
    bundle_of: Callable[[object], Bundle], schema: object
) -> None:
    """What jsonschema-rs lets pass, jsonschema must let pass; and the other way round."""
    bundle = bundle_of(schema)
    slow = Checker(bundle, fast=False)
    fast = exact_engine().Draft202012Validator(
        bundle.schema, formats={**FORMATS, **bundle.patterns}, validate_formats=True
    )
    different = [
        value for value in VALUES if fast.is_valid(value) != (slow.breaches(value, "body") == [])
    ]
    assert different == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("schema", "values", "message"),
    [
        ({"type": "integer"}, (Decimal("1.0"), Decimal("1.5")), "1.5 is not an integer"),
        ({"type": "integer"}, (1, True), "true is not an integer"),
        ({"multipleOf": CENT}, (Decimal("4.35"), Decimal("4.351")), "4.351 is not a multiple"),
        ({"maximum": CENT}, (CENT, CENT + Decimal("1E-25")), "0.0100000000000000000000001 is"),
        ({"format": "uuid"}, ("9f0b1e6e-0000-4000-8000-000000000000", "x"), "'x' is not a uuid"),
        ({"pattern": r"^\d+$"}, ("12", "\u0661"), "'\u0661' does not match ^\\d+$"),
        ({"enum": [Decimal("0.1")]}, (Decimal("0.10"), 1), "1 is none of 0.1"),
    ],
)
def test_each_engine_is_exact(
    bundle_of: Callable[[object], Bundle],
    engine: str,
    schema: object,
    values: tuple[object, object],
    message: str,
) -> None:
    checker = Checker(bundle_of(schema), fast=engine == RS)
    good, bad = values
    assert checker.breaches(good, "body") == []
    found = checker.breaches(bad, "body")
    assert [breach.path for breach in found] == ["body"]
    assert found[0].message.startswith(message)


def test_without_jsonschema_rs_jsonschema_does_it_all(
    bundle_of: Callable[[object], Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    checker = Checker(bundle_of({"type": "integer"}))
    assert [checker.breaches(value, "body") == [] for value in (1, "a")] == [True, False]


class _Validator:
    """An engine that compares as floats, or looks no deeper than so many levels."""

    def __init__(self, schema: object, **_: object) -> None:
        self._schema = schema

    def is_valid(self, value: object) -> bool:
        if value in ([1], ["a"]):
            raise ValueError("Recursion limit reached")
        return value != 1


def test_an_engine_that_is_not_exact_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = SimpleNamespace(Draft202012Validator=_Validator)
    monkeypatch.setitem(sys.modules, "jsonschema_rs", engine)
    assert exact_engine() is None


def test_what_an_engine_cannot_look_at_jsonschema_does(
    bundle_of: Callable[[object], Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shallow(_Validator):
        def is_valid(self, value: object) -> bool:
            return super().is_valid(value) and value != Decimal("1E+400")

    engine = SimpleNamespace(Draft202012Validator=Shallow)
    monkeypatch.setitem(sys.modules, "jsonschema_rs", engine)
    checker = Checker(bundle_of({"items": {"type": "integer"}}))
    assert checker.breaches([1], "body") == []
    assert checker.breaches(["a"], "body") == [
        Breach(path="body[0]", message="'a' is not an integer")
    ]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("schema", [{"type": "text"}, {"minLength": "x"}, {"required": "a"}])
def test_a_schema_that_is_none_is_refused(engine: str, schema: object) -> None:
    with pytest.raises(UnresolvedError, match="the schema is not valid"):
        Checker(Bundle(schema=schema, patterns={}), fast=engine == RS)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_nested_too_deeply_is_a_breach_and_no_crash(
    schemas_of: Callable[..., tuple[Schemas, Callable[[str], Node]]], engine: str
) -> None:
    schemas, at = schemas_of(
        {"Tree": {"type": "object", "properties": {"n": {"$ref": "#/schemas/Tree"}}}}
    )
    tree = 1
    for _ in range(900):
        tree = {"n": tree}
    found = Checker(schemas.bundle(at("Tree"), Direction.REPLY), fast=engine == RS).breaches(
        tree, "body"
    )
    assert found == [Breach(path="body", message="is nested too deeply to be checked")]


@pytest.mark.parametrize("engine", ENGINES)
def test_checks_are_made_once_and_a_broken_schema_is_a_breach(
    schemas_of: Callable[..., tuple[Schemas, Callable[[str], Node]]], engine: str
) -> None:
    schemas, at = schemas_of({"Ok": {"type": "string"}, "Broken": {"pattern": "("}})
    checks = Checks(schemas, fast=engine == RS)
    assert checks.breaches(at("Ok"), Direction.REPLY, "a", "body") == []
    assert checks.breaches(at("Ok"), Direction.REPLY, 1, "x")[0].path == "x"
    assert checks.breaches(at("Gone"), Direction.REPLY, 1, "x") == []
    for root in ("body", "headers.X"):
        (found,) = checks.breaches(at("Broken"), Direction.REPLY, "a", root)
        assert found.path == root
        assert found.message.startswith("cannot be checked by its description: the pattern '('")
