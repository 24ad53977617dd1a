"""The conditions of a process and of its suite, read as far as they can be.

What cannot be read is a problem, never a reason to leave a scenario out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.documents.problems import shortened
from pytest_orchestra.errors import DefinitionError
from pytest_orchestra.flow.conditions import NO_CONDITIONS, OutcomeConditions
from pytest_orchestra.flow.outcomes import NamedOutcomes, name_outcomes
from pytest_orchestra.model import (
    ElementId,
    FlowNode,
    NodeKind,
    Problem,
    Process,
    SequenceFlow,
    Severity,
    SourceLocation,
)
from pytest_orchestra.suite.outcome_names import OutcomeReader
from pytest_orchestra.suite.places import Elements
from pytest_orchestra.suite.reading import SuiteFile
from pytest_orchestra.suite.writes import find_writes

if TYPE_CHECKING:
    from pytest_orchestra.expressions.conditions.conditions import Condition, Language

_UNASKED = frozenset({NodeKind.PARALLEL_GATEWAY, NodeKind.EVENT_BASED_GATEWAY})
"""What stands on the flows out of them decides nothing."""

_JUDGING = frozenset({"And", "Or", "Not", "Comparison", "Between", "In", "Quantified", "Call"})
"""Trees of names that are conditions; a single word is what an outcome is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownData:
    """What is known of the data that conditions speak of.

    Attributes:
        names: of the values in the data sets that a suite may use.
        each: names that stand for another item at each visit.
    """

    names: frozenset[str] = frozenset()
    each: frozenset[str] = frozenset()


NO_DATA = KnownData()
"""Where there are no data sets."""


def known_data(sets: Iterable[DataSet], inner: frozenset[str] = frozenset()) -> KnownData:
    """What data sets hold.

    Args:
        sets: that a suite may use.
        inner: names of their lists' items.
    """
    return KnownData(names=frozenset(name for each in sets for name in each.values), each=inner)


def names_asked(suite: SuiteFile) -> frozenset[str]:
    """The names in the suite's own conditions, as far as these can be read: they are data's."""
    from pytest_orchestra.expressions.conditions.conditions import (  # noqa: PLC0415 - costs 50 ms
        language_of,
        parse_condition,
    )

    names: set[str] = set()
    for text in suite.part.conditions.values():
        with suppress(DefinitionError):
            names |= parse_condition(text, language_of(text) or "plain").all_names
    return frozenset(names) - {"visit"}


def model_conditions(process: Process) -> tuple[OutcomeConditions, tuple[Problem, ...]]:
    """The conditions of a process without a suite, and what cannot be read of them."""
    reader = _Reader(process, NO_DATA)
    reader.read_model()
    found = reader.found
    return OutcomeConditions(by_element=found) if found else NO_CONDITIONS, tuple(reader.problems)


def suite_conditions(
    suite: SuiteFile,
    process: Process,
    elements: Elements,
    processes: Mapping[str, Process],
    data: KnownData = NO_DATA,
) -> tuple[OutcomeConditions, tuple[Problem, ...]]:
    """The conditions of a suite and of its process, and what cannot be read of them.

    Args:
        suite: as read.
        process: the tested one.
        elements: what the suite calls its elements.
        processes: those that it may call, by id.
        data: what conditions may speak of.
    """
    reader = _Reader(process, data)
    outcomes = OutcomeReader(elements, suite.document)
    named = name_outcomes(process) if suite.part.conditions else None
    for name, text in suite.part.conditions.items():
        at = suite.document.location(("conditions", name))
        for element in outcomes.outcomes(name, ("conditions", name), named) if named else ():
            reader.read_own(element, text, at)
    reader.read_model()
    if suite.part.scenarios.names_are_conditions:
        reader.read_names(named or name_outcomes(process))
    problems = (*outcomes.problems, *reader.problems)
    if not reader.found:
        return NO_CONDITIONS, problems
    constants = reader.names & data.names - data.each
    steps = suite.steps.values()
    writes = find_writes(process, constants, processes=processes, elements=elements, steps=steps)
    return OutcomeConditions(
        by_element=reader.found, constants=data.names - data.each, writes=writes
    ), problems


