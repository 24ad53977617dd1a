"""Linear comparisons of several variables: equations by Gauss, others by Fourier and Motzkin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Literal, NamedTuple

from pytest_orchestra.expressions.conditions.tree import ComparisonOperator
from pytest_orchestra.expressions.solving.formulas import MIRRORED, TESTS, Sides, Variable
from pytest_orchestra.expressions.solving.spans import EVERYTHING, Span, narrowed
from pytest_orchestra.expressions.solving.splitting import Search

Row = tuple[Mapping[Variable, int], ComparisonOperator, int]
"""``sum of variables operator limit`` in whole numbers, the operator one of ``= != < <=``."""
Pick = Callable[[Variable, Span], Fraction | None]


class Solved(NamedTuple):
    """Whether rows can be met together, and by what.

    Attributes:
        state: ``none``: they cannot; ``some``: they can, but no values were picked.
    """

    state: Literal["none", "some", "found"]
    values: Mapping[Variable, Fraction]


@dataclass(frozen=True, slots=True)
class _Step:
    """A variable that is gone, and the rows that bound it by those behind it."""

    variable: Variable
    rows: Sequence[Row]


def solve_rows(rows: Sequence[Row], search: Search, pick: Pick) -> Solved:
    """Values that meet all rows.

    Raises:
        Exhausted: it takes too many steps.
    """
    equal = [row for row in rows if row[1] != "!="]
    apart = [row for row in rows if row[1] == "!="]
    steps = _eliminated(equal, search)
    if steps is None:
        return Solved("none", {})
    values = _picked(steps, apart, pick)
    if values is not None:
        return Solved("found", values)
    return _around(equal, apart, search, pick)


def _around(equal: list[Row], apart: list[Row], search: Search, pick: Pick) -> Solved:
    """The values below or above what is excluded; impossible if there are none for one row."""
    for sums, _, limit in apart:
        mirrored = {variable: -factor for variable, factor in sums.items()}
        sides: list[Row] = [(sums, "<", limit), (mirrored, "<", -limit)]
        open_sides = [side for side in sides if _eliminated([*equal, side], search) is not None]
        if not open_sides:
            return Solved("none", {})
        rest = [row for row in apart if row[0] is not sums]
        for side in open_sides:
            steps = _eliminated([*equal, side], search)
            values = None if steps is None else _picked(steps, rest, pick)
            if values is not None:
                return Solved("found", values)
    return Solved("some", {})


def _eliminated(rows: Sequence[Row], search: Search) -> list[_Step] | None:
    """The variables one by one with what bounds them; None if the rows contradict each other."""
    left = [row for row in rows if row[0]]
    if not all(_is_met(row) for row in rows if not row[0]):
        return None
    steps: list[_Step] = []
    while left:
        variable = _next(left)
        mine = [row for row in left if variable in row[0]]
        left = [row for row in left if variable not in row[0]]
        new = _without(variable, mine, search)
        if not all(_is_met(row) for row in new if not row[0]):
            return None
        known = {_key(row) for row in left}
        for row in new:
            if row[0] and _key(row) not in known:
                known.add(_key(row))
                left.append(row)
        steps.append(_Step(variable, mine))
    return steps


def _key(row: Row) -> tuple[frozenset[tuple[Variable, int]], str, int]:
    return frozenset(row[0].items()), row[1], row[2]


def _next(rows: Sequence[Row]) -> Variable:
    """The variable that makes the fewest new rows; one of an equation first."""
    above: dict[Variable, int] = {}
    below: dict[Variable, int] = {}
    equal: dict[Variable, None] = {}
    for sums, operator, _ in rows:
        for variable, factor in sums.items():
            if operator == "=":
                equal[variable] = None
            counts = below if factor > 0 else above
            counts[variable] = counts.get(variable, 0) + 1
    variables = dict.fromkeys((*equal, *below, *above))

    def cost(variable: Variable) -> tuple[int, int]:
        one, other = above.get(variable, 0), below.get(variable, 0)
        return -1 if variable in equal else one * other, one + other

    return min(variables, key=cost)


def _without(variable: Variable, rows: Sequence[Row], search: Search) -> list[Row]:
    """What the rows say when a variable is gone."""
    equation = next((row for row in rows if row[1] == "="), None)
    if equation is not None:
        search.charge(len(rows))
        return [_replaced(variable, row, equation) for row in rows if row is not equation]
    highs = [row for row in rows if row[0][variable] > 0]
    lows = [row for row in rows if row[0][variable] < 0]
    search.charge(5 * len(highs) * len(lows) + 1)
    return [_joined(variable, low, high) for high in highs for low in lows]


def _replaced(variable: Variable, row: Row, equation: Row) -> Row:
    factor = equation[0][variable]
    sign = 1 if factor > 0 else -1
    return _sum(row, abs(factor), equation, -sign * row[0][variable], row[1])


def _joined(variable: Variable, low: Row, high: Row) -> Row:
    """Two rows that bound a variable from both sides, added so that it is gone."""
    operator: ComparisonOperator = "<" if "<" in (low[1], high[1]) else "<="
    return _sum(high, -low[0][variable], low, high[0][variable], operator)


def _sum(one: Row, times: int, other: Row, other_times: int, operator: ComparisonOperator) -> Row:
    """So many of one row and of another, in the smallest whole numbers."""
    sums = {variable: times * factor for variable, factor in one[0].items()}
    for variable, factor in other[0].items():
        sums[variable] = sums.get(variable, 0) + other_times * factor
    sums = {variable: factor for variable, factor in sums.items() if factor}
    limit = times * one[2] + other_times * other[2]
    divisor = gcd(*sums.values(), limit)
    if divisor > 1:
        sums = {variable: factor // divisor for variable, factor in sums.items()}
        limit //= divisor
    return sums, operator, limit


def _is_met(row: Row) -> bool:
    return TESTS[row[1]](0, row[2])


def _picked(
    steps: Sequence[_Step], apart: Sequence[Row], pick: Pick
) -> Mapping[Variable, Fraction] | None:
    values: dict[Variable, Fraction] = {}
    rows = (*apart, *(row for step in steps for row in step.rows))
    free = dict.fromkeys(variable for row in rows for variable in row[0])
    for step in steps:
        free.pop(step.variable, None)
    for step in (*(_Step(variable, ()) for variable in free), *reversed(steps)):
        span: Span | None = EVERYTHING
        for row in (*step.rows, *(row for row in apart if step.variable in row[0])):
            claim = _of_one(row, step.variable, values)
            if claim is not None and span is not None:
                span = narrowed(span, *claim)
        value = None if span is None else pick(step.variable, span)
        if value is None:
            return None
        values[step.variable] = value
    return values if all(_is_apart(row, values) for row in apart) else None


def _of_one(
    row: Row, variable: Variable, values: Mapping[Variable, Fraction]
) -> tuple[ComparisonOperator, Fraction] | None:
    """What a row says of one variable where the others are known."""
    sums, operator, limit = row
    if any(each not in values for each in sums if each != variable):
        return None
    rest = sum((factor * values[each] for each, factor in sums.items() if each != variable))
    factor = sums[variable]
    return operator if factor > 0 else MIRRORED[operator], (limit - rest) / Fraction(factor)


def _is_apart(row: Row, values: Mapping[Variable, Fraction]) -> bool:
    return sum(factor * values[each] for each, factor in row[0].items()) != row[2]


def row_of(sides: Sides, operator: ComparisonOperator, limit: Fraction) -> Row:
    """A claim as a row."""
    unit = lcm(limit.denominator, *(factor.denominator for _, factor in sides))
    if operator in (">", ">="):
        operator, unit = MIRRORED[operator], -unit
    return {variable: int(factor * unit) for variable, factor in sides}, operator, int(limit * unit)
