"""The typed tree of a condition, whichever language it was written in.

Names are those of the FEEL grammar (DMN 1.4, 10.3.1.2). Nothing here is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias, cast, get_args

from pytest_orchestra.expressions.conditions.values import Kind, Scalar, kind_of

ArithmeticOperator = Literal["+", "-", "*", "/", "**", "%"]
ComparisonOperator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A literal; its kind keeps ``true`` and ``1`` apart, which Python holds for equal."""

    kind: Kind
    value: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """The value of a name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """``of.key``: an entry of a context, of each context in a list, or a property of a date."""

    of: Tree
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """``of[test]``: the items for which ``test`` is true, or the one at that position."""

    of: Tree
    test: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    """``-of``."""

    of: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """``left operator right``; ``%`` is JUEL's remainder."""

    operator: ArithmeticOperator
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``left operator right``."""

    operator: ComparisonOperator
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of them, in three-valued logic."""

    operands: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """One of them, in three-valued logic."""

    operands: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The opposite; of what is no boolean null."""

    of: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """``of between low and high``, both included."""

    of: Tree
    low: Tree
    high: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """``of in (tests)``: it passes one of them."""

    of: Tree
    tests: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """``[start..end]``, or with round brackets without its ends."""

    start: Tree
    end: Tree
    has_start: bool
    has_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A unary test, ``< 10``."""

    operator: ComparisonOperator
    limit: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """A list as written."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextOf:
    """A context as written; an entry sees those before it."""

    keys: tuple[str, ...]
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """``if test then then else otherwise``."""

    test: Tree
    then: Tree
    otherwise: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """``name in domain``, or ``name in domain..last``."""

    name: str
    domain: Tree
    last: Tree | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantified:
    """``some`` (or ``every``) of the loops' items satisfies the test."""

    kind: Literal["some", "every"]
    loops: tuple[Loop, ...]
    test: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """``for loops return result``: a list."""

    loops: tuple[Loop, ...]
    result: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type's name; ``list`` and ``range`` with their item's, ``context`` with its keys' types."""

    name: str
    keys: tuple[str, ...] = ()
    parts: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceOf:
    """``of instance of type``."""

    of: Tree
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A built-in function with its arguments in order; ``.equals`` is a method of JUEL's."""

    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lambda:
    """A function of one's own, ``function(parameters) result``; it is never called."""

    parameters: tuple[str, ...]
    result: Tree


Tree: TypeAlias = (
    Constant
    | Name
    | Member
    | Filter
    | Negative
    | Arithmetic
    | Comparison
    | And
    | Or
    | Not
    | Between
    | In
    | Range
    | Bound
    | ListOf
    | ContextOf
    | If
    | Quantified
    | For
    | InstanceOf
    | Call
    | Lambda
)

NamePath: TypeAlias = tuple[str, ...]

_PARTS = (*get_args(Tree), Loop)


def constant(value: Scalar) -> Constant:
    """The literal of a value."""
    return Constant(kind=kind_of(value), value=value)


def children(tree: Tree | Loop) -> Iterator[Tree | Loop]:
    """The parts of a tree, in the order of its text."""
    for field in fields(tree):
        value = getattr(tree, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, _PARTS):
                yield cast("Tree | Loop", part)


def depth(tree: Tree) -> int:
    """How many levels lie in each other; without recursion, for a tree may be too deep for it."""
    level: list[Tree | Loop] = [tree]
    count = 0
    while level:
        level = [part for each in level for part in children(each)]
        count += 1
    return count


def free_names(tree: Tree) -> tuple[NamePath, ...]:
    """The names that a tree reads, each as the longest path of fixed keys, in order.

    Left out are the names that it gives itself (of loops, contexts, ``item``) and those within
    a filter: they may be keys of the filter's items.
    """
    return tuple(dict.fromkeys(_paths(tree, frozenset())))


def _paths(tree: Tree | Loop, bound: frozenset[str]) -> Iterator[NamePath]:
    path = _path(tree)
    if path is not None:
        if path[0] not in bound:
            yield path
    elif isinstance(tree, Filter):
        yield from _paths(tree.of, bound)
    elif isinstance(tree, Quantified | For | ContextOf | Lambda):
        yield from _scoped(tree, bound)
    else:
        for part in children(tree):
            yield from _paths(part, bound)


def _scoped(
    tree: Quantified | For | ContextOf | Lambda, bound: frozenset[str]
) -> Iterator[NamePath]:
    if isinstance(tree, ContextOf):
        for key, item in zip(tree.keys, tree.items, strict=True):
            yield from _paths(item, bound)
            bound |= {key}
        return
    if isinstance(tree, Lambda):
        yield from _paths(tree.result, bound | {*tree.parameters})
        return
    for loop in tree.loops:
        yield from _paths(loop, bound)
        bound |= {loop.name}
    yield from _paths(tree.test if isinstance(tree, Quantified) else tree.result, bound)


def _path(tree: Tree | Loop) -> NamePath | None:
    keys: list[str] = []
    while isinstance(tree, Member):
        keys.append(tree.key)
        tree = tree.of
    return (tree.name, *reversed(keys)) if isinstance(tree, Name) else None
