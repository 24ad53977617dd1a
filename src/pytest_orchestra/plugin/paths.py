"""Which files are suites and processes, what a path or glob means, how paths are shown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

import pytest

from pytest_orchestra.documents.globs import matching

SUITE_SUFFIXES = (".suite.yaml", ".suite.yml")
PROCESS_SUFFIXES = (".bpmn", ".bpmn2", ".bpmn20.xml")
NAMED_SUFFIXES = (*PROCESS_SUFFIXES, ".xml", ".yaml", ".yml", ".json")
"""Of what is read where the user names the file."""
_OURS = Path(__file__).parents[1]


def is_suite(path: Path) -> bool:
    """Whether the file's name is that of a suite file."""
    return path.name.lower().endswith(SUITE_SUFFIXES)


def is_process(path: Path) -> bool:
    """Whether the file's name is that of a process file."""
    return path.name.lower().endswith(PROCESS_SUFFIXES)


def may_be_named(path: Path) -> bool:
    """Whether the file is read here if the user names it."""
    return path.name.lower().endswith(NAMED_SUFFIXES)


def named_files(name: str, folder: Path, *, ignored: Sequence[str] = ()) -> list[Path]:
    """The files that a path, a directory or a glob means, in a stable order.

    Args:
        name: as the user wrote it, relative to ``folder``; of a directory its suite files.
        folder: absolute.
        ignored: patterns of directory names that are not looked into.

    Raises:
        ValueError: it is no glob that can be read.
    """
    path = Path(os.path.abspath(folder / name))  # noqa: PTH100 - links stay as they are called
    if path.is_file():
        return [path]
    if path.is_dir():
        return sorted(_suites_below(path, ignored))
    return matching(folder, name)


def _suites_below(folder: Path, ignored: Sequence[str]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = [name for name in folders if not _is_left_out(here / name, ignored)]
        yield from (here / name for name in files if is_suite(here / name))


def _is_left_out(folder: Path, ignored: Sequence[str]) -> bool:
    """As pytest leaves folders out: by name, and virtual environments."""
    by_name = any(fnmatch(folder.name, pattern) for pattern in ignored)
    return by_name or (folder / "pyvenv.cfg").is_file()


def is_users_own(path: Path, root: Path) -> bool:
    """Whether a file of a traceback is of the tests below ``root``, neither ours nor installed."""
    is_theirs = path.is_relative_to(root) and "site-packages" not in path.parts
    return is_theirs and not path.is_relative_to(_OURS)


def with_short_paths(text: str, config: pytest.Config) -> str:
    """``text`` with the paths below the folder that pytest was called from made relative to it."""
    return text.replace(f"{config.invocation_params.dir}{os.sep}", "")
