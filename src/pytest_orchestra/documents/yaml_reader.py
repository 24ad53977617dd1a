"""YAML 1.2 text becomes a value with its places, from libyaml's events and without recursion.

Keys are text as written. Tags, merge keys and several documents are refused; aliases are bounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

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
        for event in events(text, file, start, pure=pure):
            builder.take(event)
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
    """A list or mapping whose end has not come yet."""

    event: yaml.CollectionStartEvent
    line: int
    column: int
    value: dict[str, object] | list[object]
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    parts: dict[str | int, Place] = field(default_factory=dict)
    key: str | None = None
    dropped: bool = False
    size: int = 1
    height: int = 1


@dataclass(slots=True, kw_only=True)
class _Builder:
    """Puts events together. ``is_key`` asks whether the next value is a mapping's key."""

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

    def take(self, event: yaml.Event) -> None:
        """Add one event."""
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.CollectionStartEvent():
                self._open(event)
            case yaml.CollectionEndEvent():
                self._close()
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    hint = "Make each of them a file of its own."
                    self._stop(event, "yaml-documents", "a second document in one file", hint)

    def at(self, event: yaml.Event) -> tuple[int, int]:
        """Line and column of an event, from 1."""
        mark = begin(event)
        return mark.line + self.first_line, mark.column + 1

    def _is_key(self) -> bool:
        return (
            bool(self.frames)
            and isinstance(self.frames[-1].value, dict)
            and (self.frames[-1].key is None and not self.frames[-1].dropped)
        )

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._refuse_tag(event)
        if self._is_key():
            self._key(event)
            return
        value: object = event.value
        if event.implicit[0]:
            try:
                value = plain_value(event.value)
            except NumberError as error:
                hint = "Put it in quotes if text is meant."
                self._note(event, "yaml-number", str(error), hint)
        line, column = self.at(event)
        place = Place(line, column, begin(event).index, end(event).index)
        self._finish(event.anchor, _Anchored(value, place, 1, 0))

    def _key(self, event: yaml.ScalarEvent) -> None:
        frame, name = self.frames[-1], event.value
        if name == "<<" and event.implicit[0]:
            hint = "Write its keys out; an alias can stand for a whole value only."
            self._note(event, "yaml-merge", "merge keys are not part of YAML 1.2", hint)
            frame.dropped = True
        elif name in frame.keys:
            line, _ = frame.keys[name]
            message = f"the key '{shortened(name)}' stands here a second time"
            hint = f"The first one is in line {line}; keep one of them."
            self._note(event, "double-key", message, hint)
            frame.dropped = True
        else:
            frame.key = name
            frame.keys[name] = self.at(event)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(name, Place(*self.at(event)), 1, 0)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event)
        if self._is_key():
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
        self.frames.append(_Frame(event=event, line=line, column=column, value=value))

    def _close(self) -> None:
        frame = self.frames.pop()
        place = Place(frame.line, frame.column, keys=frame.keys, parts=frame.parts)
        done = _Anchored(frame.value, place, frame.size, frame.height)
        self._finish(frame.event.anchor, done)

    def _alias(self, event: yaml.AliasEvent) -> None:
        name = event.anchor or ""
        if self._is_key():
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
        self._finish(None, known)

    def _finish(self, anchor: str | None, done: _Anchored) -> None:
        if anchor:
            self.anchors[anchor] = done
        if not self.frames:
            self.value, self.place = done.value, done.place
            return
        frame = self.frames[-1]
        frame.size += done.size
        frame.height = max(frame.height, done.height + 1)
        if isinstance(frame.value, list):
            frame.parts[len(frame.value)] = done.place
            frame.value.append(done.value)
        elif frame.key is not None:
            frame.parts[frame.key] = done.place
            frame.value[frame.key] = done.value
        frame.key, frame.dropped = None, False

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            short = event.tag.replace("tag:yaml.org,2002:", "!!")
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
