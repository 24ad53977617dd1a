"""Texts that a regular expression of ECMA-262 matches, of a wished length where it allows that.

Look-around, back references and word boundaries are not read: then nothing is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from pytest_orchestra.data.making.shapes import UnmakeableError

UNBOUNDED = 10**6
"""Characters that stand for a repetition without an end."""
MAX_LENGTH = 20_000
"""Characters of a text that is made."""

_DIGITS, _LOWER, _UPPER = "0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PRINTABLE = "".join(map(chr, range(32, 127)))
_WORD = _LOWER + _UPPER + _DIGITS + "_"
_CLASSES = {
    "d": _DIGITS,
    "w": _WORD,
    "s": " ",
    "D": "".join(each for each in _PRINTABLE if each not in _DIGITS),
    "W": "".join(each for each in _PRINTABLE if each not in _WORD),
    "S": _PRINTABLE[1:],
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_CATEGORIES = {"L": _LOWER + _UPPER, "Lu": _UPPER, "Ll": _LOWER, "N": _DIGITS, "Nd": _DIGITS}
_REPEATS = re.compile(r"\*|\+|\?|\{(\d+)(,(\d*))?\}")
_CODE = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]+)\}")
_CATEGORY = re.compile(r"p\{([A-Z][a-z]?)\}")


@dataclass(frozen=True, slots=True)
class _Letters:
    members: str
    least: int = 1
    most: int = 1

    def text(self, random: Random, length: int) -> str:
        return random.choice(_likely(self.members)) if length else ""


@dataclass(frozen=True, slots=True)
class _Row:
    parts: tuple[_Part, ...]

    @property
    def least(self) -> int:
        return sum(part.least for part in self.parts)

    @property
    def most(self) -> int:
        return min(sum(part.most for part in self.parts), UNBOUNDED)

    def text(self, random: Random, length: int) -> str:
        more = max(length - self.least, 0)
        texts = []
        for part in self.parts:
            own = min(part.most - part.least, more)
            texts.append(part.text(random, part.least + own))
            more -= own
        return "".join(texts)


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[_Part, ...]

    @property
    def least(self) -> int:
        return min(option.least for option in self.options)

    @property
    def most(self) -> int:
        return max(option.most for option in self.options)

    def text(self, random: Random, length: int) -> str:
        fitting = [each for each in self.options if each.least <= length <= each.most]
        return random.choice(fitting or self.options).text(random, length)


@dataclass(frozen=True, slots=True)
class _Repeat:
    part: _Part
    low: int
    high: int

    @property
    def least(self) -> int:
        return self.part.least * self.low

    @property
    def most(self) -> int:
        return min(self.part.most * self.high, UNBOUNDED)

    def text(self, random: Random, length: int) -> str:
        widest = max(self.part.most, 1)
        number = min(max(self.low, -(-length // widest)), self.high)
        return _Row((self.part,) * number).text(random, length)


_Part = _Letters | _Row | _Choice | _Repeat


def matching_text(pattern: str, random: Random, *, least: int = 0, most: int = UNBOUNDED) -> str:
    """A text that the pattern matches.

    Args:
        pattern: a regular expression of ECMA-262; one without anchors is matched as a whole too.
        random: what decides.
        least: characters that the text has at least.
        most: and at most.

    Raises:
        UnmakeableError: the pattern uses what is not read here, or allows no such length.
    """
    root = _read(pattern)
    low, high = max(root.least, least), min(root.most, most)
    wished = min(max(low, root.least + 6 if root.most > root.least else 0), high)
    for length in dict.fromkeys((wished, low, high)):
        if low <= length <= min(high, MAX_LENGTH):
            for _ in range(4):
                text = root.text(random, length)
                if least <= len(text) <= most:
                    return text
    raise UnmakeableError(f"no text of {least} to {most} characters was found for {pattern}")


def lengths_of(pattern: str) -> tuple[int, int]:
    """The fewest and the most characters of a text that the pattern matches as a whole.

    Raises:
        UnmakeableError: the pattern uses what is not read here.
    """
    root = _read(pattern)
    return root.least, root.most


def _likely(members: str) -> str:
    """Characters that people like to see, where there are any."""
    for liked in (_LOWER, _DIGITS, _UPPER):
        if found := [each for each in members if each in liked]:
            return "".join(found)
    return members


@lru_cache(maxsize=256)
def _read(pattern: str) -> _Part:
    reader = _Reader(pattern)
    try:
        root = reader.choice()
    except (IndexError, RecursionError) as error:
        raise reader.refusal() from error
    if reader.rest:
        raise reader.refusal()
    return root


class _Reader:
    """Reads a pattern from its first to its last character."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    @property
    def rest(self) -> str:
        return self.pattern[self.at :]

    def refusal(self) -> UnmakeableError:
        return UnmakeableError(f"no text can be made for the pattern {self.pattern}")

    def choice(self) -> _Part:
        options = [self._row()]
        while self.rest.startswith("|"):
            self.at += 1
            options.append(self._row())
        return options[0] if len(options) == 1 else _Choice(tuple(options))

    def _row(self) -> _Part:
        parts: list[_Part] = []
        while self.rest and self.rest[0] not in "|)":
            if self.rest[0] in "^$":
                self.at += 1
                continue
            parts.append(self._repeated(self._atom()))
        return _Row(tuple(parts))

    def _repeated(self, part: _Part) -> _Part:
        found = _REPEATS.match(self.pattern, self.at)
        if found is None:
            return part
        self.at = found.end()
        if self.rest.startswith("?"):
            self.at += 1  # a lazy one matches the same texts
        low, _, high = found.group(1, 2, 3)
        if low is None:
            least, most = {"*": (0, UNBOUNDED), "+": (1, UNBOUNDED), "?": (0, 1)}[found[0]]
        else:
            least, most = int(low), int(high) if high else UNBOUNDED if found[2] else int(low)
        if least > MAX_LENGTH or most < least:
            raise self.refusal()
        return _Repeat(part, least, most)

    def _atom(self) -> _Part:
        letter = self._take()
        match letter:
            case "(":
                return self._group()
            case "[":
                return _Letters(self._members())
            case ".":
                return _Letters(_PRINTABLE)
            case "\\":
                return _Letters(self._escaped())
            case "*" | "+" | "?":
                raise self.refusal()
            case _:
                return _Letters(letter)

    def _take(self) -> str:
        letter = self.pattern[self.at]
        self.at += 1
        return letter

    def _group(self) -> _Part:
        if found := re.match(r"\?(:|<[A-Za-z_]\w*>)", self.rest):
            self.at += found.end()
        elif self.rest.startswith("?"):
            raise self.refusal()
        inner = self.choice()
        if self._take() != ")":
            raise self.refusal()
        return inner

    def _members(self) -> str:
        """The characters of a class, whose bracket is open."""
        is_inverted = self.rest.startswith("^")
        self.at += is_inverted
        found: list[str] = []
        while (letter := self._take()) != "]":
            members = self._escaped() if letter == "\\" else letter
            if len(members) == 1 and re.match(r"-[^\]]", self.rest):
                self.at += 1
                last = self._take()
                last = self._escaped() if last == "\\" else last
                members = _between(members, last)
            found.append(members)
        listed = "".join(found)
        if is_inverted:
            listed = "".join(each for each in _PRINTABLE if each not in listed)
        if not listed:
            raise self.refusal()
        return listed

    def _escaped(self) -> str:
        """The characters that a backslash and what follows it stand for."""
        if found := _CODE.match(self.pattern, self.at):
            self.at = found.end()
            return chr(int(next(each for each in found.groups() if each), 16))
        if found := _CATEGORY.match(self.pattern, self.at):
            self.at = found.end()
            if found[1] not in _CATEGORIES:
                raise self.refusal()
            return _CATEGORIES[found[1]]
        letter = self._take()
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.isalnum():
            raise self.refusal()
        return letter


def _between(first: str, last: str) -> str:
    """The characters from one to another; of a long row only its beginning is of use."""
    points: Sequence[int] = range(ord(first), min(ord(last), ord(first) + 200) + 1)
    return "".join(map(chr, points))
