"""When a condition is true, false or null, as formulas over its names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar

from pytest_orchestra.expressions.conditions.conditions import Language
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Between,
    Bound,
    Call,
    Comparison,
    ComparisonOperator,
    Constant,
    If,
    In,
    InstanceOf,
    ListOf,
    Member,
    Name,
    NamePath,
    Not,
    Or,
    Range,
    Tree,
    constant,
)
from pytest_orchestra.expressions.solving.comparing import (
    MANY,
    NO,
    NULLED,
    YES,
    Truth,
    disjunction,
    feel_compared,
    java_compared,
    one_of,
)
from pytest_orchestra.expressions.solving.constraints import Constraint
from pytest_orchestra.expressions.solving.formulas import (
    FALSE,
    TRUE,
    Claim,
    Formula,
    Hidden,
    all_of,
    some_of,
)
from pytest_orchestra.expressions.solving.plainsorts import NULL, RESULTS, folded
from pytest_orchestra.expressions.solving.scales import Sort
from pytest_orchestra.expressions.solving.terms import ONE, ZERO, Terms


@lru_cache(maxsize=8_192)
def goal_of(constraint: Constraint, sorts: tuple[tuple[NamePath, Sort], ...]) -> Formula:
    """What has to be so where a constraint is met and its names are of these sorts."""
    truth = _Meaning(dict(sorts), constraint.language).truth(constraint.tree)
    return truth.true if constraint.holds else some_of((truth.false, truth.null))


class _Meaning:
    """Reads trees of one language."""

    def __init__(self, sorts: Mapping[NamePath, Sort], language: Language) -> None:
        self._language = language
        self._is_juel = language == "juel"
        self._terms = Terms(sorts, language)

    def truth(self, tree: Tree) -> Truth:
        """When a tree is true, false or null."""
        if (found := folded(tree, self._language)) is not None:
            return self._constant(found)
        read = self.readers.get(type(tree))
        return self._opaque(tree) if read is None else read(self, tree)

    def _constant(self, tree: Constant) -> Truth:
        if tree.value is None:
            return NO if self._is_juel else NULLED
        if isinstance(tree.value, bool):
            return YES if tree.value else NO
        return self._opaque(tree)

    def _opaque(self, tree: Tree) -> Truth:
        """Of a part that is not looked into it is only known that it has one value."""
        hidden = Hidden(tree, self._language, "truth")
        true, false, null = (Claim(((hidden, 1),), "=", Fraction(at)) for at in range(3))
        return Truth(true, false, FALSE if self._is_juel else null)

    def _name(self, tree: Name | Member) -> Truth:
        term = self._terms.term(tree)
        if term.sort == NULL:
            return NO if self._is_juel else NULLED
        if term.sort != "boolean" or term.linear is None:
            return self._opaque(tree)
        return Truth(*(Claim(term.linear.sides, "=", at) for at in (ONE, ZERO)))

    def _and(self, tree: And) -> Truth:
        found = [self.truth(each) for each in tree.operands]
        null = some_of(each.null for each in found)
        if null != FALSE:
            null = all_of((null, *(some_of((each.true, each.null)) for each in found)))
        true, false = (each.true for each in found), (each.false for each in found)
        return Truth(all_of(true), some_of(false), null)

    def _or(self, tree: Or) -> Truth:
        return disjunction([self.truth(each) for each in tree.operands])

    def _not(self, tree: Not) -> Truth:
        found = self.truth(tree.of)
        return Truth(found.false, found.true, found.null)

    def _if(self, tree: If) -> Truth:
        test, then, other = (self.truth(each) for each in (tree.test, tree.then, tree.otherwise))
        no = some_of((test.false, test.null))
        true, false, null = (
            some_of((all_of((test.true, one)), all_of((no, another))))
            for one, another in (
                (then.true, other.true),
                (then.false, other.false),
                (then.null, other.null),
            )
        )
        return Truth(true, false, null)

    def _comparison(self, tree: Comparison) -> Truth:
        return self._compared(tree.operator, tree.left, tree.right)

    def _compared(self, operator: ComparisonOperator, left: Tree, right: Tree) -> Truth:
        tree = Comparison(operator=operator, left=left, right=right)
        for side, other, is_left in ((left, right, True), (right, left, False)):
            if isinstance(side, If):
                then, otherwise = (
                    Comparison(
                        operator=operator,
                        left=part if is_left else other,
                        right=other if is_left else part,
                    )
                    for part in (side.then, side.otherwise)
                )
                return self._if(If(test=side.test, then=then, otherwise=otherwise))
        one, other_term = self._terms.term(left), self._terms.term(right)
        judge = java_compared if self._is_juel else feel_compared
        return judge(operator, one, other_term) or self._opaque(tree)

    def _between(self, tree: Between) -> Truth:
        found = (self._compared(">=", tree.of, tree.low), self._compared("<=", tree.of, tree.high))
        return self._joined(tree, found, self._conjunction(found))

    def _conjunction(self, found: Iterable[Truth]) -> Truth:
        parts = tuple(found)
        return Truth(all_of(each.true for each in parts), some_of(each.false for each in parts))

    def _joined(self, tree: Tree, found: Iterable[Truth], joined: Truth) -> Truth:
        """What FEEL refuses where some are null and some are not."""
        nulls = {each.null for each in found}
        if nulls == {FALSE}:
            return joined
        return NULLED if nulls == {TRUE} else self._opaque(tree)

    def _in(self, tree: In) -> Truth:
        found = [self._passes(tree.of, test) for test in tree.tests]
        if len(found) == 1:
            return found[0]
        return self._joined(tree, found, disjunction(found))

    def _passes(self, of: Tree, test: Tree) -> Truth:
        match test:
            case Range():
                return self._within(of, test)
            case Bound():
                return self._compared(test.operator, of, test.limit)
            case ListOf() if self._terms.term(of).sort not in (None, "list"):
                return one_of([self._passes(of, each) for each in test.items])
        if self._terms.term(test).sort in (None, NULL, *MANY):
            return self._opaque(In(of=of, tests=(test,)))
        return self._compared("=", of, test)

    def _within(self, of: Tree, test: Range) -> Truth:
        opaque = self._opaque(In(of=of, tests=(test,)))
        order = self._compared("<=", test.start, test.end)
        found = (
            self._compared(">=" if test.has_start else ">", of, test.start),
            self._compared("<=" if test.has_end else "<", of, test.end),
        )
        if order.null != FALSE:
            return opaque
        truth = self._joined(In(of=of, tests=(test,)), found, self._conjunction(found))
        return Truth(
            *(
                some_of((all_of((order.true, one)), all_of((order.false, other))))
                for one, other in (
                    (truth.true, opaque.true),
                    (truth.false, opaque.false),
                    (truth.null, opaque.null),
                )
            )
        )

    def _call(self, tree: Call) -> Truth:
        if (read := self.calls.get(tree.function)) is not None:
            return read(self, tree) or self._opaque(tree)
        term = self._terms.term(tree)
        if RESULTS.get(tree.function) != "boolean" or not term.is_sure:
            return self._opaque(tree)
        found = self._opaque(tree)
        return Truth(found.true, found.false)

    def _list_contains(self, tree: Call) -> Truth | None:
        items, element = tree.arguments
        if not isinstance(items, ListOf) or self._terms.term(element).sort in (None, *MANY):
            return None
        return one_of([self._compared("=", element, each) for each in items.items])

    def _empty(self, tree: Call) -> Truth | None:
        term = self._terms.term(tree.arguments[0])
        if term.sort == NULL:
            return YES
        if term.sort == "string":
            return self._compared("=", tree.arguments[0], constant(""))
        return NO if term.linear is not None else None

    def _equals(self, tree: Call) -> Truth | None:
        """Java's ``equals`` of texts and booleans."""
        left, right = (self._terms.term(each) for each in tree.arguments)
        if left.sort not in ("string", "boolean") or right.sort is None:
            return None
        return java_compared("=", left, right) if left.sort == right.sort else NO

    def _same(self, tree: Call) -> Truth | None:
        """Flowable's ``vars:equals``."""
        return java_compared("=", *(self._terms.term(each) for each in tree.arguments))

    def _is(self, tree: Call) -> Truth | None:
        left, right = (self._terms.term(each) for each in tree.arguments)
        if left.sort != right.sort or left.linear is None or not (left.is_sure and right.is_sure):
            return None
        return feel_compared("=", left, right)

    def _instance_of(self, tree: InstanceOf) -> Truth:
        sort, name = self._terms.term(tree.of).sort, tree.type.name
        kinds = ("number", "string", "boolean")
        if sort in (*kinds, NULL) and name in kinds and not tree.type.parts:
            return YES if sort == name else NO
        return self._opaque(tree)

    readers: ClassVar[Mapping[type, Callable[[Any, Any], Truth]]] = {
        Name: _name,
        Member: _name,
        And: _and,
        Or: _or,
        Not: _not,
        If: _if,
        Comparison: _comparison,
        Between: _between,
        In: _in,
        Call: _call,
        InstanceOf: _instance_of,
    }
    calls: ClassVar[Mapping[str, Callable[[Any, Any], Truth | None]]] = {
        "list contains": _list_contains,
        "empty": _empty,
        ".equals": _equals,
        "equals": _same,
        "is": _is,
    }
