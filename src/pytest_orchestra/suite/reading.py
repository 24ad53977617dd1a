"""A suite file becomes its models; what is wrong in it is kept, and the rest read on.

So that binding can report the mistakes of all files together. Nothing is compared with other files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pytest_orchestra.documents.decoding import decode, decode_value
from pytest_orchestra.documents.document import Document
from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.documents.reading import read_document
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import ElementId, Problem, ProcessModel
from pytest_orchestra.suite.file import FinallyPart, StepPart, SuitePart

_STEPS = ("steps", "finally")
_NO_PROCESS = "none"
"""Stands where a suite does not say which process it tests."""

_Part = TypeVar("_Part", bound=FinallyPart)

_Judge = Callable[[Mapping[str, object]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessName:
    """``FILE#ID``: a process file, and one process of it; None: its only one, or all."""

    file: Path
    id: ElementId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteFile:
    """A suite file, or one process of a bare process file.

    Attributes:
        file: the path as given.
        document: what the file says, with the places.
        part: everything but the steps.
        steps: by position in the file; steps with mistakes are left out. ``cleanup``: those of
            ``finally``.
        lost: keys with mistakes, ``specs`` or ``data.pick``: what depends on them is not judged.
            Whoever finds more that cannot be used may add to them.
        lost_aliases: of steps that were left out.
        problems: the mistakes; binding raises them with its own.
        model: the process file, where it has been read already.
    """

    file: Path
    document: Document = field(repr=False)
    part: SuitePart
    steps: Mapping[int, StepPart] = field(default_factory=dict)
    cleanup: Mapping[int, FinallyPart] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    lost_aliases: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    model: ProcessModel | None = None

    @property
    def name(self) -> str:
        """The suite's name, else its file's."""
        return self.part.name or self.file.name.partition(".")[0]

    @property
    def process_file(self) -> Path:
        """The file that holds the tested process."""
        return self.processes[0].file

    @property
    def process_id(self) -> ElementId | None:
        """Which process of that file; None: it has only one."""
        return self.processes[0].id

    @property
    def processes(self) -> tuple[ProcessName, ...]:
        """What ``process`` names: the tested process first, then those that may be called."""
        files = self.part.process
        texts = [files] if isinstance(files, str) else files
        return tuple(_process_name(self.file.parent, text) for text in texts)

    @property
    def environment(self) -> str | None:
        """The name of the environment that the suite asks for."""
        return self.part.environment

    @property
    def python_files(self) -> tuple[Path, ...]:
        """The modules that hold Python steps."""
        names = self.part.python
        return tuple(
            self.file.parent / name for name in ([names] if isinstance(names, str) else names)
        )


def read_suite(path: Path) -> SuiteFile:
    """Read a suite file.

    Args:
        path: a file ``.yaml``, ``.yml`` or ``.json``.

    Raises:
        DefinitionError: it cannot be read, or is no mapping; other mistakes stand in the value's
            ``problems``.
    """
    document = read_document(path)
    part, problems = decode(document, SuitePart)
    if part is not None:
        return SuiteFile(
            file=path,
            document=document,
            part=part,
            steps=dict(enumerate(part.steps)),
            cleanup=dict(enumerate(part.cleanup)),
        )
    value = document.value
    if not isinstance(value, dict):
        raise DefinitionError(problems)
    return _salvaged(path, document, value, problems)


def bare_suite(path: Path) -> tuple[SuiteFile, ...]:
    """Read a process file as one suite without steps for each of its processes.

    Raises:
        DefinitionError: the file cannot be read, is not of its format, or holds no process.
    """
    model = read_model(path)
    document = Document(file=str(path), value={})
    if not model.processes:
        problem = mistake(
            "no-process",
            "the file holds no process",
            at=document.location(),
            hint="Draw a process in a pool, or name another file.",
        )
        raise DefinitionError([*model.problems, problem])
    return tuple(
        SuiteFile(
            file=path,
            document=document,
            part=SuitePart(process=f"{path.name}#{process.id}", name=process.name or process.id),
            model=model,
        )
        for process in model.processes
    )


def _process_name(folder: Path, text: str) -> ProcessName:
    name, _, process = text.rpartition("#") if "#" in text else (text, "", "")
    return ProcessName(file=folder / name, id=ElementId(process) if process else None)


def _is_right(value: Mapping[str, object]) -> bool:
    document = Document(file="", value=value)
    part, _ = decode_value({"process": "x", **value}, SuitePart, locate=document.location)
    return part is not None


def _salvaged(
    path: Path, document: Document, value: Mapping[str, object], problems: tuple[Problem, ...]
) -> SuiteFile:
    """What is right in a file that has mistakes."""
    lost: set[str] = set()
    rest = {key: inner for key, inner in value.items() if key not in _STEPS}
    right = _right_keys(rest, _is_right, (), lost)
    if "process" not in right:
        lost.add("process")
        right["process"] = _NO_PROCESS
    steps = dict(_right_steps(document, "steps", StepPart))
    cleanup = dict(_right_steps(document, "finally", FinallyPart))
    return SuiteFile(
        file=path,
        document=document,
        part=SuitePart.model_validate(right),
        steps=steps,
        cleanup=cleanup,
        lost=frozenset(lost),
        lost_aliases=frozenset(
            (
                *_lost_aliases(value.get("steps"), steps),
                *_lost_aliases(value.get("finally"), cleanup),
            )
        ),
        problems=problems,
    )


def _right_keys(
    value: Mapping[str, object], is_right: _Judge, path: tuple[str, ...], lost: set[str]
) -> dict[str, object]:
    """The keys of a mapping that are right, and what is right in those that are not.

    Args:
        value: the mapping.
        is_right: whether such a mapping may stand there.
        path: of its own key.
        lost: gets the keys that are left out, ``data.pick``.
    """
    right: dict[str, object] = {}
    for key, inner in value.items():
        if is_right({key: inner}):
            right[key] = inner
        elif isinstance(inner, dict) and is_right({key: {}}):

            def fits(part: Mapping[str, object], key: str = key) -> bool:
                return is_right({key: part})

            right[key] = _right_keys(inner, fits, (*path, key), lost)
        else:
            lost.add(".".join((*path, key)))
    return right


def _right_steps(document: Document, key: str, kind: type[_Part]) -> Iterator[tuple[int, _Part]]:
    value = document.value
    steps = value.get(key) if isinstance(value, dict) else None
    for index in range(len(steps) if isinstance(steps, list) else 0):
        part, _ = decode(document, kind, at=(key, index))
        part = part or _right_part(document.part((key, index)), document, kind)
        if part is not None:
            yield index, part


def _right_part(step: object, document: Document, kind: type[_Part]) -> _Part | None:
    """What is right in a step, if its place and call are among it: the rest is judged all the same.

    Keys that come later say what a step is; without them the rest would make no sense.
    """
    if not isinstance(step, dict) or not kind.later.keys().isdisjoint(step):
        return None

    def read(value: object) -> _Part | None:
        return decode_value(value, kind, locate=document.location)[0]

    right: dict[str, object] = {}
    for key, inner in step.items():
        if read({key: inner}) is not None:
            right[key] = inner
        elif key in {"expect", "save"} and isinstance(inner, dict):
            good = {name: each for name, each in inner.items() if read({key: {name: each}})}
            right[key] = good
        elif key in kind.model_fields:
            return None
    return read(right)


def _lost_aliases(steps: object, right: Mapping[int, FinallyPart]) -> Iterator[str]:
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if index not in right and isinstance(step, dict) and isinstance(step.get("alias"), str):
            yield step["alias"]
