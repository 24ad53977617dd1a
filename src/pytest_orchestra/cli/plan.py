"""``orchestra plan``: which scenarios would run, and which steps of a suite they would run."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pytest_orchestra.cli.files import (
    FILES_HELP,
    Models,
    bind,
    in_folders,
    is_process_file,
    look_at,
)
from pytest_orchestra.cli.graph import print_graphs
from pytest_orchestra.cli.locks import write_locks
from pytest_orchestra.cli.names import shown_names
from pytest_orchestra.cli.plan_data import render_data
from pytest_orchestra.cli.plan_text import render_plan
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import Problem, Severity
from pytest_orchestra.suite.conditions import model_conditions
from pytest_orchestra.suite.plan import Tree, plan_process, plan_suite
from pytest_orchestra.suite.processes import problems_of, read_processes
from pytest_orchestra.suite.reading import read_suite

SUMMARY = "Print which scenarios a process or a suite gives."


class _Plan(NamedTuple):
    """One entry of what is printed; its names are for people only."""

    tree: Tree
    names: Mapping[str, str]
    problems: Sequence[Problem] = ()


class _Asked(NamedTuple):
    """What the plans are asked for; no criterion: the suite's own."""

    criterion: Criterion | None
    explains_data: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    criteria = [criterion.value for criterion in Criterion]
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=FILES_HELP)
    parser.add_argument("--criterion", choices=criteria, help="which scenarios; else the suite's")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--graph", action="store_true", help="print the control-flow graph as JSON instead"
    )
    instead.add_argument(
        "--lock", action="store_true", help="write a lock file beside each file instead"
    )
    instead.add_argument(
        "--data",
        action="store_true",
        help="print which data set each scenario gets, why, and why not the others",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the plans of all files, or what was asked for instead.

    What is wrong goes to standard error.

    Returns:
        0, or 2 where a file is wrong; the other files are looked at all the same.

    Raises:
        ConfigurationError: a protocol plugin cannot be loaded.
    """
    criterion = Criterion(arguments.criterion) if arguments.criterion else None
    files = in_folders(arguments.files)
    wrong: Sequence[object]
    if arguments.graph:
        wrong = print_graphs(files)
    elif arguments.lock:
        wrong = write_locks(files, criterion, as_json=arguments.format == "json")
    else:
        asked = _Asked(criterion, explains_data=arguments.data)
        wrong = _print_plans(files, asked, as_json=arguments.format == "json")
    for each in dict.fromkeys(map(str, wrong)):
        print(each, file=sys.stderr)
    return 2 if wrong else 0


def _print_plans(files: Sequence[Path], asked: _Asked, *, as_json: bool) -> Sequence[object]:
    models = Models(files)
    plans, errors = look_at(files, lambda path: _plans(path, asked, models))
    render = render_data if asked.explains_data else render_plan
    if as_json:
        tree = {"processes": [plan.tree for plan in plans]}
        print(json.dumps(tree, indent=2, ensure_ascii=False))
    elif plans:
        print("\n\n".join(render(plan.tree, plan.names) for plan in plans))
    problems = chain.from_iterable(plan.problems for plan in plans)
    return [*errors, *(each for each in problems if each.severity is Severity.ERROR)]


def _plans(path: Path, asked: _Asked, models: Models) -> Iterator[_Plan]:
    if is_process_file(path):
        yield from _process_plans(path, asked.criterion or Criterion.BRANCHES, models)
    else:
        suite = read_suite(path)
        names = shown_names(read_processes(suite).tested)
        bound = bind(suite, asked.criterion, explains_data=asked.explains_data)
        yield _Plan(plan_suite(*bound), names)


def _process_plans(path: Path, criterion: Criterion, models: Models) -> Iterator[_Plan]:
    model = models[path]
    if not model.processes:
        raise ConfigurationError(f"{path} holds no process", hint="Draw one in a pool.")
    known = models.known_to(path)
    for process in model.processes:
        conditions, unread = model_conditions(process)
        scenarios = generate_scenarios(
            process, criterion=criterion, processes=known, conditions=conditions
        )
        problems = [*problems_of(process, model), *unread]
        tree = plan_process(scenarios, path, problems)
        yield _Plan(tree, shown_names(process), (*problems, *scenarios.problems))
