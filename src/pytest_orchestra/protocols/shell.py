"""Words become a line that people paste into a shell: bash, zsh."""

from __future__ import annotations

import re
from collections.abc import Iterable
from shlex import quote

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def quoted(text: str) -> str:
    """Quote one word, on one line: line ends and the like as ``$'…'``."""
    if not _CONTROL.search(text):
        return quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    escaped = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escaped)
    return f"$'{escaped}'"


def joined(words: Iterable[str]) -> str:
    """Quote each word and put them into one line."""
    return " ".join(map(quoted, words))
