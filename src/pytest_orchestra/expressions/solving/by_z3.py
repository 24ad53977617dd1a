"""Goes through the ways in which formulas can be met, by z3; imported where it is installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import z3

from pytest_orchestra.expressions.conditions.tree import Arithmetic, NamePath
from pytest_orchestra.expressions.solving.formulas import (
    TESTS,
    All,
    Claim,
    Formula,
    Hidden,
    Limit,
    Linear,
    Sides,
    Some,
    Variable,
    claims_in,
)
from pytest_orchestra.expressions.solving.scales import WHOLE, Sort, kind_of_sort
from pytest_orchestra.expressions.solving.spans import EVERYTHING, Span, narrowed
from pytest_orchestra.expressions.solving.splitting import Exhausted, Spans
from pytest_orchestra.expressions.solving.terms import Terms
from pytest_orchestra.expressions.solving.textranks import TextRanks

MAX_EFFORT = 3_000_000
"""z3's measure of its work on one question; the same on every machine."""


class Z3Search:
    """One search by z3.

    Args:
        sorts: of the names.
    """

    def __init__(self, sorts: Mapping[NamePath, Sort]) -> None:
        self._sorts = sorts
        self._context = z3.Context()
        self._solver = z3.Solver(ctx=self._context)
        self._solver.set("rlimit", MAX_EFFORT)
        self._variables: dict[Variable, Any] = {}
        self._ranks = TextRanks(())
        self._factors: dict[NamePath, None] = {}

    def ways(self, goals: Iterable[Formula]) -> Iterator[Spans]:
        """Each way on which all goals are met; the values that z3 found are in its spans.

        Raises:
            Exhausted: z3 does not know, or not in the effort that it may take.
        """
        whole = All(tuple(goals))
        self._ranks = TextRanks(Span(low=claim.limit) for claim in claims_in(whole))
        self._solver.add(self._formula(whole))
        while True:
            found = self._solver.check()
            if found == z3.unknown:
                raise Exhausted
            if found == z3.unsat:
                return
            model = self._solver.model()
            claims = tuple(dict.fromkeys((*self._true(whole, model), *self._pinned(model))))
            yield _spans(claims)
            self._solver.add(z3.Not(self._formula(All(claims))))

    def _formula(self, formula: Formula) -> Any:  # noqa: ANN401 - z3 has no types
        match formula:
            case All(parts=parts):
                return z3.And(*map(self._formula, parts), self._context)
            case Some(parts=parts):
                return z3.Or(*map(self._formula, parts), self._context)
        left = self._sum(Linear(formula.sides))
        return TESTS[formula.operator](left, self._number(formula.limit))

    def _sum(self, linear: Linear) -> Any:  # noqa: ANN401 - z3 has no types
        total = self._number(linear.constant)
        for variable, factor in linear.sides:
            total = total + self._number(factor) * self._variable(variable)
        return total

    def _number(self, value: Limit | int) -> Any:  # noqa: ANN401 - z3 has no types
        return z3.RealVal(
            str(self._ranks.of(value) if isinstance(value, str) else value), self._context
        )

    def _variable(self, variable: Variable) -> Any:  # noqa: ANN401 - z3 has no types
        if variable in self._variables:
            return self._variables[variable]
        name = f"v{len(self._variables)}"
        is_name = not isinstance(variable, Hidden)
        sort = self._sorts.get(variable, "") if not isinstance(variable, Hidden) else ""
        if is_name and kind_of_sort(sort) in WHOLE:
            found = z3.ToReal(z3.Int(name, self._context))
        else:
            found = z3.Real(name, self._context)
        self._variables[variable] = found
        self._define(variable)
        return found

    def _define(self, variable: Variable) -> None:
        """A product of names is what it says."""
        if not isinstance(variable, Hidden) or variable.aspect != "value":
            return
        tree = variable.tree
        if not isinstance(tree, Arithmetic) or tree.operator != "*":
            return
        terms = Terms(self._sorts, variable.language)
        left, right = terms.term(tree.left).linear, terms.term(tree.right).linear
        if left is not None and right is not None:
            product = self._sum(left) * self._sum(right)
            self._solver.add(self._variables[variable] == product)
            sides = (*left.sides, *right.sides)
            names = (each for each, _ in sides if not isinstance(each, Hidden))
            self._factors.update(dict.fromkeys(names))

    def _pinned(self, model: Any) -> Iterator[Claim]:  # noqa: ANN401 - z3 has no types
        """The values that z3 found for the factors of products, which spans do not tell."""
        for path in self._factors:
            value = model.eval(self._variable(path), model_completion=True)
            if z3.is_rational_value(value):
                limit = Fraction(value.numerator_as_long(), value.denominator_as_long())
                yield Claim(((path, 1),), "=", limit)

    def _true(self, formula: Formula, model: Any) -> Iterator[Claim]:  # noqa: ANN401 - z3 has no types
        """Claims that are true in a model and enough to meet a formula."""
        match formula:
            case All(parts=parts):
                for part in parts:
                    yield from self._true(part, model)
            case Some(parts=parts):
                chosen = next(part for part in parts if self._is_true(part, model))
                yield from self._true(chosen, model)
            case Claim():
                yield formula

    def _is_true(self, formula: Formula, model: Any) -> bool:  # noqa: ANN401 - z3 has no types
        found = model.eval(self._formula(formula), model_completion=True)
        return bool(z3.is_true(z3.simplify(found)))


def _spans(claims: Iterable[Claim]) -> Spans:
    spans: dict[Sides, Span] = {}
    for sides, operator, limit in claims:
        span = narrowed(spans.get(sides, EVERYTHING), operator, limit)
        if span is None:
            raise Exhausted
        spans[sides] = span
    return spans
