"""Which constraints clash: a smallest set of them that cannot be met together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice

from pytest_orchestra.expressions.solving.constraints import Constraint, Kinds
from pytest_orchestra.expressions.solving.solver import Backend, is_impossible

MAX_SETS = 600
"""Sets that are looked at for a smaller one."""

_NO_KINDS: Kinds = {}


def smallest_clash(
    constraints: Sequence[Constraint], *, kinds: Kinds = _NO_KINDS, backend: Backend = "auto"
) -> tuple[int, ...]:
    """The constraints that cannot be met together, as few as are found.

    Returns:
        Their indices in order; none where the constraints are not proved to be impossible.
        Without one of them the others are not; there may be a smaller set where the constraints
        are many.
    """

    def clash(indices: Sequence[int]) -> bool:
        asked = [constraints[index] for index in indices]
        return is_impossible(asked, kinds=kinds, backend=backend)

    found = tuple(range(len(constraints)))
    if not clash(found):
        return ()
    for index in range(len(constraints)):
        fewer = tuple(each for each in found if each != index)
        if clash(fewer):
            found = fewer
    smaller = (
        indices
        for size in range(1, len(found))
        for indices in combinations(range(len(constraints)), size)
    )
    return next((each for each in islice(smaller, MAX_SETS) if clash(each)), found)
