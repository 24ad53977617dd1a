"""What the names of a condition are used as: that is what they are, and then they are not null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from pytest_orchestra.expressions.conditions.conditions import Language
from pytest_orchestra.expressions.conditions.functions import FUNCTIONS
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Arithmetic,
    Between,
    Bound,
    Call,
    Comparison,
    ContextOf,
    Filter,
    For,
    If,
    In,
    InstanceOf,
    Lambda,
    ListOf,
    Loop,
    Member,
    Name,
    NamePath,
    Negative,
    Not,
    Or,
    Quantified,
    Range,
    Tree,
    children,
    free_names,
)
from pytest_orchestra.expressions.solving.constraints import Constraint
from pytest_orchestra.expressions.solving.plainsorts import (
    DURATION,
    DURATIONS,
    NULL,
    PlainSorts,
    path_of,
)
from pytest_orchestra.expressions.solving.scales import Sort

_METHOD_TAKES: Mapping[str, Sort] = {
    **dict.fromkeys((".equalsIgnoreCase", ".startsWith", ".endsWith", ".length"), "string"),
    **dict.fromkeys((".toLowerCase", ".toUpperCase", ".contains", ".isEmpty"), "string"),
    ".size": "list",
}


@dataclass(slots=True)
class Uses:
    """What one condition uses its names as.

    Attributes:
        sorts: as what a name is used.
        alike: pairs of names that are compared.
        nullable: names that are asked for null.
        perhaps: what a name is if it is used as nothing else.
        names: all that it reads.
    """

    names: tuple[NamePath, ...] = ()
    sorts: dict[tuple[NamePath, Sort], None] = field(default_factory=dict)
    alike: dict[tuple[NamePath, NamePath], None] = field(default_factory=dict)
    nullable: dict[NamePath, None] = field(default_factory=dict)
    perhaps: dict[NamePath, Sort] = field(default_factory=dict)


@lru_cache(maxsize=8_192)
def uses_of(constraint: Constraint) -> Uses:
    """What a condition uses its names as."""
    reader = _Reader(constraint.language)
    reader.read(constraint.tree, "boolean")
    reader.uses.names = free_names(constraint.tree)
    return reader.uses


def _is_arithmetic(tree: Tree) -> bool:
    return isinstance(tree, Arithmetic | Negative)


def _is_moment(sort: Sort | None) -> bool:
    return sort is not None and sort.startswith(("date", "time"))


class _Reader:
    """Goes through a tree, knowing what each part is expected to be."""

    def __init__(self, language: Language) -> None:
        self.uses = Uses()
        self._sorts = PlainSorts(language)
        self._bound: frozenset[str] = frozenset()

    def read(self, tree: Tree | Loop, expected: Sort | None = None) -> None:
        """Note how the names of a tree are used."""
        if isinstance(tree, Name | Member):
            self._use(tree, expected)
        elif (found := self.readers.get(type(tree))) is not None:
            found(self, tree, expected)
        else:
            for part in children(tree):
                self.read(part)

    def _path(self, tree: Tree) -> NamePath | None:
        path = path_of(tree)
        return None if path is None or path[0] in self._bound else path

    def _use(self, tree: Name | Member, expected: Sort | None) -> None:
        path = self._path(tree)
        if path is None:
            if isinstance(tree, Member) and path_of(tree) is None:
                self.read(tree.of)
        elif expected == NULL:
            self.uses.nullable[path] = None
        elif expected is not None:
            self.uses.sorts[path, expected] = None

    def _together(self, *trees: Tree) -> None:
        """Values that are compared with each other are of one sort."""
        found = (self._sorts.of(tree) for tree in trees)
        sorts = tuple(dict.fromkeys(sort for sort in found if sort is not None))
        paths = [path for tree in trees if (path := self._carrier(tree)) is not None]
        if not sorts and len(paths) < len(trees) and any(map(_is_arithmetic, trees)):
            sorts = ("number",)
        for tree in trees:
            for sort in sorts or (None,):
                self.read(tree, sort)
        for path in paths[1:]:
            self.uses.alike[paths[0], path] = None

    def _carrier(self, tree: Tree) -> NamePath | None:
        """The name that is of the tree's sort: itself, or one that a duration is added to."""
        if not isinstance(tree, Arithmetic):
            return self._path(tree)
        if tree.operator in ("+", "-") and self._sorts.of(tree.right) in DURATIONS:
            return self._carrier(tree.left)
        return None

    def _comparison(self, tree: Comparison, _: Sort | None) -> None:
        self._together(tree.left, tree.right)

    def _between(self, tree: Between, _: Sort | None) -> None:
        self._together(tree.of, tree.low, tree.high)

    def _in(self, tree: In, _: Sort | None) -> None:
        for test in tree.tests:
            match test:
                case Range():
                    self._together(tree.of, test.start, test.end)
                case Bound():
                    self._together(tree.of, test.limit)
                case ListOf():
                    self._in(In(of=tree.of, tests=test.items), None)
                case Name() | Member() if len(tree.tests) == 1:
                    self.read(test, "list")
                    self.read(tree.of)
                case _:
                    self._together(tree.of, test)

    def _logic(self, tree: And | Or, _: Sort | None) -> None:
        for part in tree.operands:
            self.read(part, "boolean")

    def _not(self, tree: Not, _: Sort | None) -> None:
        self.read(tree.of, "boolean")

    def _if(self, tree: If, expected: Sort | None) -> None:
        self.read(tree.test, "boolean")
        self.read(tree.then, expected or self._sorts.of(tree.otherwise))
        self.read(tree.otherwise, expected or self._sorts.of(tree.then))

    def _negative(self, tree: Negative, expected: Sort | None) -> None:
        self.read(tree.of, expected or "number")

    def _arithmetic(self, tree: Arithmetic, expected: Sort | None) -> None:
        left, right = self._sorts.of(tree.left), self._sorts.of(tree.right)
        is_sum = tree.operator in ("+", "-")
        if tree.operator == "-" and expected == DURATION and left != DURATION != right:
            self._together(tree.left, tree.right)
            self._perhaps(tree.left, "date")
            self._perhaps(tree.right, "date")
            return
        if is_sum and left is None and right in DURATIONS:
            self._shifted(tree.left, expected)
        elif is_sum and right is None and left in DURATIONS:
            self._shifted(tree.right, expected)
        elif tree.operator == "+" and "string" in (expected, left, right):
            left = right = "string"
        elif not (_is_moment(left) or (left == right and left in DURATIONS)):
            left, right = left or "number", right or "number"
        self.read(tree.left, left)
        self.read(tree.right, right)

    def _shifted(self, tree: Tree, expected: Sort | None) -> None:
        """Something that a duration is added to."""
        self.read(tree, expected)
        self._perhaps(tree, "date")

    def _perhaps(self, tree: Tree, sort: Sort) -> None:
        if (path := self._path(tree)) is not None:
            self.uses.perhaps[path] = sort

    def _call(self, tree: Call, _: Sort | None) -> None:
        arguments = tree.arguments
        if tree.function == "empty":
            self.read(arguments[0], NULL)
            self._perhaps(arguments[0], "string")
        elif tree.function in ("equals", ".equals", "is"):
            self._together(*arguments)
            if tree.function == ".equals":
                self._perhaps(arguments[0], "string")
        elif tree.function == "list contains" and isinstance(arguments[0], ListOf):
            self._in(In(of=arguments[1], tests=(arguments[0],)), None)
        elif tree.function in _METHOD_TAKES:
            for argument in arguments:
                self.read(argument, _METHOD_TAKES[tree.function])
        else:
            self._function(tree)

    def _function(self, tree: Call) -> None:
        function = FUNCTIONS.get(tree.function)
        if function is None:
            takes: tuple[str | None, ...] = ()
        elif function.is_variadic and len(tree.arguments) > 1:
            taken = "boolean" if tree.function in ("all", "any") else "number"
            takes = (taken,) * len(tree.arguments)
        else:
            count = len(tree.arguments)
            fitting = [each for each in function.signatures if len(each) >= count]
            takes = tuple(each.kinds[0] if each.kinds else None for each in fitting[0])
        for argument, sort in zip(tree.arguments, takes, strict=False):
            self.read(argument, sort)

    def _instance_of(self, tree: InstanceOf, _: Sort | None) -> None:
        self.read(tree.of, NULL)
        if tree.type.name in ("number", "string", "boolean", "date", "list", "context"):
            self.read(tree.of, tree.type.name)
        self.read(tree.of, "number" if tree.type.name == "string" else "string")

    def _filter(self, tree: Filter, _: Sort | None) -> None:
        self.read(tree.of, "list")

    def _scoped(self, tree: Quantified | For, _: Sort | None) -> None:
        before = self._bound
        for loop in tree.loops:
            self.read(loop.domain, "list" if loop.last is None else "number")
            if loop.last is not None:
                self.read(loop.last, "number")
            self._bound |= {loop.name}
        if isinstance(tree, Quantified):
            self.read(tree.test, "boolean")
        else:
            self.read(tree.result)
        self._bound = before

    def _context(self, tree: ContextOf, _: Sort | None) -> None:
        before = self._bound
        for key, item in zip(tree.keys, tree.items, strict=True):
            self.read(item)
            self._bound |= {key}
        self._bound = before

    def _lambda(self, tree: Lambda, _: Sort | None) -> None:
        before = self._bound
        self._bound |= {*tree.parameters}
        self.read(tree.result)
        self._bound = before

    readers: ClassVar[Mapping[type, Callable[[Any, Any, Sort | None], None]]] = {
        Comparison: _comparison,
        Between: _between,
        In: _in,
        And: _logic,
        Or: _logic,
        Not: _not,
        If: _if,
        Negative: _negative,
        Arithmetic: _arithmetic,
        Call: _call,
        InstanceOf: _instance_of,
        Filter: _filter,
        Quantified: _scoped,
        For: _scoped,
        ContextOf: _context,
        Lambda: _lambda,
    }
