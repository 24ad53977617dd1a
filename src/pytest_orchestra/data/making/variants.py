"""A value changed in one place, and the walk to all of its places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from pytest_orchestra.data.making.shapes import Shape, UnmakeableError

Place = tuple[str | int, ...]

MAX_ITEMS = 200
"""Items of a list that is made to find a limit."""
MAX_VISITED = 20
"""Items of a given list that are looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A value changed in one place.

    Attributes:
        path: of the place within the value.
        label: what is special, ``min`` or ``below-minimum``.
        value: what stands there then.
        rule: the keyword of the schema that the value breaks; empty where it breaks none.
    """

    path: Place
    label: str
    value: object
    rule: str = ""


class Change(NamedTuple):
    """What may stand in a place instead; the same fields as of a variant."""

    label: str
    value: object
    rule: str = ""


Find = Callable[[Shape, object, str], Iterator[Change]]
"""Gives the changes of one place: its schema, its value, and what it is called."""


def variants(shape: Shape, value: object, name: str, find: Find) -> Iterator[Variant]:
    """Every change of every place of a value that the schema knows."""
    yield from _variants(shape, value, name, (), find)


def _variants(shape: Shape, value: object, name: str, path: Place, find: Find) -> Iterator[Variant]:
    with suppress(UnmakeableError):
        for label, new, rule in find(shape, value, name):
            yield Variant(path=path, label=label, value=new, rule=rule)
    inner: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value[:MAX_VISITED])
    for key, part in inner:
        called = key if isinstance(key, str) else name
        yield from _variants(shape.member(key), part, called, (*path, key), find)


def changed(value: object, path: Place, new: object) -> object:
    """A copy of a value with ``new`` in one place; lists and mappings on the way are made."""
    if not path:
        return new
    key, rest = path[0], path[1:]
    if isinstance(key, str):
        entries = value if isinstance(value, Mapping) else {}
        return {**entries, key: changed(entries.get(key), rest, new)}
    items = list(value) if isinstance(value, list | tuple) else []
    items += [None] * (key + 1 - len(items))
    items[key] = changed(items[key], rest, new)
    return items


def part_of(value: object, path: Place) -> object:
    """What stands in a place of a value.

    Raises:
        LookupError: there is no such place.
    """
    for key in path:
        if isinstance(key, str):
            if not isinstance(value, Mapping):
                raise KeyError(key)
            value = value[key]
        else:
            if not isinstance(value, list | tuple):
                raise IndexError(key)
            value = value[key]
    return value
