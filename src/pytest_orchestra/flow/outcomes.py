"""What a suite may name when it steers the choice of scenarios: outcomes and loops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pytest_orchestra.flow.decisions import Decision
from pytest_orchestra.flow.graph import ProcessGraph, index_process
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId, NodeKind, Process


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOutcomes:
    """The elements of a process that name an outcome or a loop.

    Attributes:
        outcomes: by any element that names one, the flow or event that ``Steering`` knows it by: a
            flow where ways part, a boundary event, an event sub-process or its start event, one
            of several start events, an event behind an event-based gateway.
        defaults: those of them that can be a decision's default: an event that interrupts nothing
            or is thrown inside the process cannot, nor a flow that turns back.
        loops: activities with a marker, flows that turn back, their sources and targets.
    """

    outcomes: Mapping[ElementId, ElementId]
    defaults: frozenset[ElementId]
    loops: frozenset[ElementId]


def name_outcomes(process: Process) -> NamedOutcomes:
    """Find what a suite may name in a process."""
    game = TokenGame(index_process(process))
    graph = game.graph
    chosen = {
        element
        for decision in game.decisions.decisions
        if not decision.may_pass
        for element in _names_of(decision)
    }
    passing = {
        element
        for decision in game.decisions.decisions
        if decision.may_pass
        for element in _names_of(decision)
    }
    events = passing | game.catching.fed
    outcomes = {element: element for element in chosen | events}
    for node in graph.nodes.values():
        for other, outcome in _aliases(graph, node.id):
            if outcome in outcomes:
                outcomes.setdefault(other, outcome)
    turning = [graph.flows[flow] for flow in game.back]
    loops = {element for flow in turning for element in (flow.id, flow.source, flow.target)}
    loops.update(node.id for node in graph.nodes.values() if node.loop)
    return NamedOutcomes(
        outcomes=outcomes, defaults=frozenset(chosen - game.back), loops=frozenset(loops)
    )


def _names_of(decision: Decision) -> Iterator[ElementId]:
    """Yield the events of a decision, and the flows that are not taken whatever happens."""
    flows = [frozenset(outcome.flows) for outcome in decision.outcomes]
    always: frozenset[ElementId] = frozenset.intersection(*flows, *[()] * decision.may_pass)
    yield from frozenset.union(*flows) - always
    yield from (outcome.event for outcome in decision.outcomes if outcome.event)


def _aliases(graph: ProcessGraph, node: ElementId) -> Iterator[tuple[ElementId, ElementId]]:
    """Yield other elements by which an outcome at a node is called, each with the outcome."""
    if graph.nodes[node].kind is NodeKind.EVENT_BASED_GATEWAY:
        yield from ((flow.target, flow.id) for flow in graph.outgoing.get(node, ()))
    if graph.nodes[node].triggered_by_event:
        yield from ((start.id, node) for start in graph.start_events(node))
