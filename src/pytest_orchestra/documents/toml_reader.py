"""TOML text becomes a value; lines of its tables and keys are found again, columns are not.

Dates and times become text as ISO 8601 writes them, fractions decimals.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, time

from pytest_orchestra.documents.document import MAX_DEPTH, Document, PartPath, Place
from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.documents.scalars import NumberError, fraction
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import SourceLocation

_AT_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)|\s*\(at end of document\)")
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*\[\s*(?P<name>{_DOTTED})\s*\]\s*(?:#.*)?\Z")
_KEY = re.compile(rf"\s*(?P<name>{_DOTTED})\s*=")


def parse_toml(text: str, file: str) -> Document:
    """Read a TOML text.

    Raises:
        DefinitionError: it is not TOML, too deep, or holds ``inf`` or ``nan``.
    """
    try:
        value = _plain(tomllib.loads(text, parse_float=fraction), MAX_DEPTH)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line, column = (int(number or 0) for number in found.groups()) if found else (0, 0)
        at = SourceLocation(file=file, line=line, column=column)
        message = _AT_LINE.sub("", str(error))
        raise DefinitionError([mistake("toml-syntax", message, at=at)]) from error
    except NumberError as error:
        at = SourceLocation(file=file)
        raise DefinitionError([mistake("toml-number", str(error), at=at)]) from error
    except ValueError as error:
        at = SourceLocation(file=file)
        raise DefinitionError(
            [mistake("toml-number", "a number has too many digits", at=at)]
        ) from error
    except RecursionError as error:
        at = SourceLocation(file=file)
        problem = mistake("too-deep", f"more than {MAX_DEPTH} levels", at=at)
        raise DefinitionError([problem]) from error
    return Document(file=file, value=value, places=_places(text), source=text)


def _plain(value: object, levels: int) -> object:
    if levels < 0:
        raise RecursionError
    match value:
        case dict():
            return {key: _plain(each, levels - 1) for key, each in value.items()}
        case list():
            return [_plain(each, levels - 1) for each in value]
        case date() | time():
            return value.isoformat()
    return value


def _places(text: str) -> Place:
    """Tables and keys by the lines that name them; what stands in quotes of many lines may lie."""
    top = Place(1, 1, keys={}, parts={})
    table: PartPath = ()
    for number, line in enumerate(text.split("\n"), 1):
        if found := _TABLE.match(line):
            table = _names(found["name"])
            _plant(top, table, number)
        elif found := _KEY.match(line):
            _plant(top, table + _names(found["name"]), number)
    return top


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _plant(top: Place, path: PartPath, line: int) -> None:
    place = top
    for step in path:
        if step not in place.parts:
            place.parts[step] = Place(line, 1, keys={}, parts={})  # type: ignore[index]  # ours
            place.keys[str(step)] = (line, 1)  # type: ignore[index]  # ours
        place = place.parts[step]
