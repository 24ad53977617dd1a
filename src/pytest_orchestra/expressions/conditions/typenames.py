"""Types as FEEL names them behind ``instance of`` (DMN 1.4, 10.3.1.2, rule 54)."""

from __future__ import annotations

from pytest_orchestra.expressions.conditions.names import joined_words
from pytest_orchestra.expressions.conditions.scanning import Cursor
from pytest_orchestra.expressions.conditions.tree import Type

_SCALARS = (
    "days and time duration",
    "years and months duration",
    "date and time",
    "Any",
    "Null",
    "boolean",
    "date",
    "number",
    "string",
    "time",
)
_CONTAINERS = ("list", "range", "context", "function")


def read_type(cursor: Cursor) -> Type:
    """Go past the name of a type.

    Raises:
        Refused: none comes next, or one that a model declares itself.
    """
    cursor.deeper()
    found = _scalar(cursor) or _container(cursor)
    cursor.higher()
    return found


def _scalar(cursor: Cursor) -> Type | None:
    for name in _SCALARS:
        if count := cursor.comes(name.split()):
            cursor.skip(count)
            return Type(name=name)
    return None


def _container(cursor: Cursor) -> Type:
    token = cursor.token
    name = cursor.take(*_CONTAINERS)
    if name is None:
        cursor.refuse_next("the name of a type of FEEL is expected here")
    if not cursor.take("<"):
        cursor.refuse(f"'{name}' has no type of items", "Write list<Any>.", token=token)
    keys, parts = _parts(cursor, has_keys=name == "context")
    if name != "function":
        return Type(name=name, keys=keys, parts=parts)
    cursor.demand("->")
    read_type(cursor)
    return Type(name="function")


def _parts(cursor: Cursor, *, has_keys: bool) -> tuple[tuple[str, ...], tuple[Type, ...]]:
    """What stands between ``<`` and ``>``; the opening one is passed."""
    keys: list[str] = []
    parts: list[Type] = []
    while not cursor.at(">"):
        if has_keys:
            keys.append(joined_words(cursor))
            cursor.demand(":")
        parts.append(read_type(cursor))
        if not cursor.take(","):
            break
    cursor.demand(">")
    return tuple(keys), tuple(parts)
