"""Schema Objects of OpenAPI 3.0 and 3.1 become self-contained JSON Schemas of 2020-12.

References become ``$defs``, annotations go, patterns become formats; values are not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pytest_orchestra.documents.schemas.dialects import DIALECTS, OLDER, Direction, modern
from pytest_orchestra.documents.schemas.formats import BOUNDS, FORMATS, Fits, ecma, pattern
from pytest_orchestra.documents.schemas.references import Documents, Node, UnresolvedError

PATTERN = "pattern:"
"""How the name of a format begins that stands for a pattern."""

_ONE = frozenset(
    {"additionalProperties", "items", "not", "if", "then", "else", "contains", "propertyNames"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
_MANY = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
_PLAIN = frozenset(
    {"type", "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum"}
    | {"exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"}
    | {"minContains", "maxContains", "minProperties", "maxProperties", "dependentRequired"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A JSON Schema with all that it refers to, and the formats that its patterns became."""

    schema: Mapping[str, object]
    patterns: Mapping[str, Fits]


@dataclass(slots=True)
class _Definition:
    """A translated schema, the keys of what it refers to, and its patterns."""

    schema: dict[str, object] | bool = False
    targets: dict[str, Node] = field(default_factory=dict)
    patterns: dict[str, Fits] = field(default_factory=dict)


class Schemas:
    """The schemas of one description, each translated once for each direction.

    Args:
        documents: its files.
        nullable: whether they are of OpenAPI 3.0, an own dialect, not of 3.1, JSON Schema.
        annotated: whether to keep what only makers of values read: examples, defaults, every
            format, and patterns as such. These are not for checking.
    """

    def __init__(self, documents: Documents, *, nullable: bool, annotated: bool = False) -> None:
        self._documents = documents
        self._nullable = nullable
        self._annotated = annotated
        self._known: dict[tuple[int, Direction], _Definition] = {}
        self._types: dict[int, frozenset[str]] = {}

    def bundle(self, node: Node, direction: Direction) -> Bundle:
        """Give the schema at ``node`` with everything that it refers to.

        Raises:
            UnresolvedError: it is no schema that can be checked; the text says why.
        """
        top = self._definition(node, direction)
        found: dict[str, _Definition] = {}
        waiting = dict(top.targets)
        while waiting:
            name, target = waiting.popitem()
            found[name] = self._definition(target, direction)
            waiting.update({k: v for k, v in found[name].targets.items() if k not in found})
        schema: dict[str, object] = {"allOf": [top.schema]} if top.schema in (True, False) else {}
        schema |= top.schema if isinstance(top.schema, dict) else {}
        if found:
            schema["$defs"] = {name: definition.schema for name, definition in found.items()}
        patterns = dict(top.patterns)
        for definition in found.values():
            patterns |= definition.patterns
        return Bundle(schema=schema, patterns=patterns)

    def types(self, node: Node) -> frozenset[str]:
        """Give the types that a value may have, as far as the schema names them."""
        key = id(node.value)
        if key not in self._types:
            self._types[key] = frozenset(self._types_of(node))
        return self._types[key]

    def follow(self, node: Node) -> Node:
        """Give the schema itself where ``node`` only refers to it."""
        return self._documents.follow(node)

    def _types_of(self, node: Node) -> Iterator[str]:
        waiting = [node]
        seen: set[int] = set()
        while waiting:
            schema = self._documents.follow(waiting.pop())
            if id(schema.value) not in seen:
                seen.add(id(schema.value))
                kinds = schema.get("type").value
                yield from map(str, kinds if isinstance(kinds, list) else [kinds] if kinds else [])
                for keyword in ("allOf", "anyOf", "oneOf"):
                    waiting += schema.get(keyword).parts()

    def _definition(self, node: Node, direction: Direction) -> _Definition:
        key = (id(node.value), direction)
        if key not in self._known:
            definition = _Definition()
            definition.schema = self._translate(node, direction, definition, frozenset())
            self._known[key] = definition
        return self._known[key]

    def _translate(
        self, node: Node, direction: Direction, into: _Definition, unneeded: frozenset[str]
    ) -> dict[str, object] | bool:
        """Translate one schema; ``unneeded``: names that an ``allOf`` around it does not need."""
        if isinstance(node.value, bool):
            return node.value
        node = Node(modern(node.value), node.file)
        result = self._reference(node, into)
        if result and self._nullable:
            return result
        unneeded |= self._unneeded(node, direction)
        for key, part in node.items():
            if key in _PLAIN:
                result[key] = part.value
            elif key in _ONE:
                result[key] = self._translate(part, direction, into, frozenset())
            elif key in _MANY:
                inner = unneeded if key == "allOf" else frozenset[str]()
                result[key] = [self._translate(x, direction, into, inner) for x in part.parts()]
            elif key in _NAMED:
                result[key] = {
                    (_readable(name) if key == "patternProperties" else name): self._translate(
                        inner_part, direction, into, frozenset()
                    )
                    for name, inner_part in part.items()
                }
        self._required(node, result, unneeded)
        self._texts(node, result, into)
        return self._dialect(node, result)

    def _reference(self, node: Node, into: _Definition) -> dict[str, object]:
        if not isinstance(node.value, dict):
            message = f"a schema is a mapping, not {node.value!r}"
            raise UnresolvedError(message)
        written = node.get("$ref").value or node.get("$dynamicRef").value
        if not isinstance(written, str):
            return {}
        target = self._documents.resolve(written, node.file)
        self._documents.follow(target)
        name = f"d{id(target.value)}"
        into.targets[name] = target
        return {"$ref": f"#/$defs/{name}"}

    def _unneeded(self, node: Node, direction: Direction) -> frozenset[str]:
        """Give the properties that do not go this way, of a schema and of its ``allOf``."""
        schemas = [node, *map(self._documents.follow, node.get("allOf").parts())]
        return frozenset(
            name
            for schema in schemas
            for name, part in schema.get("properties").items()
            if part.get(direction.value).value is True
            or self._documents.follow(part).get(direction.value).value is True
        )

    @staticmethod
    def _required(node: Node, result: dict[str, object], unneeded: frozenset[str]) -> None:
        names = node.get("required").value
        if isinstance(names, list):
            result["required"] = [name for name in names if name not in unneeded]

    def _texts(self, node: Node, result: dict[str, object], into: _Definition) -> None:
        """Add what is said of texts by ``format`` and ``pattern``, and of numbers by ``format``."""
        if self._annotated:
            result |= _annotations(node)
            return
        kind = node.get("format").value
        if isinstance(kind, str) and kind in FORMATS:
            result["format"] = kind
        elif isinstance(kind, str) and kind in BOUNDS:
            result["allOf"] = [*_listed(result, "allOf"), BOUNDS[kind]]
        written = node.get("pattern").value
        if isinstance(written, str):
            into.patterns[PATTERN + written] = _compiled(written)
            more = {"format": PATTERN + written}
            result |= {"allOf": [*_listed(result, "allOf"), more]} if "format" in result else more

    def _dialect(self, node: Node, result: dict[str, object]) -> dict[str, object]:
        if self._nullable:
            _bounds(result)
            return _with_null(result) if node.get("nullable").value is True else result
        dialect = node.get("$schema").value
        if isinstance(dialect, str) and not _is_read(dialect):
            message = f"a schema is written in {dialect}, which is not read"
            raise UnresolvedError(message)
        return result


