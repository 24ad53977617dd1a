"""A JSON Schema of 2020-12 is looked at as one flat mapping of keywords; nothing is checked here.

References are followed, ``allOf`` is merged, of alternatives one is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pytest_orchestra.errors import EvaluationError

MAX_CHAIN = 50
"""References and alternatives that may lead to each other at one place."""

Keywords = Mapping[str, Any]

_ALTERNATIVES = ("oneOf", "anyOf")
_LOWEST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_HIGHEST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})


class UnmakeableError(EvaluationError):
    """No value can be made; the text says why, on one line without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A schema within its document.

    Attributes:
        schema: as written.
        definitions: the ``$defs`` of the document, which references lead to.
        turn: which alternative is taken at each choice, from 0; more than there are begin anew.
    """

    schema: object
    definitions: Keywords = field(default_factory=dict)
    turn: int = 0

    @classmethod
    def of(cls, document: Keywords, turn: int = 0) -> Shape:
        """The whole of a document."""
        return cls(schema=document, definitions=document.get("$defs", {}), turn=turn)

    @property
    def keywords(self) -> Keywords:
        """What is said of the value, flat.

        Raises:
            UnmakeableError: no value is allowed, or references lead in a circle.
        """
        return self._flat(self.schema, 0)

    def at(self, schema: object) -> Shape:
        """A part of the schema, or what stands for a part that it does not know."""
        return Shape(schema=schema, definitions=self.definitions, turn=self.turn)

    def member(self, key: str | int) -> Shape:
        """What is said of a property or an item; anything goes where nothing is said."""
        keywords = self.keywords
        if isinstance(key, int):
            first = keywords.get("prefixItems", ())
            return self.at(first[key] if key < len(first) else keywords.get("items", True))
        known = keywords.get("properties", {})
        part = known.get(key, keywords.get("additionalProperties", True))
        shown = [x[key] for x in keywords.get("examples", ()) if isinstance(x, dict) and key in x]
        return self.at({"allOf": [part], "examples": shown} if shown else part)

    def _flat(self, schema: object, depth: int) -> Keywords:
        if schema is False:
            raise UnmakeableError("the description allows no value")
        if depth > MAX_CHAIN:
            raise UnmakeableError("the description refers to itself without an end")
        if not isinstance(schema, Mapping):
            return {}
        own = {key: value for key, value in schema.items() if key not in _GROUPS}
        if isinstance(reference := schema.get("$ref"), str):
            target = self.definitions.get(reference.removeprefix("#/$defs/"), True)
            own = _merged(self._flat(target, depth + 1), own)
        for part in schema.get("allOf", ()):
            own = _merged(self._flat(part, depth + 1), own)
        for keyword in _ALTERNATIVES:
            if options := _without_null(schema.get(keyword, ())):
                chosen = options[self.turn % len(options)]
                own = _merged(own, self._flat(chosen, depth + 1))
        return own


_GROUPS = frozenset({"$ref", "$defs", "allOf", *_ALTERNATIVES})


def kind_of(keywords: Keywords) -> str:
    """The type of value that is made: the one that is named, else the one that keywords are of."""
    written = keywords.get("type")
    kinds = [each for each in (written if isinstance(written, list) else [written]) if each]
    named = [each for each in kinds if each != "null"]
    if named or kinds:
        return str((named or kinds)[0])
    for kind, words in _OF_KIND.items():
        if not words.isdisjoint(keywords):
            return kind
    return "string"


_OF_KIND = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems"}),
    "number": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
}


def _without_null(options: object) -> list[object]:
    found = cast("list[object]", options) if isinstance(options, list) else []
    named = [each for each in found if each != {"type": "null"}]
    return named or found


def _merged(one: Keywords, other: Keywords) -> dict[str, Any]:
    """Both together: the narrower limit, all properties, what both allow."""
    merged = dict(one)
    for key, value in other.items():
        merged[key] = _both(key, merged[key], value) if key in merged else value
    return merged


def _both(key: str, one: Any, other: Any) -> Any:  # noqa: ANN401 - a keyword may hold anything
    if one == other:
        return one
    if key in _LOWEST:
        return min(one, other)
    if key in _HIGHEST:
        return max(one, other)
    joined = _JOINED.get(key)
    return joined(one, other) if joined is not None else other


def _types(one: Any, other: Any) -> Any:  # noqa: ANN401 - the same
    first, second = ([each] if isinstance(each, str) else each for each in (one, other))
    both = [each for each in first if each in second]
    if "integer" in (*first, *second) and "number" in (*first, *second):
        both = [*(each for each in both if each != "number"), "integer"]
    return both or other


_JOINED: Mapping[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "enum": lambda one, other: [each for each in one if each in other],
    "required": lambda one, other: [*dict.fromkeys((*one, *other))],
    "properties": lambda one, other: {
        **one,
        **{
            key: {"allOf": [one[key], value]} if key in one else value
            for key, value in other.items()
        },
    },
}
