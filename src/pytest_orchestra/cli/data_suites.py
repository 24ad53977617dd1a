"""A suite of the command line with its data sets, for the commands about data."""

from __future__ import annotations

from pathlib import Path
from random import Random

from pytest_orchestra.cli.files import bind, is_process_file
from pytest_orchestra.cli.names import shown_names
from pytest_orchestra.data.making.names import RealisticNames
from pytest_orchestra.errors import BindingError, ConfigurationError
from pytest_orchestra.model import Problem
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.channels import load_protocols
from pytest_orchestra.suite.conditions import names_asked
from pytest_orchestra.suite.data_choice import suite_data
from pytest_orchestra.suite.making.suites import SuiteData, suite_ways
from pytest_orchestra.suite.processes import read_processes
from pytest_orchestra.suite.reading import SuiteFile, read_suite


def read_suite_data(
    path: Path, seed: int, *, without: frozenset[Path] = frozenset()
) -> tuple[SuiteFile, BoundSuite, SuiteData]:
    """Bind a suite and gather what is known of its data.

    Args:
        path: of the suite file.
        seed: of everything that is made.
        without: files of data sets that do not count.

    Raises:
        OrchestraError: the suite or a file that it names is wrong.
    """
    if is_process_file(path):
        raise ConfigurationError(
            f"{path} is a process file",
            hint="Name a suite file: its steps say which data is read.",
        )
    suite = read_suite(path)
    bound, _ = bind(suite, makes_data=True)
    names = shown_names(read_processes(suite).tested)
    problems: list[Problem] = []
    sets = suite_data(suite, problems, needs_files=False)
    if problems:
        raise BindingError(problems)
    return (
        suite,
        bound,
        suite_ways(
            bound,
            [each for each in sets if Path(each.file).resolve() not in without],
            names_asked(suite),
            protocols=load_protocols(),
            name_of=lambda element: names.get(element, element),
            realistic=RealisticNames(),
            random=Random(seed),  # noqa: S311 - made data is no secret
        ),
    )
