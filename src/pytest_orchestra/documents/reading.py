"""A file or a text becomes a document, by its suffix: YAML, JSON, TOML or CSV in UTF-8."""

from __future__ import annotations

from pathlib import Path, PurePath

from pytest_orchestra.documents.csv_reader import parse_csv
from pytest_orchestra.documents.document import Document
from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.documents.yaml_reader import parse_yaml
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import SourceLocation

MAX_BYTES = 8 * 1024 * 1024
"""The largest file that is read unless a caller says otherwise."""

SUFFIXES = (".yaml", ".yml", ".json", ".csv", ".toml")
"""What can be read."""


def read_document(path: Path, *, limit: int = MAX_BYTES, places: bool = True) -> Document:
    """Read a file.

    Args:
        path: also the name by which its problems call it.
        limit: bytes.
        places: False: parts of a large JSON file need not be found again; much faster.

    Raises:
        DefinitionError: there is no such file, it is too large, not UTF-8, or not what its suffix
            says; with every problem that could be found.
    """
    return parse_document(read_text(path, limit=limit), file=str(path), places=places)


def read_text(path: Path, *, limit: int = MAX_BYTES) -> str:
    """Read a UTF-8 file, with or without a byte order mark, its lines ended by line feeds.

    Raises:
        DefinitionError: there is no such file, it is larger than ``limit`` bytes, or not UTF-8.
    """
    try:
        if not path.is_file():
            raise _refusal(path, *_no_file(path))
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _refusal(path, "file-unreadable", f"the file cannot be read: {reason}") from error
    if len(data) > limit:
        hint = "Split it, or leave out what is not needed."
        raise _refusal(path, "file-too-large", f"the file is larger than {limit} bytes", hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refusal(
            path, "file-encoding", "the file is not UTF-8", "Save it as UTF-8.", line
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_document(text: str, *, file: str, start: int = 1, places: bool = True) -> Document:
    """Read a text as the suffix of ``file`` says.

    Args:
        text: with line feeds between its lines.
        file: names the kind by its suffix, and the places.
        start: number of the text's first line.
        places: as of ``read_document``.

    Raises:
        DefinitionError: it is not what the suffix says.
    """
    match PurePath(file).suffix.lower():
        case ".yaml" | ".yml":
            return parse_yaml(text, file, start=start)
        case ".json":
            from pytest_orchestra.documents.json_reader import (  # noqa: PLC0415 - few need it
                parse_json,
            )

            return parse_json(text, file, start=start, places=places)
        case ".csv":
            return parse_csv(text, file, start=start)
        case ".toml":
            from pytest_orchestra.documents.toml_reader import (  # noqa: PLC0415 - few need it
                parse_toml,
            )

            return parse_toml(text, file)
        case suffix:
            message = f"files that end in '{suffix}' cannot be read" if suffix else "no suffix"
            hint = f"Use one of {', '.join(SUFFIXES)}."
            raise _refusal(Path(file), "file-kind", message, hint)


def _no_file(path: Path) -> tuple[str, str, str]:
    if path.is_dir():
        return "file-unreadable", "this is a folder, not a file", "Name a file in it."
    if path.exists():
        return "file-unreadable", "this is not an ordinary file", ""
    return "file-missing", "there is no such file", "Check its name and folder."


def _refusal(path: Path, code: str, message: str, hint: str = "", line: int = 0) -> DefinitionError:
    at = SourceLocation(file=str(path), line=line)
    return DefinitionError([mistake(code, message, at=at, hint=hint)])
