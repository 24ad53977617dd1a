"""The text of a condition as tokens, and the cursor that a parser moves over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn, cast

from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.expressions.conditions.refusal import Refused

MAX_SOURCE = 10_000
"""Characters of a condition."""
MAX_LEVELS = 30
"""How deep brackets and operations may lie in each other."""

TokenKind = Literal["word", "number", "string", "symbol", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of a condition.

    Attributes:
        text: as written; of a string without quotes and escapes.
        start: offset of its first character.
    """

    kind: TokenKind
    text: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexis:
    """What the tokens of a language look like.

    Attributes:
        symbols: operators and brackets, longer ones first where they begin alike.
        quotes: the characters around a string.
        escapes: what stands behind a backslash in a string, and what it means.
        has_codes: whether strings may hold characters by their codes.
        has_comments: whether ``//`` and ``/* */`` begin comments.
    """

    symbols: tuple[str, ...]
    quotes: str
    escapes: dict[str, str]
    has_codes: bool
    has_comments: bool

    @property
    def pattern(self) -> re.Pattern[str]:
        """Everything that may stand next, by group."""
        comments = r"//[^\n]*|/\*.*?\*/|" if self.has_comments else ""
        strings = "|".join(rf"{q}(?:[^{q}\\]|\\.)*{q}" for q in self.quotes)
        symbols = "|".join(re.escape(each) for each in self.symbols)
        return re.compile(
            rf"(?P<space>{comments}\s+)|(?P<string>{strings})"
            r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
            rf"|(?P<symbol>{symbols})|(?P<word>[^\W0-9][\w$]*|[\U00010000-\U000EFFFF]+)|(?P<other>.)",
            re.DOTALL,
        )


_CODES = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{6})|\\(.)|([^\\]+)", re.DOTALL)


def scan(source: str, lexis: Lexis) -> tuple[Token, ...]:
    """Cut a text into tokens; the last one is its end.

    Raises:
        Refused: it is too long, or a string does not end.
    """
    if len(source) > MAX_SOURCE:
        raise Refused(f"the condition has more than {MAX_SOURCE} characters", "Split it.")
    return (*_tokens(source, lexis), Token(kind="end", text="", start=len(source)))


def _tokens(source: str, lexis: Lexis) -> Iterator[Token]:
    for found in lexis.pattern.finditer(source):
        kind, text = found.lastgroup, found[0]
        if kind == "space":
            continue
        if kind == "string":
            yield Token(
                kind="string", text=_unescaped(text, lexis, found.start()), start=found.start()
            )
        elif kind in ("word", "number"):
            yield Token(kind=cast("TokenKind", kind), text=text, start=found.start())
        else:
            if text in "'\"" and text in lexis.quotes:
                raise Refused("a text does not end", "Close its quotes.", position=found.start())
            yield Token(kind="symbol", text=text, start=found.start())


def _unescaped(text: str, lexis: Lexis, start: int) -> str:
    parts: list[str] = []
    for found in _CODES.finditer(text[1:-1]):
        short, long, single, plain = found.groups()
        if plain is not None:
            parts.append(plain)
        elif single is not None and single in lexis.escapes:
            parts.append(lexis.escapes[single])
        elif single is None and lexis.has_codes:
            parts.append(_character(short or long, start))
        else:
            raise Refused(
                f"'{found[0]}' is not known within a text",
                "Write \\\\ for a backslash.",
                position=start + 1 + found.start(),
            )
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(digits: str, start: int) -> str:
    try:
        return chr(int(digits, 16))
    except ValueError as error:
        raise Refused(f"there is no character {digits}", position=start) from error


class Cursor:
    """Moves over the tokens of a condition.

    Args:
        tokens: with the end as the last one.
    """

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._index = 0
        self._levels = 0

    @property
    def token(self) -> Token:
        """The one that is read next."""
        return self._tokens[self._index]

    def ahead(self, count: int) -> Token:
        """The token that many places further; the end past the end."""
        return self._tokens[min(self._index + count, len(self._tokens) - 1)]

    def next(self) -> Token:
        """Go past a token, and give it."""
        token = self.token
        if token.kind != "end":
            self._index += 1
        return token

    def skip(self, count: int) -> None:
        """Go past so many tokens."""
        for _ in range(count):
            self.next()

    def at(self, *texts: str) -> bool:
        """Whether one of these symbols or words comes next."""
        return self.token.kind in ("symbol", "word") and self.token.text in texts

    def take(self, *texts: str) -> str | None:
        """Go past one of these symbols or words if it comes next."""
        return self.next().text if self.at(*texts) else None

    def demand(self, *texts: str) -> str:
        """Go past one of these.

        Raises:
            Refused: something else comes next.
        """
        found = self.take(*texts)
        if found is None:
            self.refuse_next(f"'{texts[0]}' is expected here")
        return found

    def refuse(self, message: str, hint: str = "", *, token: Token | None = None) -> NoReturn:
        """Say what is wrong at a token, else at the next one."""
        raise Refused(message, hint, position=(token or self.token).start)

    def refuse_next(self, otherwise: str) -> NoReturn:
        """Say that what comes next does not belong here."""
        if self.token.kind == "end":
            self.refuse("the condition ends too early", "Complete it.")
        self.refuse(f"unexpected '{shortened(self.token.text)}': {otherwise}")

    def deeper(self) -> None:
        """Go one level down.

        Raises:
            Refused: there are too many.
        """
        self._levels += 1
        if self._levels > MAX_LEVELS:
            self.refuse(f"the condition has more than {MAX_LEVELS} levels", "Split it.")

    def higher(self) -> None:
        """Go one level up."""
        self._levels -= 1

    def comes(self, texts: Iterable[str]) -> int:
        """How many tokens these texts are, if they all come next; else 0."""
        count = 0
        for text in texts:
            token = self.ahead(count)
            if token.kind == "string" or token.text != text:
                return 0
            count += 1
        return count
