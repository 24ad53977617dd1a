"""Scenarios get their steps, data and marks, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.data.environments import EnvironmentDefinition
from pytest_orchestra.flow.callees import called_process
from pytest_orchestra.flow.scenario import Passage, Scenario
from pytest_orchestra.model import ElementId, FlowNode, Problem, Process
from pytest_orchestra.suite.bound import BoundScenario, BoundStep
from pytest_orchestra.suite.choosing import Choice
from pytest_orchestra.suite.data_choice import DataChoice
from pytest_orchestra.suite.items import ItemBinder
from pytest_orchestra.suite.marks import Markings
from pytest_orchestra.suite.order import OrderCheck
from pytest_orchestra.suite.placing import PlacedStep, Placing
from pytest_orchestra.suite.undriven import Drivers, leading_places
from pytest_orchestra.suite.ways import Way

if TYPE_CHECKING:
    from pytest_orchestra.suite.parallel import StepOrder

NO_STEP = "no step is bound on this way"


class ScenarioBinder:
    """Binds the scenarios of one suite.

    Args:
        tasks: of the tested process and those that it calls, in order.
        steps: in the order in which they run where they stand at one place.
        markings: what the suite says of single scenarios.
        data: chooses data sets.
        items: gives steps their items of lists.
        order: checks what steps read of each other.
        parallel: makes the order of scenarios whose branches run at once.
        environment: None: no connection is known to be disabled.
        explains_data: whether scenarios say which data sets fit, and why others do not.

    Attributes:
        used: ids of the steps' objects that ran in some scenario, inactive ones included.
    """

    def __init__(
        self,
        tasks: Iterable[ElementId],
        steps: Iterable[PlacedStep],
        *,
        markings: Markings,
        data: DataChoice,
        items: ItemBinder,
        order: OrderCheck,
        parallel: Callable[[], StepOrder],
        environment: EnvironmentDefinition | None,
        explains_data: bool = False,
    ) -> None:
        steps = tuple(steps)
        self._placing = Placing(steps)
        self._tasks = frozenset(tasks)
        self._markings = markings
        self._data = data
        self._items = items
        self._order = order
        self._parallel = cache(parallel)
        self._environment = environment
        self._explains_data = explains_data
        self.used: set[int] = set()
        self._steps = steps
        self._named: set[str] = set()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with marks, data and references in the scenarios so far."""
        parts = (self._markings, self._data, self._items, self._order)
        return tuple(problem for part in parts for problem in part.problems)

    @property
    def drivers(self) -> Drivers:
        """What may lead to the outcomes of the scenarios so far."""
        return Drivers(
            places=leading_places(self._steps).union(*self._data.each.elements.values()),
            named=self._named,
            decides=self._data.fitting.decides,
        )

    def bind(self, scenario: Scenario) -> Sequence[BoundScenario]:
        """A scenario with all it needs to run, for each data set; none where it is left out."""
        way = Way(scenario)
        steps, cleanup = self._placing.bind(way), self._placing.bind_cleanup(way)
        self.used.update(id(bound.step) for bound in (*steps, *cleanup))
        marking = self._markings[scenario.key]
        if not marking.active:
            return ()
        if marking.data is not None or marking.values is not None:
            self._named.add(scenario.key)
        choices = self._data.choose(way, marking)
        steps, cleanup = self._items.bind(way, steps), self._items.bind(way, cleanup)
        every = (*steps, *cleanup)
        for choice in choices:
            if not (choice.skip or choice.unmet):
                self.look_at(choice.data, every)
        self._order.look_at(way, every)
        bound = BoundScenario(
            item=scenario.key,
            name=marking.name or scenario.name,
            scenario=scenario,
            steps=steps,
            cleanup=cleanup,
            verdicts=self._data.verdicts(way) if self._explains_data else (),
            marks=marking.tags,
            xfail=marking.xfail,
            is_serial=marking.isolation == "serial",
            after=self._parallel().of(scenario, steps, cleanup) if marking.parallel else (),
            skip=self.why_disabled(every) or ("" if steps else NO_STEP),
            bound=self._bound(way, steps),
        )
        return [_with_data(bound, choice, is_alone=len(choices) == 1) for choice in choices]

    def look_at(self, data: DataSet | None, steps: Sequence[BoundStep]) -> None:
        """Check that a set has what steps read."""
        self._data.look_at(data, steps)
        self._items.look_at(data, steps)

    def _bound(self, way: Way, steps: Sequence[BoundStep]) -> tuple[int, int]:
        tasks = self._tasks.intersection(way.passed)  # looks at those on the way alone
        standing = {bound.element for bound in steps if bound.passage is not Passage.TAKEN}
        return len(tasks & standing), len(tasks)

    def why_disabled(self, steps: Sequence[BoundStep]) -> str:
        """Why the environment does not let the scenario run; empty if it does."""
        if self._environment is None:
            return ""
        for call in (bound.step.call for bound in steps):
            connection = (
                self._environment.connection(call.channel, call.connection) if call else None
            )
            if connection is not None and connection.enabled is False:
                return (
                    f"{connection.channel} connection '{connection.alias}' of environment"
                    f" '{self._environment.name}' is disabled"
                )
        return ""


def _with_data(bound: BoundScenario, choice: Choice, *, is_alone: bool) -> BoundScenario:
    data = choice.data
    return replace(
        bound,
        item=bound.item if is_alone or data is None else f"{bound.item}[{data.name}]",
        data=data,
        data_reason=choice.reason,
        unmet=choice.unmet,
        skip=choice.skip or bound.skip,
    )


def tasks_of(process: Process, called: Iterable[Process] = ()) -> tuple[ElementId, ...]:
    """The activities that do something themselves, in the files' order.

    Tasks, sub-processes with nothing in, and calls of what is not known.

    Args:
        process: the tested one.
        called: those that it calls; their elements are ``PROCESS/ELEMENT``.
    """
    by_id: dict[str, Process] = {each.id: each for each in called}
    own = [node.id for node in _tasks_in(process, by_id)]
    inner = [
        ElementId(f"{each.id}/{node.id}")
        for each in by_id.values()
        for node in _tasks_in(each, by_id)
    ]
    return (*own, *inner)


def _tasks_in(process: Process, called: Mapping[str, Process]) -> Iterable[FlowNode]:
    scopes = {node.scope for node in process.nodes}
    for node in process.nodes:
        is_opened = node.kind.is_sub_process and node.id in scopes
        if node.kind.is_activity and not is_opened and called_process(node, called) is None:
            yield node
