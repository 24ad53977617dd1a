"""A file's value and where each part of it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol

from pytest_orchestra.model import SourceLocation

MAX_DEPTH = 100
"""How deep lists and mappings of a file may lie in each other, aliases followed."""

PartPath = tuple[str | int, ...]
"""The way to a part of a document: keys, and positions in lists from 0."""

_NO_KEYS: Mapping[str, tuple[int, int]] = MappingProxyType({})


class Place(NamedTuple):
    """Where a value stands, and its parts.

    Attributes:
        line, column: of its first character, from 1.
        begin, end: of a text, its extent in the source, in characters from 0; else -1.
        keys: line and column of each key of a mapping.
        parts: by key, or by position in a list.
    """

    line: int
    column: int
    begin: int = -1
    end: int = -1
    keys: Mapping[str, tuple[int, int]] = _NO_KEYS
    parts: Mapping[str | int, Place] = MappingProxyType({})


class Locate(Protocol):
    """Tells where a part stands; ``offset`` counts characters into a part that is text."""

    def __call__(self, path: PartPath = (), offset: int = 0) -> SourceLocation:
        """Where ``path`` stands, or the deepest part of it that exists."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says. Parts that aliases repeat are one object: nobody may change them.

    Attributes:
        file: as given to the reader.
        value: None, bool, int, Decimal, str, or lists and dicts of such; keys are text.
        places: None if the file was read without places; then all is "somewhere in the file".
        source: the text that was read.
    """

    file: str
    value: object = field(repr=False)
    places: Place | None = field(default=None, repr=False)
    source: str = field(default="", repr=False)

    def location(self, path: PartPath = (), offset: int = 0) -> SourceLocation:
        """Where the part at ``path`` stands, or the deepest part of it that exists.

        Args:
            path: keys and positions from the top.
            offset: characters into a text; its own line and column where they can be told.
        """
        place, rest = self._deepest(path)
        if place is None:
            return SourceLocation(file=self.file)
        line, column = place.line, place.column
        if offset and not rest and place.begin >= 0:
            line, column = self._inside(place, path, offset)
        return SourceLocation(file=self.file, line=line, column=column)

    def key_location(self, path: PartPath) -> SourceLocation:
        """Where the key of the part at ``path`` stands; for a list's item the item itself."""
        place, rest = self._deepest(path[:-1])
        if place is None or rest or not path or path[-1] not in place.keys:
            return self.location(path)
        line, column = place.keys[str(path[-1])]
        return SourceLocation(file=self.file, line=line, column=column)

    def part(self, path: PartPath) -> object:
        """The value at ``path``.

        Raises:
            LookupError: there is none.
        """
        value = self.value
        for step in path:
            match value, step:
                case dict(), _:
                    value = value[step]
                case list(), int():
                    value = value[step]
                case _:
                    raise KeyError(step)
        return value

    def locator(self, base: PartPath) -> Locate:
        """Tells where parts of the part at ``base`` stand."""

        def locate(path: PartPath = (), offset: int = 0) -> SourceLocation:
            return self.location(base + path, offset)

        return locate

    def _deepest(self, path: PartPath) -> tuple[Place | None, PartPath]:
        place = self.places
        if place is None:
            return None, path
        for index, step in enumerate(path):
            inner = place.parts.get(step)
            if inner is None:
                return place, path[index:]
            place = inner
        return place, ()

    def _inside(self, place: Place, path: PartPath, offset: int) -> tuple[int, int]:
        """Find the word at ``offset`` of a text again in the source, whatever its style."""
        text = self.part(path)
        word = re.compile(r"\S+").match(text, offset) if isinstance(text, str) else None
        if word is None or not isinstance(text, str):
            return place.line, place.column
        before = text.count(word[0], 0, offset)
        found = place.begin
        for turn in range(before + 1):
            found = self.source.find(word[0], found + (len(word[0]) if turn else 0), place.end)
            if found < 0:
                return place.line, place.column
        line = place.line + self.source.count("\n", place.begin, found)
        return line, found - self.source.rfind("\n", 0, found)
