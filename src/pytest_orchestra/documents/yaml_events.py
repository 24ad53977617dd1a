"""YAML text becomes libyaml's events; what it finds wrong is put in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem, SourceLocation

TEMPLATE_HINT = 'Put a template in quotes: "{{…}}".'

_WORDS = {
    "mapping values are not allowed in this context": (
        "a ': ' stands where no key can",
        "Put the text in quotes, or check the indentation.",
    ),
    "found unexpected end of stream": ("a quote is never closed", "Close it."),
    "found duplicate anchor": ("an anchor stands twice", "Rename one of them."),
}


class Mark(Protocol):
    """A place as PyYAML counts: all from 0, ``index`` in characters."""

    line: int
    column: int
    index: int


class PurePythonParser(Reader, Scanner, Parser):
    """PyYAML's own parser, for where libyaml is absent."""

    def __init__(self, stream: str) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)


class _Events(Protocol):
    def get_event(self) -> yaml.Event | None: ...


def events(
    text: str, file: str, first_line: int, *, pure: bool | None = None
) -> Iterator[yaml.Event]:
    """The events of a text, until its end or its first syntax error.

    Args:
        text: with line feeds only between its lines.
        file: for the places.
        first_line: number of the text's first line.
        pure: whether to do without libyaml; None: only where it is absent.

    Raises:
        DefinitionError: the text is not YAML.
    """
    if bad := Reader.NON_PRINTABLE.search(text):
        at = _location(text, bad.start(), file, first_line)
        message = f"the character U+{ord(bad[0]):04X} cannot stand in YAML"
        raise DefinitionError([mistake("yaml-syntax", message, at=at, hint="Remove it.")])
    parser = _parser(text, pure=not yaml.__with_libyaml__ if pure is None else pure)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError as error:
        raise DefinitionError([_syntax_problem(error, text, file, first_line)]) from error


def begin(event: yaml.Event) -> Mark:
    """Where an event begins."""
    return cast("Mark", event.start_mark)


def end(event: yaml.Event) -> Mark:
    """Where an event ends."""
    return cast("Mark", event.end_mark)


def _parser(text: str, *, pure: bool) -> _Events:
    if pure:
        return cast("_Events", PurePythonParser(text))
    from yaml import cyaml  # noqa: PLC0415 - a build of PyYAML may lack libyaml

    return cast("_Events", cyaml.CLoader(text))


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str, first_line: int) -> Problem:
    mark = cast("Mark", error.problem_mark or error.context_mark)
    at = _location(text, mark.index, file, first_line)
    line = text[text.rfind("\n", 0, mark.index) + 1 :].partition("\n")[0]
    message, hint = _wording(error, line, text[mark.index : mark.index + 1].strip("\n"))
    return mistake("yaml-syntax", message, at=at, hint=hint)


def _location(text: str, index: int, file: str, first_line: int) -> SourceLocation:
    line = first_line + text.count("\n", 0, index)
    return SourceLocation(file=file, line=line, column=index - text.rfind("\n", 0, index))


def _wording(error: yaml.MarkedYAMLError, line: str, character: str) -> tuple[str, str]:
    problem = error.problem or "this is not YAML"
    if character == "\t":
        return "a tab stands where YAML wants spaces", "Indent with spaces."
    if "{{" in line:
        return f"{problem} here", TEMPLATE_HINT
    if "cannot start any token" in problem and character:
        return f"an unquoted text cannot begin with '{character}'", "Put the text in quotes."
    if problem in _WORDS:
        return _WORDS[problem]
    return f"{problem} {error.context or ''}".strip(), ""
