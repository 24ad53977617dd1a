"""Single expressions, as ``save`` has them: compiled once, evaluated with given names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.expressions.compiling import Compiler, Where, located
from pytest_orchestra.expressions.programs import Program
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.syntax import SyntaxProblem
from pytest_orchestra.model import SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A compiled expression.

    Attributes:
        text: as written.
        references: the names that it reads.
    """

    text: str
    references: tuple[Reference, ...]
    location: SourceLocation | None = None
    program: Program = field(repr=False)

    def evaluate(self, names: Mapping[str, object]) -> object:
        """Its value, unchanged if it is one of a name's.

        Raises:
            EvaluationError: a name is undefined, or values cannot be used so.
        """
        return self.program.run(names, self.location)


def compile_expression(text: object, *, location: Where = None) -> Expression:
    """Compile an expression such as ``response.body.id``.

    Raises:
        DefinitionError: it is none.
    """
    compiler = Compiler(location)
    compiled = None
    if isinstance(text, str):
        compiled = compiler.compile(text, ())
    else:
        compiler.refuse(SyntaxProblem("an expression is text", "Put it in quotes."), ())
    if compiled is None:
        raise DefinitionError(compiler.problems)
    at = compiler.location(())
    return Expression(
        text=compiled.source,
        references=located(compiled.references, at),
        location=at,
        program=compiled,
    )
