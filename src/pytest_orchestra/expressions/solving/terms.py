"""Values of a condition's parts as linear expressions, as far as they are such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from pytest_orchestra.expressions.conditions.conditions import Language
from pytest_orchestra.expressions.conditions.tree import (
    Arithmetic,
    Call,
    Member,
    Name,
    NamePath,
    Negative,
    Tree,
)
from pytest_orchestra.expressions.solving.formulas import (
    FALSE,
    TRUE,
    Claim,
    Formula,
    Hidden,
    Linear,
    alone,
)
from pytest_orchestra.expressions.solving.plainsorts import (
    DURATION,
    NULL,
    RESULTS,
    folded,
    path_of,
)
from pytest_orchestra.expressions.solving.scales import DAY, Sort, has_scale, place, sort_of

ONE, ZERO = Fraction(1), Fraction(0)
COUNTS = ("count", "string length", ".length", ".size")
"""Functions whose value is a whole number from 0 on."""

_TOTAL: Mapping[str, Sort] = {
    **dict.fromkeys(("abs", "floor", "ceiling", "exp"), "number"),
    **dict.fromkeys(("string length", "upper case", "lower case", "contains"), "string"),
    **dict.fromkeys(("substring before", "substring after"), "string"),
    **dict.fromkeys(("starts with", "ends with"), "string"),
    **dict.fromkeys(("count", "reverse"), "list"),
}
"""Functions that have a value for every value of this sort."""
_MONTHS: Sort = "years and months duration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What is known of a part's value.

    Attributes:
        sort: of the value; None: nothing is known.
        linear: the value on its sort's scale, where it has one and is not null.
        null: when it is null; ``present``: when it is not.
        counts: whether it is a whole number from 0 on.
        is_plain: whether it is a name or a literal, of which the sort is certain.
    """

    sort: Sort | None
    linear: Linear | None = None
    null: Formula = FALSE
    present: Formula = TRUE
    counts: bool = False
    is_plain: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it is never null though its sort is another."""
        return self.null == FALSE


UNKNOWN = Term(sort=None)
NOTHING = Term(sort=NULL)


class Terms:
    """Values of parts, where names are of given sorts."""

    def __init__(self, sorts: Mapping[NamePath, Sort], language: Language) -> None:
        self._sorts = sorts
        self._language = language

    def term(self, tree: Tree) -> Term:
        """What is known of the value of a tree."""
        if (found := folded(tree, self._language)) is not None:
            if found.value is None:
                return NOTHING
            linear = Linear((), place(found.value))
            return Term(sort=sort_of(found.value), linear=linear, is_plain=True)
        read = self.readers.get(type(tree))
        return UNKNOWN if read is None else read(self, tree)

    def _name(self, tree: Name | Member) -> Term:
        path = path_of(tree)
        sort = None if path is None else self._sorts.get(path)
        if path is None or sort is None:
            return UNKNOWN
        return Term(sort=sort, linear=alone(path) if has_scale(sort) else None, is_plain=True)

    def _negative(self, tree: Negative) -> Term:
        of = self.term(tree.of)
        if of.linear is None or of.sort not in ("number", DURATION, _MONTHS):
            return UNKNOWN
        return Term(sort=of.sort, linear=of.linear.times(-ONE), null=of.null, present=of.present)

    def _call(self, tree: Call) -> Term:
        sort = RESULTS.get(tree.function)
        if sort is None or not has_scale(sort):
            return Term(sort=sort)
        value = alone(Hidden(tree, self._language, "value"))
        counts = tree.function in COUNTS
        if self._language == "juel" or self._is_total(tree):
            return Term(sort=sort, linear=value, counts=counts)
        null = Hidden(tree, self._language, "null")
        return Term(
            sort=sort,
            linear=value,
            null=Claim(((null, 1),), "=", ONE),
            present=Claim(((null, 1),), "=", ZERO),
            counts=counts,
        )

    def _is_total(self, tree: Call) -> bool:
        taken = _TOTAL.get(tree.function)
        terms = [self.term(each) for each in tree.arguments]
        return all(each.sort == taken and each.is_sure for each in terms)

    def _arithmetic(self, tree: Arithmetic) -> Term:
        left, right = self.term(tree.left), self.term(tree.right)
        is_juel = self._language == "juel"
        if not is_juel and NULL in (left.sort, right.sort):
            return NOTHING
        if left.linear is None or right.linear is None or not (left.is_sure and right.is_sure):
            return UNKNOWN
        if left.sort == right.sort == "number":
            found = _of_numbers(tree, left.linear, right.linear)
            return self._hidden(tree) if found is None else Term(sort="number", linear=found)
        if left.sort == right.sort == "string" and tree.operator == "+" and not is_juel:
            return Term(sort="string", linear=alone(Hidden(tree, self._language, "value")))
        return UNKNOWN if is_juel else _of_moments(tree, left, right)

    def _hidden(self, tree: Arithmetic) -> Term:
        """A number that is not linear in names."""
        value = alone(Hidden(tree, self._language, "value"))
        if self._language == "juel" or tree.operator == "*":
            return Term(sort="number", linear=value)
        null = Hidden(tree, self._language, "null")
        return Term(
            sort="number",
            linear=value,
            null=Claim(((null, 1),), "=", ONE),
            present=Claim(((null, 1),), "=", ZERO),
        )

    readers: ClassVar[Mapping[type, Callable[[Any, Any], Term]]] = {
        Name: _name,
        Member: _name,
        Negative: _negative,
        Call: _call,
        Arithmetic: _arithmetic,
    }


def _of_numbers(tree: Arithmetic, left: Linear, right: Linear) -> Linear | None:
    match tree.operator:
        case "+":
            return left.plus(right)
        case "-":
            return left.plus(right.times(-ONE))
        case "*" if not left.sides:
            return right.times(Fraction(left.constant))
        case "*" if not right.sides:
            return left.times(Fraction(right.constant))
        case "/" if not right.sides and _is_exact(Fraction(right.constant)):
            return left.times(1 / Fraction(right.constant))
    return None


def _is_exact(divisor: Fraction) -> bool:
    """Whether a division by it needs no rounding."""
    if not divisor:
        return False
    rest = abs(divisor.numerator)
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _of_moments(tree: Arithmetic, left: Term, right: Term) -> Term:
    """Dates, times of a date and durations, as far as no calendar is needed."""
    if left.linear is None or right.linear is None or tree.operator not in ("+", "-"):
        return UNKNOWN
    sign = ONE if tree.operator == "+" else -ONE
    if left.sort == right.sort and left.sort in (DURATION, _MONTHS):
        return Term(sort=left.sort, linear=left.linear.plus(right.linear.times(sign)))
    if tree.operator == "-" and left.sort == right.sort and left.sort is not None:
        return _apart(left.sort, left.linear.plus(right.linear.times(-ONE)))
    if right.sort != DURATION or left.sort is None:
        return UNKNOWN
    return _shifted(left.sort, left.linear, right.linear.times(sign))


def _shifted(sort: Sort, moment: Linear, by: Linear) -> Term:
    if sort.startswith("date and time"):
        return Term(sort=sort, linear=moment.plus(by))
    days = Fraction(by.constant) / DAY
    if sort == "date" and not by.sides and days.denominator == 1:
        return Term(sort="date", linear=moment.plus(Linear((), days)))
    return UNKNOWN


def _apart(sort: Sort, apart: Linear) -> Term:
    if sort == "date":
        return Term(sort=DURATION, linear=apart.times(Fraction(DAY)))
    return Term(sort=DURATION, linear=apart) if sort.startswith(("date", "time")) else UNKNOWN
