"""What a model is told: names, types, limits and conditions; no value of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from json import dumps
from typing import Any

from pytest_orchestra.ai.client import Message

MAX_PROMPT = 60_000
"""Characters of what one model is told."""

TOLD = frozenset(
    (
        *("type", "format", "nullable", "minimum", "maximum", "exclusiveMinimum"),
        *("exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "enum", "const"),
        *("minItems", "maxItems", "uniqueItems", "required"),
    )
)
"""Keywords of a schema that are told; examples and defaults may be somebody's data and are not."""

_TASK = """\
You propose test data for a business process. Answer with one JSON object and nothing else:
{"sets": [{"scenario": KEY, "name": NAME, "values": {FIELD: VALUE, ...}}, ...]}
Give one set for each scenario listed, under its key. "name" is short, in lower case, with hyphens.
"values" has a value for every field: "a.b" is the key b of an object a, "a[0]" the first item of a
list a; write objects and lists. Every condition of the scenario must be as it says. Make values
realistic and invented: no real person, company, address, card or account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A scenario that data is wanted for.

    Attributes:
        scenario: its key.
        conditions: what its way asks of data, as people read it.
        fields: places of values, ``customer.name``, with the keywords of their schema.
    """

    scenario: str
    conditions: Sequence[str]
    fields: Mapping[str, Mapping[str, Any]]


def messages_for(wishes: Sequence[Wish]) -> tuple[Message, ...]:
    """What a model is told to get a set for each wish."""
    asked = [
        {
            "scenario": wish.scenario,
            "conditions": list(wish.conditions),
            "fields": {name: told(keywords) for name, keywords in wish.fields.items()},
        }
        for wish in wishes
    ]
    text = dumps({"scenarios": asked}, ensure_ascii=False, default=_number)
    return Message("system", _TASK), Message("user", text)


def _number(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


def told(keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """The keywords of a schema that a model is told, deep down too."""
    found = {key: value for key, value in keywords.items() if key in TOLD}
    if isinstance(keywords.get("items"), Mapping):
        found["items"] = told(keywords["items"])
    properties = keywords.get("properties")
    if isinstance(properties, Mapping):
        found["properties"] = {
            name: told(each) for name, each in properties.items() if isinstance(each, Mapping)
        }
    return found
