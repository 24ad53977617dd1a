"""What ``{{file('x.json')}}`` does: a file beside the suite, rendered, parsed by its suffix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions.templates import Template, compile_template
from pytest_orchestra.model import SourceLocation

LIMIT = 10_000_000
"""Bytes of a payload file."""

_PARSED = frozenset({".json", ".yaml", ".yml"})


@dataclass(slots=True)
class FileReader:
    """Reads payload files below one folder; each is read and compiled once.

    Attributes:
        folder: the suite file's.
    """

    folder: Path
    _compiled: dict[str, Template] = field(default_factory=dict)

    def read(self, path: str, names: Mapping[str, object]) -> object:
        """The file's value with its templates rendered.

        Raises:
            EvaluationError: it is not there, too large, not UTF-8, or cannot be parsed.
        """
        if path not in self._compiled:
            self._compiled[path] = self._compile(path)
        return self._compiled[path].render(names)

    def _compile(self, path: str) -> Template:
        file = self.folder / path
        try:
            if file.stat().st_size > LIMIT:
                raise EvaluationError(
                    f"{file} has more than {LIMIT} bytes", hint="Use a smaller payload file."
                )
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise EvaluationError(
                f"file({path!r}): {error.strerror or error}",
                hint="The path is taken from the suite file's folder.",
            ) from error
        except UnicodeDecodeError as error:
            raise EvaluationError(f"file({path!r}) is not UTF-8", hint="Save it so.") from error
        if file.suffix.lower() not in _PARSED:
            return compile_template(text, location=SourceLocation(file=str(file), line=1))
        try:
            document = parse_document(text, file=str(file))
            return compile_template(document.value, location=document.location)
        except DefinitionError as error:
            raise EvaluationError(f"file({path!r}): {error}") from error
