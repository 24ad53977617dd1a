"""A text is cut into what stands as it is and the ``{{…}}`` in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_orchestra.expressions.syntax import MAX_SOURCE, STRING, SyntaxProblem

OPENING = "{{"
MAX_TEMPLATE = 1_000_000
"""Characters of one text with templates."""

_INSIDE = re.compile(rf"{STRING}|[\[\](){{}}]", re.DOTALL)
_STATEMENT = re.compile(r"\{[%#]")


class Piece(NamedTuple):
    """A part of a text.

    Attributes:
        text: as it stands, or the expression between the braces.
        offset: of the piece's first character, braces included.
        is_code: whether it is an expression.
    """

    text: str
    offset: int
    is_code: bool


class Misplaced(Exception):  # noqa: N818 - caught by its neighbours, which make a Problem of it
    """What is wrong with a text, and at which character of it."""

    def __init__(self, offset: int, problem: SyntaxProblem) -> None:
        super().__init__(problem.message)
        self.offset = offset
        self.problem = problem


def pieces(text: str) -> Iterator[Piece]:
    """Cut a text; braces and brackets inside of an expression's own brackets and texts count.

    Raises:
        Misplaced: a ``{{`` is never closed, or the text has a ``{%`` or ``{#``.
    """
    if len(text) > MAX_TEMPLATE:
        raise Misplaced(0, SyntaxProblem("the text is too long for a template"))
    position = 0
    while (begin := text.find(OPENING, position)) >= 0:
        yield from _plain(text, position, begin)
        end = _end(text, begin)
        yield Piece(text[begin + 2 : end - 2], begin, is_code=True)
        position = end
    yield from _plain(text, position, len(text))


def _plain(text: str, begin: int, end: int) -> Iterator[Piece]:
    if found := _STATEMENT.search(text, begin, end):
        hint = f"Write {{{{'{found[0]}'}}}} if you mean these characters."
        message = f"'{found[0]}' is not part of the language, only '{{{{ }}}}' is"
        raise Misplaced(found.start(), SyntaxProblem(message, hint))
    if begin < end:
        yield Piece(text[begin:end], begin, is_code=False)


def _end(text: str, begin: int) -> int:
    depth = 0
    farthest = begin + MAX_SOURCE + 4  # a quote that is never closed is looked for no farther
    for found in _INSIDE.finditer(text, begin + 2, farthest):
        if found[0] in "([{":
            depth += 1
        elif found[0] == "}" and depth == 0:
            if not text.startswith("}}", found.start()):
                break
            return found.end() + 1
        elif found[0] in ")]}":
            depth -= 1
    message = "this '{{' is never closed"
    if len(text) > farthest:
        message += f" within {MAX_SOURCE} characters"
    raise Misplaced(begin, SyntaxProblem(message, "Close it with '}}'."))
