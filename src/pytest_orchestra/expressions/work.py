"""A bound on what one evaluation looks at and makes, so that no expression hangs a session.

Whoever evaluates opens the account; what takes long or grows charges it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

MAX_WORK = 1_000_000
"""Items of lists and mappings, and hundreds of characters, that one evaluation takes."""

_CHARACTERS = 100


class TooMuchWork(Exception):  # noqa: N818 - caught by its neighbours, which say where it happened
    """An evaluation has used up what it may."""

    def __init__(self) -> None:
        super().__init__(f"it takes more than {MAX_WORK} steps")


@dataclass(slots=True)
class _Account:
    left: int = MAX_WORK


_ACCOUNT: ContextVar[_Account | None] = ContextVar("account", default=None)


class account:  # noqa: N801 - written as a with statement reads; a generator would cost thrice
    """Bound what is charged meanwhile; within another evaluation it is that one's account."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        """Open it, unless one is open."""
        self._token = None if _ACCOUNT.get() is not None else _ACCOUNT.set(_Account())

    def __exit__(self, *_: object) -> None:
        """Close it, if it was opened here."""
        if self._token is not None:
            _ACCOUNT.reset(self._token)


def charge(steps: int) -> None:
    """Take steps off the account, if one is open.

    Raises:
        TooMuchWork: there are not so many left.
    """
    if (found := _ACCOUNT.get()) is not None:
        found.left -= steps
        if found.left < 0:
            raise TooMuchWork


def weight(value: object) -> int:
    """Steps that one pass over a value takes; what lies deeper in it is not counted."""
    if isinstance(value, str):
        return len(value) // _CHARACTERS
    return len(value) if isinstance(value, list | tuple | Mapping) else 0


def charge_deeply(value: object) -> None:
    """Charge for a value and all that is in it, however often the same part stands there.

    Raises:
        TooMuchWork: it is too large.
    """
    charge(1 + weight(value))
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for each in value:
        if isinstance(each, str | list | tuple | Mapping):
            charge_deeply(each)
