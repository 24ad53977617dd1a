"""``orchestra plan``: which scenarios would run, and which steps of a suite they would run."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pytest_orchestra.cli.names import shown_names
from pytest_orchestra.cli.plan_text import render_plan
from pytest_orchestra.errors import ConfigurationError, OrchestraError
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.importers import SUFFIXES as PROCESS_SUFFIXES
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import Problem, Process, ProcessModel, Severity
from pytest_orchestra.suite.binding import Selection, bind_with_scenarios
from pytest_orchestra.suite.channels import load_protocols
from pytest_orchestra.suite.plan import Tree, plan_process, plan_suite
from pytest_orchestra.suite.processes import problems_of, read_processes
from pytest_orchestra.suite.python_modules import import_python_steps
from pytest_orchestra.suite.reading import read_suite

SUMMARY = "Print which scenarios a process or a suite gives."

_SUITE_SUFFIXES = (".yaml", ".yml", ".json")


class _Plan(NamedTuple):
    """One entry of what is printed; its names are for people only."""

    tree: Tree
    names: Mapping[str, str]
    problems: Sequence[Problem] = ()


class _NotYet(argparse.Action):
    """An option that is documented and not there yet."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:  # noqa: ANN401 - argparse's own
        parser.error(f"{self.option_strings[0]} is not there yet")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    criteria = [criterion.value for criterion in Criterion]
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="BPMN or suite file")
    parser.add_argument("--criterion", choices=criteria, help="which scenarios; else the suite's")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    for option in ("--data", "--graph", "--lock"):
        parser.add_argument(option, nargs=0, action=_NotYet, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the plans of all files; what is wrong goes to standard error.

    Returns:
        0, or 2 where a file is wrong; the plans of the other files are printed all the same.

    Raises:
        ConfigurationError: a protocol plugin cannot be loaded.
    """
    criterion = Criterion(arguments.criterion) if arguments.criterion else None
    models = _Models(arguments.files)
    plans: list[_Plan] = []
    wrong: list[object] = []
    for path in arguments.files:
        try:
            for plan in _plans(path, criterion, models):
                plans.append(plan)
                wrong.extend(each for each in plan.problems if each.severity is Severity.ERROR)
        except OrchestraError as error:
            wrong.append(error)
    if arguments.format == "json":
        print(
            json.dumps({"processes": [plan.tree for plan in plans]}, indent=2, ensure_ascii=False)
        )
    elif plans:
        print("\n\n".join(render_plan(plan.tree, plan.names) for plan in plans))
    for each in dict.fromkeys(map(str, wrong)):
        print(each, file=sys.stderr)
    return 2 if wrong else 0


class _Models:
    """The process files that are given, each read once; calls are looked for in all of them."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = [path for path in files if path.suffix.lower() in PROCESS_SUFFIXES]
        self._read: dict[Path, ProcessModel] = {}

    def __getitem__(self, path: Path) -> ProcessModel:
        """Read a file.

        Raises:
            DefinitionError: it is not of its format.
        """
        if path not in self._read:
            self._read[path] = read_model(path)
        return self._read[path]

    def known_to(self, path: Path) -> dict[str, Process]:
        """The processes that those of a file may call: its own before all others.

        Raises:
            DefinitionError: it is not of its format.
        """
        return {**self._of_all, **_by_id(self[path])}

    @cached_property
    def _of_all(self) -> dict[str, Process]:
        known: dict[str, Process] = {}
        for path in reversed(self._files):
            with suppress(OrchestraError):  # told where that file itself is planned
                known.update(_by_id(self[path]))
        return known


def _by_id(model: ProcessModel) -> dict[str, Process]:
    return {process.id: process for process in reversed(model.processes)}


def _plans(path: Path, criterion: Criterion | None, models: _Models) -> Iterator[_Plan]:
    if path.suffix.lower() in PROCESS_SUFFIXES:
        yield from _process_plans(path, criterion or Criterion.BRANCHES, models)
    elif path.suffix.lower() in _SUITE_SUFFIXES:
        yield _suite_plan(path, criterion)
    else:
        raise ConfigurationError(
            f"{path} is neither a process file nor a suite file",
            hint=f"Name a file that ends in {', '.join((*PROCESS_SUFFIXES, *_SUITE_SUFFIXES))}.",
        )


def _process_plans(path: Path, criterion: Criterion, models: _Models) -> Iterator[_Plan]:
    model = models[path]
    if not model.processes:
        raise ConfigurationError(f"{path} holds no process", hint="Draw one in a pool.")
    known = models.known_to(path)
    for process in model.processes:
        scenarios = generate_scenarios(process, criterion=criterion, processes=known)
        problems = problems_of(process, model)
        tree = plan_process(scenarios, path, problems)
        yield _Plan(tree, shown_names(process), (*problems, *scenarios.problems))


def _suite_plan(path: Path, criterion: Criterion | None) -> _Plan:
    suite = read_suite(path)
    steps = [step for file in suite.python_files for step in import_python_steps(file)]
    bound, scenarios = bind_with_scenarios(
        suite,
        protocols=load_protocols(),
        environment=None,
        python_steps=steps,
        selection=Selection(criterion=criterion),
    )
    return _Plan(plan_suite(bound, scenarios), shown_names(read_processes(suite).tested))
