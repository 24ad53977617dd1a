"""The data sets of every suite, from the files that the ini key ``orchestra_data`` names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pytest_orchestra.data.data_sets import DataSet, Scope
from pytest_orchestra.data.set_files import read_data_sets
from pytest_orchestra.documents.globs import matching
from pytest_orchestra.errors import ConfigurationError


def read_global_data(root: Path, patterns: Iterable[str], where: str) -> tuple[DataSet, ...]:
    """Read the GLOBAL data sets.

    Args:
        root: the folder that paths and globs are taken from.
        patterns: paths and globs.
        where: the key and its file, for messages.

    Raises:
        DefinitionError: a file is wrong.
        ConfigurationError: a glob names no file, or cannot be read.
    """
    paths = [path for pattern in patterns for path in _files(root, pattern, where)]
    return tuple(read_data_sets(paths, Scope.GLOBAL))


def _files(root: Path, pattern: str, where: str) -> Sequence[Path]:
    hint = f"Paths are taken from {root}."
    try:
        found = matching(root, pattern)
    except (ValueError, NotImplementedError) as error:
        message = f"{where}: {pattern!r} cannot be read: {error}"
        raise ConfigurationError(message, hint=hint) from error
    if not found:
        raise ConfigurationError(f"{where}: {pattern!r} names no file", hint=hint)
    return found
