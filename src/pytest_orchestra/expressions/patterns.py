"""Regular expressions that take time in proportion to their text, whatever the pattern.

All ways through the pattern are followed at once (Thompson's construction, as RE2 does), so there
is nothing to go back to: no look-around, no references to groups.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pytest_orchestra.expressions.work import charge

MAX_PATTERN = 1_000
"""Characters of a pattern, and its steps when its repeats are written out."""
MAX_BRACKETS = 50
"""Groups in each other."""

_ATOM = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[^\\]", re.DOTALL)
_REPEAT = re.compile(r"(?:([*+?])|\{(\d{1,4})(,?)(\d{0,4})\})(\??)")
_GROUP = re.compile(r"\((\?:|(?!\?))")

Spans = tuple[int, ...]
"""Begin and end of the match, then of each group; -1: it took no part."""


@dataclass(frozen=True, slots=True)
class _Take:
    """Passes one character."""

    fits: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Fork:
    """Goes on at several places, the first one preferred; each counted from here."""

    ways: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """Notes where the text is: begin or end of a group."""

    slot: int


@dataclass(frozen=True, slots=True)
class _Edge:
    """Passes at the beginning or the end of the text alone."""

    at_end: bool


_Step = _Take | _Fork | _Mark | _Edge


@dataclass(slots=True)
class _Front:
    """All places of the pattern that are reached at one place of the text, preferred first.

    Attributes:
        threads: where the next character is awaited; None: where the pattern ends.
    """

    steps: tuple[_Step, ...]
    position: int
    end: int
    threads: list[tuple[_Take | None, int, Spans]] = field(default_factory=list)
    entered: set[int] = field(default_factory=set)

    def enter(self, place: int, spans: Spans) -> None:
        """Add a place, and those that are reached from it without a character."""
        pending = [(place, spans)]
        while pending:
            place, spans = pending.pop()
            if place in self.entered:
                continue
            self.entered.add(place)
            match self.steps[place] if place < len(self.steps) else None:
                case _Fork(ways=ways):
                    pending.extend((place + way, spans) for way in reversed(ways))
                case _Mark(slot=slot):
                    pending.append((place + 1, (*spans[:slot], self.position, *spans[slot + 1 :])))
                case _Edge(at_end=at_end):
                    if self.position == (self.end if at_end else 0):
                        pending.append((place + 1, spans))
                case step:
                    self.threads.append((step, place, spans))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    Attributes:
        groups: how many it has.
    """

    groups: int
    steps: tuple[_Step, ...]

    def search(self, text: str, start: int = 0, *, whole: bool = False) -> Spans | None:
        """The first match from ``start`` on, of those the one that the pattern prefers.

        Args:
            text: that is searched.
            start: character to begin at.
            whole: whether it has to be the whole of the text.
        """
        nothing = (-1,) * (2 * self.groups + 1)
        found: Spans | None = None
        front = _Front(self.steps, start, len(text))
        for position in range(start, len(text) + 1):
            if found is None and (position == start or not whole):
                front.enter(0, (position, *nothing))
            charge(1 + len(front.entered))
            following = _Front(self.steps, position + 1, len(text))
            for step, place, spans in front.threads:
                if step is None:
                    if whole and position < len(text):
                        continue
                    found = (spans[0], position, *spans[2:])
                    break  # what comes after it is preferred less
                if position < len(text) and step.fits(text[position]):
                    following.enter(place + 1, spans)
            front = following
            if not front.threads and (found is not None or whole):
                break
        return found

    def matches(self, text: str) -> Iterator[Spans]:
        """Every match, one after the other."""
        start = 0
        while start <= len(text) and (found := self.search(text, start)) is not None:
            yield found
            start = found[1] + (found[0] == found[1])


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """Compile a pattern.

    Raises:
        ValueError: it is none, or asks for what this language has not.
    """
    if len(text) > MAX_PATTERN:
        raise ValueError(f"the pattern has more than {MAX_PATTERN} characters")
    reader = _Reader(text)
    steps = reader.choice()
    if reader.position < len(text):
        raise ValueError("a ')' of the pattern closes nothing")
    return Pattern(reader.groups, tuple(steps))


