"""The value of a tree as JUEL has it (JSR-341, 1.8, 1.9, 1.18): null is no third truth value.

Coercions on which the engines' types decide (an Integer and a Long, a fraction) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from pytest_orchestra.expressions.conditions.arithmetic import calculated, negated
from pytest_orchestra.expressions.conditions.evaluation import Evaluation
from pytest_orchestra.expressions.conditions.membership import compared
from pytest_orchestra.expressions.conditions.methods import CALLS
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Arithmetic,
    Call,
    Comparison,
    If,
    Member,
    Negative,
    Not,
    Or,
)
from pytest_orchestra.expressions.conditions.values import NUMBERS, Value, kind_of

_EXACT = Decimal(2**53)
"""Whole numbers below it are the same for Java's long and double."""
_WHOLE = re.compile(r"-?[0-9]{1,15}")


class JavaEvaluation(Evaluation):
    """One evaluation of a tree of JUEL."""

    def _member(self, tree: Member) -> Value:
        of = self.value(tree.of)
        if not isinstance(of, Mapping) or tree.key not in of:
            raise Refused(f"a {kind_of(of)} has no '{tree.key}'")
        return of[tree.key]

    def _negative(self, tree: Negative) -> Value:
        value = self.value(tree.of)
        if not isinstance(value, Decimal):
            raise Refused(f"the negative of a {kind_of(value)}")
        return negated(value)

    def _arithmetic(self, tree: Arithmetic) -> Value:
        left, right = _whole(self.value(tree.left)), _whole(self.value(tree.right))
        if tree.operator in ("/", "%") and not right:
            raise Refused("a division by zero")
        if tree.operator == "%":
            return NUMBERS.remainder(left, right)
        return _whole(calculated(tree.operator, left, right))

    def _comparison(self, tree: Comparison) -> Value:
        return _compared(tree.operator, self.value(tree.left), self.value(tree.right))

    def _and(self, tree: And) -> Value:
        return all(truth(self.value(each)) for each in tree.operands)

    def _or(self, tree: Or) -> Value:
        return any(truth(self.value(each)) for each in tree.operands)

    def _not(self, tree: Not) -> Value:
        return not truth(self.value(tree.of))

    def _if(self, tree: If) -> Value:
        return self.value(tree.then if truth(self.value(tree.test)) else tree.otherwise)

    def _call(self, tree: Call) -> Value:
        return CALLS[tree.function](*(self.value(each) for each in tree.arguments))

    methods: ClassVar[Mapping[type, Callable[[Any, Any], Value]]] = {
        **Evaluation.methods,
        Member: _member,
        Negative: _negative,
        Arithmetic: _arithmetic,
        Comparison: _comparison,
        And: _and,
        Or: _or,
        Not: _not,
        If: _if,
        Call: _call,
    }
    """How the value of each sort of tree is found."""


def truth(value: Value) -> bool:
    """A value as a boolean (JSR-341, 1.18.5): null is false, a text true if it says so.

    Raises:
        Refused: it is of another kind.
    """
    match value:
        case bool():
            return value
        case None:
            return False
        case str():
            return value.lower() == "true"
    raise Refused(f"a {kind_of(value)} is used as true or false")


def _whole(value: Value) -> Decimal:
    if not isinstance(value, Decimal) or value % 1 or abs(value) >= _EXACT:
        raise Refused("arithmetic of what is no whole number", "Engines round differently.")
    return value


def _compared(operator: str, left: Value, right: Value) -> bool:
    if left is None or right is None:
        is_same = left is right
        return not is_same if operator == "!=" else is_same and operator in ("=", "<=", ">=")
    found = compared(operator, *_alike(left, right, is_order=operator not in ("=", "!=")))
    if found is None:
        raise Refused(f"a {kind_of(left)} is compared with a {kind_of(right)}")
    return found


def _alike(left: Value, right: Value, *, is_order: bool) -> tuple[Value, Value]:
    """Both values as one kind (JSR-341, 1.9): numbers count before booleans, and before texts."""
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _as_number(left), _as_number(right)
    if not is_order and (isinstance(left, bool) or isinstance(right, bool)):
        return truth(left), truth(right)
    if isinstance(left, tuple | Mapping) or isinstance(right, tuple | Mapping):
        raise Refused("lists or mappings are compared")
    return left, right


def _as_number(value: Value) -> Value:
    return Decimal(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
