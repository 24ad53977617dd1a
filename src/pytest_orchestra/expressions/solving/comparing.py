"""When a comparison of two values is true, false or null, in FEEL and in JUEL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from pytest_orchestra.expressions.conditions.tree import ComparisonOperator
from pytest_orchestra.expressions.solving.formulas import (
    FALSE,
    OPPOSITES,
    TRUE,
    Claim,
    Formula,
    all_of,
    compare,
    some_of,
)
from pytest_orchestra.expressions.solving.plainsorts import ANY, NULL
from pytest_orchestra.expressions.solving.scales import WHOLE, Sort, kind_of_sort
from pytest_orchestra.expressions.solving.terms import ONE, ZERO, Term

MANY = frozenset(("list", "range", "context", "function"))
_CLOSE = (
    frozenset(("date", "date and time")),
    frozenset(("days and time duration", "years and months duration")),
)


@dataclass(frozen=True, slots=True)
class Truth:
    """When something is true, false and null; where it is refused, it may be any of them."""

    true: Formula
    false: Formula
    null: Formula = FALSE


YES, NO, NULLED = Truth(TRUE, FALSE), Truth(FALSE, TRUE), Truth(FALSE, FALSE, TRUE)


def feel_compared(operator: ComparisonOperator, left: Term, right: Term) -> Truth | None:
    """When FEEL's ``left operator right`` is true, false or null; None if that is not known."""
    if left.sort is None or right.sort is None:
        return None
    if NULL in (left.sort, right.sort):
        return _with_null(operator, left, right)
    if left.sort != right.sort:
        is_judged = left.is_plain and right.is_plain and _are_different(left.sort, right.sort)
        return NULLED if is_judged else None
    if left.linear is None or right.linear is None:
        return None
    if left.sort == "boolean" and operator not in ("=", "!="):
        return NULLED
    return _of_one_sort(operator, left, right)


def java_compared(operator: ComparisonOperator, left: Term, right: Term) -> Truth | None:
    """When JUEL's ``left operator right`` is true or false; None if that is not known."""
    if left.sort is None or right.sort is None:
        return None
    if NULL in (left.sort, right.sort):
        is_same = left.sort == right.sort
        is_true = not is_same if operator == "!=" else is_same and operator not in ("<", ">")
        return YES if is_true else NO
    if left.sort != right.sort or left.linear is None or right.linear is None:
        return None
    if operator not in ("=", "!=") and left.sort == "boolean":
        return None
    return _of_one_sort(operator, left, right)


def disjunction(found: Sequence[Truth]) -> Truth:
    """FEEL's ``or``."""
    null = some_of(each.null for each in found)
    if null != FALSE:
        null = all_of((null, *(some_of((each.false, each.null)) for each in found)))
    true, false = (each.true for each in found), (each.false for each in found)
    return Truth(some_of(true), all_of(false), null)


def one_of(found: Sequence[Truth]) -> Truth:
    """One of them is true; else it is false, of those that are null too."""
    true = some_of(each.true for each in found)
    return Truth(true, all_of(some_of((each.false, each.null)) for each in found))


def _with_null(operator: ComparisonOperator, left: Term, right: Term) -> Truth:
    """A comparison with null in FEEL."""
    if operator not in ("=", "!="):
        return NULLED
    null = all_of(TRUE if each.sort == NULL else each.null for each in (left, right))
    present = some_of(each.present for each in (left, right) if each.sort != NULL)
    return Truth(null, present) if operator == "=" else Truth(present, null)


def _are_different(left: Sort, right: Sort) -> bool:
    """Whether FEEL's comparison of two sorts is null for every engine."""
    kinds = frozenset((kind_of_sort(left), kind_of_sort(right)))
    return len(kinds) > 1 and ANY not in (left, right) and not kinds & MANY and kinds not in _CLOSE


def _of_one_sort(operator: ComparisonOperator, left: Term, right: Term) -> Truth:
    if left.linear is None or right.linear is None:
        raise TypeError(left.sort)
    true, false = (_claim(each, left, right) for each in (operator, OPPOSITES[operator]))
    if left.is_sure and right.is_sure:
        return Truth(true, false)
    present = all_of((left.present, right.present))
    true, false = all_of((present, true)), all_of((present, false))
    if operator not in ("=", "!="):
        return Truth(true, false, some_of((left.null, right.null)))
    both = all_of((left.null, right.null))
    one = some_of((all_of((left.null, right.present)), all_of((left.present, right.null))))
    same, different = (both, one) if operator == "=" else (one, both)
    return Truth(some_of((true, same)), some_of((false, different)))


def _claim(operator: ComparisonOperator, left: Term, right: Term) -> Formula:
    if left.linear is None or right.linear is None:
        raise TypeError(left.sort)
    found = compare(operator, left.linear, right.linear)
    if not isinstance(found, Claim):
        return found
    if left.sort == "boolean":
        return _of_booleans(found)
    if left.sort in WHOLE or left.counts or right.counts:
        return _of_wholes(found, counts=left.counts or right.counts)
    return found


def _of_booleans(claim: Claim) -> Formula:
    if len(claim.sides) == 1:
        at = Fraction(claim.limit) if claim.operator == "=" else ONE - Fraction(claim.limit)
        return claim._replace(operator="=", limit=at)
    either = (
        some_of(Claim(((variable, 1),), "=", at) for at in (ZERO, ONE))
        for variable, _ in claim.sides
    )
    return all_of((claim, *either))


def _of_wholes(claim: Claim, *, counts: bool) -> Formula:
    """Whole numbers: what is above 3 is at least 4."""
    if len(claim.sides) > 1 or isinstance(claim.limit, str):
        return claim
    limit = claim.limit
    match claim.operator:
        case "<" | "<=":
            last = ceil(limit) - 1 if claim.operator == "<" else floor(limit)
            claim = claim._replace(operator="<=", limit=Fraction(last))
        case ">" | ">=":
            first = floor(limit) + 1 if claim.operator == ">" else ceil(limit)
            claim = claim._replace(operator=">=", limit=Fraction(first))
        case _ if limit.denominator != 1:
            return TRUE if claim.operator == "!=" else FALSE
    return all_of((claim, Claim(claim.sides, ">=", ZERO))) if counts else claim
