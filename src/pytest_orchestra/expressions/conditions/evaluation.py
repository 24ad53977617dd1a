"""The value of a tree with given names, as FEEL has it: null (None) where it has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from pytest_orchestra.documents.problems import shortened, suggestion
from pytest_orchestra.expressions.conditions.arithmetic import calculated, negated
from pytest_orchestra.expressions.conditions.comparison import order
from pytest_orchestra.expressions.conditions.functions import FUNCTIONS, QUADRATIC
from pytest_orchestra.expressions.conditions.instances import is_instance
from pytest_orchestra.expressions.conditions.lists import conjunction, disjunction, position
from pytest_orchestra.expressions.conditions.looping import counted, looped
from pytest_orchestra.expressions.conditions.membership import compared, passes
from pytest_orchestra.expressions.conditions.properties import member
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Arithmetic,
    Between,
    Bound,
    Call,
    Comparison,
    Constant,
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
    Negative,
    Not,
    Or,
    Quantified,
    Range,
    Tree,
)
from pytest_orchestra.expressions.conditions.values import (
    Interval,
    Opaque,
    Value,
    kind_of,
    taken,
    weight,
)

MAX_STEPS = 1_000_000
"""Parts of a condition, and items of lists, that one evaluation looks at."""

_ITEM = "item"
_MISSING = object()


class Missing(Refused):
    """A name has no value."""


class Evaluation:
    """One evaluation of a tree.

    Args:
        values: the values of names.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values
        self._read: dict[str, Value] = {}
        self._scopes: list[Mapping[str, Value]] = []
        self._steps = 0

    def value(self, tree: Tree) -> Value:
        """The value of a tree.

        Raises:
            Refused: a name has no value, or engines disagree about the value.
        """
        value = self.methods[type(tree)](self, tree)
        self._charge(1 + weight(value))
        return value

    def _charge(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise Refused(f"the condition takes more than {MAX_STEPS} steps", "Make it simpler.")

    def _taken(self, trees: tuple[Tree, ...]) -> tuple[Value, ...]:
        return tuple(self.value(tree) for tree in trees)

    def _constant(self, tree: Constant) -> Value:
        return tree.value

    def _name(self, tree: Name) -> Value:
        for scope in reversed(self._scopes):
            if tree.name in scope:
                return scope[tree.name]
        if tree.name not in self._read:
            found = self._values.get(tree.name, _MISSING)
            if found is _MISSING:
                hint = suggestion(tree.name, map(str, self._values), "Names")
                raise Missing(f"'{shortened(tree.name)}' has no value", hint)
            self._read[tree.name] = taken(found)
        return self._read[tree.name]

    def _member(self, tree: Member) -> Value:
        return member(self.value(tree.of), tree.key)

    def _negative(self, tree: Negative) -> Value:
        return negated(self.value(tree.of))

    def _arithmetic(self, tree: Arithmetic) -> Value:
        return calculated(tree.operator, self.value(tree.left), self.value(tree.right))

    def _comparison(self, tree: Comparison) -> Value:
        return compared(tree.operator, self.value(tree.left), self.value(tree.right))

    def _and(self, tree: And) -> Value:
        return conjunction(tuple(self._until(tree.operands, last=False)))

    def _or(self, tree: Or) -> Value:
        return disjunction(tuple(self._until(tree.operands, last=True)))

    def _until(self, trees: tuple[Tree, ...], *, last: bool) -> Iterator[Value]:
        """The values up to the one that decides, so that it may guard those behind it."""
        for tree in trees:
            value = self.value(tree)
            yield value
            if value is last:
                return

    def _not(self, tree: Not) -> Value:
        value = self.value(tree.of)
        return not value if isinstance(value, bool) else None

    def _between(self, tree: Between) -> Value:
        of, low, high = self._taken((tree.of, tree.low, tree.high))
        found = (compared(">=", of, low), compared("<=", of, high))
        if None in found and False in found:
            raise Refused("'between' with a limit of another kind")
        return conjunction(found)

    def _in(self, tree: In) -> Value:
        of = self.value(tree.of)
        found = tuple(passes(of, self.value(test)) for test in tree.tests)
        if None in found and True not in found:
            if False in found:
                raise Refused("'in' with tests of different kinds")
            return None
        return True in found

    def _range(self, tree: Range) -> Value:
        start, end = self._taken((tree.start, tree.end))
        if start is not None and end is not None and (order(start, end) or 0) > 0:
            raise Refused("a range that ends before it starts")
        return Interval(
            form="..", start=start, end=end, has_start=tree.has_start, has_end=tree.has_end
        )

    def _bound(self, tree: Bound) -> Value:
        limit = self.value(tree.limit)
        return Interval(form=tree.operator, start=limit, end=limit)

    def _list(self, tree: ListOf) -> Value:
        return self._taken(tree.items)

    def _context(self, tree: ContextOf) -> Value:
        scope: dict[str, Value] = {}
        self._scopes.append(scope)
        for key, item in zip(tree.keys, tree.items, strict=True):
            scope[key] = self.value(item)
        self._scopes.pop()
        return scope

    def _if(self, tree: If) -> Value:
        test = self.value(tree.test)
        if test is not None and not isinstance(test, bool):
            raise Refused(f"'if' tests a {kind_of(test)}")
        return self.value(tree.then if test else tree.otherwise)

    def _quantified(self, tree: Quantified) -> Value:
        found = tuple(self.value(tree.test) for _ in self._rounds(tree.loops))
        return disjunction(found) if tree.kind == "some" else conjunction(found)

    def _for(self, tree: For) -> Value:
        return tuple(self.value(tree.result) for _ in self._rounds(tree.loops))

    def _rounds(self, loops: tuple[Loop, ...]) -> Iterator[None]:
        """Go through the items of the loops, the last one the fastest; their names are bound."""
        if not loops:
            yield
            return
        loop, rest = loops[0], loops[1:]
        for item in self._items(loop):
            self._charge(1)
            self._scopes.append({loop.name: item})
            yield from self._rounds(rest)
            self._scopes.pop()

    def _items(self, loop: Loop) -> tuple[Value, ...]:
        domain = self.value(loop.domain)
        return looped(domain) if loop.last is None else counted(domain, self.value(loop.last))

    def _filter(self, tree: Filter) -> Value:
        of = self.value(tree.of)
        if of is None:
            raise Refused("a filter on null")
        items = of if isinstance(of, tuple) else (of,)
        if isinstance(tree.test, Constant | Negative):
            return self._chosen(items, self.value(tree.test))
        found = self._filtered(items, tree.test)
        return self._chosen(items, self.value(tree.test)) if found is None else found

    def _chosen(self, items: tuple[Value, ...], test: Value) -> Value:
        match test:
            case Decimal():
                index = position(test, items)
                return None if index is None else items[index]
            case bool():
                return items if test else ()
        raise Refused(f"a filter of a {kind_of(test)}")

    def _filtered(self, items: tuple[Value, ...], test: Tree) -> Value:
        """The items for which the test holds; None if it is a number, whatever the item."""
        tested = [self._tested(item, test) for item in items]
        unknown = [value for value in tested if isinstance(value, Missing)]
        if unknown and len(unknown) == len(tested):
            raise unknown[0]
        if tested and all(isinstance(value, Decimal) for value in tested):
            if len(set(map(str, tested))) > 1:
                raise Refused("a filter that is another number for each item")
            return None
        for value in tested:
            if not isinstance(value, bool | Missing | None):
                raise Refused(f"a filter of a {kind_of(value)}")
        return tuple(item for item, value in zip(items, tested, strict=True) if value is True)

    def _tested(self, item: Value, test: Tree) -> Value | Missing:
        """The test's value for an item whose keys are names; a name may be missing in some."""
        self._charge(1)
        keys = item if isinstance(item, Mapping) else {}
        self._scopes.append({_ITEM: item, **keys})
        try:
            return self.value(test)
        except Missing as error:
            if not keys:
                raise
            return error
        finally:
            self._scopes.pop()

    def _instance_of(self, tree: InstanceOf) -> Value:
        return is_instance(self.value(tree.of), tree.type)

    def _lambda(self, _: Lambda) -> Value:
        return Opaque()

    def _call(self, tree: Call) -> Value:
        arguments = self._taken(tree.arguments)
        if tree.function in QUADRATIC:
            self._charge(sum(len(each) for each in arguments if isinstance(each, tuple)) ** 2)
        return FUNCTIONS[tree.function](arguments)

    methods: ClassVar[Mapping[type, Callable[[Any, Any], Value]]] = {
        Constant: _constant,
        Name: _name,
        Member: _member,
        Filter: _filter,
        Negative: _negative,
        Arithmetic: _arithmetic,
        Comparison: _comparison,
        And: _and,
        Or: _or,
        Not: _not,
        Between: _between,
        In: _in,
        Range: _range,
        Bound: _bound,
        ListOf: _list,
        ContextOf: _context,
        If: _if,
        Quantified: _quantified,
        For: _for,
        InstanceOf: _instance_of,
        Call: _call,
        Lambda: _lambda,
    }
    """How the value of each sort of tree is found."""
