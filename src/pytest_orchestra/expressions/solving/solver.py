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
from pytest_orchestra.expressions.conditions.values import Kind, Value
from pytest_orchestra.expressions.solving.checking import are_met
from pytest_orchestra.expressions.solving.constraints import Constraint, Kinds, Solution, Verdict
from pytest_orchestra.expressions.solving.formulas import Formula, has_product
from pytest_orchestra.expressions.solving.guessing import guessed
from pytest_orchestra.expressions.solving.meaning import goal_of
from pytest_orchestra.expressions.solving.scales import Sort
from pytest_orchestra.expressions.solving.sorting import SortCases
from pytest_orchestra.expressions.solving.splitting import Exhausted, Search, Spans
from pytest_orchestra.expressions.solving.uses import uses_of
from pytest_orchestra.expressions.solving.witnesses import are_consistent, values_on

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


def is_impossible(
    constraints: Sequence[Constraint], *, kinds: Kinds = _NO_KINDS, backend: Backend = "auto"
) -> bool:
    """Whether constraints are proved to be impossible together: as ``solve``, without values.

    It takes a fraction of the time where they are possible, or that is not known.
    """
    asked = tuple(dict.fromkeys(constraints))
    return _refuted(asked, tuple(sorted(kinds.items(), key=lambda each: each[0])), backend)


@lru_cache(maxsize=MAX_CACHED)
def _refuted(
    constraints: tuple[Constraint, ...],
    kinds: tuple[tuple[NamePath, frozenset[Kind]], ...],
    backend: Backend,
) -> bool:
    if len(constraints) > MAX_CONSTRAINTS:
        return False
    cases = SortCases(constraints, dict(kinds))
    return cases.are_all and all(_Case(constraints, sorts).is_refuted(backend) for sorts in cases)


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
    case = _Case(constraints, sorts)
    found = None if backend == "z3" else case.built_in()
    is_known = found is not None and found.verdict is not Verdict.UNKNOWN
    if found is None or not (is_known or backend == "builtin" or not case.has_product()):
        found = case.by_z3() if backend != "builtin" and _has_z3() else _UNKNOWN
    return case.guessed() if found.verdict is Verdict.UNKNOWN else found


class _Case:
    """Constraints on names of given sorts."""

    def __init__(self, constraints: Sequence[Constraint], sorts: Mapping[NamePath, Sort]) -> None:
        self._constraints = constraints
        self._sorts = sorts
        self._goals = [_goal(each, sorts) for each in constraints]
        self._nearest: Mapping[NamePath, Value] = {}

    def has_product(self) -> bool:
        """Whether z3 understands more of it."""
        return any(map(has_product, self._goals))

    def built_in(self) -> Solution | None:
        """What the built-in search finds; None if it gave up."""
        search = Search()
        return self._first(search.ways(self._goals), search)

    def by_z3(self) -> Solution:
        """What z3 finds."""
        from pytest_orchestra.expressions.solving.by_z3 import Z3Search  # an extra

        ways = Z3Search(self._sorts).ways(self._goals)
        return self._first(ways, Search()) or _UNKNOWN

    def is_refuted(self, backend: Backend) -> bool:
        """Whether no way meets the formulas."""
        can_ask = backend != "builtin" and _has_z3()
        search = Search()
        try:
            ways = () if backend == "z3" else search.ways(self._goals)
            for spans in ways:
                if are_consistent(spans, self._sorts, search):
                    return can_ask and self.has_product() and self._is_refuted_by_z3()
        except Exhausted:
            return can_ask and self._is_refuted_by_z3()
        return backend != "z3" or self._is_refuted_by_z3()

    def _is_refuted_by_z3(self) -> bool:
        return self.by_z3().verdict is Verdict.IMPOSSIBLE

    def guessed(self) -> Solution:
        """What is found without knowing how."""
        values = guessed(self._constraints, self._sorts, self._nearest)
        return _UNKNOWN if values is None else Solution(verdict=Verdict.POSSIBLE, values=values)

    def _first(self, ways: Iterator[Spans], search: Search) -> Solution | None:
        """The first way whose values hold; None if the search was given up."""
        failed = 0
        while failed < MAX_WITNESSES:
            try:
                spans = next(ways, None)
                if spans is None:
                    return _UNKNOWN if failed else _IMPOSSIBLE
                values = values_on(spans, self._sorts, search)
            except ValueError:
                failed += 1
                continue
            except Exhausted:
                return None
            if values is None:
                continue
            if are_met(self._constraints, values):
                return Solution(verdict=Verdict.POSSIBLE, values=values)
            self._nearest = self._nearest or values
            failed += 1
        return _UNKNOWN


def _goal(constraint: Constraint, sorts: Mapping[NamePath, Sort]) -> Formula:
    names = uses_of(constraint).names
    return goal_of(constraint, tuple((path, sorts[path]) for path in names if path in sorts))


@lru_cache(maxsize=1)
def _has_z3() -> bool:
    return find_spec("z3") is not None
