"""What has to be so, as linear comparisons in all-of and some-of; there is no negation."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeAlias

from pytest_orchestra.expressions.conditions.conditions import Language
from pytest_orchestra.expressions.conditions.tree import (
    Arithmetic,
    ComparisonOperator,
    NamePath,
    Tree,
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A part of a condition that is not looked into: the same text has the same value.

    Attributes:
        aspect: its truth (0 true, 1 false, 2 null), its value on the scale of its sort, or
            whether it is null (0 or 1).
    """

    tree: Tree
    language: Language
    aspect: Literal["truth", "value", "null"]


Variable: TypeAlias = NamePath | Hidden
Factor: TypeAlias = Fraction | int
Sides: TypeAlias = tuple[tuple[Variable, Factor], ...]
"""Variables with what they are multiplied by; of one that stands alone it is 1."""
Limit: TypeAlias = Fraction | str


class Claim(NamedTuple):
    """``sides operator limit``; a limit that is a text stands against one variable alone."""

    sides: Sides
    operator: ComparisonOperator
    limit: Limit


@dataclass(frozen=True, slots=True)
class All:
    """Each of them."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of them."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = Claim | All | Some

TRUE = All(())
FALSE = Some(())

TESTS: Mapping[ComparisonOperator, Callable[[Any, Any], bool]] = {
    "=": operators.eq,
    "!=": operators.ne,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
OPPOSITES: Mapping[ComparisonOperator, ComparisonOperator] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
MIRRORED: Mapping[ComparisonOperator, ComparisonOperator] = {
    "=": "=",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


def all_of(parts: Iterable[Formula]) -> Formula:
    """Each of the parts; TRUE of none."""
    found: dict[Formula, None] = {}
    for part in parts:
        if part == FALSE:
            return FALSE
        found.update(dict.fromkeys(part.parts if isinstance(part, All) else (part,)))
    return next(iter(found)) if len(found) == 1 else All(tuple(found))


def some_of(parts: Iterable[Formula]) -> Formula:
    """One of the parts; FALSE of none."""
    found: dict[Formula, None] = {}
    for part in parts:
        if part == TRUE:
            return TRUE
        found.update(dict.fromkeys(part.parts if isinstance(part, Some) else (part,)))
    return next(iter(found)) if len(found) == 1 else Some(tuple(found))


@dataclass(frozen=True, slots=True)
class Linear:
    """``sides + constant``; a text is a constant or one variable."""

    sides: Sides
    constant: Limit = Fraction(0)

    def times(self, factor: Fraction) -> Linear:
        """So many of it; it is a number."""
        sides = tuple((variable, factor * each) for variable, each in self.sides if factor)
        return Linear(sides, factor * Fraction(self.constant))

    def plus(self, other: Linear) -> Linear:
        """The sum of two numbers."""
        sums: dict[Variable, Factor] = dict(self.sides)
        for variable, factor in other.sides:
            sums[variable] = sums.get(variable, 0) + factor
        sides = tuple((variable, factor) for variable, factor in sums.items() if factor)
        return Linear(sides, Fraction(self.constant) + Fraction(other.constant))


def alone(variable: Variable) -> Linear:
    """A variable."""
    return Linear(((variable, 1),))


def compare(operator: ComparisonOperator, left: Linear, right: Linear) -> Formula:
    """``left operator right``, in one form whichever way it was written.

    Both are numbers, or both texts.
    """
    if not left.sides and not right.sides:
        return TRUE if TESTS[operator](left.constant, right.constant) else FALSE
    if not left.sides:
        left, right, operator = right, left, MIRRORED[operator]
    if isinstance(right.constant, str):
        return Claim(left.sides, operator, right.constant)
    apart = left.plus(right.times(Fraction(-1)))
    if not apart.sides:
        return TRUE if TESTS[operator](apart.constant, 0) else FALSE
    return _in_one_form(operator, apart)


def _in_one_form(operator: ComparisonOperator, apart: Linear) -> Claim:
    sides = sorted(apart.sides, key=lambda side: str(side[0])) if apart.sides[1:] else apart.sides
    factor = 1 / Fraction(sides[0][1])
    if factor < 0:
        operator = MIRRORED[operator]
    limit = -Fraction(apart.constant) * factor
    scaled = tuple((variable, _plain(each * factor)) for variable, each in sides)
    return Claim(scaled, operator, limit)


def _plain(factor: Fraction) -> Factor:
    """A whole number as such, for it is compared often."""
    return int(factor) if factor.denominator == 1 else factor


def claims_in(formula: Formula) -> Iterator[Claim]:
    """The claims of a formula."""
    if isinstance(formula, Claim):
        yield formula
        return
    for part in formula.parts:
        yield from claims_in(part)


def has_product(formula: Formula) -> bool:
    """Whether a formula has a product of names, which is more than a sum."""
    return any(
        isinstance(variable, Hidden)
        and isinstance(variable.tree, Arithmetic)
        and variable.tree.operator == "*"
        for claim in claims_in(formula)
        for variable, _ in claim.sides
    )
