"""Findings in words: how a mistake in a file is built, and what the writer probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache

from pytest_orchestra.model import Problem, Severity, SourceLocation

MAX_SHOWN = 40
"""Characters of a value or name that a message repeats."""

MAX_PROBLEMS = 100
"""Problems of one file that are told one by one."""

_MORE = "more-problems"
_SIMILAR = 0.6
_MAX_COMPARED = 100
_MAX_LISTED = 12


def mistake(code: str, message: str, *, at: SourceLocation | None, hint: str = "") -> Problem:
    """A problem that ends the session.

    Args:
        code: stable and documented, ``unknown-key``.
        message: what is wrong, one line, no full stop.
        at: where.
        hint: what to do, an imperative sentence.
    """
    return Problem(severity=Severity.ERROR, code=code, message=message, hint=hint, location=at)


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems of one file by line and column; those without a place first.

    Past ``MAX_PROBLEMS`` one more says how many others there are; what was cut so stays as it is.
    """
    found = sorted(problems, key=_place)
    more = len(found) - MAX_PROBLEMS
    if more <= 0 or (more == 1 and found[-1].code == _MORE):
        return tuple(found)
    at, hint = found[MAX_PROBLEMS].location, "Correct the first ones."
    rest = mistake(_MORE, f"{more} more problems from here on", at=at, hint=hint)
    return (*found[:MAX_PROBLEMS], rest)


def _place(problem: Problem) -> tuple[int, int]:
    at = problem.location
    return (at.line, at.column) if at else (0, 0)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like ``name``, whatever its case; None if none does."""
    return _nearest(name[:_MAX_COMPARED], tuple(known))


@lru_cache(maxsize=1024)  # an assertion that polls asks for the same again and again
def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    by_fold = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), by_fold, n=1, cutoff=_SIMILAR)
    return by_fold[found[0]] if found else None


def suggestion(name: str, known: Iterable[str], what: str = "Known") -> str:
    """What to do about an unknown ``name``: the nearest known one, else the list of them.

    Args:
        name: as written.
        known: what could have been written.
        what: how the list begins, ``Known keys``.
    """
    names = sorted(known)
    if (meant := nearest(name, names)) is not None:
        return f"Did you mean '{meant}'?"
    if not names:
        return ""
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"{what}: {', '.join(names[:_MAX_LISTED])}{more}."


def shortened(text: str, limit: int = MAX_SHOWN) -> str:
    """``text`` on one line, cut where it is longer than ``limit`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def described(value: object, *, secret: bool = False) -> str:
    """A value as a message speaks of it: ``text 'abc'``, ``a list``, ``nothing``."""
    match value:
        case None:
            return "nothing"
        case bool():
            kind, shown = "", "true" if value else "false"
        case int() | float() | Decimal():
            kind, shown = "number ", str(value)
        case str():
            kind, shown = "text ", f"'{shortened(value)}'"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return f"a {type(value).__name__}"
    return "another value" if secret else f"{kind}{shortened(shown)}"
