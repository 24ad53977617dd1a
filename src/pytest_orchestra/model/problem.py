"""What is wrong with a file, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NewType

ElementId = NewType("ElementId", str)
"""The id of anything in a model; flows without one are called ``source->target``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLocation:
    """A place in a file that a person wrote. ``line`` and ``column`` count from 1, 0: unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(number) for number in (self.line, self.column) if number)]
        return ":".join(parts)


class Severity(Enum):
    """How bad a problem is: an ERROR ends the session, a WARNING is shown, an INFO on demand."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong with a file.

    Attributes:
        code: stable and documented, ``flow-dangling``.
        message: what is wrong, one line, no full stop.
        hint: what to do, an imperative sentence.
        element_id: the element of the model, where there is one.
    """

    severity: Severity
    code: str
    message: str
    hint: str = ""
    location: SourceLocation | None = None
    element_id: ElementId | None = None

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"{where}{self.severity.value}[{self.code}] {self.message}{hint}"
