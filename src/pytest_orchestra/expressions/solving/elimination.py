"""Linear comparisons of several variables: equations by Gauss, others by Fourier and Motzkin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from pytest_orchestra.expressions.conditions.tree import ComparisonOperator
from pytest_orchestra.expressions.solving.formulas import MIRRORED, TESTS, Sides, Variable
from pytest_orchestra.expressions.solving.spans import EVERYTHING, Span, narrowed
from pytest_orchestra.expressions.solving.splitting import Search

Row = tuple[Mapping[Variable, Fraction], ComparisonOperator, Fraction]
"""``sum of variables operator limit``."""
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
        sides: list[Row] = [(sums, "<", limit), (sums, ">", limit)]
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


def _key(row: Row) -> tuple[frozenset[tuple[Variable, Fraction]], str, Fraction]:
    return frozenset(row[0].items()), row[1], row[2]


def _next(rows: Sequence[Row]) -> Variable:
    """The variable that makes the fewest new rows; one of an equation first."""
    variables = dict.fromkeys(variable for row in rows for variable in row[0])

    def cost(variable: Variable) -> tuple[int, int]:
        mine = [row for row in rows if variable in row[0]]
        if any(row[1] == "=" for row in mine):
            return -1, len(mine)
        above = sum(_is_below(row, variable) for row in mine)
        return above * (len(mine) - above), len(mine)

    return min(variables, key=cost)


def _is_below(row: Row, variable: Variable) -> bool:
    """Whether it bounds a variable from above."""
    return (row[1] in ("<", "<=")) == (row[0][variable] > 0)


def _without(variable: Variable, rows: Sequence[Row], search: Search) -> list[Row]:
    """What the rows say when a variable is gone."""
    equation = next((row for row in rows if row[1] == "="), None)
    if equation is not None:
        search.charge(len(rows))
        return [_replaced(variable, row, equation) for row in rows if row is not equation]
    below = [row for row in rows if _is_below(row, variable)]
    above = [row for row in rows if not _is_below(row, variable)]
    search.charge(5 * len(below) * len(above) + 1)
    return [_joined(variable, low, high) for high in below for low in above]


def _replaced(variable: Variable, row: Row, equation: Row) -> Row:
    factor = -row[0][variable] / equation[0][variable]
    return _sum(row, equation, factor), row[1], row[2] + factor * equation[2]


def _sum(row: Row, other: Row, factor: Fraction) -> Mapping[Variable, Fraction]:
    sums = dict(row[0])
    for each, amount in other[0].items():
        sums[each] = sums.get(each, Fraction(0)) + factor * amount
    return {each: amount for each, amount in sums.items() if amount}


def _joined(variable: Variable, low: Row, high: Row) -> Row:
    """``low < variable < high`` without the variable, as ``low - high < 0``."""
    low, high = _scaled(low, variable), _scaled(high, variable)
    operator: ComparisonOperator = "<" if "<" in (MIRRORED[low[1]], high[1]) else "<="
    sums = _sum(high, low, Fraction(-1))
    return sums, operator, high[2] - low[2]


def _scaled(row: Row, variable: Variable) -> Row:
    """The row with the variable once."""
    factor = 1 / row[0][variable]
    operator = row[1] if factor > 0 else MIRRORED[row[1]]
    return {each: amount * factor for each, amount in row[0].items()}, operator, row[2] * factor


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
    if any(each not in values for each in row[0] if each != variable):
        return None
    scaled = _scaled(row, variable)
    rest = sum((amount * values[each] for each, amount in scaled[0].items() if each != variable))
    return scaled[1], scaled[2] - rest


def _is_apart(row: Row, values: Mapping[Variable, Fraction]) -> bool:
    if any(each not in values for each in row[0]):
        return True
    return sum(amount * values[each] for each, amount in row[0].items()) != row[2]


def row_of(sides: Sides, operator: ComparisonOperator, limit: Fraction) -> Row:
    """A claim as a row."""
    return dict(sides), operator, limit
