"""Statements whose ``{{…}}`` become bound parameters ``$1 … $n``: values are never pasted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from pytest_orchestra.documents.problems import MAX_PROBLEMS
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.expressions.compiling import Compiler, Where, located
from pytest_orchestra.expressions.placeholders import Misplaced, Piece, pieces
from pytest_orchestra.expressions.programs import Program
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.sql_text import VALUE, SqlFinding, findings
from pytest_orchestra.expressions.syntax import SyntaxProblem
from pytest_orchestra.model import SourceLocation
from pytest_orchestra.spi import Statement

MAX_VALUES = 32_767
"""Values of a statement: as many parameters as PostgreSQL's protocol has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTemplate:
    """A compiled statement.

    Attributes:
        text: with ``$1 … $n``, a number for each ``{{…}}``.
        references: the names that its values read.
    """

    text: str
    references: tuple[Reference, ...] = ()
    values: tuple[tuple[Program, SourceLocation | None], ...] = field(default=(), repr=False)

    def render(self, names: Mapping[str, object]) -> Statement:
        """The statement with a value for each parameter.

        Raises:
            EvaluationError: a name is undefined, or values cannot be used so.
        """
        values = tuple(program.run(names, location) for program, location in self.values)
        return Statement(text=self.text, values=values)


def compile_statement(text: object, *, location: Where = None) -> StatementTemplate:
    """Compile a statement.

    Raises:
        DefinitionError: with every problem: a value in quotes, in a comment or as a name, a
            ``{{`` that is never closed, no expression.
    """
    compiler = Compiler(location)
    found = _pieces(text, compiler)
    codes = [piece for piece in found if piece.is_code]
    if len(codes) > MAX_VALUES:
        compiler.refuse(SyntaxProblem(f"the statement has more than {MAX_VALUES} values"), ())
        raise DefinitionError(compiler.problems)
    if not compiler.problems:
        _check_places(found, compiler)
    values = [
        (program, compiler.location((), piece.offset))
        for piece in codes
        if (program := compiler.compile(piece.text, (), piece.offset)) is not None
    ]
    if compiler.problems:
        raise DefinitionError(compiler.problems)
    references = (each for program, at in values for each in located(program.references, at))
    return StatementTemplate(
        text=_numbered(found), references=tuple(dict.fromkeys(references)), values=tuple(values)
    )


def _pieces(text: object, compiler: Compiler) -> list[Piece]:
    if not isinstance(text, str):
        compiler.refuse(SyntaxProblem("a statement is text", "Put it in quotes."), ())
    elif VALUE in text:
        compiler.refuse(SyntaxProblem("the character U+0000 cannot stand in a statement"), ())
    else:
        try:
            return [*pieces(text)]
        except Misplaced as misplaced:
            compiler.refuse_misplaced(misplaced, ())
    return []


def _check_places(found: list[Piece], compiler: Compiler) -> None:
    joined = "".join(VALUE if piece.is_code else piece.text for piece in found)
    for finding in islice(findings(joined), MAX_PROBLEMS):
        problem = SyntaxProblem(finding.message, finding.hint)
        compiler.refuse(problem, (), _offset(found, finding))


def _offset(found: list[Piece], finding: SqlFinding) -> int:
    """The place in the text as written of a place in the joined one."""
    position = shift = 0
    for piece in found:
        if position > finding.offset:
            break
        shift = piece.offset - position
        position += 1 if piece.is_code else len(piece.text)
    return finding.offset + shift


def _numbered(found: list[Piece]) -> str:
    texts: list[str] = []
    number = 0
    for piece in found:
        number += piece.is_code
        texts.append(f"${number}" if piece.is_code else piece.text)
    return "".join(texts)
