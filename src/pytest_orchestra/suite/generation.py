"""The scenarios of a suite, as its ``scenarios`` asks for them; steps have no say in it."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_orchestra.data.data_sets import DataSets
from pytest_orchestra.errors import BindingError
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion, ScenarioSet
from pytest_orchestra.model import Problem, Severity
from pytest_orchestra.suite.collecting import in_file_order
from pytest_orchestra.suite.conditions import KnownData, known_data, suite_conditions
from pytest_orchestra.suite.data_choice import suite_data
from pytest_orchestra.suite.each import item_keys, read_each
from pytest_orchestra.suite.places import Elements
from pytest_orchestra.suite.processes import SuiteProcesses, read_processes
from pytest_orchestra.suite.reading import SuiteFile
from pytest_orchestra.suite.steering import SteeringReader, turns_of

MAX_LOOP_ITERATIONS = 2
"""How often a scenario turns back by one flow, unless the suite says otherwise."""
MAX_SCENARIOS = 1000
"""How many scenarios are chosen at most, unless the suite says otherwise."""


def suite_scenarios(suite: SuiteFile, criterion: Criterion | None = None) -> ScenarioSet:
    """The scenarios of a suite, whatever its steps are like.

    Args:
        suite: as read, or a bare process file.
        criterion: None: the suite's own, else ``branches``.

    Raises:
        BindingError: what it says of its process and scenarios has errors.
        DefinitionError: a process file is not of its format.
    """
    if any(name.partition(".")[0] in ("process", "scenarios") for name in suite.lost):
        raise BindingError(suite.problems)
    processes = read_processes(suite)
    elements = Elements(processes.tested, processes.model, processes.called)
    scenarios, problems = generate(
        suite, processes, elements, criterion, _known_data(suite, elements)
    )
    found = in_file_order([*processes.problems, *problems])
    if errors := [each for each in found if each.severity is Severity.ERROR]:
        raise BindingError(errors)
    return scenarios


def _known_data(suite: SuiteFile, elements: Elements) -> KnownData:
    """What the suite's own data sets hold; what is wrong with them is told where it is bound."""
    told_elsewhere: list[Problem] = []
    sets = DataSets.merged(suite_data(suite, told_elsewhere))
    each = read_each(suite.part.data.each, suite.document, elements.find, sets, told_elsewhere)
    return known_data(sets.by_name.values(), item_keys(each, sets))


def generate(
    suite: SuiteFile,
    processes: SuiteProcesses,
    elements: Elements,
    criterion: Criterion | None,
    data: KnownData,
) -> tuple[ScenarioSet, Sequence[Problem]]:
    """Choose the scenarios of a suite's process; also what is wrong with it and with the asking.

    Args:
        suite: as read.
        processes: its own.
        elements: their names.
        criterion: None: the suite's own, else ``branches``.
        data: what its conditions may speak of.
    """
    part = suite.part.scenarios
    reader = SteeringReader(processes.tested, elements, suite.document)
    turns, _ = turns_of(part, MAX_LOOP_ITERATIONS)
    most = part.max_scenarios
    conditions, unread = suite_conditions(suite, processes.tested, elements, processes.known, data)
    scenarios = generate_scenarios(
        processes.tested,
        criterion=criterion or Criterion(part.criterion or "branches"),
        max_loop_iterations=turns,
        max_scenarios=MAX_SCENARIOS if most is None else most,
        steering=reader.read(part),
        processes=processes.known,
        conditions=conditions,
    )
    return scenarios, (
        *scenarios.problems,
        *reader.problems,
        *unread,
        *map(reader.placed, scenarios.faults),
    )
