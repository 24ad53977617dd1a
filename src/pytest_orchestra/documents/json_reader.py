"""JSON text becomes a value, with its places where they are asked for.

The standard library reads it (RFC 8259); on top: no NaN, no key twice, no half characters.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from pytest_orchestra.documents.document import MAX_DEPTH, Document, Place
from pytest_orchestra.documents.problems import in_file_order, mistake, shortened
from pytest_orchestra.documents.scalars import NumberError, fraction, integer
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem, SourceLocation

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]')
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class _DoubleKeyError(Exception):
    """Some mapping has a key twice; where, only a reading with places can tell."""


def parse_json(text: str, file: str, *, start: int = 1, places: bool = True) -> Document:
    """Read a JSON text.

    Args:
        text: with line feeds only between its lines.
        file: for the places.
        start: number of the text's first line.
        places: False: several times faster, and every part is "somewhere in the file".

    Raises:
        DefinitionError: it is not JSON, or has what is refused on top.
    """
    scan = _Scan(file=file, text=text, first_line=start)
    try:
        value = json.loads(
            text,
            parse_float=fraction,
            parse_int=integer,
            parse_constant=fraction,
            object_pairs_hook=_mapping,
        )
    except RecursionError as error:
        raise DefinitionError([scan.too_deep(0)]) from error
    except (ValueError, _DoubleKeyError) as error:
        raise DefinitionError(in_file_order(_syntax_problems(text, scan))) from error
    if not places and not _is_deep(text) and not _HALF.search(text):
        return Document(file=file, value=value, source=text)
    place = scan.run()
    if scan.problems:
        raise DefinitionError(in_file_order(scan.problems))
    return Document(file=file, value=value, places=place, source=text)


def _syntax_problems(text: str, scan: _Scan) -> list[Problem]:
    """What is wrong with a text: its syntax, else what is refused on top."""
    try:
        json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as error:
        line = error.lineno + scan.first_line - 1
        at = SourceLocation(file=scan.file, line=line, column=error.colno)
        return [mistake("json-syntax", error.msg[0].lower() + error.msg[1:], at=at)]
    except RecursionError:
        return [scan.too_deep(0)]
    scan.run()
    return scan.problems


def _mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _DoubleKeyError
    return mapping


def _is_deep(text: str) -> bool:
    depth = 0
    for token in _STRING_OR_BRACKET.findall(text):
        if token in ("{", "["):
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif token in ("}", "]"):
            depth -= 1
    return False


@dataclass(slots=True, kw_only=True)
class _Frame:
    """A list or mapping whose end has not come yet."""

    line: int
    column: int
    is_mapping: bool
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    parts: dict[str | int, Place] = field(default_factory=dict)
    key: str | None = None


@dataclass(slots=True, kw_only=True)
class _Scan:
    """Goes over a text whose syntax is known to be right and takes down places."""

    file: str
    text: str
    first_line: int
    problems: list[Problem] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def run(self) -> Place:
        """The places of the whole text; what is refused on top goes to ``problems``."""
        place = Place(self.first_line, 1)
        for token in _TOKEN.finditer(self.text):
            word, begin = token[0], token.start()
            if word in ",:":
                continue
            if word in "{[":
                self._open(word, begin)
            elif word in "}]":
                frame = self.frames.pop()
                place = Place(frame.line, frame.column, keys=frame.keys, parts=frame.parts)
                self._finish(place)
            elif self.frames and self.frames[-1].is_mapping and self.frames[-1].key is None:
                self._key(word, begin)
            else:
                self._check(word, begin)
                place = Place(*self._at(begin), begin, token.end())
                self._finish(place)
        return place

    def too_deep(self, begin: int) -> Problem:
        """The problem of a text with too many levels."""
        return mistake(
            "too-deep",
            f"more than {MAX_DEPTH} levels",
            at=self._where(begin),
            hint="Make it flatter.",
        )

    def _open(self, word: str, begin: int) -> None:
        if len(self.frames) >= MAX_DEPTH:
            raise DefinitionError([*self.problems, self.too_deep(begin)])
        line, column = self._at(begin)
        self.frames.append(_Frame(line=line, column=column, is_mapping=word == "{"))

    def _key(self, word: str, begin: int) -> None:
        frame, name = self.frames[-1], json.loads(word)
        self._check(word, begin)
        if name in frame.keys:
            line, _ = frame.keys[name]
            message = f"the key '{shortened(name)}' stands here a second time"
            hint = f"The first one is in line {line}; keep one of them."
            self.problems.append(mistake("double-key", message, at=self._where(begin), hint=hint))
        frame.key = name
        frame.keys[name] = self._at(begin)

    def _finish(self, place: Place) -> None:
        if not self.frames:
            return
        frame = self.frames[-1]
        frame.parts[len(frame.parts) if frame.key is None else frame.key] = place
        frame.key = None

    def _check(self, word: str, begin: int) -> None:
        """Refuse numbers past the bounds and half of a surrogate pair."""
        message, hint = "", ""
        if word[0] == '"':
            if _HALF.search(word) and not _is_encodable(json.loads(word)):
                message, hint = "half of a surrogate pair is no character", "Write both halves."
        elif word not in ("true", "false", "null"):
            try:
                (integer if word.lstrip("-").isdigit() else fraction)(word)
            except NumberError as error:
                message, hint = str(error), "Put it in quotes if text is meant."
        if message:
            code = "json-text" if word[0] == '"' else "json-number"
            self.problems.append(mistake(code, message, at=self._where(begin), hint=hint))

    def _at(self, begin: int) -> tuple[int, int]:
        if not self.lines:
            self.lines = [0, *(found.end() for found in re.finditer("\n", self.text))]
        line = bisect_right(self.lines, begin)
        return line + self.first_line - 1, begin - self.lines[line - 1] + 1

    def _where(self, begin: int) -> SourceLocation:
        line, column = self._at(begin)
        return SourceLocation(file=self.file, line=line, column=column)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
