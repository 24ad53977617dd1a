"""Values with ``{{…}}`` in their texts, compiled once and rendered with given names.

A text that is one whole ``{{…}}`` keeps its value's kind; any other gives text. What a rendering
gives is never read again as a template, and is shared: nobody may change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pytest_orchestra.documents.document import PartPath
from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions.compiling import Compiler, Where, located
from pytest_orchestra.expressions.placeholders import OPENING, Misplaced, Piece, pieces
from pytest_orchestra.expressions.programs import Program
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.syntax import SyntaxProblem
from pytest_orchestra.expressions.values import MAX_TEXT, text_of
from pytest_orchestra.expressions.work import TooMuchWork, account
from pytest_orchestra.model import SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A compiled value.

    Attributes:
        value: as written.
        references: the names that it reads, each with the place of its expression.
        is_constant: whether it has no ``{{…}}`` at all; then it costs nothing to render.
    """

    value: object = field(repr=False)
    references: tuple[Reference, ...] = ()
    is_constant: bool = True
    root: _Part | None = field(default=None, repr=False)

    def render(self, names: Mapping[str, object]) -> object:
        """The value with its expressions evaluated.

        Args:
            names: by root, ``{"data": {...}, "visit": 1, "uuid": function}``.

        Raises:
            EvaluationError: a name is undefined, or values cannot be used so.
        """
        if self.root is None:
            return self.value
        with account():
            return self.root.render(names)


def compile_template(value: object, *, location: Where = None) -> Template:
    """Compile a value: None, bool, numbers, texts, lists and mappings of such.

    Args:
        value: as a document holds it.
        location: tells the places of its parts, as ``Document.locator`` does.

    Raises:
        DefinitionError: with every problem of every text in it.
    """
    tree = _Tree(location)
    root = tree.part(value, ())
    if tree.compiler.problems:
        raise DefinitionError(tree.compiler.problems)
    references = tuple(dict.fromkeys(tree.references))
    return Template(value=value, references=references, is_constant=root is None, root=root)


class _Part(Protocol):
    """A part of a value that is not constant."""

    def render(self, names: Mapping[str, object]) -> object: ...


@dataclass(frozen=True, slots=True)
class _Whole:
    """A text that is one whole expression."""

    program: Program
    location: SourceLocation | None

    def render(self, names: Mapping[str, object]) -> object:
        return self.program.run(names, self.location)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with expressions in it."""

    parts: tuple[str | _Whole, ...]

    def render(self, names: Mapping[str, object]) -> str:
        texts = [part if isinstance(part, str) else _text(part, names) for part in self.parts]
        if sum(map(len, texts)) > MAX_TEXT:
            raise EvaluationError(f"a rendered text is longer than {MAX_TEXT} characters")
        return "".join(texts)


@dataclass(frozen=True, slots=True)
class _List:
    parts: tuple[tuple[_Part | None, object], ...]

    def render(self, names: Mapping[str, object]) -> list[object]:
        return [value if part is None else part.render(names) for part, value in self.parts]


@dataclass(frozen=True, slots=True)
class _Mapping:
    parts: tuple[tuple[str, _Part | None, object], ...]

    def render(self, names: Mapping[str, object]) -> dict[str, object]:
        return {
            key: value if part is None else part.render(names) for key, part, value in self.parts
        }


def _text(whole: _Whole, names: Mapping[str, object]) -> str:
    value = whole.render(names)
    try:
        return text_of(value)
    except (TypeError, ValueError, RecursionError, TooMuchWork) as error:
        place = f"{whole.location}: " if whole.location else ""
        message = f"{place}`{whole.program.source}`: {error}"
        raise EvaluationError(message, hint="Use a value that has a text.") from error


class _Tree:
    """Compiles a value from its top to its texts."""

    def __init__(self, where: Where) -> None:
        self.compiler = Compiler(where)
        self.references: list[Reference] = []

    def part(self, value: object, path: PartPath) -> _Part | None:
        """The compiled part; None if it is constant."""
        if isinstance(value, str):
            return self._text(value, path) if "{" in value else None
        if isinstance(value, list | tuple):
            items = tuple((self.part(each, (*path, n)), each) for n, each in enumerate(value))
            return _List(items) if any(part for part, _ in items) else None
        if isinstance(value, Mapping):
            self._refuse_keys(value, path)
            pairs = tuple((key, self.part(each, (*path, key)), each) for key, each in value.items())
            return _Mapping(pairs) if any(part for _, part, _ in pairs) else None
        return None

    def _refuse_keys(self, value: Mapping[str, object], path: PartPath) -> None:
        for key in value:
            if OPENING in str(key):
                problem = SyntaxProblem("a key cannot be a template", "Write the key out.")
                self.compiler.refuse(problem, (*path, key))

    def _text(self, text: str, path: PartPath) -> _Part | None:
        try:
            found = [*pieces(text)]
        except Misplaced as misplaced:
            self.compiler.refuse_misplaced(misplaced, path)
            return None
        parts = [self._whole(piece, path) if piece.is_code else piece.text for piece in found]
        kept = tuple(part for part in parts if part is not None)
        if len(kept) == 1 and isinstance(kept[0], _Whole):
            return kept[0]
        return _Text(kept) if any(isinstance(part, _Whole) for part in kept) else None

    def _whole(self, piece: Piece, path: PartPath) -> _Whole | None:
        program = self.compiler.compile(piece.text, path, piece.offset)
        if program is None:
            return None
        location = self.compiler.location(path, piece.offset)
        self.references.extend(located(program.references, location))
        return _Whole(program, location)
