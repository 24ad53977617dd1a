"""What JUEL can call: ``empty``, methods of Java's strings and collections, ``vars:equals``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from pytest_orchestra.expressions.conditions.comparison import equal
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.values import Value, kind_of


def _empty(value: Value) -> Value:
    return value is None or (isinstance(value, str | tuple | Mapping) and not value)


def _same(one: Value, other: Value) -> Value:
    """Flowable's ``vars:equals``: null is equal to null, numbers by value."""
    if one is None or other is None:
        return one is other
    if kind_of(one) != kind_of(other):
        raise Refused(f"a {kind_of(one)} is compared with a {kind_of(other)}")
    return equal(one, other)


def _equals(one: Value, other: Value) -> Value:
    """Java's ``equals``; of numbers their types decide, which are not known."""
    if not isinstance(one, str | bool):
        raise Refused(f"'equals' of a {kind_of(one)}", "Write ==.")
    return kind_of(one) == kind_of(other) and one == other


def _equals_ignoring_case(one: Value, other: Value) -> Value:
    return other is not None and _text(one).lower() == _text(other).lower()


def _contains(one: Value, other: Value) -> Value:
    if isinstance(one, tuple):
        return any(_equals(each, other) for each in one)
    return _text(other) in _text(one)


def _size(value: Value) -> int:
    if not isinstance(value, tuple | Mapping):
        raise Refused(f"'size' of a {kind_of(value)}")
    return len(value)


def _is_empty(value: Value) -> Value:
    return not value if isinstance(value, str) else not _size(value)


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise Refused(f"a method of texts with a {kind_of(value)}")
    return value


CALLS: Mapping[str, Callable[..., Value]] = {
    "empty": _empty,
    "equals": _same,
    ".equals": _equals,
    ".equalsIgnoreCase": _equals_ignoring_case,
    ".contains": _contains,
    ".startsWith": lambda one, other: _text(one).startswith(_text(other)),
    ".endsWith": lambda one, other: _text(one).endswith(_text(other)),
    ".isEmpty": _is_empty,
    ".length": lambda value: Decimal(len(_text(value))),
    ".size": lambda value: Decimal(_size(value)),
    ".toLowerCase": lambda value: _text(value).lower(),
    ".toUpperCase": lambda value: _text(value).upper(),
}
"""By name as in the tree; a method's begins with a dot and takes its object first."""
