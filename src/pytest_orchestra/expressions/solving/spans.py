"""What is left of a value after claims about it: an interval without some points."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_orchestra.expressions.conditions.tree import ComparisonOperator
from pytest_orchestra.expressions.solving.formulas import TESTS, Limit


@dataclass(frozen=True, slots=True)
class Span:
    """Values between two limits; None: there is no limit.

    Attributes:
        without: values in it that are excluded.
    """

    low: Limit | None = None
    high: Limit | None = None
    has_low: bool = False
    has_high: bool = False
    without: frozenset[Limit] = frozenset()

    @property
    def only(self) -> Limit | None:
        """The one value of it, where it is one."""
        return self.low if self.low is not None and self.low == self.high else None

    def holds(self, at: Limit) -> bool:
        """Whether a value is in it."""
        if self.low is not None and not TESTS[">=" if self.has_low else ">"](at, self.low):
            return False
        if self.high is not None and not TESTS["<=" if self.has_high else "<"](at, self.high):
            return False
        return at not in self.without


EVERYTHING = Span()


def narrowed(span: Span, operator: ComparisonOperator, limit: Limit) -> Span | None:
    """What is left of a span; the same one where a claim says nothing new, None if nothing is."""
    match operator:
        case "=":
            if not span.holds(limit):
                return None
            return span if span.only is not None else Span(limit, limit, True, True)  # noqa: FBT003
        case "!=":
            return _excluding(span, limit)
        case ">" | ">=":
            return _above(span, limit, closed=operator == ">=")
        case "<" | "<=":
            return _below(span, limit, closed=operator == "<=")


def claims_of(span: Span) -> tuple[tuple[ComparisonOperator, Limit], ...]:
    """The span as comparisons."""
    if span.only is not None:
        return (("=", span.only),)
    found: list[tuple[ComparisonOperator, Limit]] = []
    if span.low is not None:
        found.append((">=" if span.has_low else ">", span.low))
    if span.high is not None:
        found.append(("<=" if span.has_high else "<", span.high))
    return (*found, *(("!=", each) for each in sorted(span.without)))


def _excluding(span: Span, limit: Limit) -> Span | None:
    if not span.holds(limit):
        return span
    if span.only is not None:
        return None
    if limit == span.low:
        return Span(span.low, span.high, False, span.has_high, span.without)  # noqa: FBT003
    if limit == span.high:
        return Span(span.low, span.high, span.has_low, False, span.without)  # noqa: FBT003
    return Span(span.low, span.high, span.has_low, span.has_high, span.without | {limit})


def _above(span: Span, limit: Limit, *, closed: bool) -> Span | None:
    is_above = span.low is None or TESTS[">"](limit, span.low)
    if not is_above and (limit != span.low or closed or not span.has_low):
        return span
    return _checked(limit, span.high, closed, span.has_high, span.without)


def _below(span: Span, limit: Limit, *, closed: bool) -> Span | None:
    is_below = span.high is None or TESTS["<"](limit, span.high)
    if not is_below and (limit != span.high or closed or not span.has_high):
        return span
    return _checked(span.low, limit, span.has_low, closed, span.without)


def _checked(
    low: Limit | None,
    high: Limit | None,
    has_low: bool,  # noqa: FBT001 - private
    has_high: bool,  # noqa: FBT001 - private
    without: frozenset[Limit],
) -> Span | None:
    if low is not None and low in without:
        has_low = False
    if high is not None and high in without:
        has_high = False
    if low is None or high is None or TESTS["<"](low, high):
        return Span(low, high, has_low, has_high, without)
    if low != high or not (has_low and has_high):
        return None
    return Span(low, high, has_low, has_high, without)
