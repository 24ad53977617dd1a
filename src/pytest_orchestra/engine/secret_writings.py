"""The ways in which a secret may be written, and what a shell writes in their place."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from shlex import quote as shell_quoted
from urllib.parse import quote, quote_plus

_DRIVER = re.compile(
    r"(?P<scheme>(?:jdbc:)?(?P<family>[a-z]{2,})[\w+.-]*)://(?:[^\s/]*@)?(?P<host>[^\s/:?#'\"]*)",
    re.IGNORECASE,
)
_ALGORITHMS = ("md5", "sha1", "sha256", "sha384", "sha512")
_TO_BASE64 = "base64 | tr -d '\\n'"
_TO_HASH = (
    "python3 -c 'import hashlib,sys;print(hashlib.ALGORITHM(sys.stdin.buffer.read()).hexdigest())'"
)
_IN_SQL = "sed \"s/'/''/g\""
_IN_A_URL = """python3 -c 'import sys,urllib.parse as u;print(u.quote(sys.stdin.read(),""))'"""
_IN_JSON = (
    "python3 -c 'import json,sys;print(json.dumps(sys.stdin.read(),ensure_ascii=False)[1:-1])'"
)


def reference(name: str) -> str:
    """How a shell reads a variable, or a file."""
    return f"${name}" if name.isidentifier() else f"$(cat {shell_quoted(name)})"


def writings(value: str, name: str, masked: str) -> dict[str, str]:
    """The secret in SQL, URLs, JSON, Python's own notation and a shell's, each with its stand-in.

    Args:
        value: as it is.
        name: the variable or file that it came from; empty: it is not known.
        masked: what stands in for it where that is so.
    """
    found: dict[str, str] = {}
    for written, filter_ in _written(value):
        shown = masked
        if name:
            shown = reference(name)
            if filter_ and written != value:
                shown = f'$(printf %s "{shown}" | {filter_})'
        for each in _in_a_shell(written):
            found.setdefault(each, shown)
    return found


def derived(value: str, name: str, masked: str) -> dict[str, str]:
    """What the filters ``base64`` and ``hash`` make of the secret, each with its stand-in."""
    data = value.encode()
    made = {b64encode(data).decode(): _TO_BASE64}
    for algorithm in _ALGORITHMS:
        digest = hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
        made[digest] = _TO_HASH.replace("ALGORITHM", algorithm)
    if not name:
        return dict.fromkeys(made, masked)
    shown = reference(name)
    return {text: f'$(printf %s "{shown}" | {filter_})' for text, filter_ in made.items()}


def base64_cores(value: str) -> frozenset[str]:
    """What stands in the base64 of every text that has the secret in it, wherever it begins."""
    data = value.encode()
    found = set()
    for before in range(3):
        coded = b64encode(b" " * before + data).decode()
        found.add(coded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6])
    return frozenset(found)


def address_reference(line: str, text: str, name: str) -> str | None:
    """How a shell reads the address of a line; None: the variable holds another server's.

    Args:
        line: the address as a program takes it.
        text: as the variable or file has it: also JDBC's or SQLAlchemy's.
        name: the variable or file.
    """
    taken, held = _DRIVER.search(line), _DRIVER.match(text)
    if taken is None or held is None or taken["host"] != held["host"]:
        return None
    if _family(taken) != _family(held):
        return None
    if taken["scheme"] == held["scheme"] or not name.isidentifier():
        return reference(name)
    return f"${{{name}/{held['scheme']}:/{taken['scheme']}:}}"


def _family(found: re.Match[str]) -> str:
    return found["family"].lower().replace("postgresql", "postgres").replace("rediss", "redis")


def _written(value: str) -> Iterator[tuple[str, str]]:
    """Each writing, and the program that makes it of the value."""
    yield value, ""
    yield value.replace("'", "''"), _IN_SQL
    for quoted in (quote(value), quote(value, safe=""), quote_plus(value)):
        yield quoted, _IN_A_URL
    for ascii_only in (True, False):
        yield json.dumps(value, ensure_ascii=ascii_only)[1:-1], _IN_JSON
    yield repr(value)[1:-1], ""


def _in_a_shell(written: str) -> Iterator[str]:
    yield written
    yield written.replace("'", "'\"'\"'")
    yield written.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
