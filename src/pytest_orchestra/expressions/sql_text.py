"""Whether a value can stand at places of an SQL text: not in quotes, comments, or as a name.

Quotes and comments as in SQL:2016, 5.2 and 5.3, and PostgreSQL's ``E''``, ``$$`` and nested
comments; nothing is parsed beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

VALUE = "\x00"
"""Stands for a value in the text; no SQL text has it otherwise."""

_TOKEN = re.compile(
    r"""
    (?P<line>--[^\n]*)
  | (?P<block>/\*)
  | (?P<text>[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)|'[^']*(?:'|\Z))
  | (?P<name>"[^"]*(?:"|\Z))
  | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z))
  | (?P<parameter>\$\d+)
  | (?P<value>\x00)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<space>\s+)
  | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_END = re.compile(r"/\*|\*/")
_UNQUOTE = "Take the quotes away: a value is bound, never pasted."
_PLACES = {
    "line": ("in a comment", "Take it out of the comment."),
    "block": ("in a comment", "Take it out of the comment."),
    "text": ("in quotes", _UNQUOTE),
    "dollar": ("in quotes", _UNQUOTE),
    "name": ("in a quoted name", "Write the name out."),
}
_BEFORE_NAMES = frozenset(("join", "into", "update", "table", "as"))
_READS = frozenset(("select", "delete"))


class SqlFinding(NamedTuple):
    """What is wrong at a character of the text."""

    offset: int
    message: str
    hint: str


def findings(text: str) -> Iterator[SqlFinding]:
    """Every value that cannot stand where it stands, and parameters that were written by hand.

    Args:
        text: SQL with ``VALUE`` for each value.
    """
    reader = _Reader(text)
    for kind, begin, token in _tokens(text):
        if kind in _PLACES:
            place, hint = _PLACES[kind]
            for found in re.finditer(VALUE, token):
                message = f"a value cannot stand {place}"
                yield SqlFinding(begin + found.start(), message, hint)
        elif kind == "parameter":
            hint = "Write the value as {{…}}; parameters number themselves."
            yield SqlFinding(begin, f"'{token}' is a parameter without a value", hint)
        elif kind == "value" and (role := reader.role(begin)):
            yield SqlFinding(begin, f"a value cannot stand {role}", "Write the name out.")
        reader.take(kind, token)


@dataclass(slots=True)
class _Reader:
    """Knows what stands before a value.

    Attributes:
        last: the last word or sign, in small letters.
        reads: for each open bracket, whether a SELECT or DELETE stands in it: there FROM is
            followed by a name, elsewhere (``extract(day from x)``) by a value.
    """

    text: str
    last: str = ""
    reads: list[bool] = field(default_factory=lambda: [False])

    def take(self, kind: str, token: str) -> None:
        """Go past a token."""
        word = token.lower()
        if kind == "open":
            self.reads.append(False)
        elif kind == "close" and len(self.reads) > 1:
            self.reads.pop()
        elif word in _READS:
            self.reads[-1] = True
        if kind not in ("space", "line", "block"):
            self.last = "distinct from" if (self.last, word) == ("distinct", "from") else word

    def role(self, begin: int) -> str:
        """As what the value at ``begin`` would stand, if not as a value."""
        before, after = self.text[max(begin - 1, 0) : begin], self.text[begin + 1 : begin + 2]
        if re.match(r'[\w."$\x00]', before) or re.match(r'[\w."(\x00]', after):
            return "as a part of a name"
        if self.last in _BEFORE_NAMES or (self.last == "from" and self.reads[-1]):
            return f"as a name after '{self.last}'"
        return ""


def _tokens(text: str) -> Iterator[tuple[str, int, str]]:
    position = 0
    while found := _TOKEN.match(text, position):
        kind = "dollar" if found["dollar"] else str(found.lastgroup)
        end = _block_end(text, found.end()) if kind == "block" else found.end()
        yield kind, position, text[position:end]
        position = end


def _block_end(text: str, position: int) -> int:
    depth = 1
    for found in _BLOCK_END.finditer(text, position):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return found.end()
    return len(text)
