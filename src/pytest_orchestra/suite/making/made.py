"""What making data gives: sets, and what no set could be made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

Values = Mapping[str, object]
"""Of a data set."""


class DataKind(Enum):
    """What a made set is for."""

    HAPPY_PATH = "HAPPY_PATH"
    """It takes a scenario's way."""
    BOUNDARY = "BOUNDARY"
    """So does it, and one of its values is at a limit."""
    NEGATIVE = "NEGATIVE"
    """The system has to refuse it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSet:
    """A data set that was made and checked.

    Attributes:
        name: says what it is, ``amount-high-amount-min``.
        scenario: the key of the scenario whose way it takes, or begins.
        refused_by: of a negative set the alias of the step.
        why: one line for people: what is special, or which rule is broken.
    """

    name: str
    kind: DataKind
    scenario: str
    values: Values
    refused_by: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMade:
    """Something that no set was made for.

    Attributes:
        what: ``amount-high``, or a step.
        why: one line, no full stop.
    """

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"
