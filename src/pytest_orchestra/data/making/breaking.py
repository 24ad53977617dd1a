"""Values that break one rule of their schema, as far as the rule can be broken alone.

They are proposals: what a value breaks is found by checking it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal

from pytest_orchestra.data.making.formats import misformatted_text
from pytest_orchestra.data.making.patterns import MAX_LENGTH, matching_text
from pytest_orchestra.data.making.shapes import Keywords, Shape, UnmakeableError, kind_of
from pytest_orchestra.data.making.values import ValueMaker, plain_number, step_of
from pytest_orchestra.data.making.variants import MAX_ITEMS, Change, Variant, variants

_OF_OTHER_TYPES = {
    "string": 1,
    "integer": "one",
    "number": "one",
    "boolean": "maybe",
    "array": "none",
    "object": "none",
}
_STRANGE = ("?", "-", "!", " ", "Ä", "x", "0", "")
"""What may be put into a text so that a pattern does not match it any more."""


def breaches(maker: ValueMaker, shape: Shape, value: object, name: str = "") -> Iterator[Variant]:
    """The value with one rule of its schema broken, at every place within; not checked.

    Args:
        maker: makes what is added to a value.
        shape: the schema.
        value: one that it allows.
        name: what the value is called.
    """

    def find(part: Shape, inner: object, called: str) -> Iterator[Change]:
        keywords = part.keywords
        yield from _choices(keywords)
        kind = kind_of(keywords)
        if kind in {"integer", "number"}:
            yield from _numbers(keywords, kind, inner)
        elif kind == "string":
            yield from _texts(maker, keywords, inner)
        elif kind == "array" and isinstance(inner, list):
            yield from _lists(maker, part, inner, called)
        elif kind == "object" and isinstance(inner, Mapping):
            yield from _objects(keywords, inner)
        if "type" in keywords and not {"const", "enum"} & keywords.keys():
            yield Change(f"no-{kind}", _OF_OTHER_TYPES.get(kind), "type")
            yield Change("null", None, "type")

    yield from variants(shape, value, name, find)


def _choices(keywords: Keywords) -> Iterator[Change]:
    for rule, allowed in (("const", [keywords.get("const")]), ("enum", keywords.get("enum"))):
        if rule in keywords:
            label = "another-value" if rule == "const" else "unlisted"
            yield Change(label, _beside(allowed or []), rule)


def _beside(allowed: list[object]) -> object:
    """A value of the kind of those, and none of them."""
    first = allowed[0] if allowed else ""
    if isinstance(first, bool):
        return not first
    if isinstance(first, int | Decimal):
        numbers = [each for each in allowed if isinstance(each, int | Decimal)]
        return plain_number(Decimal(max(numbers)) + 1)
    return "unlisted"


def _numbers(keywords: Keywords, kind: str, value: object) -> Iterator[Change]:
    step = step_of(keywords, kind)
    for rule, label, by in (
        ("minimum", "below-minimum", -step),
        ("exclusiveMinimum", "at-exclusive-minimum", 0 * step),
        ("maximum", "above-maximum", step),
        ("exclusiveMaximum", "at-exclusive-maximum", 0 * step),
    ):
        if rule in keywords:
            yield Change(label, plain_number(Decimal(str(keywords[rule])) + by), rule)
    if "multipleOf" in keywords and isinstance(value, int | Decimal):
        part = Decimal(1) if kind == "integer" else step / 2
        yield Change("no-multiple", plain_number(Decimal(value) + part), "multipleOf")


def _texts(maker: ValueMaker, keywords: Keywords, value: object) -> Iterator[Change]:
    text = str(value)
    for rule, label, by in (
        ("minLength", "too-short", -1),
        ("maxLength", "too-long", 1),
    ):
        length = int(keywords.get(rule, 0)) + by
        if rule in keywords and 0 <= length <= MAX_LENGTH:
            yield Change(label, _of_length(maker, keywords, text, length), rule)
    if "pattern" in keywords:
        for strange in _STRANGE:
            for new in (text + strange, strange + text[1:], text[:-1] + strange, strange):
                yield Change("unmatched", new, "pattern")
    wrong = misformatted_text(keywords.get("format", ""))
    if wrong is not None:
        yield Change(f"no-{keywords['format']}", wrong, "format")


def _of_length(maker: ValueMaker, keywords: Keywords, text: str, length: int) -> str:
    """A text of a length that a pattern still matches, if it has one."""
    if "pattern" in keywords:
        with suppress(UnmakeableError):
            return matching_text(keywords["pattern"], maker.random, least=length, most=length)
    return (text + "x" * length)[:length]


def _lists(maker: ValueMaker, shape: Shape, items: list[object], name: str) -> Iterator[Change]:
    keywords = shape.keywords
    least, most = int(keywords.get("minItems", 0)), int(keywords.get("maxItems", MAX_ITEMS))
    if least:
        yield Change("too-few", items[: least - 1], "minItems")
    if most < MAX_ITEMS:
        more = [maker.make(shape.member(n), name) for n in range(len(items), most + 1)]
        yield Change("too-many", [*items, *more], "maxItems")
    if keywords.get("uniqueItems") is True and items:
        yield Change("item-twice", [*items, items[-1]], "uniqueItems")


def _objects(keywords: Keywords, entries: Mapping[str, object]) -> Iterator[Change]:
    for key in keywords.get("required", ()):
        without = {name: value for name, value in entries.items() if name != key}
        yield Change(f"without-{key}", without, "required")
    if keywords.get("additionalProperties") is False:
        known = {**entries, "unknown": "unknown"}
        yield Change("with-unknown", known, "additionalProperties")
    if "unevaluatedProperties" in keywords and keywords["unevaluatedProperties"] is False:
        known = {**entries, "unknown": "unknown"}
        yield Change("with-unknown", known, "unevaluatedProperties")
