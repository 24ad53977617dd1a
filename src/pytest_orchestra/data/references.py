"""References of environment files: ``${env:NAME}``, ``${env:NAME:-default}``, ``${file:PATH}``.

They are parsed here and looked up by callables that the engine hands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.model import SourceLocation

LookUp = Callable[[str], str | None]
"""A variable's or file's text by its name; None: there is none."""

_REFERENCE = re.compile(
    r"\$\$\{|\$\{(?P<kind>[a-z]+):(?P<name>[^}:]*)(?P<has_default>:-(?P<default>[^}]*))?\}|\$\{"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A value with its references replaced.

    Attributes:
        value: JSON-like, as the file had it.
        origins: each text that came from a reference, to the name it came from.
    """

    value: object
    origins: Mapping[str, str]


def resolve(
    value: object,
    *,
    look_up_variable: LookUp,
    read_file: LookUp,
    locate: Callable[[tuple[str | int, ...]], SourceLocation],
) -> Resolved:
    """Replace every reference in a JSON-like value; ``$${`` stands for ``${``.

    Args:
        value: as read from a file.
        look_up_variable: by name; an empty variable counts as missing where there is a default.
        read_file: by path as written; its text less one last line feed.
        locate: where a part of ``value`` stands.

    Raises:
        ConfigurationError: a variable or file is missing, or a reference is not well-formed.
    """
    origins: dict[str, str] = {}
    resolver = _Resolver({"env": look_up_variable, "file": read_file}, locate, origins)
    return Resolved(value=resolver.replaced(value, ()), origins=origins)


@dataclass(frozen=True, slots=True)
class _Resolver:
    look_ups: Mapping[str, LookUp]
    locate: Callable[[tuple[str | int, ...]], SourceLocation]
    origins: dict[str, str]

    def replaced(self, value: object, path: tuple[str | int, ...]) -> object:
        if isinstance(value, dict):
            return {key: self.replaced(held, (*path, key)) for key, held in value.items()}
        if isinstance(value, list):
            return [self.replaced(held, (*path, index)) for index, held in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            return _REFERENCE.sub(lambda match: self._found(match, path), value)
        return value

    def _found(self, match: re.Match[str], path: tuple[str | int, ...]) -> str:
        if match.group() == "$${":
            return "${"
        kind, name = match["kind"], match["name"]
        if kind not in self.look_ups or not name:
            raise ConfigurationError(
                f"{self.locate(path)}: '{match.group()}' is no reference",
                hint="Write ${env:NAME}, ${env:NAME:-default} or ${file:PATH}; $${ for a plain ${.",
            )
        found = self.look_ups[kind](name)
        if not found and match["has_default"]:
            return match["default"]
        if found is None:
            raise _missing(kind, name, self.locate(path))
        text = found.removesuffix("\n") if kind == "file" else found
        self.origins[text] = name
        return text


def _missing(kind: str, name: str, location: SourceLocation) -> ConfigurationError:
    if kind == "env":
        return ConfigurationError(
            f"{location}: the variable {name} is not set",
            hint=f"Set it, or give a default: ${{env:{name}:-...}}.",
        )
    return ConfigurationError(
        f"{location}: the file {name} cannot be read", hint="Check its path and permissions."
    )


def parse_env_file(text: str, *, file: str) -> dict[str, str]:
    """The variables of an ``env_file``: ``NAME=value`` lines, ``#`` comments, quotes; no expansion.

    Raises:
        ConfigurationError: a line is none of these.
    """
    variables: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip().removeprefix("export ").strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = stripped.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ConfigurationError(
                f"{file}:{number}: this line is not NAME=value", hint="Comment it out with #."
            )
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        else:
            value = value.partition(" #")[0].rstrip()
        variables[name.strip()] = value
    return variables
