"""Where the start tags of a file begin; lxml knows the line where a tag ends, and no column."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml import etree

_TAG = re.compile(rb"(?=[\s/>])(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
"""A start tag from after its name; a value in quotes may hold a bracket."""
_BEFORE_TEXT = re.compile(rb"\s*(<!\[CDATA\[\s*)?")


class Place(NamedTuple):
    """Line and column of a tag, from 1; 0 if unknown."""

    line: int = 0
    column: int = 0


UNKNOWN = Place()


class TagPlaces:
    """Finds one tag after the other; they are asked for in the order of the file.

    Args:
        data: the whole file.
        root: the same, parsed.
    """

    def __init__(self, data: bytes, root: etree._Element) -> None:
        self._encoding = _encoding(root.getroottree().docinfo.encoding)
        wide = b"\0" in data[:4]
        self._data = data.decode(self._encoding).encode() if wide else data
        if wide:
            self._encoding = "utf-8"
        self._starts = [0, *accumulate(len(line) + 1 for line in self._data.split(b"\n"))]
        self._cursor = 0

    def find(self, element: etree._Element) -> Place:
        """Where an element's start tag begins; only lxml's line where it cannot be found."""
        last = element.sourceline or 0
        local = str(element.tag).rpartition("}")[2]
        name = f"<{element.prefix}:{local}" if element.prefix else f"<{local}"
        needle = name.encode(self._encoding, "replace")
        own = element.get("id", "").encode(self._encoding, "replace")
        begin = self._data.find(needle, self._cursor)
        while begin >= 0:
            line = bisect_right(self._starts, begin)
            if line > last:
                break
            after = begin + len(needle)
            tag = _TAG.match(self._data, after)
            if tag and own in tag[0] and bisect_right(self._starts, tag.end() - 1) == last:
                self._cursor = tag.end()
                return self._place(begin)
            begin = self._data.find(needle, after)
        return Place(last)

    def text_of(self, tag: Place) -> Place:
        """Where the text inside the tag begins that was found last."""
        if not tag.column or self._data[self._cursor - 2 : self._cursor] == b"/>":
            return tag
        text = _BEFORE_TEXT.match(self._data, self._cursor)
        return self._place(text.end() if text else self._cursor)

    def _place(self, position: int) -> Place:
        line = bisect_right(self._starts, position)
        before = self._data[self._starts[line - 1] : position]
        return Place(line, len(before.decode(self._encoding, "replace")) + 1)


def _encoding(declared: str | None) -> str:
    try:
        return codecs.lookup(declared or "utf-8").name
    except LookupError:  # lxml knows some that Python does not
        return "utf-8"
