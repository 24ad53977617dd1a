"""Outcomes that nothing leads to: no condition, data set or step makes the system take them.

A scenario that takes one is named after what it does not bring about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_orchestra.flow.scenario import Scenario, TakenOutcome, WayCondition
from pytest_orchestra.model import ElementId, NodeKind
from pytest_orchestra.results import StepKind
from pytest_orchestra.suite.bound import BoundScenario, Step, Undriven
from pytest_orchestra.suite.elements import Element
from pytest_orchestra.suite.places import Elements
from pytest_orchestra.suite.placing import PlacedStep

_STUB = "stub"
_Decided = tuple[ElementId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drivers:
    """What may lead to an outcome.

    Attributes:
        places: where an action or stub stands, and what it has in its ``when``; also what takes
            an item of the data at each visit.
        named: keys of the scenarios whose data a mark names.
        decides: whether a condition is about data, or about the visit.
    """

    places: Collection[ElementId]
    named: Collection[str]
    decides: Callable[[WayCondition], bool]


def leading_places(steps: Iterable[PlacedStep]) -> frozenset[ElementId]:
    """Where actions and stubs stand, and what they have in their ``when``."""
    found = [placed for placed in steps if _leads(placed.step)]
    standing = {element.id for placed in found for element in placed.places}
    return frozenset(standing.union(*(placed.when for placed in found)))


def _leads(step: Step) -> bool:
    is_stub = step.call is not None and step.call.channel == _STUB
    return is_stub or step.kind is StepKind.ACTION


def find_undriven(
    scenarios: Iterable[BoundScenario], elements: Elements, drivers: Drivers
) -> tuple[Undriven, ...]:
    """Find the outcomes other than their decision's default that nothing leads to.

    Args:
        scenarios: those that run; one without a step tells nothing anyway.
        elements: of the tested process.
        drivers: what the suite has.
    """
    ways = {bound.scenario.key: bound.scenario for bound in scenarios if bound.steps}
    looking = _Looking(elements, drivers, _usual_flows(ways.values()))
    for way in ways.values():
        looking.look_at(way)
    return looking.found()


def _usual_flows(ways: Iterable[Scenario]) -> frozenset[ElementId]:
    """The flows of default outcomes; an inclusive split may take others beside them."""
    return frozenset(
        flow
        for way in ways
        for outcome in way.decisions
        if outcome.default
        for flow in outcome.flows
    )


_Identity = tuple[ElementId, tuple[ElementId, ...], ElementId | None, int | None]


class _Looking:
    """Looks at one scenario after the other; what leads to an outcome in one of them is enough."""

    def __init__(self, elements: Elements, drivers: Drivers, usual: frozenset[ElementId]) -> None:
        self._usual = usual
        self._elements = elements
        self._drivers = drivers
        self._starts: dict[ElementId, list[ElementId]] = {}
        for node in elements.process.nodes:
            if node.kind is NodeKind.START_EVENT:
                self._starts.setdefault(node.scope, []).append(node.id)
        self._first: dict[_Identity, TakenOutcome] = {}
        self._keys: dict[_Identity, list[str]] = {}
        self._driven: set[_Identity] = set()

    def look_at(self, scenario: Scenario) -> None:
        conditions: Mapping[_Decided, Sequence[WayCondition]] | None = None
        for outcome in scenario.decisions:
            identity = (outcome.at, outcome.flows, outcome.event, outcome.turns)
            if outcome.default or identity in self._driven:
                continue
            self._first.setdefault(identity, outcome)
            keys = self._keys.setdefault(identity, [])
            if keys[-1:] != [scenario.key]:
                keys.append(scenario.key)
            if conditions is None:
                conditions = _by_decision(scenario.conditions)
            decided = conditions.get((outcome.at, outcome.visit), ())
            if self._is_driven(outcome, scenario, decided):
                self._driven.add(identity)

    def found(self) -> tuple[Undriven, ...]:
        return tuple(
            Undriven(
                outcome=outcome, name=self._name(outcome), scenarios=tuple(self._keys[identity])
            )
            for identity, outcome in self._first.items()
            if identity not in self._driven
        )

    def _is_driven(
        self, outcome: TakenOutcome, scenario: Scenario, decided: Sequence[WayCondition]
    ) -> bool:
        if scenario.key in self._drivers.named:
            return True
        if outcome.turns is not None:
            return self._stands(outcome.at)
        if outcome.event is not None:
            return self._is_brought_about(outcome, scenario, decided)
        flows = [flow for flow in outcome.flows if flow not in self._usual]
        return all(self._is_taken(flow, decided) for flow in flows or outcome.flows)

    def _is_brought_about(
        self, outcome: TakenOutcome, scenario: Scenario, decided: Sequence[WayCondition]
    ) -> bool:
        event = outcome.event
        if any(each.element == event and self._drivers.decides(each) for each in decided):
            return True
        called = [f"{way.process_id}/" for way in scenario.calls if way.at == outcome.at]
        if any(place.startswith(tuple(called)) for place in self._drivers.places if called):
            return True
        inner = self._starts.get(event, ()) if event is not None else ()
        return any(map(self._stands, (event, *inner))) or any(map(self._is_stood_at, outcome.flows))

    def _is_taken(self, flow: ElementId, decided: Sequence[WayCondition]) -> bool:
        """A flow without a condition is taken where those beside it do not hold."""
        own = [each for each in decided if each.element == flow]
        asked = own or [each for each in decided if not each.holds]
        return self._is_stood_at(flow) or any(map(self._drivers.decides, asked))

    def _is_stood_at(self, flow: ElementId) -> bool:
        element: Element = self._elements[flow]
        target = element.flow.target if element.flow is not None else None
        return self._stands(flow) or self._stands(target)

    def _stands(self, element: ElementId | None) -> bool:
        return element in self._drivers.places

    def _name(self, outcome: TakenOutcome) -> str:
        if outcome.turns is not None:
            return f"{self._elements[outcome.at].name} x{outcome.turns}"
        named = (outcome.event,) if outcome.event is not None else outcome.flows
        return " and ".join(self._elements[each].name for each in named)


def _by_decision(conditions: Iterable[WayCondition]) -> Mapping[_Decided, Sequence[WayCondition]]:
    found: dict[_Decided, list[WayCondition]] = {}
    for each in conditions:
        found.setdefault((each.at, each.visit), []).append(each)
    return found