def _annotations(node: Node) -> dict[str, object]:
    """What helps to make a value, by the names of JSON Schema; a Media Type has it too."""
    kept = {
        key: node.get(key).value
        for key in ("default", "format", "pattern")
        if key in _keys(node) and not isinstance(node.get(key).value, dict | list)
    }
    examples = [each.value for each in node.get("examples").parts()]
    if "example" in _keys(node):
        examples.append(node.get("example").value)
    bounds = BOUNDS.get(str(kept.get("format")), {})
    return {**kept, **({"examples": examples} if examples else {}), **_narrowed(node, bounds)}


def _narrowed(node: Node, bounds: Mapping[str, int]) -> dict[str, object]:
    """The bounds of a format of integers, where the schema has no narrower ones."""
    return {key: bound for key, bound in bounds.items() if key not in _keys(node)}


def _keys(node: Node) -> Collection[str]:
    return node.value if isinstance(node.value, dict) else ()


def _is_read(dialect: str) -> bool:
    return bool(DIALECTS.fullmatch(dialect) or OLDER.fullmatch(dialect))


def _listed(schema: Mapping[str, object], keyword: str) -> list[object]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def _bounds(schema: dict[str, object]) -> None:
    """Spell exclusive bounds as numbers, which are booleans in OpenAPI 3.0."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(is_exclusive := schema.get(exclusive), bool):
            del schema[exclusive]
            if is_exclusive and bound in schema:
                schema[exclusive] = schema.pop(bound)


def _with_null(schema: dict[str, object]) -> dict[str, object]:
    """Let null in (OpenAPI 3.0.3, 4.7.24.1), also where an ``enum`` or no type is given."""
    if "type" not in schema or not schema.keys().isdisjoint({"allOf", "anyOf", "oneOf", "not"}):
        return {"anyOf": [{"type": "null"}, schema]}
    result = {**schema, "type": [schema["type"], "null"]}
    if values := _listed(schema, "enum"):
        result["enum"] = [*values, None]
    return result


def _compiled(written: str) -> Fits:
    try:
        return pattern(written)
    except re.error as error:
        message = f"the pattern {written!r} cannot be read: {error}"
        raise UnresolvedError(message) from error


def _readable(written: str) -> str:
    """Spell a pattern of names for both engines, which read it themselves."""
    _compiled(written)
    return ecma(written)
