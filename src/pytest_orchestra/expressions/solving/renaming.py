"""Names of a condition become other names or values; those that it gives itself stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, cast, get_args

from pytest_orchestra.expressions.conditions.tree import (
    ContextOf,
    Filter,
    For,
    Lambda,
    Loop,
    Name,
    Quantified,
    Tree,
)

_PARTS = (*get_args(Tree), Loop)
_Part = TypeVar("_Part", bound="Tree | Loop")


def replace_names(tree: Tree, by: Mapping[str, Tree]) -> Tree:
    """Put other trees in the place of names.

    Args:
        tree: it is not changed.
        by: what stands for a name (the first part of a path) from now on; it must not read a
            name that a loop, context or function around the replaced one gives.

    Returns:
        ``tree`` itself where it reads none of the names. Names in the test of a filter stay, for
        they may be keys of its items.
    """
    return cast("Tree", _replaced(tree, by)) if by else tree


def _replaced(tree: Tree | Loop, by: Mapping[str, Tree]) -> Tree | Loop:
    match tree:
        case Name():
            return by.get(tree.name, tree)
        case Filter():
            return replace(tree, of=replace_names(tree.of, by))
        case ContextOf() | Lambda() | Quantified() | For():
            return _scoped(tree, by)
    return _rebuilt(tree, by)


def _scoped(
    tree: ContextOf | Lambda | Quantified | For, by: Mapping[str, Tree]
) -> ContextOf | Lambda | Quantified | For:
    match tree:
        case ContextOf():
            return replace(tree, items=_entries(tree, by))
        case Lambda():
            return replace(tree, result=replace_names(tree.result, _without(by, *tree.parameters)))
        case Quantified():
            loops, by = _loops(tree.loops, by)
            return replace(tree, loops=loops, test=replace_names(tree.test, by))
        case For():
            loops, by = _loops(tree.loops, by)
            return replace(tree, loops=loops, result=replace_names(tree.result, by))


def _rebuilt(tree: _Part, by: Mapping[str, Tree]) -> _Part:
    changed: dict[str, Any] = {}
    for field in fields(tree):
        value = getattr(tree, field.name)
        new = _part(value, by)
        if new is not value:
            changed[field.name] = new
    return replace(tree, **changed) if changed else tree


def _part(value: Any, by: Mapping[str, Tree]) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, _PARTS):
        return _replaced(cast("Tree | Loop", value), by)
    if not isinstance(value, tuple):
        return value
    new = tuple(_part(each, by) for each in value)
    return value if all(one is other for one, other in zip(new, value, strict=True)) else new


def _entries(tree: ContextOf, by: Mapping[str, Tree]) -> tuple[Tree, ...]:
    """The items of a context, each of which sees the keys before it."""
    items: list[Tree] = []
    for key, item in zip(tree.keys, tree.items, strict=True):
        items.append(replace_names(item, by))
        by = _without(by, key)
    return tuple(items)


def _loops(
    loops: tuple[Loop, ...], by: Mapping[str, Tree]
) -> tuple[tuple[Loop, ...], Mapping[str, Tree]]:
    """The loops, each of which sees the names of those before it, and what stays for the rest."""
    found: list[Loop] = []
    for loop in loops:
        found.append(_rebuilt(loop, by))
        by = _without(by, loop.name)
    return tuple(found), by


def _without(by: Mapping[str, Tree], *names: str) -> Mapping[str, Tree]:
    return {name: tree for name, tree in by.items() if name not in names}