class _Reader:
    """Reads a pattern from its first character to its last."""

    def __init__(self, text: str) -> None:
        self.position = 0
        self.groups = 0
        self._depth = 0
        self._text = text

    def choice(self) -> list[_Step]:
        """Alternatives, up to the end or a ``)``."""
        ways = [self._sequence()]
        while self._text.startswith("|", self.position):
            self.position += 1
            ways.append(self._sequence())
        steps = ways.pop()
        while ways:  # first, or the rest: fork, first, jump over the rest
            first = ways.pop()
            steps = [_Fork((1, len(first) + 2)), *first, _Fork((len(steps) + 1,)), *steps]
        return steps

    def _sequence(self) -> list[_Step]:
        steps: list[_Step] = []
        while self.position < len(self._text) and self._text[self.position] not in "|)":
            steps += self._repeated(self._one())
            if len(steps) > MAX_PATTERN:
                raise ValueError(f"the pattern has more than {MAX_PATTERN} steps")
        return steps

    def _one(self) -> list[_Step]:
        character = self._text[self.position]
        if character == "(":
            return self._group()
        if character in "*+?{":
            raise ValueError(f"a '{character}' of the pattern repeats nothing")
        found = _ATOM.match(self._text, self.position)
        if found is None:
            raise ValueError("a '\\' ends the pattern")
        self.position = found.end()
        if character in "^$":
            return [_Edge(character == "$")]
        return [_Take(_taking(found[0]))]

    def _group(self) -> list[_Step]:
        found = _GROUP.match(self._text, self.position)
        if found is None:
            raise ValueError("a pattern has no '(?' but '(?:'")
        self.position = found.end()
        self._depth += 1
        if self._depth > MAX_BRACKETS:
            raise ValueError("the pattern has too many brackets in each other")
        number = 0
        if not found[1]:
            self.groups += 1
            number = self.groups
        steps = self.choice()
        if not self._text.startswith(")", self.position):
            raise ValueError("a ')' of the pattern is missing")
        self.position += 1
        self._depth -= 1
        return [_Mark(2 * number), *steps, _Mark(2 * number + 1)] if number else steps

    def _repeated(self, steps: list[_Step]) -> list[_Step]:
        found = _REPEAT.match(self._text, self.position)
        if found is None:
            return steps
        self.position = found.end()
        least, most = _bounds(found)
        if len(steps) * max(least, most or 0) > MAX_PATTERN:
            raise ValueError(f"the pattern has more than {MAX_PATTERN} steps")
        is_lazy = bool(found[5])
        if most is None:
            again = _fork(-len(steps) - 1, 1, is_lazy=is_lazy)
            rest = [_fork(1, len(steps) + 2, is_lazy=is_lazy), *steps, again]
        else:
            rest = []
            for _ in range(most - least):
                rest = [_fork(1, len(steps) + len(rest) + 1, is_lazy=is_lazy), *steps, *rest]
        return [*steps * least, *rest]


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    sign, least, comma, most, _ = found.groups()
    if sign:
        return (1 if sign == "+" else 0), (1 if sign == "?" else None)
    if not comma:
        return int(least), int(least)
    if most and int(most) < int(least):
        raise ValueError(f"the pattern repeats {found[0]}")
    return int(least), int(most) if most else None


def _fork(go: int, leave: int, *, is_lazy: bool) -> _Fork:
    return _Fork((leave, go) if is_lazy else (go, leave))


@lru_cache(maxsize=1024)
def _taking(atom: str) -> Callable[[str], object]:
    r"""What a character, ``.``, ``[…]`` or ``\d`` takes: of one character, so never for long."""
    if len(atom) == 1 and atom != ".":
        return atom.__eq__ if atom != "[" else _refuse_open()
    if atom[0] == "\\" and atom[1].isalnum() and atom[1] not in "dDwWsSntrfv":
        raise ValueError(f"a pattern has no '{atom}'")
    try:
        return re.compile(atom).fullmatch
    except (re.error, FutureWarning) as error:
        raise ValueError(f"'{atom}' of the pattern: {error}") from error


def _refuse_open() -> Callable[[str], object]:
    raise ValueError("a ']' of the pattern is missing")
