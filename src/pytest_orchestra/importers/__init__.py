"""Process files become ProcessModels; the file's suffix says how it is read."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.importers.bpmn import read_bpmn
from pytest_orchestra.model import (
    Problem,
    ProcessModel,
    Severity,
    SourceLocation,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_orchestra.model.drawing import Drawing

__all__ = ["MAX_FILE_BYTES", "SUFFIXES", "read_drawing", "read_model"]

MAX_FILE_BYTES = 10_000_000
"""The largest file that is read; real models are under one million bytes."""

SUFFIXES: Mapping[str, Callable[[bytes, str], ProcessModel]] = MappingProxyType(
    {".bpmn": read_bpmn, ".bpmn2": read_bpmn, ".xml": read_bpmn}
)
"""Which importer reads which files (``.bpmn20.xml`` is an ``.xml``)."""


def read_model(path: Path) -> ProcessModel:
    """Reads a process file.

    What is wrong with its content never raises: it stands in the model's ``problems``.

    Args:
        path: a file ``.bpmn``, ``.bpmn2``, ``.bpmn20.xml`` or ``.xml``.

    Raises:
        DefinitionError: the file cannot be read, is too large, or is not of its format.
    """
    importer = SUFFIXES.get(path.suffix.lower())
    if importer is None:
        raise _suffix_unknown(path)
    return importer(_content(path), str(path))


def read_drawing(path: Path) -> Drawing:
    """Reads how a process file is drawn, for pictures; :func:`read_model` needs nothing of it.

    Args:
        path: a file ``.bpmn``, ``.bpmn2``, ``.bpmn20.xml`` or ``.xml``.

    Raises:
        DefinitionError: the file cannot be read, is too large, or is not XML.
    """
    from pytest_orchestra.importers.bpmn.drawing import read_diagrams  # noqa: PLC0415 - few need it

    if path.suffix.lower() not in SUFFIXES:
        raise _suffix_unknown(path)
    return read_diagrams(_content(path), str(path))


def _suffix_unknown(path: Path) -> DefinitionError:
    return _refusal(
        "suffix-unknown",
        f"a file named '{path.name}' is no process file",
        f"Name it with one of the suffixes {' '.join(SUFFIXES)}",
        path,
    )


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise _refusal("file-unreadable", "this is not a file", "Name a process file", path)
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"the file cannot be read: {reason}"
        raise _refusal("file-unreadable", message, "Check its name and rights", path) from error
    if len(data) > MAX_FILE_BYTES:
        raise _refusal(
            "file-too-large",
            f"the file is larger than {MAX_FILE_BYTES} bytes",
            "Split the model into several files",
            path,
        )
    return data


def _refusal(code: str, message: str, hint: str, path: Path) -> DefinitionError:
    location = SourceLocation(file=str(path))
    return DefinitionError(
        [Problem(severity=Severity.ERROR, code=code, message=message, hint=hint, location=location)]
    )
