"""Values out of what is left of them, on one way of meeting the formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from pytest_orchestra.expressions.conditions.tree import NamePath
from pytest_orchestra.expressions.conditions.values import Value
from pytest_orchestra.expressions.solving.elimination import Row, Solved, row_of, solve_rows
from pytest_orchestra.expressions.solving.formulas import Factor, Hidden, Limit, Variable
from pytest_orchestra.expressions.solving.picking import default, picked
from pytest_orchestra.expressions.solving.plainsorts import NULL
from pytest_orchestra.expressions.solving.scales import Sort, has_scale, value_at
from pytest_orchestra.expressions.solving.spans import EVERYTHING, Span, claims_of
from pytest_orchestra.expressions.solving.splitting import Search, Spans
from pytest_orchestra.expressions.solving.textranks import TextRanks

Sorts = Mapping[NamePath, Sort]


def values_on(spans: Spans, sorts: Sorts, search: Search) -> Mapping[NamePath, Value] | None:
    """A value for each name; None if the spans contradict each other after all.

    Raises:
        Exhausted: it takes too many steps.
        ValueError: no values were found.
    """
    places: dict[Variable, Limit] = {}
    if any(len(sides) > 1 for sides in spans):
        together = _together(spans, sorts, search)
        if together is None:
            return None
        places.update(together)
    return {path: _value(path, sort, spans, places) for path, sort in sorts.items()}


def are_consistent(spans: Spans, sorts: Sorts, search: Search) -> bool:
    """Whether the spans do not contradict each other.

    Raises:
        Exhausted: it takes too many steps.
    """
    if not any(len(sides) > 1 for sides in spans):
        return True
    try:
        return _together(spans, sorts, search) is not None
    except ValueError:
        return True


def _value(path: NamePath, sort: Sort, spans: Spans, places: Mapping[Variable, Limit]) -> Value:
    if sort == NULL or not has_scale(sort):
        return default(sort)
    place = places.get(path)
    if place is None:
        place = picked(spans.get(((path, 1),), EVERYTHING), sort)
    if place is None:
        raise ValueError(path)
    return value_at(place, sort)


def _together(spans: Spans, sorts: Sorts, search: Search) -> Mapping[Variable, Limit] | None:
    """Places of the variables that stand in sums with others."""
    joined = {variable for sides in spans if len(sides) > 1 for variable, _ in sides}
    mine = {sides: span for sides, span in spans.items() if joined.issuperset(_of(sides))}
    ranks = TextRanks(span for span in mine.values())
    rows = [row for sides, span in mine.items() for row in _rows(sides, span, ranks)]
    solved = solve_rows(rows, search, lambda variable, span: _pick(variable, span, sorts))
    if solved.state == "none":
        return None
    if solved.state == "some":
        raise ValueError(solved)
    return _named(solved, sorts, ranks)


def _of(sides: Sequence[tuple[Variable, Factor]]) -> tuple[Variable, ...]:
    return tuple(variable for variable, _ in sides)


def _rows(sides: tuple[tuple[Variable, Factor], ...], span: Span, ranks: TextRanks) -> list[Row]:
    return [row_of(sides, operator, ranks.of(limit)) for operator, limit in claims_of(span)]


def _pick(variable: Variable, span: Span, sorts: Sorts) -> Fraction | None:
    sort = "number" if isinstance(variable, Hidden) else sorts.get(variable, "number")
    place = picked(span, "number" if sort == "string" else sort)
    return None if place is None else Fraction(place)


def _named(solved: Solved, sorts: Sorts, ranks: TextRanks) -> Mapping[Variable, Limit]:
    texts: dict[Variable, Fraction] = {
        variable: rank
        for variable, rank in solved.values.items()
        if not isinstance(variable, Hidden) and sorts.get(variable) == "string"
    }
    return {**solved.values, **ranks.texts(texts)}
