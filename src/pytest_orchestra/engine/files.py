"""What ``{{file('x.json')}}`` does: a file beside the suite, rendered, parsed by its suffix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_orchestra.documents.document import Locate, PartPath
from pytest_orchestra.documents.reading import parse_document, read_text
from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions.templates import Template, compile_template
from pytest_orchestra.model import SourceLocation

LIMIT = 10_000_000
"""Bytes of a payload file."""

_PARSED = frozenset({".json", ".yaml", ".yml"})


@dataclass(slots=True)
class FileReader:
    """Reads payload files beside a suite; each is read and compiled once.

    Attributes:
        folder: the suite file's.
    """

    folder: Path
    _compiled: dict[str, Template] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def read(self, path: object, names: Mapping[str, object]) -> object:
        """The file's value with its templates rendered.

        Raises:
            EvaluationError: it is not there, too large, not UTF-8, cannot be parsed, or includes
                itself.
        """
        if not isinstance(path, str) or "\0" in path:
            raise EvaluationError("file() needs the path of a file", hint="Write file('x.json').")
        if path in self._open:
            way = " → ".join((*self._open, path))
            hint = "Let one of them stand by itself."
            raise EvaluationError(f"file({path!r}) includes itself: {way}", hint=hint)
        if path not in self._compiled:
            self._compiled[path] = self._compile(path)
        self._open.append(path)
        try:
            return self._compiled[path].render(names)
        finally:
            self._open.pop()

    def _compile(self, path: str) -> Template:
        file = self.folder / path
        try:
            text = read_text(file, limit=LIMIT)
            if file.suffix.lower() not in _PARSED:
                return compile_template(text, location=_locator(text, str(file)))
            document = parse_document(text, file=str(file))
            return compile_template(document.value, location=document.location)
        except DefinitionError as error:
            hint = f"Paths are taken from {self.folder}."
            raise EvaluationError(str(error).removesuffix("."), hint=hint) from error


def _locator(text: str, file: str) -> Locate:
    """Tells where a character of a text file stands."""

    def locate(path: PartPath = (), offset: int = 0) -> SourceLocation:
        del path  # a text has no parts
        line = text.count("\n", 0, offset) + 1
        column = offset - text.rfind("\n", 0, offset)
        return SourceLocation(file=file, line=line, column=column)

    return locate
