"""The process that a suite tests, found in its file."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.errors import BindingError
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import Problem, Process, ProcessModel
from pytest_orchestra.suite.reading import SuiteFile


def read_process(suite: SuiteFile) -> tuple[Process, ProcessModel]:
    """The tested process and the file that holds it.

    Raises:
        BindingError: there is no such file or process, or the file has several and none is named.
        DefinitionError: the file is not of its format.
    """
    at = suite.document.location(("process",))
    if suite.model is None and not suite.process_file.is_file():
        problem = mistake(
            "file-missing",
            f"there is no such file: {suite.process_file}",
            at=at,
            hint="Paths are taken from the suite file's folder.",
        )
        raise BindingError([problem])
    model = suite.model or read_model(suite.process_file)
    by_id = {process.id: process for process in model.processes}
    if suite.process_id is not None:
        if suite.process_id in by_id:
            return by_id[suite.process_id], model
        message = f"{suite.process_file} has no process '{suite.process_id}'"
        hint = suggestion(suite.process_id, by_id, "It has")
        raise BindingError([mistake("unknown-process", message, at=at, hint=hint)])
    filled = [process for process in model.processes if process.nodes] or [*model.processes]
    if len(filled) == 1:
        return filled[0], model
    if not filled:
        problem = mistake("no-process", f"{suite.process_file} holds no process", at=at)
        raise BindingError([*model.problems, problem])
    name = suite.process_file.name
    problem = mistake(
        "which-process",
        f"{suite.process_file} holds {len(filled)} processes",
        at=at,
        hint=f"Write one of {', '.join(f'{name}#{process.id}' for process in filled)}.",
    )
    raise BindingError([problem])


def problems_of(process: Process, model: ProcessModel) -> Sequence[Problem]:
    """What is wrong with a file, less what is about elements of its other processes."""
    others = [other for other in model.processes if other.id != process.id]
    elsewhere = {other.id for other in others}
    elsewhere.update(node.id for other in others for node in other.nodes)
    elsewhere.update(flow.id for other in others for flow in other.flows)
    return [each for each in model.problems if each.element_id not in elsewhere]
