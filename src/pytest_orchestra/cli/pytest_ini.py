"""The ini file of pytest that a suite falls under: the nearest one above it.

Read as pytest does, as far as ``orchestra_data`` goes; pytest itself is not loaded.
"""

from __future__ import annotations

import configparser
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.data.global_sets import read_global_data
from pytest_orchestra.errors import ConfigurationError

_KEY = "orchestra_data"
_SECTIONS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "pytest.toml": (("pytest",), ()),
    ".pytest.toml": (("pytest",), ()),
    "pytest.ini": (("pytest",), ()),
    ".pytest.ini": (("pytest",), ()),
    "pyproject.toml": (("tool", "pytest", "ini_options"), ("tool", "pytest")),
    "tox.ini": (("pytest",),),
    "setup.cfg": (("tool:pytest",),),
}
"""Where pytest's settings are, in its order; ``()``: a file of this name counts without any."""


def global_data(suite: Path) -> tuple[DataSet, ...]:
    """The data sets that every suite has.

    Args:
        suite: the suite file.

    Raises:
        DefinitionError: a file of data sets is wrong.
        ConfigurationError: the ini file cannot be read; a glob names no file.
    """
    for folder in suite.absolute().parents:
        for name, sections in _SECTIONS.items():
            file = folder / name
            if file.is_file() and (settings := _settings(file, sections)) is not None:
                return read_global_data(folder, _words(settings, file), f"{file}: {_KEY}")
    return ()


def _settings(file: Path, sections: tuple[tuple[str, ...], ...]) -> Mapping[str, object] | None:
    """The settings of a file; None: it has none for pytest."""
    try:
        text = file.read_text(encoding="utf-8")
        tree: object = tomllib.loads(text) if file.suffix == ".toml" else _sections(text)
    except (OSError, ValueError, configparser.Error) as error:
        message = f"{file} cannot be read: {error}"
        raise ConfigurationError(message, hint="Correct it: pytest reads it, too.") from error
    for section in sections:
        found = tree if section else {}
        for key in section:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping):
            return found
    return None


def _sections(text: str) -> Mapping[str, Mapping[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


def _words(settings: Mapping[str, object], file: Path) -> list[str]:
    given = settings.get(_KEY, "")
    try:
        words = shlex.split(given) if isinstance(given, str) else given
    except ValueError as error:
        raise ConfigurationError(f"{file}: {_KEY}: {error}", hint="Close the quotes.") from error
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ConfigurationError(f"{file}: {_KEY} is no list of paths", hint='Write ["a.yaml"].')
    return words
