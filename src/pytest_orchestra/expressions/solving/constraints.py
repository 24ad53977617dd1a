"""What is asked of a solver and what it answers; nothing is solved here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from pytest_orchestra.expressions.conditions.conditions import Language
from pytest_orchestra.expressions.conditions.tree import NamePath, Tree
from pytest_orchestra.expressions.conditions.values import Kind, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A condition that has to be true, or that must not be.

    Attributes:
        tree: its names are the unknowns: equal names are the same unknown in every constraint.
        holds: False: it is false or null.
    """

    tree: Tree
    language: Language = "feel"
    holds: bool = True
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.tree, self.language, self.holds)))

    def __hash__(self) -> int:
        return self._hash  # trees are deep, and sets of constraints are looked up often


class Verdict(Enum):
    """Whether constraints can be met together."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    """It is proved."""
    UNKNOWN = "unknown"
    """It is neither proved nor was it found how, in the time or with what is understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a solver found.

    Attributes:
        values: where possible: a value for each name path that the constraints read; evaluated
            with them each constraint is as it has to be.
    """

    verdict: Verdict
    values: Mapping[NamePath, Value] = field(default_factory=dict)


Kinds = Mapping[NamePath, frozenset[Kind]]
"""What kinds of values names may have; of others it is read off their use, and never null but
where a condition asks for null or ``empty``."""
