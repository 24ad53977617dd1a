"""What a process asks of data where ways part: of flows, of events, and where names are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import NamedTuple

from pytest_orchestra.flow.concurrency import concurrent_elements
from pytest_orchestra.flow.conditions import OutcomeConditions
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.move import Move, MoveKind
from pytest_orchestra.flow.scenario import WayCondition
from pytest_orchestra.flow.splits import Ways
from pytest_orchestra.model import ElementId, NodeKind, SequenceFlow

_CHOOSING = frozenset({NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EVENT_BASED_GATEWAY})


class Ask(NamedTuple):
    """That the condition of a flow or event is true, or is not."""

    element: ElementId
    holds: bool


class Demands:
    """What the ways of one process ask of data.

    Args:
        graph: the process.
        conditions: of its outcomes.

    Attributes:
        conditions: the same.
        asking: the nodes that are left by flows with conditions.
        hosted: events with conditions, by the activity or scope to which they come.
        starts: start events by scope, where one of several has a condition.
        written_first: names that are written before the process starts.
    """

    def __init__(self, graph: ProcessGraph, conditions: OutcomeConditions) -> None:
        self.conditions = conditions
        self.written_first = conditions.writes.get(graph.process.id, frozenset())
        self._graph = graph
        known = conditions.by_element
        sources = {graph.flows[each].source for each in known if each in graph.flows}
        self.asking: AbstractSet[ElementId] = graph.conditional | sources
        hosted: defaultdict[ElementId, list[ElementId]] = defaultdict(list)
        for node in (graph.nodes[each] for each in sorted(known) if each in graph.nodes):
            if node.attached_to or node.triggered_by_event:
                hosted[node.attached_to or node.scope].append(node.id)
        self.hosted: Mapping[ElementId, tuple[ElementId, ...]] = {
            host: tuple(events) for host, events in hosted.items()
        }
        choices = {scope: graph.start_events(scope) for scope in graph.starts} if known else {}
        self.starts: Mapping[ElementId, tuple[ElementId, ...]] = {
            scope: tuple(start.id for start in starts)
            for scope, starts in choices.items()
            if len(starts) > 1 and any(start.id in known for start in starts)
        }
        self._of_flows: dict[tuple[ElementId, Ways], tuple[Ask, ...]] = {}

    @cached_property
    def written_beside(self) -> Mapping[ElementId, frozenset[str]]:
        """Names that may be written at the same time as a node is come to, by node."""
        writes = self.conditions.writes
        found: defaultdict[ElementId, frozenset[str]] = defaultdict(frozenset)
        if writes:
            for one, other in concurrent_elements(self._graph):
                names = frozenset[str]().union(*(writes.get(each, ()) for each in other))
                for node in one if names else ():
                    found[node] |= names
        return dict(found)

    def place_of(self, element: ElementId) -> ElementId:
        """Return where a condition is judged: at a flow's source, an event's host or scope."""
        flow = self._graph.flows.get(element)
        if flow is not None:
            return flow.source
        node = self._graph.nodes[element]
        return node.attached_to or node.scope

    def of_flows(self, node: ElementId, taken: Ways) -> tuple[Ask, ...]:
        """Return what has to be so that a node is left by some flows."""
        asks = self._of_flows.get((node, taken))
        if asks is None:
            asks = tuple(Ask(flow.id, flow.id in taken) for flow in self._deciding(node, taken))
            self._of_flows[node, taken] = asks
        return asks

    def aside(self, node: ElementId, taken: Ways) -> tuple[Ask, ...]:
        """Return what is not asked of the other flows of an exclusive split, but makes it clear."""
        if self._graph.nodes[node].kind not in _CHOOSING:
            return ()
        asked = {ask.element for ask in self.of_flows(node, taken)}
        known = self.conditions.by_element
        others = (flow.id for flow in self._graph.outgoing.get(node, ()) if flow.id in known)
        return tuple(Ask(each, holds=False) for each in others if each not in asked)

    def of_start(self, scope: ElementId, start: ElementId) -> tuple[Ask, ...]:
        """Return what has to be so that a scope is started by one of its start events."""
        known = self.conditions.by_element
        if start in known:
            return (Ask(start, holds=True),)
        return tuple(Ask(each, holds=False) for each in self.starts[scope] if each in known)

    def _deciding(self, node: ElementId, taken: Ways) -> Iterator[SequenceFlow]:
        """Yield the flows whose conditions decide which flows are taken.

        An exclusive split takes one flow whose condition holds, others may hold too; only for a
        flow without a condition, or the default one, must no other hold (BPMN 2.0, 13.4.2).
        Elsewhere each flow decides for itself, but the default one only where it is taken.
        """
        kind, default = self._graph.nodes[node].kind, self._graph.nodes[node].default_flow
        if kind is NodeKind.PARALLEL_GATEWAY:
            return
        flows = [
            flow for flow in self._graph.outgoing.get(node, ()) if self._has_condition(flow, kind)
        ]
        if kind in _CHOOSING:
            yield from [f for f in flows if f.id in taken and f.id != default] or flows
        else:
            yield from (flow for flow in flows if flow.id in taken or flow.id != default)

    def _has_condition(self, flow: SequenceFlow, kind: NodeKind) -> bool:
        if flow.id in self.conditions.by_element:
            return True
        is_read = kind is not NodeKind.EVENT_BASED_GATEWAY  # events decide there, not flows
        return is_read and flow.condition is not None and bool(flow.condition.text.strip())

    def written_by(self, move: Move) -> frozenset[str]:
        """Return the names that may be written before anything is judged in a move."""
        writes = self.conditions.writes
        elements = [firing.event for firing in move.fired]
        if move.turns and (move.entered or move.kind is not MoveKind.VISIT):
            elements.append(move.element)
        return frozenset[str]().union(*(writes.get(each, ()) for each in elements))

    def written_after(self, move: Move) -> frozenset[str]:
        """Return the names that are written on the flows that a move takes."""
        writes = self.conditions.writes
        return frozenset[str]().union(*(writes.get(flow, ()) for flow in move.taken))

    def freed(self, element: ElementId, at: ElementId, written: AbstractSet[str]) -> frozenset[str]:
        """Return the names in a condition that may have been written before it is judged.

        Args:
            element: the flow or event.
            at: where it is judged.
            written: names that something on the way has written.
        """
        condition = self.conditions.by_element.get(element)
        if condition is None or not self.conditions.writes:
            return frozenset()
        return condition.all_names & (written | self.written_beside.get(at, frozenset()))

    def tell(
        self, ask: Ask, *, at: ElementId, visit: int, moment: int, written: AbstractSet[str]
    ) -> WayCondition:
        """Return what is asked as a scenario has it."""
        condition = self.conditions.by_element.get(ask.element)
        flow = self._graph.flows.get(ask.element)
        own = flow.condition if flow else None
        is_own = own is not None and (condition is None or condition.text == own.text)
        text = condition.text if condition is not None else ""
        language = str(condition.language) if condition is not None else ""
        return WayCondition(
            element=ask.element,
            at=at,
            visit=visit,
            text=own.text if own is not None and is_own else text,
            language=own.language if own is not None and is_own else language,
            holds=ask.holds,
            moment=moment,
            condition=condition,
            free=self.freed(ask.element, at, written),
        )
