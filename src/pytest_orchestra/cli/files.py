"""The files of a command line: process files read once, suites bound as far as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pytest_orchestra.cli.pytest_ini import global_data
from pytest_orchestra.errors import ConfigurationError, OrchestraError
from pytest_orchestra.flow.scenario import Criterion, ScenarioSet
from pytest_orchestra.importers import SUFFIXES as PROCESS_SUFFIXES
from pytest_orchestra.importers import read_model
from pytest_orchestra.model import Process, ProcessModel
from pytest_orchestra.suite.binding import bind_with_scenarios
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.channels import load_protocols
from pytest_orchestra.suite.data_reading import Selection
from pytest_orchestra.suite.python_modules import import_python_steps
from pytest_orchestra.suite.reading import SuiteFile

_Value = TypeVar("_Value")

FILES_HELP = "BPMN or suite file, or a folder of such"
_SUITE_SUFFIXES = (".yaml", ".yml", ".json")


def in_folders(paths: Iterable[Path]) -> list[Path]:
    """The paths, each folder replaced by the suite and process files below it.

    Raises:
        ConfigurationError: there is none in one of them.
    """
    found: dict[Path, None] = {}
    for path in paths:
        is_file = path.suffix.lower() in (*PROCESS_SUFFIXES, *_SUITE_SUFFIXES)
        files = [path] if is_file or not path.is_dir() else _below(path)
        if not files:
            raise ConfigurationError(
                f"the folder {path} holds no suite file and no process file",
                hint="Name a folder with *.suite.yaml or *.bpmn files.",
            )
        found.update(dict.fromkeys(files))
    return list(found)


def _below(folder: Path) -> list[Path]:
    """What is hidden, such as environments of tox, is not looked at."""
    suffixes = (".suite.yaml", *PROCESS_SUFFIXES)
    files = (path for path in folder.rglob("*") if path.name.lower().endswith(suffixes))
    return sorted(
        path
        for path in files
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def is_process_file(path: Path) -> bool:
    """Whether a file is a process file; else it is a suite file.

    Raises:
        ConfigurationError: by its name it is neither.
    """
    suffix = path.suffix.lower()
    if suffix not in (*PROCESS_SUFFIXES, *_SUITE_SUFFIXES):
        raise ConfigurationError(
            f"{path} is neither a process file nor a suite file",
            hint=f"Name a file that ends in {', '.join((*PROCESS_SUFFIXES, *_SUITE_SUFFIXES))}.",
        )
    return suffix in PROCESS_SUFFIXES


def look_at(
    files: Iterable[Path], look: Callable[[Path], Iterable[_Value]]
) -> tuple[list[_Value], list[OrchestraError]]:
    """Everything that is found in the files, and the errors of those that cannot be read."""
    found: list[_Value] = []
    errors: list[OrchestraError] = []
    for path in files:
        try:
            found.extend(look(path))
        except OrchestraError as error:
            errors.append(error)
    return found, errors


class Models:
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
            with suppress(OrchestraError):  # told where that file itself is looked at
                known.update(_by_id(self[path]))
        return known


def _by_id(model: ProcessModel) -> dict[str, Process]:
    return {process.id: process for process in reversed(model.processes)}


def bind(
    suite: SuiteFile,
    criterion: Criterion | None = None,
    *,
    explains_data: bool = False,
    makes_data: bool = False,
) -> tuple[BoundSuite, ScenarioSet]:
    """Bind a suite without an environment.

    Args:
        suite: as read.
        criterion: None: the suite's own.
        explains_data: each scenario says which data sets fit it, and why others do not.
        makes_data: whether its data is to be made, so that none need be there.

    Raises:
        BindingError: with every error of the suite and of what it names.
        ConfigurationError: a protocol plugin or a module of steps cannot be loaded, or pytest's
            ini file cannot be used.
    """
    steps = [step for file in suite.python_files for step in import_python_steps(file)]
    return bind_with_scenarios(
        suite,
        protocols=load_protocols(),
        environment=None,
        python_steps=steps,
        global_data=global_data(suite.file),
        selection=Selection(
            criterion=criterion, explains_data=explains_data, makes_data=makes_data
        ),
    )
