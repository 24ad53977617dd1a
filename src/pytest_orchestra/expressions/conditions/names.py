"""Names of FEEL that are more than one word (DMN 1.4, 10.3.1.4): the longest known one counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pytest_orchestra.expressions.conditions.scanning import Cursor, Lexis, scan

KEYWORDS = frozenset(
    (
        "and",
        "between",
        "else",
        "every",
        "external",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "null",
        "of",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "true",
    )
)
MAX_DEPTH = 10
"""How deep the names of values are looked for."""
MAX_KEYS = 2_000
"""Names of values that are looked at."""

_FIRST_WORD = re.compile(r"[^\W0-9]\w*")
_WORDS = re.compile(r"[^\W0-9]\w*(?: \w+)*")


def unusual(names: Iterable[str]) -> frozenset[str]:
    """The names that a parser must know to read them: with operators or keywords in them.

    What begins as no name does, with a digit or keyword, stays what it is.
    """
    return frozenset(name for name in names if _begins_as_name(name) and not _is_plain(name))


def names_of(values: object) -> frozenset[str]:
    """The unusual names in values, down into their contexts and lists."""
    found: set[str] = set()
    level = [values]
    count = 0
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for value in level:
            if isinstance(value, Mapping):
                found |= unusual(key for key in value if isinstance(key, str))
                below.extend(value.values())
            elif isinstance(value, list | tuple):
                below.extend(value)
            count += 1
        level = below
        if not level or count > MAX_KEYS:
            break
    return frozenset(found)


class KnownNames:
    """Names as the tokens that they are, so that white space between them does not count."""

    def __init__(self, names: Iterable[str], lexis: Lexis) -> None:
        self._lexis = lexis
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in sorted(names):
            self.add(name)

    def add(self, name: str) -> None:
        """Know one more name."""
        texts = tuple(token.text for token in scan(name, self._lexis)[:-1])
        if texts:
            known = self._by_first.setdefault(texts[0], [])
            known.append((texts, name))
            known.sort(key=lambda each: -len(each[0]))

    def read(self, cursor: Cursor) -> str | None:
        """Go past the longest known name that comes next, and give it."""
        for texts, name in self._by_first.get(cursor.token.text, ()):
            if count := cursor.comes(texts):
                cursor.skip(count)
                return name
        return None


def joined_words(cursor: Cursor) -> str:
    """Go past the words and numbers that come next, as one name.

    Raises:
        Refused: there is none.
    """
    if cursor.token.kind != "word" or cursor.token.text in KEYWORDS:
        cursor.refuse_next("a name is expected here")
    words = [cursor.next().text]
    while cursor.token.kind in ("word", "number") and cursor.token.text not in KEYWORDS:
        words.append(cursor.next().text)
    return " ".join(words)


def _begins_as_name(name: str) -> bool:
    first = _FIRST_WORD.match(name)
    return first is not None and first[0] not in KEYWORDS


def _is_plain(name: str) -> bool:
    return _WORDS.fullmatch(name) is not None and not KEYWORDS.intersection(name.split())
