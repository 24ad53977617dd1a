"""Rules: expressions that must be true, one a line or list item, each judged by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pytest_orchestra.documents.document import PartPath
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.expressions.compiling import Compiler, Where, located
from pytest_orchestra.expressions.programs import Failure, Program, program
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.syntax import MAX_SOURCE, STRING, SyntaxProblem
from pytest_orchestra.expressions.work import account
from pytest_orchestra.model import SourceLocation

MAX_PARTS = 8
"""How many parts of a failed rule are shown."""

_COMMENT = re.compile(rf"({STRING})|#.*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """What became of a rule.

    Attributes:
        holds: whether the rule's value is true.
        text: the rule.
        parts: of a rule that does not hold, what it is made of and the values of that.
        error: why the rule has no value (an undefined name); empty if it has one.
    """

    holds: bool
    text: str
    parts: tuple[tuple[str, object], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A compiled rule.

    Attributes:
        text: as written, without its comment.
        references: the names that it reads.
    """

    text: str
    references: tuple[Reference, ...]
    location: SourceLocation | None = None
    program: Program = field(repr=False)

    def check(self, names: Mapping[str, object]) -> RuleOutcome:
        """Judge the rule; a name that is undefined makes it not hold and is no exception."""
        with account():
            return self._judged(names)

    def _judged(self, names: Mapping[str, object]) -> RuleOutcome:
        try:
            holds, error = bool(self.program.attempt(names)), ""
        except Failure as failure:
            holds, error = False, str(failure)
        if holds:
            return RuleOutcome(holds=True, text=self.text)
        return RuleOutcome(holds=False, text=self.text, parts=self._parts(names), error=error)

    def _parts(self, names: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
        return tuple(
            (text, value)
            for text in self.program.parts[:MAX_PARTS]
            for value in _evaluated(text, names)
        )


def compile_rules(rules: object, *, location: Where = None) -> tuple[Rule, ...]:
    """Compile a text with a rule in each line, or a list of rules.

    Empty lines and what stands behind a ``#`` are skipped.

    Args:
        rules: text, or a list of texts.
        location: tells the places of the text, or of the list's items.

    Raises:
        DefinitionError: with every problem of every rule.
    """
    compiler = Compiler(location)
    compiled: list[Rule] = []
    for text, path, offset in _listed(rules, compiler):
        found = compiler.compile(text, path, offset)
        if found is not None:
            at = compiler.location(path, offset)
            references = located(found.references, at)
            compiled.append(
                Rule(text=found.source, references=references, location=at, program=found)
            )
    if compiler.problems:
        raise DefinitionError(compiler.problems)
    return tuple(compiled)


def _listed(rules: object, compiler: Compiler) -> Iterator[tuple[str, PartPath, int]]:
    """Each rule's text, the part that it stands in, and its offset there."""
    if isinstance(rules, str):
        offset = 0
        for line in rules.split("\n"):
            text = _uncommented(line)
            if text:
                yield text, (), offset + line.index(text[0])
            offset += len(line) + 1
        return
    if not isinstance(rules, list | tuple):
        compiler.refuse(SyntaxProblem("rules are text or a list of texts"), ())
        return
    for number, rule in enumerate(rules):
        if not isinstance(rule, str):
            compiler.refuse(SyntaxProblem("a rule is text", "Put it in quotes."), (number,))
        elif text := _uncommented(rule):
            yield text, (number,), 0


def _uncommented(text: str) -> str:
    """A rule without its comment and the white space around it."""
    if len(text) > MAX_SOURCE:  # which is refused, and would take long
        return text.strip()
    return _COMMENT.sub(lambda found: found[1] or "", text).strip()


def _evaluated(text: str, names: Mapping[str, object]) -> Iterator[object]:
    """The value of a part, if it has one."""
    try:
        yield program(text).attempt(names)
    except Failure:
        return
