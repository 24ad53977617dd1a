"""What a way has asked of data so far, and whether all of it can be so.

Nothing is known of processes here: literals are put together, and a solver looks at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import NamedTuple

from pytest_orchestra.expressions.conditions.conditions import Condition
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Comparison,
    Constant,
    Loop,
    Name,
    Not,
    Or,
    Tree,
    children,
    constant,
)
from pytest_orchestra.expressions.solving.clashes import smallest_clash
from pytest_orchestra.expressions.solving.constraints import Constraint
from pytest_orchestra.expressions.solving.renaming import replace_names
from pytest_orchestra.expressions.solving.solver import is_impossible
from pytest_orchestra.flow.conditions import VISIT, OutcomeConditions
from pytest_orchestra.model import ElementId

MAX_CALLS = 3_000
"""Different sets of literals that are looked at in one process; past them its size is cut."""

MAX_VISITS = 1_000
"""Visits of one node that are told apart."""


class Literal(NamedTuple):
    """That the condition of an outcome is so, or is not.

    Attributes:
        visit: that ``visit`` stands for; 0: it is not read; below 0: that many at least.
        free: names in it that are not the data's.
    """

    element: ElementId
    holds: bool
    visit: int = 0
    free: frozenset[str] = frozenset()


Group = frozenset[Literal]
"""Literals of one moment: equal free names stand for the same."""


class Literals:
    """The literals of one process.

    Attributes:
        is_spent: whether more sets were asked for than are looked at.
    """

    def __init__(self, conditions: OutcomeConditions) -> None:
        self._conditions = conditions.by_element
        self._constants = conditions.constants
        self._names = {
            element: frozenset(path[0] for path in each.names) - {VISIT}
            for element, each in self._conditions.items()
        }
        self._hidden = {
            element: each.all_names - {path[0] for path in each.names}
            for element, each in self._conditions.items()
        }
        self._read_visit = {e for e, each in self._conditions.items() if reads_visit(each)}
        self._constants_in: dict[Group, frozenset[str]] = {}
        self._possible: dict[frozenset[Group], bool] = {}
        self.is_spent = False

    def literal(
        self, element: ElementId, *, holds: bool, visit: int, freed: AbstractSet[str]
    ) -> Literal | None:
        """Return what is asked of an outcome's condition; None where nothing can be said of it.

        Args:
            element: the flow or event.
            holds: whether it has to be true.
            visit: of the node where it is judged.
            freed: names that something has written.
        """
        names = self._names.get(element)
        if names is None or self._is_hidden(element, freed):
            return None
        free = (names - self._constants) | (names & freed)
        return Literal(element, holds, visit if element in self._read_visit else 0, free)

    def _is_hidden(self, element: ElementId, freed: AbstractSet[str]) -> bool:
        """Whether a name within a filter may not be the data's, or a key of what is filtered."""
        hidden = self._hidden[element]
        return bool(hidden) and not (hidden <= self._constants and hidden.isdisjoint(freed))

    def constants_in(self, group: Group) -> frozenset[str]:
        """Return the names that have one value along the way."""
        known = self._constants_in.get(group)
        if known is None:
            known = frozenset().union(*(self._names[each.element] - each.free for each in group))
            self._constants_in[group] = known
        return known

    def parted(self, literals: Iterable[Literal]) -> Iterator[Group]:
        """Yield what of one moment has no name in common with the rest."""
        parts: list[tuple[set[str], set[Literal]]] = []
        for literal in literals:
            names, found = set(self._names[literal.element]), {literal}
            rest = []
            for part in parts:
                if names.isdisjoint(part[0]):
                    rest.append(part)
                else:
                    names |= part[0]
                    found |= part[1]
            parts = [*rest, (names, found)]
        yield from (frozenset(found) for _, found in parts)

    def connected(self, groups: AbstractSet[Group], names: AbstractSet[str]) -> frozenset[Group]:
        """Return the groups that constants connect with some names, directly or not."""
        reached, left = set(names), set(groups)
        found: set[Group] = set()
        while near := [g for g in left if not reached.isdisjoint(self.constants_in(g))]:
            left.difference_update(near)
            found.update(near)
            reached.update(*map(self.constants_in, near))
        return frozenset(found)

    def are_possible(self, groups: frozenset[Group]) -> bool:
        """Whether groups can be so together, or at least are not proved to be impossible."""
        known = self._possible.get(groups)
        if known is None:
            if len(self._possible) >= MAX_CALLS:
                self.is_spent = True
                return True
            asked = list(self._constraints(in_order(groups)))
            known = self._possible[groups] = not is_impossible(asked)
        return known

    def are_all_possible(self, groups: frozenset[Group]) -> bool:
        """Whether the same holds of each part of some groups that has no name of the others."""
        left = set(groups)
        while left:
            group = left.pop()
            part = self.connected(left, self.constants_in(group)) | {group}
            left -= part
            if not self.are_possible(part):
                return False
        return True

    def clash(self, moments: Iterable[Iterable[Literal]]) -> tuple[int, ...]:
        """Return a smallest set of literals that cannot be so, by place; none if there is none.

        Literals that have no names in common are looked at apart.
        """
        listed = [
            (number, literal) for number, literals in enumerate(moments) for literal in literals
        ]
        for part in self._apart(listed):
            numbered = [listed[place] for place in part]
            found = smallest_clash([self._constraint(each, number) for number, each in numbered])
            if found:
                return tuple(part[place] for place in found)
        return ()

    def _apart(self, listed: list[tuple[int, Literal]]) -> list[list[int]]:
        """Return the places of literals by what they have in common."""
        parts: list[tuple[set[object], list[int]]] = []
        for place, (number, literal) in enumerate(listed):
            names: set[object] = set(self._names[literal.element] - literal.free)
            names |= {(number, name) for name in literal.free}
            near = [part for part in parts if not names.isdisjoint(part[0])]
            parts = [part for part in parts if names.isdisjoint(part[0])]
            places = sorted([place, *(each for part in near for each in part[1])])
            parts.append((names.union(*(part[0] for part in near)), places))
        return [places for _, places in parts]

    def _constraints(self, moments: Iterable[Iterable[Literal]]) -> Iterator[Constraint]:
        for number, literals in enumerate(moments):
            yield from (self._constraint(literal, number) for literal in literals)

    def _constraint(self, literal: Literal, moment: int) -> Constraint:
        condition = self._conditions[literal.element]
        by: dict[str, Tree] = {name: Name(name=f"{name}@{moment}") for name in literal.free}
        if literal.visit > 0:
            by[VISIT] = constant(Decimal(literal.visit))
        elif literal.visit < 0:
            by[VISIT] = Name(name=f"{VISIT}@{moment}")
        tree = replace_names(condition.tree, by)
        if literal.visit < 0:
            least = constant(Decimal(-literal.visit))
            later = Comparison(operator=">=", left=by[VISIT], right=least)
            tree = (
                And(operands=(later, tree)) if literal.holds else Or(operands=(Not(of=later), tree))
            )
        return Constraint(tree=tree, language=condition.language, holds=literal.holds)


def in_order(groups: Iterable[Group]) -> list[list[Literal]]:
    """Return groups in the same order on every machine."""
    found = (sorted(group, key=_key) for group in groups)
    return sorted(found, key=lambda group: [_key(literal) for literal in group])


def _key(literal: Literal) -> tuple[str, bool, int, tuple[str, ...]]:
    return literal.element, literal.holds, literal.visit, tuple(sorted(literal.free))


def reads_visit(condition: Condition) -> bool:
    """Whether the number of the visit can be told apart in a condition: not within a filter."""
    return any(path[0] == VISIT for path in condition.names)


def last_visit(condition: Condition) -> int:
    """Return the visit from which on no two are told apart: behind all numbers that are read."""
    numbers = [int(number) for number in _numbers(condition.tree) if number < MAX_VISITS]
    return max((*numbers, 1)) + 1


def _numbers(tree: Tree | Loop) -> Iterator[Decimal]:
    if isinstance(tree, Constant):
        if isinstance(tree.value, Decimal):
            yield tree.value
        return
    for part in children(tree):
        yield from _numbers(part)
