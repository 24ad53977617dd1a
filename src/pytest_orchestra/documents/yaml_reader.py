"""YAML 1.2 text becomes a value with its places, from libyaml's events and without recursion.

Keys are text as written. Tags, merge keys and several documents are refused; aliases are bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import yaml

from pytest_orchestra.documents.document import MAX_DEPTH, Document, Place
from pytest_orchestra.documents.problems import in_file_order, mistake, shortened
from pytest_orchestra.documents.scalars import NumberError, plain_value
from pytest_orchestra.documents.yaml_events import TEMPLATE_HINT, begin, end, events
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem, SourceLocation

MAX_ALIASED = 100_000
"""How many values the aliases of one file may stand for altogether."""


def parse_yaml(text: str, file: str, *, start: int = 1, pure: bool | None = None) -> Document:
    """Read one YAML document.

    Args:
        text: with line feeds only between its lines.
        file: for the places.
        start: number of the text's first line.
        pure: whether to do without libyaml; None: only where it is absent.

    Raises:
        DefinitionError: with every problem up to the first syntax error.
    """
    builder = _Builder(file=file, source=text, first_line=start, place=Place(start, 1))
    try:
        builder.take_all(events(text, file, start, pure=pure))
    except DefinitionError as error:
        stopped = [each for each in error.problems if isinstance(each, Problem)]
        raise DefinitionError(in_file_order([*builder.problems, *stopped])) from error
    if builder.problems:
        raise DefinitionError(in_file_order(builder.problems))
    return Document(file=file, value=builder.value, places=builder.place, source=text)


class _Anchored(NamedTuple):
    """What an alias stands for; ``size`` counts its values, ``height`` its levels."""

    value: object
    place: Place
    size: int
    height: int


@dataclass(slots=True, kw_only=True)
class _Frame:
    """A list or mapping whose end has not come yet.

    Attributes:
        awaits_key: whether the next value is a mapping's key.
        key: whose value comes next; None in a list, and where the value is dropped.
    """

    anchor: str | None
    line: int
    column: int
    value: dict[str, object] | list[object]
    awaits_key: bool
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    parts: dict[str | int, Place] = field(default_factory=dict)
    key: str | None = None
    size: int = 1
    height: int = 1


@dataclass(slots=True, kw_only=True)
class _Builder:
    """Puts events together; files have many, so what all of them pass makes few calls."""

    file: str
    source: str
    first_line: int
    place: Place
    problems: list[Problem] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    anchors: dict[str, _Anchored | None] = field(default_factory=dict)
    aliased: int = 0
    documents: int = 0
    value: object = None

    def take_all(self, source: Iterable[yaml.Event]) -> None:
        """Take one event after the other."""
        takers: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        for event in source:
            taker = takers.get(type(event))
            if taker is not None:
                taker(event)

    def at(self, event: yaml.Event) -> tuple[int, int]:
        """Line and column of an event, from 1."""
        mark = begin(event)
        return mark.line + self.first_line, mark.column + 1

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            hint = "Make each of them a file of its own."
            self._stop(event, "yaml-documents", "a second document in one file", hint)

    def _awaits_key(self) -> bool:
        return bool(self.frames) and self.frames[-1].awaits_key

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if event.tag is not None:
            self._refuse_tag(event)
        if self.frames and self.frames[-1].awaits_key:
            self._key(event)
            return
        value: object = event.value
        if event.implicit[0]:
            try:
                value = plain_value(event.value)
            except NumberError as error:
                hint = "Put it in quotes if text is meant."
                self._note(event, "yaml-number", str(error), hint)
        mark = begin(event)
        place = Place(mark.line + self.first_line, mark.column + 1, mark.index, end(event).index)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(value, place, 1, 0)
        self._put(value, place)

    def _key(self, event: yaml.ScalarEvent) -> None:
        frame, name = self.frames[-1], event.value
        frame.awaits_key = False
        if name == "<<" and event.implicit[0]:
            hint = "Write its keys out; an alias can stand for a whole value only."
            self._note(event, "yaml-merge", "merge keys are not part of YAML 1.2", hint)
        elif name in frame.keys:
            line, _ = frame.keys[name]
            message = f"the key '{shortened(name)}' stands here a second time"
            hint = f"The first one is in line {line}; keep one of them."
            self._note(event, "double-key", message, hint)
        else:
            frame.key = name
            frame.keys[name] = self.at(event)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(name, Place(*self.at(event)), 1, 0)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            self._refuse_tag(event)
        if self._awaits_key():
            braces = self.source.startswith("{", begin(event).index)
            hint = TEMPLATE_HINT if braces else "Write the key as text."
            self._stop(event, "yaml-key", "a key cannot be a list or a mapping", hint)
        if len(self.frames) >= MAX_DEPTH:
            self._stop(event, "too-deep", f"more than {MAX_DEPTH} levels", "Make it flatter.")
        if event.anchor:
            self.anchors[event.anchor] = None
        line, column = self.at(event)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        value: dict[str, object] | list[object] = {} if is_mapping else []
        self.frames.append(
            _Frame(
                anchor=event.anchor,
                line=line,
                column=column,
                value=value,
                awaits_key=is_mapping,
            )
        )

    def _close(self, _: yaml.CollectionEndEvent) -> None:
        frame = self.frames.pop()
        place = Place(frame.line, frame.column, keys=frame.keys, parts=frame.parts)
        if frame.anchor:
            self.anchors[frame.anchor] = _Anchored(frame.value, place, frame.size, frame.height)
        self._put(frame.value, place, frame.size, frame.height)

    def _alias(self, event: yaml.AliasEvent) -> None:
        name = event.anchor or ""
        if self._awaits_key():
            self._stop(event, "yaml-key", "a key cannot be an alias", "Write the key as text.")
        known = self.anchors.get(name)
        if known is None:
            inside = name in self.anchors
            message = (
                f"'*{name}' stands inside of what it stands for"
                if inside
                else (f"no '&{name}' stands before this '*{name}'")
            )
            self._note(event, "yaml-alias", message, "Write the value out.")
            known = _Anchored(None, Place(*self.at(event)), 1, 0)
        self.aliased += known.size
        if self.aliased > MAX_ALIASED:
            message = f"the aliases stand for more than {MAX_ALIASED} values"
            self._stop(event, "yaml-alias", message, "Write fewer of them.")
        if len(self.frames) + known.height > MAX_DEPTH:
            self._stop(event, "too-deep", f"more than {MAX_DEPTH} levels", "Make it flatter.")
        self._put(*known)

    def _put(self, value: object, place: Place, size: int = 1, height: int = 0) -> None:
        """Put a value that is whole where it belongs."""
        if not self.frames:
            self.value, self.place = value, place
            return
        frame = self.frames[-1]
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        container = frame.value
        if isinstance(container, list):
            frame.parts[len(container)] = place
            container.append(value)
            return
        if frame.key is not None:
            frame.parts[frame.key] = place
            container[frame.key] = value
        frame.key, frame.awaits_key = None, True

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        short = str(event.tag).replace("tag:yaml.org,2002:", "!!")
        hint = "Leave it out; put a value in quotes to make it text."
        self._note(event, "yaml-tag", f"the tag '{shortened(short)}' is refused", hint)

    def _note(self, event: yaml.Event, code: str, message: str, hint: str) -> None:
        line, column = self.at(event)
        at = SourceLocation(file=self.file, line=line, column=column)
        self.problems.append(mistake(code, message, at=at, hint=hint))

    def _stop(self, event: yaml.Event, code: str, message: str, hint: str) -> NoReturn:
        """End at something that makes reading on useless or dangerous."""
        self._note(event, code, message, hint)
        raise DefinitionError([self.problems.pop()])
