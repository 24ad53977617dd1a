"""Suite files and named process files become pytest collectors of scenario items."""

from __future__ import annotations

import contextlib
import gc
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import Severity
from pytest_orchestra.plugin.environments import choose_environment
from pytest_orchestra.plugin.inputs import global_data, protocols, python_steps
from pytest_orchestra.plugin.items import ScenarioItem
from pytest_orchestra.plugin.notices import OrchestraWarning, warn
from pytest_orchestra.plugin.options import OPTIONS, Options
from pytest_orchestra.plugin.paths import PROCESS_SUFFIXES, with_short_paths
from pytest_orchestra.plugin.targets import why_not
from pytest_orchestra.suite.binding import bind_suite
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.reading import SuiteFile, bare_suite, read_suite

_TAGS = pytest.StashKey[set[str]]()


def collect_file(path: Path, parent: pytest.Collector) -> pytest.Collector:
    """The collector of a suite file or of a bare process file."""
    kind = ProcessModule if path.name.endswith((*PROCESS_SUFFIXES, ".xml")) else SuiteModule
    return kind.from_parent(parent, path=path)


class _OrchestraModule(pytest.Module):
    """A file of ours; fixtures of module scope live here, nothing is imported."""

    is_of_orchestra = True

    def _begin(self) -> None:
        if reason := why_not(self.config):
            raise self.CollectError(reason)
        self.obj = types.ModuleType(self.path.name)

    def _refusal(self, error: Exception) -> pytest.Collector.CollectError:
        return self.CollectError(with_short_paths(str(error), self.config))

    def _bind(self, suite: SuiteFile) -> BoundSuite:
        options = self.config.stash[OPTIONS]
        environment = choose_environment(self.config, suite)
        bound = bind_suite(
            suite,
            protocols=protocols(self.config),
            environment=environment,
            python_steps=python_steps(self.config, suite),
            criterion=_criterion(options, suite),
            data_names=options.data,
            data_tags=options.data_tags,
            global_data=global_data(self.config),
        )
        for problem in bound.problems:
            if problem.severity is Severity.WARNING:
                warn(with_short_paths(str(problem), self.config), problem.location or self.path)
        _register_marks(self.config, bound)
        return bound


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Binding makes many values and no garbage; looking for it would take a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _criterion(options: Options, suite: SuiteFile) -> Criterion | None:
    """Command line, else the suite's own (None), else the ini file."""
    name = options.criterion or (None if suite.part.scenarios.criterion else options.ini_criterion)
    return Criterion(name) if name else None


def _register_marks(config: pytest.Config, bound: BoundSuite) -> None:
    """Tags are marks; ``--strict-markers`` must know them before an item has them."""
    known = config.stash.setdefault(_TAGS, set())
    for mark in {mark for scenario in bound.scenarios for mark in scenario.marks} - known:
        known.add(mark)
        config.addinivalue_line("markers", f"{mark}: tag of the suite {bound.name}")


class SuiteModule(_OrchestraModule):
    """A suite file: its scenarios are its children."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item per scenario.

        Raises:
            pytest.Collector.CollectError: a file is wrong; every problem is in the text.
        """
        self._begin()
        try:
            with _no_garbage_collection():
                bound = self._bind(read_suite(self.path))
        except (OrchestraError, OrchestraWarning) as error:
            raise self._refusal(error) from error
        for scenario in bound.scenarios:
            yield ScenarioItem.of(self, bound, scenario)


class ProcessModule(_OrchestraModule):
    """A process file without a suite: its processes are its children."""

    def collect(self) -> Iterator[pytest.Collector]:
        """One node per process.

        Raises:
            pytest.Collector.CollectError: the file is wrong; every problem is in the text.
        """
        self._begin()
        try:
            for suite in bare_suite(self.path):
                bound = self._bind(suite)
                yield ProcessNode.from_parent(self, name=bound.process_id, bound=bound)
        except (OrchestraError, OrchestraWarning) as error:
            raise self._refusal(error) from error


class ProcessNode(pytest.Collector):
    """One process of a bare file."""

    def __init__(self, *, bound: BoundSuite, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own
        self._bound = bound

    def collect(self) -> Iterator[pytest.Item]:
        """One item per scenario."""
        for scenario in self._bound.scenarios:
            yield ScenarioItem.of(self, self._bound, scenario)
