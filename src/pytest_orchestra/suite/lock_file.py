"""Lock files: what is kept beside a suite of its scenarios, one line for each, as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pytest_orchestra.documents.decoding import decode
from pytest_orchestra.documents.document import Document
from pytest_orchestra.documents.models import DocumentModel
from pytest_orchestra.documents.reading import read_text
from pytest_orchestra.documents.toml_reader import parse_toml
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.flow.lock import ProcessLock
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import ElementId

SUFFIX = ".lock"

_HEAD = "# One line for each scenario, written by 'orchestra plan --lock'. Do not edit; review.\n"


class _ProcessPart(DocumentModel):
    criterion: Literal["flows", "branches", "pairs", "paths"]
    scenarios: dict[str, str]


class _LockPart(DocumentModel):
    version: Literal[1]
    processes: dict[str, _ProcessPart]


class LockFile(NamedTuple):
    """A lock file as read: its document tells where a scenario stands."""

    locks: Sequence[ProcessLock]
    document: Document


def lock_path(file: Path) -> Path:
    """The lock file of a suite or process file, beside it."""
    return file.with_name(f"{file.name}{SUFFIX}")


def read_lock(path: Path) -> LockFile:
    """Read a lock file.

    Raises:
        DefinitionError: it cannot be read, or is no lock file of this version.
    """
    document = parse_toml(read_text(path), str(path))
    part, problems = decode(document, _LockPart)
    if part is None:
        raise DefinitionError(problems)
    locks = [
        ProcessLock(
            process_id=ElementId(process_id),
            criterion=Criterion(each.criterion),
            signatures=each.scenarios,
        )
        for process_id, each in part.processes.items()
    ]
    return LockFile(locks, document)


def lock_text(locks: Iterable[ProcessLock]) -> str:
    """What a lock file holds; processes and scenarios are sorted, so that it merges well."""
    parts = [f"{_HEAD}version = 1\n"]
    for lock in sorted(locks, key=lambda each: each.process_id):
        name = f"processes.{_quoted(lock.process_id)}"
        parts.append(f"[{name}]\ncriterion = {_quoted(lock.criterion.value)}\n")
        keys = sorted(lock.signatures)
        lines = (f"{_quoted(key)} = {_quoted(lock.signatures[key])}\n" for key in keys)
        parts.append(f"[{name}.scenarios]\n{''.join(lines)}")
    return "\n".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
