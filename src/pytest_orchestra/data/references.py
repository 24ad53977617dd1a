"""References of environment files: ``${env:NAME}``, ``${env:NAME:-default}``, ``${file:PATH}``.

They are parsed here and looked up by callables that the engine hands in. So are ``env_file`` texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pytest_orchestra.documents.document import PartPath
from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.errors import ConfigurationError, DefinitionError
from pytest_orchestra.model import Problem, SourceLocation

LookUp = Callable[[str], str | None]
"""A variable's or file's text by its name; None: there is none."""

_REFERENCE = re.compile(
    r"""
    \$\$\{
  | \$\{ (?P<kind>env|file) : (?P<name>[^}]+?) (?P<has_default>:-(?P<default>[^}]*))? \}
  | \$\{
    """,
    re.VERBOSE,
)
_LINE = re.compile(
    r"""
    \s* (?:export\s+)? (?P<name>[A-Za-z_][A-Za-z0-9_]*) \s* = \s*
    (?: '(?P<single>[^']*)' | "(?P<double>[^"]*)" | (?P<bare>(?:(?!['"\#]).*?)?) )
    (?: (?:\s+|(?<==)) \#.* )? \s* \Z
    """,
    re.VERBOSE,
)
_NOTHING = re.compile(r"\s*(?:#.*)?\Z")
_MALFORMED = "'${' begins no reference"
_HOW = "Write ${env:NAME}, ${env:NAME:-default} or ${file:PATH}; $${ for a plain ${."


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A value with its references replaced.

    Attributes:
        value: JSON-like, as the file had it.
        origins: each text that came from a reference, to the variable or file it came from.
    """

    value: object = field(repr=False)
    origins: Mapping[str, str] = field(repr=False)


def resolve(
    value: object,
    *,
    look_up_variable: LookUp,
    read_file: LookUp,
    locate: Callable[[PartPath], SourceLocation],
) -> Resolved:
    """Replace every reference in a JSON-like value; ``$${`` stands for ``${``.

    What is looked up is not searched for references again.

    Args:
        value: as read from a file.
        look_up_variable: by name; an empty variable counts as missing where there is a default.
        read_file: by path as written; its text less one last line end.
        locate: where a part of ``value`` stands.

    Raises:
        ConfigurationError: variables or files are missing, or references are not well-formed;
            one line for each.
    """
    resolver = _Resolver({"env": look_up_variable, "file": read_file}, locate)
    replaced = resolver.replaced(value, ())
    if resolver.wrong:
        raise ConfigurationError("\n".join(resolver.wrong), hint=resolver.hint)
    return Resolved(value=replaced, origins=resolver.origins)


@dataclass(slots=True)
class _Resolver:
    look_ups: Mapping[str, LookUp]
    locate: Callable[[PartPath], SourceLocation]
    origins: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    hint: str = ""

    def replaced(self, value: object, path: PartPath) -> object:
        """``value`` with what its references stand for; what is missing goes to ``wrong``."""
        if isinstance(value, dict):
            return {key: self.replaced(held, (*path, key)) for key, held in value.items()}
        if isinstance(value, list):
            return [self.replaced(held, (*path, index)) for index, held in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            return _REFERENCE.sub(lambda match: self._found(match, path), value)
        return value

    def _found(self, match: re.Match[str], path: PartPath) -> str:
        if match[0] == "$${":
            return "${"
        kind, name = match["kind"], match["name"]
        if kind is None:
            return self._refuse(path, _MALFORMED, _HOW)
        found = self.look_ups[kind](name)
        if not found and match["has_default"]:
            return match["default"]
        if found is None and kind == "env":
            hint = f"Set it, or give a default: ${{env:{name}:-…}}."
            return self._refuse(path, f"the variable {name} is not set", hint)
        if found is None:
            hint = "Check its path and permissions."
            return self._refuse(path, f"the file {name} cannot be read", hint)
        text = found.removesuffix("\n").removesuffix("\r") if kind == "file" else found
        self.origins[text] = name
        return text

    def _refuse(self, path: PartPath, message: str, hint: str) -> str:
        self.wrong.append(f"{self.locate(path)}: {message}")
        self.hint = self.hint or hint
        return ""


def parse_env_file(text: str, *, file: str) -> dict[str, str]:
    r"""The variables of a text; of one that stands twice the last one.

    Quotes around a value are taken away, ``#`` after white space begins a comment, ``export`` is
    skipped; ``\\`` and ``$`` mean nothing.

    Args:
        text: with line feeds between its lines.
        file: for the places.

    Raises:
        DefinitionError: a line is none of these; with every problem, none of which shows values.
    """
    variables: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if found := _LINE.match(line):
            values = (found["single"], found["double"], found["bare"])
            variables[found["name"]] = next(each for each in values if each is not None)
        elif not _NOTHING.match(line):
            at = SourceLocation(file=file, line=number)
            hint = "Comment it out with #, or close its quotes."
            problems.append(mistake("env-file", "this line is not NAME=value", at=at, hint=hint))
    if problems:
        raise DefinitionError(problems)
    return variables
