"""The sort of a tree's value, where it can be seen without knowing what its names are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pytest_orchestra.expressions.conditions.conditions import Language
from pytest_orchestra.expressions.conditions.evaluation import Evaluation
from pytest_orchestra.expressions.conditions.java import JavaEvaluation
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Constant,
    For,
    If,
    In,
    ListOf,
    Member,
    Name,
    NamePath,
    Negative,
    Not,
    Or,
    Quantified,
    Tree,
    free_names,
)
from pytest_orchestra.expressions.conditions.values import Interval, Opaque, kind_of
from pytest_orchestra.expressions.solving.scales import Sort, sort_of

ANY: Sort = "any"
"""Of a name that is only compared with others of which nothing is known."""
NULL: Sort = "null"
DURATION: Sort = "days and time duration"
DURATIONS: tuple[Sort, ...] = (DURATION, "years and months duration")

RESULTS: Mapping[str, Sort] = {
    **dict.fromkeys(
        (
            *("abs", "sqrt", "exp", "log", "modulo", "floor", "ceiling", "decimal"),
            *("round up", "round down", "round half up", "round half down", "number"),
            *("string length", "count", "sum", "product", "mean", "median"),
            *("day of year", "week of year", ".length", ".size"),
        ),
        "number",
    ),
    **dict.fromkeys(
        (
            *("substring", "upper case", "lower case", "substring before", "substring after"),
            *("string join", "string", "day of week", "month of year"),
            *(".toLowerCase", ".toUpperCase"),
        ),
        "string",
    ),
    **dict.fromkeys(
        (
            *("even", "odd", "contains", "starts with", "ends with", "all", "any", "is"),
            *("list contains", "empty", "equals", ".equals", ".equalsIgnoreCase", ".contains"),
            *(".startsWith", ".endsWith", ".isEmpty"),
        ),
        "boolean",
    ),
    **dict.fromkeys(
        (
            *("append", "concatenate", "insert before", "remove", "list replace", "sublist"),
            *("reverse", "index of", "union", "distinct values", "flatten"),
        ),
        "list",
    ),
}
"""What functions give; those of which it cannot be said are left out."""

_ALWAYS: Mapping[type, Sort] = {
    **dict.fromkeys((And, Or, Not, Comparison, Between, In, Quantified), "boolean"),
    **dict.fromkeys((ListOf, For), "list"),
}


def path_of(tree: Tree) -> NamePath | None:
    """The path of a name that a tree is, bound or not."""
    keys: list[str] = []
    while isinstance(tree, Member):
        keys.append(tree.key)
        tree = tree.of
    return (tree.name, *reversed(keys)) if isinstance(tree, Name) else None


@lru_cache(maxsize=4_096)
def folded(tree: Tree, language: Language) -> Constant | None:
    """What a tree without names is, if it is a literal in the end."""
    if isinstance(tree, Constant):
        return tree
    if path_of(tree) is not None or free_names(tree):
        return None
    try:
        value = (JavaEvaluation if language == "juel" else Evaluation)({}).value(tree)
    except (Refused, RecursionError):
        return None
    if isinstance(value, tuple | Interval | Opaque | Mapping):
        return None
    return Constant(kind=kind_of(value), value=value)


class PlainSorts:
    """What trees of one language are."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def of(self, tree: Tree) -> Sort | None:
        """What a tree is, where that can be seen without knowing its names."""
        if (found := folded(tree, self._language)) is not None:
            return sort_of(found.value)
        match tree:
            case Call():
                return RESULTS.get(tree.function)
            case If():
                return self.of(tree.then) or self.of(tree.otherwise)
            case Negative():
                return self.of(tree.of) or "number"
            case Arithmetic():
                return self._result(tree)
        return _ALWAYS.get(type(tree))

    def _result(self, tree: Arithmetic) -> Sort | None:
        left, right = self.of(tree.left), self.of(tree.right)
        known = {sort for sort in (left, right) if sort is not None and sort != "number"}
        if tree.operator not in ("+", "-"):
            return min(known, default="number")
        if not known:
            return left or right
        if left == right and tree.operator == "-" and left is not None:
            return DURATION if left.startswith(("date", "time")) else left
        moments = [sort for sort in (left, right) if sort and sort.startswith(("date", "time"))]
        if moments:
            return moments[0]
        return left if left in (right, "string") or right == "string" else None
