"""Values at the limits of their schema: all of them are allowed by the keyword that they test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from pytest_orchestra.data.making.patterns import MAX_LENGTH, UNBOUNDED, lengths_of, matching_text
from pytest_orchestra.data.making.shapes import Keywords, Shape, UnmakeableError, kind_of
from pytest_orchestra.data.making.values import (
    ValueMaker,
    lengthened,
    number_limits,
    plain_number,
    text_lengths,
)
from pytest_orchestra.data.making.variants import MAX_ITEMS, Change, Variant, variants


def boundaries(maker: ValueMaker, shape: Shape, value: object, name: str = "") -> Iterator[Variant]:
    """The value at each limit of its schema, at every place within; not checked.

    Args:
        maker: makes what is added to a value.
        shape: the schema.
        value: one that it allows.
        name: what the value is called.
    """

    def find(part: Shape, inner: object, called: str) -> Iterator[Change]:
        keywords = part.keywords
        if "const" in keywords or "enum" in keywords:
            return
        kind = kind_of(keywords)
        if kind in {"integer", "number"}:
            yield from _numbers(keywords, kind)
        elif kind == "string":
            yield from _texts(maker, keywords, inner)
        elif kind == "array":
            yield from _lists(maker, part, inner, called)
        if _allows_null(keywords) and inner is not None:
            yield Change("null", None)

    yield from variants(shape, value, name, find)


def _allows_null(keywords: Keywords) -> bool:
    return isinstance(keywords.get("type"), list) and "null" in keywords["type"]


def _numbers(keywords: Keywords, kind: str) -> Iterator[Change]:
    for label, limit in zip(("min", "max"), number_limits(keywords, kind), strict=True):
        if limit is not None:
            yield Change(label, plain_number(limit))


def _texts(maker: ValueMaker, keywords: Keywords, value: object) -> Iterator[Change]:
    least, most = text_lengths(keywords)
    for label, length in (("shortest", least), ("longest", most)):
        is_said = length < UNBOUNDED and ("minLength", "maxLength")[label == "longest"] in keywords
        if pattern := keywords.get("pattern"):
            with suppress(UnmakeableError):
                made = _extreme(maker, pattern, least, most, is_long=label == "longest")
                yield Change(label, made)
        elif is_said and length <= MAX_LENGTH and "format" not in keywords:
            yield Change(label, lengthened(str(value), length, length))


def _extreme(maker: ValueMaker, pattern: str, least: int, most: int, *, is_long: bool) -> str:
    """The shortest text of a pattern, or the longest where there is one."""
    first, last = lengths_of(pattern)
    length = min(last, most) if is_long else max(first, least)
    if length > MAX_LENGTH:
        raise UnmakeableError("the pattern has no longest text")
    return matching_text(pattern, maker.random, least=length, most=length)


def _lists(maker: ValueMaker, shape: Shape, value: object, name: str) -> Iterator[Change]:
    keywords = shape.keywords
    items = value if isinstance(value, list) else []
    for label, key in (("fewest", "minItems"), ("most", "maxItems")):
        if key in keywords and (number := int(keywords[key])) <= MAX_ITEMS:
            more = [maker.make(shape.member(n), name) for n in range(len(items), number)]
            yield Change(label, [*items, *more][:number])
