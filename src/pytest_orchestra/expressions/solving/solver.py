"""Whether constraints can be met together, and by which values.

Proofs follow the language's semantics over numbers without rounding (34 digits); values that are
given have been checked by the language's own evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Literal

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.expressions.conditions.tree import NamePath
from pytest_orchestra.expressions.conditions.values import Kind
from pytest_orchestra.expressions.solving.checking import are_met
from pytest_orchestra.expressions.solving.constraints import Constraint, Kinds, Solution, Verdict
from pytest_orchestra.expressions.solving.formulas import Formula, has_product
from pytest_orchestra.expressions.solving.meaning import goal_of
from pytest_orchestra.expressions.solving.scales import Sort
from pytest_orchestra.expressions.solving.sorting import SortCases
from pytest_orchestra.expressions.solving.splitting import Exhausted, Search, Spans
from pytest_orchestra.expressions.solving.uses import uses_of
from pytest_orchestra.expressions.solving.witnesses import values_on

Backend = Literal["auto", "builtin", "z3"]

MAX_CONSTRAINTS = 400
"""Constraints of one call; with more it is not known."""
MAX_CACHED = 8_192
"""Calls whose solution is kept."""
MAX_WITNESSES = 40
"""Ways whose values are checked."""

_NO_KINDS: Kinds = {}
_UNKNOWN = Solution(verdict=Verdict.UNKNOWN)
_IMPOSSIBLE = Solution(verdict=Verdict.IMPOSSIBLE)


def solve(
    constraints: Sequence[Constraint],
    *,
    kinds: Kinds = _NO_KINDS,
    preferring: Sequence[Constraint] = (),
    backend: Backend = "auto",
) -> Solution:
    """Whether constraints can be met together.

    Args:
        constraints: all have to be met.
        kinds: what kinds of values names may have, where that is known.
        preferring: constraints that should be met too; one after the other, where it is possible.
        backend: ``auto`` asks z3 only where the built-in solver gives up, and z3 is installed.

    Returns:
        Impossible only where it is proved; possible only with values that were checked.

    Raises:
        ConfigurationError: z3 is demanded and not installed.
    """
    if backend == "z3" and not _has_z3():
        raise ConfigurationError(
            "the solver z3 is not installed", hint="Run: pip install 'pytest-orchestra[solver]'"
        )
    asked = tuple(dict.fromkeys(constraints))
    given = tuple(sorted(kinds.items(), key=lambda each: each[0]))
    found = _solved(asked, given, backend)
    if found.verdict is not Verdict.POSSIBLE:
        return found
    for wish in preferring:
        more = _solved((*asked, wish), given, backend)
        if more.verdict is Verdict.POSSIBLE:
            asked, found = (*asked, wish), more
    return found


@lru_cache(maxsize=MAX_CACHED)
def _solved(
    constraints: tuple[Constraint, ...],
    kinds: tuple[tuple[NamePath, frozenset[Kind]], ...],
    backend: Backend,
) -> Solution:
    if len(constraints) > MAX_CONSTRAINTS:
        return _UNKNOWN
    cases = SortCases(constraints, dict(kinds))
    is_known = cases.are_all
    for sorts in cases:
        found = _in_case(constraints, sorts, backend)
        if found.verdict is Verdict.POSSIBLE:
            return found
        is_known = is_known and found.verdict is Verdict.IMPOSSIBLE
    return _IMPOSSIBLE if is_known else _UNKNOWN


def _in_case(
    constraints: Sequence[Constraint], sorts: Mapping[NamePath, Sort], backend: Backend
) -> Solution:
    """The solution where names are of these sorts."""
    goals = [_goal(each, sorts) for each in constraints]
    if backend != "z3":
        search = Search()
        found = _first(constraints, sorts, search.ways(goals), search)
        if found is not None and (found.verdict is not Verdict.UNKNOWN or backend == "builtin"):
            return found
        if backend == "builtin" or not _has_z3():
            return _UNKNOWN
        if found is not None and not any(map(has_product, goals)):
            return found
    return _by_z3(constraints, sorts, goals)


def _by_z3(
    constraints: Sequence[Constraint], sorts: Mapping[NamePath, Sort], goals: Sequence[Formula]
) -> Solution:
    from pytest_orchestra.expressions.solving.by_z3 import Z3Search  # an extra

    ways = Z3Search(sorts).ways(goals)
    return _first(constraints, sorts, ways, Search()) or _UNKNOWN


def _first(
    constraints: Sequence[Constraint],
    sorts: Mapping[NamePath, Sort],
    ways: Iterator[Spans],
    search: Search,
) -> Solution | None:
    """The first way whose values hold; None if the search was given up."""
    is_known = True
    witnesses = 0
    try:
        for spans in ways:
            try:
                values = values_on(spans, sorts, search)
            except ValueError:
                is_known = False
                continue
            if values is not None and are_met(constraints, values):
                return Solution(verdict=Verdict.POSSIBLE, values=values)
            is_known = is_known and values is None
            witnesses += values is not None
            if witnesses > MAX_WITNESSES:
                return _UNKNOWN
    except Exhausted:
        return None
    return _IMPOSSIBLE if is_known else _UNKNOWN


def _goal(constraint: Constraint, sorts: Mapping[NamePath, Sort]) -> Formula:
    names = uses_of(constraint.tree, constraint.language).names
    return goal_of(constraint, tuple((path, sorts[path]) for path in names if path in sorts))


@lru_cache(maxsize=1)
def _has_z3() -> bool:
    return find_spec("z3") is not None