class _Reader:
    """Reads conditions one by one; what is said first of an outcome counts.

    Attributes:
        found: by flow or event.
        problems: what cannot be read.
    """

    def __init__(self, process: Process, data: KnownData) -> None:
        self.found: dict[ElementId, Condition] = {}
        self.problems: list[Problem] = []
        self._process = process
        self._names = data.names
        self._sources: Mapping[ElementId, FlowNode] = {node.id: node for node in process.nodes}

    @property
    def names(self) -> frozenset[str]:
        """What is read in any condition, as the first part of its path."""
        conditions = self.found.values()
        return frozenset(path[0] for condition in conditions for path in condition.names)

    @cached_property
    def _language(self) -> ModuleType:
        from pytest_orchestra.expressions.conditions import conditions  # noqa: PLC0415 - costs 50 ms

        return conditions

    def _parsed(self, text: str, language: Language, at: SourceLocation | None = None) -> Condition:
        condition: Condition = self._language.parse_condition(text, language, at, names=self._names)
        return condition

    def read_own(self, element: ElementId, text: str, at: SourceLocation) -> None:
        """Read a condition that the suite gives; what is wrong with it is an error."""
        try:
            self.found[element] = self._parsed(
                text, self._language.language_of(text) or "plain", at
            )
        except DefinitionError as error:
            self.problems.extend(each for each in error.problems if isinstance(each, Problem))

    def read_model(self) -> None:
        """Read what the model has on flows; what cannot be read there is a warning."""
        for flow in self._process.flows:
            condition, source = flow.condition, self._sources.get(flow.source)
            is_asked = source is not None and source.kind not in _UNASKED
            is_said = condition is not None and condition.text.strip()
            if is_asked and is_said and flow.id not in self.found:
                self._read_flow(flow)

    def read_names(self, named: NamedOutcomes) -> None:
        """Read the names of flows that have no condition."""
        for flow in self._process.flows:
            is_outcome = (
                flow.id in named.outcomes and self._sources[flow.source].kind not in _UNASKED
            )
            if flow.name and is_outcome and flow.condition is None and flow.id not in self.found:
                self._read_name(flow)

    def _read_flow(self, flow: SequenceFlow) -> None:
        expression = flow.condition
        if expression is None:
            return
        language = self._language.language_of(expression.text, expression.language)
        if language is None:
            self._tell(flow, f"its language '{shortened(expression.language)}' is not read")
            return
        try:
            self.found[flow.id] = self._parsed(expression.text, language)
        except DefinitionError as error:
            for problem in error.problems:
                self._tell(flow, problem.message if isinstance(problem, Problem) else str(problem))

    def _read_name(self, flow: SequenceFlow) -> None:
        try:
            condition = self._parsed(flow.name, "plain")
        except DefinitionError:
            condition = None
        if condition is not None and type(condition.tree).__name__ in _JUDGING:
            self.found[flow.id] = condition
            return
        self.problems.append(
            Problem(
                severity=Severity.INFO,
                code="name-unread",
                element_id=flow.id,
                location=flow.location,
                message=f"the flow's name '{shortened(flow.name)}' is no condition that is read",
                hint="Write its condition under 'conditions'.",
            )
        )

    def _tell(self, flow: SequenceFlow, why: str) -> None:
        source = self._sources[flow.source]
        place = f"{source.name or source.id}/{flow.name or flow.id}"
        expression = flow.condition
        self.problems.append(
            Problem(
                severity=Severity.WARNING,
                code="condition-unread",
                element_id=flow.id,
                location=(expression.location if expression else None) or flow.location,
                message=f"the condition of '{shortened(place)}' is kept as text: {why}",
                hint="Write it under 'conditions' of the suite.",
            )
        )
