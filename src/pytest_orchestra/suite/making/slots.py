"""Where a call reads data as it is: a value of the data set is a value of the call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pytest_orchestra.data.making.variants import Place

_WHOLE = re.compile(r"\{\{\s*(?P<root>data|each)(?P<rest>(?:\.\w+|\[[^\[\]]+\])+)\s*\}\}")
_PART = re.compile(r"\.(?P<key>\w+)|\[(?P<index>[^\[\]]+)\]")
_VISIT = re.compile(r"visit\s*(?P<more>[+-]\s*\d+)?")
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")


class Slot(NamedTuple):
    """A value of a call that is a value of the data set.

    Attributes:
        place: of the value in the data, ``("cards", 0)``.
        field: of the value in the call's fields, ``("input", "body", "card")``.
    """

    place: Place
    field: Place


def slots_of(
    fields: Mapping[str, object], visit: int, turns: Mapping[str, int] | None = None
) -> Iterator[Slot]:
    """The slots of a call.

    Args:
        fields: as the suite file has them, with templates as texts.
        visit: of the step's element, which ``visit`` in a template is.
        turns: by list, how many items of ``each`` were taken so far, this one included.
    """
    for text, field in leaves(fields):
        found = _WHOLE.fullmatch(text.strip())
        if found is None:
            continue
        place = _place(found["rest"], visit)
        if found["root"] == "each" and place:
            turn = (turns or {}).get(str(place[0]))
            place = (place[0], turn - 1, *place[1:]) if turn else None
        if place:
            yield Slot(place, field)


def leaves(value: object, field: Place = ()) -> Iterator[tuple[str, Place]]:
    """The texts in a value that hold a template, each with its place."""
    if isinstance(value, str):
        if "{{" in value:
            yield value, field
        return
    inner: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, Mapping):
        inner = iter(value.items())
    elif isinstance(value, list | tuple):
        inner = iter(enumerate(value))
    for key, part in inner:
        yield from leaves(part, (*field, key))


def _place(rest: str, visit: int) -> Place | None:
    """The keys of a path; None where one of them is only known when the step runs."""
    place: list[str | int] = []
    for part in _PART.finditer(rest):
        key = part["key"] if part["key"] is not None else _index(part["index"].strip(), visit)
        if key is None:
            return None
        place.append(key)
    return tuple(place)


def _index(text: str, visit: int) -> str | int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    if found := _TEXT.fullmatch(text):
        return found[1] if found[1] is not None else found[2]
    if found := _VISIT.fullmatch(text):
        number = visit + int((found["more"] or "0").replace(" ", ""))
        return number if number >= 0 else None
    return None
