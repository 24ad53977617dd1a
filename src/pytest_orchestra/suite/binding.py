"""A suite file, its process, data and environment become bound scenarios.

All files are compared here; nothing is called, and no reference of an environment is resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.data.environments import EnvironmentDefinition
from pytest_orchestra.errors import BindingError
from pytest_orchestra.flow.lock import lock_scenarios
from pytest_orchestra.flow.scenario import Criterion, Scenario, ScenarioSet
from pytest_orchestra.model import ElementId, Problem, Severity
from pytest_orchestra.spi import ProtocolPlugin
from pytest_orchestra.suite.bound import BoundScenario, BoundSuite, Step, Undriven
from pytest_orchestra.suite.collecting import collecting, in_file_order
from pytest_orchestra.suite.data_choice import DataChoice
from pytest_orchestra.suite.data_reading import DataReading, Selection
from pytest_orchestra.suite.drift import DRIFTED, drift_problems
from pytest_orchestra.suite.generation import generate
from pytest_orchestra.suite.items import ItemBinder
from pytest_orchestra.suite.marks import Markings
from pytest_orchestra.suite.negative import NegativeItems
from pytest_orchestra.suite.order import OrderCheck
from pytest_orchestra.suite.places import Elements, UnknownElements
from pytest_orchestra.suite.placing import PlacedStep
from pytest_orchestra.suite.processes import SuiteProcesses, read_processes
from pytest_orchestra.suite.python_steps import PythonStep
from pytest_orchestra.suite.reading import SuiteFile
from pytest_orchestra.suite.review import twins, unbound_tasks, undriven_outcomes, unused_steps
from pytest_orchestra.suite.scenarios import ScenarioBinder, tasks_of
from pytest_orchestra.suite.services import Specs
from pytest_orchestra.suite.step_reading import StepReader
from pytest_orchestra.suite.twins import find_twins
from pytest_orchestra.suite.undriven import find_undriven

if TYPE_CHECKING:
    from pytest_orchestra.suite.parallel import StepOrder


def bind_suite(
    suite: SuiteFile,
    *,
    protocols: Mapping[str, ProtocolPlugin],
    environment: EnvironmentDefinition | None,
    python_steps: Sequence[PythonStep] = (),
    criterion: Criterion | None = None,
    data_names: Sequence[str] = (),
    data_tags: Sequence[str] = (),
    locked: bool = False,
    global_data: Sequence[DataSet] = (),
    specs: Specs | None = None,
) -> BoundSuite:
    """Bind a suite to its process.

    Args:
        suite: as read; its own problems are raised with those that are found here.
        protocols: by channel.
        environment: None: connections and ``vars`` are not compared with any.
        python_steps: of conftest files, plugins and the suite's modules.
        criterion: None: the suite's own, else ``branches``.
        data_names: only data sets called so; empty: all.
        data_tags: and those with one of these tags.
        locked: the scenarios must be those of the suite's lock file.
        global_data: the data sets of every suite.
        specs: the descriptions that suites before this one have read; gets those of this one.

    Raises:
        BindingError: with every error of the suite and of what it names.
        ConfigurationError: the criterion is not there yet.
    """
    selection = Selection(
        criterion=criterion, data_names=data_names, data_tags=data_tags, locked=locked
    )
    bound, _ = bind_with_scenarios(
        suite,
        protocols=protocols,
        environment=environment,
        python_steps=python_steps,
        selection=selection,
        global_data=global_data,
        specs=specs,
    )
    return bound


def bind_with_scenarios(
    suite: SuiteFile,
    *,
    protocols: Mapping[str, ProtocolPlugin],
    environment: EnvironmentDefinition | None,
    python_steps: Sequence[PythonStep] = (),
    selection: Selection = Selection(),
    global_data: Sequence[DataSet] = (),
    specs: Specs | None = None,
) -> tuple[BoundSuite, ScenarioSet]:
    """Bind a suite as ``bind_suite`` does, and give the scenarios that it was bound to."""
    binding = _Binding(
        suite=suite,
        protocols=protocols,
        environment=environment,
        selection=selection,
        specs=specs,
        problems=list(suite.problems),
    )
    return binding.bind(python_steps, global_data)


@dataclass(slots=True, kw_only=True)
class _Binding:
    """One suite while it is bound; ``problems`` gets everything that is wrong with it."""

    suite: SuiteFile
    protocols: Mapping[str, ProtocolPlugin]
    environment: EnvironmentDefinition | None
    selection: Selection
    specs: Specs | None
    problems: list[Problem]

    def bind(
        self, python_steps: Sequence[PythonStep], global_data: Sequence[DataSet]
    ) -> tuple[BoundSuite, ScenarioSet]:
        suite = self.suite
        processes = self._processes()
        elements = (
            UnknownElements()
            if processes is None
            else Elements(processes.tested, processes.model, processes.called)
        )
        reader = self._reader()
        placed = reader.read(elements, python_steps)
        steps = [each.step for each in placed]
        reading = DataReading(suite=suite, selection=self.selection, problems=self.problems)
        data = reading.choice(global_data, steps, elements)
        each = data.each
        known = reading.known(data, steps)
        if processes is None or isinstance(elements, UnknownElements):
            raise self._refusal()
        process = processes.tested
        scenarios, problems = generate(suite, processes, elements, self.selection.criterion, known)
        told = tuple(scenarios.scenarios)
        drift = self._drift(processes, replace(scenarios, scenarios=told))
        self.problems.extend((*problems, *drift))
        tasks = tasks_of(process, processes.called)
        items = ItemBinder(each, steps, elements.name_of)
        order = OrderCheck(steps, reader.roots)
        binder = self._binder(
            tasks,
            told,
            placed,
            data=data,
            items=items,
            order=order,
            parallel=partial(_step_order, processes),
        )
        bound = tuple(chain.from_iterable(map(binder.bind, told)))
        every = self._with_negative(bound, steps, data, binder)
        self.problems.extend(binder.problems)
        has_drifted = any(each.code == DRIFTED for each in drift)
        self.problems.extend(unused_steps(placed, binder.used, told, has_drifted=has_drifted))
        undriven, alike = self._review(tasks, elements, binder, bound)
        return BoundSuite(
            file=suite.file,
            name=suite.name,
            process_file=suite.process_file,
            process_id=process.id,
            criterion=scenarios.criterion,
            environment=suite.environment,
            concurrency=suite.part.concurrency,
            spec_versions=reader.services.versions,
            scenarios=every,
            undriven=undriven,
            twins=alike,
            each=each,
            problems=self._settled(),
        ), scenarios

    def _with_negative(
        self,
        bound: Sequence[BoundScenario],
        steps: Sequence[Step],
        data: DataChoice,
        binder: ScenarioBinder,
    ) -> Sequence[BoundScenario]:
        """The scenarios and an item for each negative set."""
        negative = data.selected.negative
        if not negative:
            return bound
        items = NegativeItems(
            scenarios=bound,
            steps=steps,
            fitting=data.fitting,
            why_disabled=binder.why_disabled,
            look_at=binder.look_at,
            problems=self.problems,
            lost_aliases=None if "python" in self.suite.lost else self.suite.lost_aliases,
        )
        return items.add(negative)

    def _processes(self) -> SuiteProcesses | None:
        """None where they cannot be read: the rest of the suite is judged all the same."""
        if "process" in self.suite.lost:
            return None
        with collecting(self.problems):
            processes = read_processes(self.suite)
            self.problems.extend(processes.problems)
            return processes
        return None

    def _drift(self, processes: SuiteProcesses, scenarios: ScenarioSet) -> Sequence[Problem]:
        """How the scenarios differ from those that were locked, if they must not."""
        if not self.selection.locked:
            return ()
        model = processes.model.processes if self.suite.model else (processes.tested,)
        ids = [process.id for process in model]
        problems: list[Problem] = []
        with collecting(problems):
            problems.extend(drift_problems(self.suite.file, lock_scenarios(scenarios), ids))
        return problems

    def _reader(self) -> StepReader:
        return StepReader(
            suite=self.suite,
            protocols=self.protocols,
            environment=self.environment,
            specs=self.specs,
            problems=self.problems,
        )

    def _binder(
        self,
        tasks: Collection[ElementId],
        scenarios: Sequence[Scenario],
        placed: Sequence[PlacedStep],
        *,
        data: DataChoice,
        items: ItemBinder,
        order: OrderCheck,
        parallel: Callable[[], StepOrder],
    ) -> ScenarioBinder:
        suite = self.suite
        return ScenarioBinder(
            tasks,
            placed,
            markings=Markings(
                suite.part.scenarios.mark,
                [scenario.key for scenario in scenarios],
                suite.part.tags,
                suite.document,
                asked=_asked(suite, self.selection.criterion),
            ),
            data=data,
            items=items,
            order=order,
            parallel=parallel,
            environment=self.environment,
            explains_data=self.selection.explains_data,
        )

    def _review(
        self,
        tasks: Collection[ElementId],
        elements: Elements,
        binder: ScenarioBinder,
        bound: Sequence[BoundScenario],
    ) -> tuple[tuple[Undriven, ...], tuple[tuple[str, ...], ...]]:
        """What tells that the suite would lie: outcomes that nothing leads to, and twins."""
        if self._errors() or self.suite.lost:
            return (), ()  # what is left out would make them, and unbound tasks
        strict = self.suite.part.strict
        undriven, alike = find_undriven(bound, elements, binder.drivers), find_twins(bound)
        at = self.suite.document.key_location(("strict" if strict else "steps",))
        severity = Severity.ERROR if strict else Severity.WARNING
        self.problems.extend(undriven_outcomes(undriven, severity, at))
        self.problems.extend(twins(alike, severity, at))
        if strict:
            self.problems.extend(unbound_tasks(tasks, elements, bound, at))
        return undriven, alike

    def _errors(self) -> Sequence[Problem]:
        problems = in_file_order(self.problems)
        return [each for each in problems if each.severity is Severity.ERROR]

    def _settled(self) -> tuple[Problem, ...]:
        """The problems in order, once it is clear that none of them is an error."""
        if self._errors():
            raise self._refusal()
        return in_file_order(self.problems)

    def _refusal(self) -> BindingError:
        others = [each for each in self.problems if each.severity is not Severity.ERROR]
        return BindingError(self._errors(), beside=in_file_order(others))


def _step_order(processes: SuiteProcesses) -> StepOrder:
    """Made where a scenario is marked ``parallel``."""
    from pytest_orchestra.suite.parallel import StepOrder  # noqa: PLC0415 - seldom asked for

    return StepOrder(processes.tested, processes.called, processes.model)


def _asked(suite: SuiteFile, criterion: Criterion | None) -> Criterion | None:
    """The criterion that was asked for, where it is not the suite's own."""
    own = suite.part.scenarios.criterion or Criterion.BRANCHES.value
    return criterion if criterion and criterion.value != own else None
