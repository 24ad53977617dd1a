"""Texts of a file become programs; what is wrong in them becomes problems at their places."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_orchestra.documents.document import Locate, PartPath
from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.expressions.placeholders import Misplaced
from pytest_orchestra.expressions.programs import Program, program
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.syntax import SyntaxProblem
from pytest_orchestra.model import Problem, SourceLocation

Where = Locate | SourceLocation | None
"""Tells the places of a value's parts; a fixed place stands for all of them."""

SYNTAX = "expression-syntax"
"""The code of problems of expressions."""


class Compiler:
    """Compiles what one value of a file holds and collects what is wrong in it.

    Attributes:
        problems: found so far.
    """

    def __init__(self, where: Where) -> None:
        self.problems: list[Problem] = []
        self._where = where

    def location(self, path: PartPath, offset: int = 0) -> SourceLocation | None:
        """Where a character of a part stands."""
        if self._where is None or isinstance(self._where, SourceLocation):
            return self._where
        return self._where(path, offset)

    def compile(self, source: str, path: PartPath, offset: int = 0) -> Program | None:
        """One expression; None if there is something wrong with it, which is then a problem."""
        try:
            return program(source)
        except SyntaxProblem as problem:
            self.refuse(problem, path, offset)
            return None

    def refuse(self, problem: SyntaxProblem, path: PartPath, offset: int = 0) -> None:
        """Take down a problem."""
        at = self.location(path, offset)
        self.problems.append(mistake(SYNTAX, problem.message, at=at, hint=problem.hint))

    def refuse_misplaced(self, misplaced: Misplaced, path: PartPath) -> None:
        """Take down a problem of a text."""
        self.refuse(misplaced.problem, path, misplaced.offset)


def located(
    references: Iterable[Reference], location: SourceLocation | None
) -> tuple[Reference, ...]:
    """The references with the place of their expression."""
    return tuple(
        Reference(root=each.root, path=each.path, optional=each.optional, location=location)
        for each in references
    )
