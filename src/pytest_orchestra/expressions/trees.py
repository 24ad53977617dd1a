"""What can be read off an expression's tree: the names it needs, and its parts as text."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from pytest_orchestra.expressions.catalogue import FUNCTIONS
from pytest_orchestra.expressions.writing import text_of_tree

NamePath = tuple[str, ...]

_FUNCTIONS = frozenset(each.name for each in FUNCTIONS)
_LENIENT_FILTERS = frozenset(("default",))
_LENIENT_TESTS = frozenset(("defined", "undefined"))


def name_paths(tree: nodes.Expr) -> dict[NamePath, bool]:
    """The names that a tree reads, each with whether it may be absent, in order."""
    found: dict[NamePath, bool] = {}
    lenient = {
        path
        for node in (tree, *tree.find_all((nodes.Filter, nodes.Test)))
        if _is_lenient(node) and (path := path_of(node.node)) is not None  # type: ignore[attr-defined]  # filters and tests have one
    }
    for path in _paths(tree):
        found[path] = any(path[: len(each)] == each for each in lenient)
    return found


def parts(tree: nodes.Expr) -> tuple[str, ...]:
    """What a failed rule shows: the sides of its comparisons and the names it reads, as text."""
    sides: dict[str, None] = {}
    for node in _judged(tree):
        for side in _sides(node):
            if not isinstance(side, nodes.Literal):
                sides[text_of_tree(side)] = None
    return tuple(sides)


def _is_lenient(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name in _LENIENT_FILTERS
    return isinstance(node, nodes.Test) and node.name in _LENIENT_TESTS


def path_of(node: nodes.Node | None) -> NamePath | None:
    """The whole of a tree as a path of fixed keys, ``data.items`` or ``data['a b']``, if it is."""
    match node:
        case nodes.Name(name=name) if name != "null":
            return (name,)
        case nodes.Getattr(node=inner, attr=str() as key):
            outer = path_of(inner)
        case nodes.Getitem(node=inner, arg=nodes.Const(value=str() as key)):
            outer = path_of(inner)
        case _:
            return None
    return (*outer, key) if outer is not None else None


def _paths(node: nodes.Node) -> Iterator[NamePath]:
    path = path_of(node)
    if path is not None:
        yield path
        return
    for child in node.iter_child_nodes():
        is_callee = isinstance(node, nodes.Call) and child is node.node
        if not is_callee:
            yield from _paths(child)


def _judged(node: nodes.Node) -> Iterator[nodes.Node]:
    """The conditions that ``and``, ``or`` and ``not`` put together."""
    match node:
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            yield from _judged(left)
            yield from _judged(right)
        case nodes.Not(node=inner):
            yield from _judged(inner)
        case _:
            yield node


def _sides(node: nodes.Node) -> Iterator[nodes.Node]:
    """The sides of a comparison, and the names inside of them."""
    if isinstance(node, nodes.Compare):
        whole = (node.expr, *(each.expr for each in node.ops))
    else:
        whole = (node,) if isinstance(node, nodes.Call | nodes.Filter) else ()
    yield from whole
    for inner in whole or (node,):
        yield from _path_nodes(inner)


def _path_nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    if path_of(node) is not None or isinstance(node, nodes.Getitem):
        yield node
        return
    for child in node.iter_child_nodes():
        if not (isinstance(node, nodes.Call) and child is node.node):
            yield from _path_nodes(child)
