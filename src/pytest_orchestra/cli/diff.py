"""``orchestra diff``: what became of scenarios, and what of a suite now points nowhere."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from pytest_orchestra.cli.files import bind, is_process_file
from pytest_orchestra.cli.locks import compare, drift_lines, drift_tree, locks_of
from pytest_orchestra.errors import BindingError
from pytest_orchestra.flow.lock import ProcessLock
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import Problem
from pytest_orchestra.suite.lock_file import SUFFIX
from pytest_orchestra.suite.plan import problem_tree
from pytest_orchestra.suite.reading import read_suite

SUMMARY = "Tell which scenarios are new, gone or changed."

_NOWHERE = {
    *("unknown-element", "ambiguous-element", "cannot-be-left"),
    *("step-unused", "unknown-scenario"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    criteria = [criterion.value for criterion in Criterion]
    for name in ("old", "new"):
        help_text = "BPMN, suite or lock file"
        parser.add_argument(name, type=Path, metavar=name.upper(), help=help_text)
    parser.add_argument(
        "--criterion", choices=criteria, help="which scenarios; else the files' own"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what became of the scenarios.

    Returns:
        0 where they are the same, 1 where not.

    Raises:
        OrchestraError: a file cannot be read or has errors; the criteria differ.
    """
    criterion = Criterion(arguments.criterion) if arguments.criterion else None
    found = list(compare(*_both(arguments.old, arguments.new, criterion)))
    lost = _nowhere(arguments.new, criterion)
    if arguments.format == "json":
        tree = {
            "processes": [drift_tree(each) for each in found],
            "nowhere": [problem_tree(each) for each in lost],
        }
        print(json.dumps(tree, indent=2, ensure_ascii=False))
    else:
        for each in found:
            print("\n".join(drift_lines(each)), end="\n" if each.drift else "")
        for problem in lost:
            print(problem)
    return 1 if lost or any(each.drift for each in found) else 0


def _both(
    old: Path, new: Path, criterion: Criterion | None
) -> tuple[Sequence[ProcessLock], Sequence[ProcessLock]]:
    """The scenarios of both files; a process file follows the criterion of the other one."""
    if old.suffix == SUFFIX or not is_process_file(old):
        before = locks_of(old, criterion)
        return before, locks_of(new, criterion or _followed(new, before))
    after = locks_of(new, criterion)
    return locks_of(old, criterion or _followed(old, after)), after


def _followed(path: Path, others: Sequence[ProcessLock]) -> Criterion | None:
    is_free = path.suffix != SUFFIX and is_process_file(path)
    return others[0].criterion if is_free and others else None


def _nowhere(path: Path, criterion: Criterion | None) -> Sequence[Problem]:
    """What a suite says of elements and scenarios that are not there, or not come by."""
    if path.suffix == SUFFIX or is_process_file(path):
        return ()
    try:
        problems: Sequence[object] = bind(read_suite(path), criterion)[0].problems
    except BindingError as error:
        problems = (*error.problems, *error.beside)
    return [each for each in problems if isinstance(each, Problem) and each.code in _NOWHERE]
