"""The process that a suite tests, and those that it calls, found in their files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.errors import BindingError
from pytest_orchestra.flow.callees import called_processes
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import (
    Problem,
    Process,
    ProcessModel,
    Severity,
    SourceLocation,
)
from pytest_orchestra.suite.collecting import collecting
from pytest_orchestra.suite.reading import ProcessName, SuiteFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteProcesses:
    """What a suite names under ``process``.

    Attributes:
        tested: the process that it tests; ``model`` is the file that holds it.
        known: the processes that may be called, by id: of the tested one's file and of the others.
        called: those of them that the tested one calls, directly or not.
        problems: what is wrong with the files, as far as it is about these processes.
    """

    tested: Process
    model: ProcessModel
    known: Mapping[str, Process]
    called: tuple[Process, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_processes(suite: SuiteFile) -> SuiteProcesses:
    """Read the processes of a suite.

    Raises:
        BindingError: there is no such file or process, or the file has several and none is named.
        DefinitionError: a file is not of its format.
    """
    tested, model = _read_tested(suite)
    problems: list[Problem] = []
    groups: list[tuple[ProcessModel, Sequence[Process]]] = [(model, model.processes)]
    for index, name in enumerate(suite.processes[1:], start=1):
        at = suite.document.location(("process", index))
        with collecting(problems):
            groups.append(_read_callable(name, at))
    known: dict[str, Process] = {}
    for _, processes in groups:
        known = {process.id: process for process in processes} | known
    called = called_processes(tested, known)
    for index, (_, processes) in enumerate(groups[1:], start=1):
        if not any(each in called for each in processes):
            problems.append(_unused(suite, index, tested))
    for each, processes in groups:
        mine = [process for process in processes if process is tested or process in called]
        if mine:
            problems.extend(_problems_of(mine, each))
    return SuiteProcesses(
        tested=tested, model=model, known=known, called=called, problems=tuple(problems)
    )


def problems_of(process: Process, model: ProcessModel) -> Sequence[Problem]:
    """What is wrong with a file, less what is about elements of its other processes."""
    return _problems_of([process], model)


def _problems_of(processes: Collection[Process], model: ProcessModel) -> Sequence[Problem]:
    others = [other for other in model.processes if other not in processes]
    elsewhere = {other.id for other in others}
    elsewhere.update(node.id for other in others for node in other.nodes)
    elsewhere.update(flow.id for other in others for flow in other.flows)
    return [each for each in model.problems if each.element_id not in elsewhere]


def _read_tested(suite: SuiteFile) -> tuple[Process, ProcessModel]:
    """The tested process and the file that holds it."""
    is_listed = isinstance(suite.part.process, list)
    at = suite.document.location(("process", 0) if is_listed else ("process",))
    name = suite.processes[0]
    model = suite.model or _read_model(name, at)
    if name.id is not None:
        return _named(name, model, at), model
    filled = [process for process in model.processes if process.nodes] or [*model.processes]
    if len(filled) == 1:
        return filled[0], model
    if not filled:
        problem = mistake("no-process", f"{name.file} holds no process", at=at)
        raise BindingError([*model.problems, problem])
    problem = mistake(
        "which-process",
        f"{name.file} holds {len(filled)} processes",
        at=at,
        hint=f"Write one of {', '.join(f'{name.file.name}#{process.id}' for process in filled)}.",
    )
    raise BindingError([problem])


def _read_callable(name: ProcessName, at: SourceLocation) -> tuple[ProcessModel, list[Process]]:
    """A file with processes that may be called, and which of its processes may be."""
    model = _read_model(name, at)
    return model, [*model.processes] if name.id is None else [_named(name, model, at)]


def _read_model(name: ProcessName, at: SourceLocation) -> ProcessModel:
    if name.file.is_file():
        return read_model(name.file)
    message = f"there is no such file: {name.file}"
    hint = "Paths are taken from the suite file's folder."
    raise BindingError([mistake("file-missing", message, at=at, hint=hint)])


def _named(name: ProcessName, model: ProcessModel, at: SourceLocation) -> Process:
    by_id = {process.id: process for process in model.processes}
    if name.id in by_id:
        return by_id[name.id]
    message = f"{name.file} has no process '{name.id}'"
    hint = suggestion(name.id or "", by_id, "It has")
    raise BindingError([mistake("unknown-process", message, at=at, hint=hint)])


def _unused(suite: SuiteFile, index: int, tested: Process) -> Problem:
    """A file that is named and of which nothing is called."""
    name = suite.processes[index].file.name
    targets: Iterable[str] = (node.called_element for node in tested.nodes if node.called_element)
    calls = ", ".join(f"'{target}'" for target in dict.fromkeys(targets)) or "nothing"
    return Problem(
        severity=Severity.WARNING,
        code="process-unused",
        message=f"'{tested.id}' calls no process of {name}",
        hint=f"It calls {calls}: correct the model, or leave the file out.",
        location=suite.document.location(("process", index)),
    )
