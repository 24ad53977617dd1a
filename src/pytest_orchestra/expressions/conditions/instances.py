"""FEEL's ``instance of`` (DMN 1.4, 10.3.2.9, 10.3.2.13)."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.tree import Type
from pytest_orchestra.expressions.conditions.values import Interval, Opaque, Value, kind_of


def is_instance(value: Value, wanted: Type) -> bool:
    """Whether a value is of a type.

    Raises:
        Refused: engines disagree about it.
    """
    if value is None:
        if wanted.name in ("Any", "Null"):
            raise Refused("null instance of Any or Null")
        return False
    if isinstance(value, Opaque) and wanted.name == "function":
        raise Refused("a function is tested for its type")
    match wanted.name:
        case "Any" | "Null" | "function":
            return wanted.name == "Any"
        case "list":
            return isinstance(value, tuple) and all(_item_is(each, wanted.parts) for each in value)
        case "range":
            return isinstance(value, Interval) and _range_is(value, wanted.parts)
        case "context":
            return isinstance(value, Mapping) and _context_is(value, wanted)
    return kind_of(value) == wanted.name


def _item_is(item: Value, parts: tuple[Type, ...]) -> bool:
    if len(parts) != 1:
        raise Refused("a list has one type of items")
    if item is None:
        raise Refused("a list with null is tested for the type of its items")
    return is_instance(item, parts[0])


def _range_is(value: Interval, parts: tuple[Type, ...]) -> bool:
    if len(parts) != 1 or None in (value.start, value.end):
        raise Refused("a range without an end is tested for its type")
    return is_instance(value.start, parts[0]) and is_instance(value.end, parts[0])


def _context_is(value: Mapping[str, Value], wanted: Type) -> bool:
    """Whether the context has the type's entries; it may have others, and null for them."""
    for key, part in zip(wanted.keys, wanted.parts, strict=True):
        if key not in value:
            return False
        if value[key] is not None and not is_instance(value[key], part):
            return False
    return True
