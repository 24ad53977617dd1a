"""``orchestra validate``: what is wrong with BPMN and suite files, told as linters tell it."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pytest_orchestra.cli.files import FILES_HELP, Models, bind, in_folders, is_process_file
from pytest_orchestra.errors import BindingError, DefinitionError, OrchestraError
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.importers import read_drawing
from pytest_orchestra.model import Problem, Severity
from pytest_orchestra.suite.collecting import in_file_order
from pytest_orchestra.suite.conditions import model_conditions
from pytest_orchestra.suite.reading import read_suite

SUMMARY = "Tell what is wrong with BPMN and suite files."

_FOUND, _TROUBLE = 1, 2
_NO_LOOK = {"file-missing", "file-unreadable", "file-kind", "file-too-large", "suffix-unknown"}
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=FILES_HELP)
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")
    parser.add_argument("--format", choices=tuple(_WRITERS), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the problems of all files, each once; what cannot be looked at, to standard error.

    Returns:
        0; 1 where there is an error (``--strict``: or a warning); 2 where a file could not be
        looked at.
    """
    files = in_folders(arguments.files)
    models = Models(files)
    found: list[Problem] = []
    trouble: list[object] = []
    for path in files:
        try:
            found.extend(_problems(path, models))
        except (DefinitionError, BindingError) as error:
            told_there = (*error.problems, *error.beside)
            problems = [each for each in told_there if isinstance(each, Problem)]
            if any(_is_refusal(each, path) for each in problems):
                trouble.extend(problems)
            else:
                found.extend(problems)
        except OrchestraError as error:
            trouble.append(error)
    told = in_file_order([_with_element(each) for each in found])
    for line in _WRITERS[arguments.format](told):
        print(line)
    for each in dict.fromkeys(map(str, trouble)):
        print(each, file=sys.stderr)
    if trouble:
        return _TROUBLE
    bad = {Severity.ERROR, Severity.WARNING} if arguments.strict else {Severity.ERROR}
    return _FOUND if any(each.severity in bad for each in told) else 0


def _problems(path: Path, models: Models) -> Iterator[Problem]:
    """The problems of a file, its processes' ways included.

    Raises:
        OrchestraError: it cannot be read, or has errors that end its reading.
    """
    if not is_process_file(path):
        yield from bind(read_suite(path))[0].problems
        return
    yield from models[path].problems
    yield from read_drawing(path).problems
    known = models.known_to(path)
    for process in models[path].processes:
        conditions, unread = model_conditions(process)
        yield from unread
        yield from generate_scenarios(
            process, criterion=Criterion.FLOWS, processes=known, conditions=conditions
        ).problems


def _is_refusal(problem: Problem, path: Path) -> bool:
    """Whether this very file could not be looked at, rather than one that it names."""
    at = problem.location
    is_of_file = at is not None and at.file == str(path) and not at.line
    return is_of_file and problem.code in _NO_LOOK


def _with_element(problem: Problem) -> Problem:
    """With the element's id in the message, if it is not there yet."""
    element = problem.element_id
    if element is None or element in problem.message:
        return problem
    return replace(problem, message=f"{problem.message} ({element})")


def _text(problems: Sequence[Problem]) -> Iterator[str]:
    yield from map(str, problems)
    number = Counter(each.severity for each in problems)
    counts = [
        f"{number[severity]} {severity.value}{'' if number[severity] == 1 else 's'}"
        for severity in Severity
        if number[severity]
    ]
    yield ", ".join(counts) or "no problems"


def _json(problems: Sequence[Problem]) -> Iterator[str]:
    trees = [
        {
            "severity": each.severity.value,
            "code": each.code,
            "message": each.message,
            "hint": each.hint,
            "element_id": each.element_id,
            "file": each.location.file if each.location else None,
            "line": (each.location and each.location.line) or None,
            "column": (each.location and each.location.column) or None,
        }
        for each in problems
    ]
    yield json.dumps({"problems": trees}, indent=2, ensure_ascii=False)


def _github(problems: Sequence[Problem]) -> Iterator[str]:
    """Workflow commands of GitHub Actions."""
    for each in problems:
        at = each.location
        places = {"file": at.file, "line": at.line, "col": at.column} if at else {}
        properties = {**places, "title": each.code}
        where = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
        text = f"{each.message}. {each.hint}" if each.hint else each.message
        yield f"::{_LEVELS[each.severity]} {where}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _escaped(str(value)).replace(":", "%3A").replace(",", "%2C")


_WRITERS: Mapping[str, Callable[[Sequence[Problem]], Iterable[str]]] = {
    "text": _text,
    "json": _json,
    "github": _github,
}
