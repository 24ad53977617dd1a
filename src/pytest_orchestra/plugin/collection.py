"""Suite files and named process files become pytest collectors of scenario items."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.model import Problem, Severity
from pytest_orchestra.plugin import limits
from pytest_orchestra.plugin.environments import choose_environment
from pytest_orchestra.plugin.findings import FINDINGS
from pytest_orchestra.plugin.garbage import no_garbage_collection
from pytest_orchestra.plugin.inputs import global_data, protocols, python_steps
from pytest_orchestra.plugin.items import ScenarioItem
from pytest_orchestra.plugin.notices import OrchestraWarning, warn
from pytest_orchestra.plugin.options import OPTIONS, Options
from pytest_orchestra.plugin.paths import is_process, with_short_paths
from pytest_orchestra.plugin.targets import why_not
from pytest_orchestra.suite.binding import bind_suite
from pytest_orchestra.suite.bound import BoundSuite
from pytest_orchestra.suite.reading import SuiteFile, bare_suite, read_suite
from pytest_orchestra.suite.review import TWINS, UNDRIVEN
from pytest_orchestra.suite.services import Specs

_Value = TypeVar("_Value")

_SPECS = pytest.StashKey[Specs]()
_TAGS = pytest.StashKey[set[str]]()


def collect_file(path: Path, parent: pytest.Collector) -> pytest.Collector:
    """The collector of a suite file or of a bare process file."""
    is_process_file = is_process(path) or path.suffix.lower() == ".xml"
    kind = ProcessModule if is_process_file else SuiteModule
    return kind.from_parent(parent, path=path)


class _OrchestraModule(pytest.Module):
    """A file of ours; fixtures of module scope live here, nothing is imported."""

    is_of_orchestra = True

    def _begin(self) -> None:
        if reason := why_not(self.config):
            raise self.CollectError(reason)
        self.obj = types.ModuleType(self.path.name)

    def _refusal(self, text: str) -> pytest.Collector.CollectError:
        return self.CollectError(with_short_paths(text, self.config))

    def _bind(self, suite: SuiteFile) -> BoundSuite:
        bound = self._bound(suite)
        warnings = (each for each in bound.problems if each.severity is Severity.WARNING)
        self._warn(each for each in warnings if each.code not in (TWINS, UNDRIVEN))
        self.config.stash[FINDINGS].add(with_short_paths(str(self.path), self.config), bound)
        _register_marks(self.config, bound)
        limits.prepare(self.config, bound)
        return bound

    def _warn(self, problems: Iterable[Problem]) -> None:
        """Refuse the file where a filter makes errors of them, with all of these."""
        errors: list[str] = []
        for problem in problems:
            try:
                warn(with_short_paths(str(problem), self.config), problem.location or self.path)
            except OrchestraWarning as error:
                errors.append(str(error))
        if errors:
            raise self._refusal("\n".join(errors))

    def _bound(self, suite: SuiteFile) -> BoundSuite:
        """Bind with what can be had, so that all mistakes are told together."""
        options = self.config.stash[OPTIONS]
        wrong: list[OrchestraError] = []
        environment = _tried(lambda: choose_environment(self.config, suite), wrong)
        told = len(wrong)
        steps = python_steps(self.config, suite, wrong)
        if len(wrong) > told:
            suite = replace(suite, lost=suite.lost | {"python"})
        everywhere = _tried(lambda: global_data(self.config), wrong)
        if everywhere is None:
            suite = replace(suite, lost=suite.lost | {"data"})
        bound = _tried(
            lambda: bind_suite(
                suite,
                protocols=protocols(self.config),
                environment=environment,
                python_steps=steps,
                criterion=_criterion(options, suite),
                data_names=options.data,
                data_tags=options.data_tags,
                locked=options.locked,
                global_data=everywhere or (),
                specs=self.config.stash.setdefault(_SPECS, {}),
            ),
            wrong,
        )
        if bound is None or wrong:
            raise self._refusal("\n".join(map(str, wrong)))
        return bound


def _tried(make: Callable[[], _Value], wrong: list[OrchestraError]) -> _Value | None:
    """What is made; None, and one more error among those that are wrong, where it cannot be."""
    try:
        return make()
    except OrchestraError as error:
        wrong.append(error)
        return None


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

    def collect(self) -> Sequence[pytest.Item]:
        """One item per scenario.

        Raises:
            pytest.Collector.CollectError: a file is wrong; every problem is in the text.
        """
        self._begin()
        with no_garbage_collection():
            try:
                bound = self._bind(read_suite(self.path))
            except OrchestraError as error:
                raise self._refusal(str(error)) from error
            return [ScenarioItem.of(self, bound, scenario) for scenario in bound.scenarios]


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
        except OrchestraError as error:
            raise self._refusal(str(error)) from error


class ProcessNode(pytest.Collector):
    """One process of a bare file."""

    def __init__(self, *, bound: BoundSuite, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # pytest's own
        self._bound = bound

    def collect(self) -> Iterator[pytest.Item]:
        """One item per scenario."""
        for scenario in self._bound.scenarios:
            yield ScenarioItem.of(self, self._bound, scenario)
