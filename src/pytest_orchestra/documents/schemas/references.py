"""The files of one description and the ``$ref``s between them (RFC 6901 pointers).

In comes a file, out come its parts by reference; nothing is fetched over the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from os.path import normpath
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.documents.reading import read_document
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.model import Problem

MAX_FILES = 200
"""Files that one description may be spread over."""
MAX_FILE_BYTES = 32 * 1024 * 1024
"""Bytes of each of them."""
MAX_CHAIN = 50
"""References that may lead to references."""

_NAMES = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "schemas"}
    | {"responses", "parameters", "requestBodies", "headers", "pathItems", "paths", "content"}
)
_DATA = frozenset({"example", "examples", "default", "enum", "const", "links", "x-examples"})


class Node(NamedTuple):
    """A part of a description and the file that it stands in."""

    value: object
    file: Path

    def get(self, key: str) -> Node:
        """Give the part at ``key``; its value is None if there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(value, self.file)

    def items(self) -> Iterator[tuple[str, Node]]:
        """Give the parts of a mapping; none of anything else."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, Node(value, self.file)

    def parts(self) -> Iterator[Node]:
        """Give the parts of a list; none of anything else."""
        if isinstance(self.value, list):
            for value in self.value:
                yield Node(value, self.file)


class UnresolvedError(Exception):
    """A reference leads nowhere; the text says why, on one line without a full stop.

    Args:
        message: the text.
        hint: what to do, an imperative sentence; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Documents:
    """Every file of one description, by path.

    Args:
        path: of the file that everything begins with.

    Raises:
        DefinitionError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._values: dict[Path, object] = {}
        self._anchors: dict[Path, dict[str, object]] = {}
        file = Path(normpath(path))
        self.root = Node(self._read(file), file)

    def check(self) -> None:
        """Read every file that is referred to and resolve every reference once.

        Raises:
            DefinitionError: a file cannot be read, or a reference leads nowhere; names them all.
        """
        problems: list[Problem] = []
        waiting = [self.root.file]
        seen = {self.root.file}
        while waiting:
            file = waiting.pop()
            for reference, path in _references(self._values[file]):
                try:
                    target = self.resolve(reference, file)
                except UnresolvedError as error:
                    problems.append(
                        self.problem("spec-reference", str(error), file, path, error.hint)
                    )
                except DefinitionError as error:
                    message = f"'{reference}' cannot be read"
                    problems.append(self.problem("spec-reference", message, file, path))
                    problems += [each for each in error.problems if isinstance(each, Problem)]
                else:
                    if target.file not in seen:
                        seen.add(target.file)
                        waiting.append(target.file)
        if problems:
            in_order = sorted(set(problems), key=_place)
            raise DefinitionError(in_order)

    def problem(
        self, code: str, message: str, file: Path, path: tuple[str | int, ...] = (), hint: str = ""
    ) -> Problem:
        """Make a problem that says where in ``file`` the part at ``path`` stands."""
        document = read_document(file, limit=MAX_FILE_BYTES, places=True)
        return mistake(code, message, at=document.location(path), hint=hint)

    def resolve(self, reference: str, file: Path) -> Node:
        """Give what ``reference``, written in ``file``, refers to.

        Raises:
            UnresolvedError: it leads nowhere, or to the network.
            DefinitionError: it leads to a file that cannot be read.
        """
        address, _, pointer = reference.partition("#")
        target = self._file(address, file, reference) if address else file
        value = self._values[target]
        pointer = unquote(pointer)
        if pointer and not pointer.startswith("/"):
            return Node(self._anchor(pointer, target, reference), target)
        for step in pointer.split("/")[1:]:
            value = _part(value, step.replace("~1", "/").replace("~0", "~"), reference)
        return Node(value, target)

    def follow(self, node: Node) -> Node:
        """Give what stands at the end of a chain of ``$ref``s that begins at ``node``.

        Raises:
            UnresolvedError: the chain leads nowhere, or never ends.
            DefinitionError: it leads to a file that cannot be read.
        """
        for _ in range(MAX_CHAIN):
            reference = node.get("$ref").value
            if not isinstance(reference, str):
                return node
            node = self.resolve(reference, node.file)
        message = "the reference leads back to itself"
        raise UnresolvedError(message)

    def _file(self, address: str, file: Path, reference: str) -> Path:
        path = Path(unquote(address))
        if ":" in address or address.startswith("//") or path.is_absolute():
            message = f"'{reference}' is not fetched: only files relative to this one are read"
            raise UnresolvedError(message)
        target = Path(normpath(file.parent / path))
        if target not in self._values:
            self._read(target)
        return target

    def _read(self, path: Path) -> object:
        if len(self._values) >= MAX_FILES:
            message = f"the description is spread over more than {MAX_FILES} files"
            raise DefinitionError([mistake("spec-too-many-files", message, at=None)])
        value = read_document(path, limit=MAX_FILE_BYTES, places=False).value
        self._values[path] = value
        return value

    def _anchor(self, name: str, file: Path, reference: str) -> object:
        if file not in self._anchors:
            self._anchors[file] = dict(_anchors(self._values[file]))
        if name not in self._anchors[file]:
            message = f"'{reference}' leads nowhere: no '$anchor' is called '{name}'"
            raise UnresolvedError(message)
        return self._anchors[file][name]


def _place(problem: Problem) -> tuple[str, int, int, str]:
    at = problem.location
    return (at.file, at.line, at.column, problem.message) if at else ("", 0, 0, problem.message)


def _part(value: object, step: str, reference: str) -> object:
    if isinstance(value, dict) and step in value:
        return value[step]
    if isinstance(value, list) and step.isascii() and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    message = f"'{reference}' leads nowhere: there is no '{step}'"
    known = value if isinstance(value, dict) else ()
    raise UnresolvedError(message, hint=suggestion(step, known, "There are"))


def _references(document: object) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Give each distinct ``$ref`` of a file with the way to one place where it stands."""
    seen: set[str] = set()
    for mapping, path in _mappings(document):
        reference = mapping.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            yield reference, (*path, "$ref")


def _anchors(document: object) -> Iterator[tuple[str, object]]:
    for mapping, _ in _mappings(document):
        for keyword in ("$anchor", "$dynamicAnchor"):
            name = mapping.get(keyword)
            if isinstance(name, str):
                yield name, mapping


def _mappings(document: object) -> Iterator[tuple[dict[str, object], tuple[str | int, ...]]]:
    """Walk everything but examples and other data; a property may well be called 'example'."""
    waiting: list[tuple[object, tuple[str | int, ...], bool]] = [(document, (), False)]
    while waiting:
        value, path, names = waiting.pop()
        if isinstance(value, dict):
            if not names:
                yield value, path
            for key, part in value.items():
                if isinstance(part, (dict, list)) and (names or key not in _DATA):
                    waiting.append((part, (*path, key), not names and key in _NAMES))
        elif isinstance(value, list):
            waiting.extend(
                (part, (*path, index), False)
                for index, part in enumerate(value)
                if isinstance(part, (dict, list))
            )
