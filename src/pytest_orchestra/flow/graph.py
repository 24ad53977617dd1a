"""A process, indexed: who follows whom, what a scope holds, where it starts.

Everything is in order of ids, so that the order of elements in a file has no say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pytest_orchestra.model import (
    ElementId,
    EventKind,
    FlowNode,
    NodeKind,
    Process,
    SequenceFlow,
)

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value", FlowNode, SequenceFlow)
_WAITS = frozenset(
    {
        NodeKind.USER_TASK,
        NodeKind.MANUAL_TASK,
        NodeKind.RECEIVE_TASK,
        NodeKind.CALL_ACTIVITY,
        NodeKind.INTERMEDIATE_CATCH_EVENT,
        NodeKind.EVENT_BASED_GATEWAY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessGraph:
    """A process and its indexes; every tuple is in order of ids.

    Attributes:
        children: nodes that a process or sub-process holds itself.
        boundary: boundary events by host.
        handlers: event sub-processes by the scope that they stand in.
        starts, implicit: start events by scope, and what starts a scope without any.
        links: a link throw event's catch event.
        activities: the tasks, calls and sub-processes.
        has_calls: whether there is a call activity.
        conditional: the nodes with a condition on an outgoing flow.
    """

    process: Process
    nodes: Mapping[ElementId, FlowNode]
    flows: Mapping[ElementId, SequenceFlow]
    outgoing: Mapping[ElementId, tuple[SequenceFlow, ...]]
    incoming: Mapping[ElementId, tuple[SequenceFlow, ...]]
    children: Mapping[ElementId, tuple[FlowNode, ...]]
    boundary: Mapping[ElementId, tuple[FlowNode, ...]]
    handlers: Mapping[ElementId, tuple[FlowNode, ...]]
    starts: Mapping[ElementId, tuple[FlowNode, ...]]
    implicit: Mapping[ElementId, tuple[FlowNode, ...]]
    links: Mapping[ElementId, ElementId]
    activities: frozenset[ElementId]
    has_calls: bool
    conditional: frozenset[ElementId]

    def start_events(self, scope: ElementId) -> tuple[FlowNode, ...]:
        """Return a scope's start events; one with an incoming flow is none."""
        return self.starts.get(scope, ())

    def implicit_starts(self, scope: ElementId) -> tuple[FlowNode, ...]:
        """Return the nodes that start a scope without a start event (BPMN 2.0, 13.3.1)."""
        return self.implicit.get(scope, ())

    def entries(self, scope: ElementId) -> tuple[FlowNode, ...]:
        """Return the start events of a scope or else its implicit starts."""
        return self.start_events(scope) or self.implicit_starts(scope)

    def is_opened(self, node: FlowNode) -> bool:
        """Whether a node is a sub-process whose inside is walked; else it is like a task.

        An ad-hoc sub-process cannot have a start event (BPMN 2.0, 10.2.5); with one it is closed.
        """
        if not node.kind.is_sub_process or node.id not in self.children:
            return False
        is_ad_hoc = node.kind is NodeKind.AD_HOC_SUB_PROCESS
        return not (is_ad_hoc and self.start_events(node.id))

    def is_wait(self, node: FlowNode) -> bool:
        """Whether time may pass at a node: people's work, a call, an event from outside."""
        return node.kind in _WAITS and not has_event(node, EventKind.LINK)

    def scopes_around(self, node: FlowNode) -> tuple[ElementId, ...]:
        """Return the scopes that hold a node, the innermost first, the process last."""
        around = [node.scope]
        while around[-1] in self.nodes:
            around.append(self.nodes[around[-1]].scope)
        return tuple(around)

    def nodes_inside(self, scope: ElementId) -> Iterable[FlowNode]:
        """Yield the nodes that a scope holds at any depth."""
        todo = list(reversed(self.children.get(scope, ())))
        while todo:
            node = todo.pop()
            yield node
            todo.extend(reversed(self.children.get(node.id, ())))

    def successors(self, node: ElementId) -> Iterable[ElementId]:
        """Yield where a token may go from a node: by flow, link and boundary event."""
        yield from (flow.target for flow in self.outgoing.get(node, ()))
        if node in self.links:
            yield self.links[node]
        yield from (event.id for event in self.boundary.get(node, ()))


def has_event(node: FlowNode, *kinds: EventKind) -> bool:
    """Whether an event has a definition of one of these kinds."""
    return any(event.kind in kinds for event in node.events)


def index_process(process: Process) -> ProcessGraph:
    """Index a process; of two elements with one id the first counts, a loose flow not at all."""
    nodes = {node.id: node for node in reversed(process.nodes)}
    flows = {
        flow.id: flow
        for flow in reversed(process.flows)
        if flow.source in nodes and flow.target in nodes
    }
    children = _grouped((node.scope, node) for node in nodes.values())
    incoming = _grouped((flow.target, flow) for flow in flows.values())
    with_start = {node.scope for node in nodes.values() if node.kind is NodeKind.START_EVENT}
    sources = [node for node in nodes.values() if node.id not in incoming]
    return ProcessGraph(
        process=process,
        nodes=nodes,
        flows=flows,
        outgoing=_grouped((flow.source, flow) for flow in flows.values()),
        incoming=incoming,
        children=children,
        boundary=_grouped(
            (node.attached_to, node)
            for node in nodes.values()
            if node.attached_to is not None and node.kind is NodeKind.BOUNDARY_EVENT
        ),
        handlers=_grouped((node.scope, node) for node in nodes.values() if node.triggered_by_event),
        starts=_grouped((n.scope, n) for n in sources if n.kind is NodeKind.START_EVENT),
        implicit=_grouped(
            (n.scope, n) for n in sources if n.scope not in with_start and _starts_alone(n)
        ),
        links=_links(children),
        activities=frozenset(node.id for node in nodes.values() if node.kind.is_activity),
        has_calls=any(node.kind is NodeKind.CALL_ACTIVITY for node in nodes.values()),
        conditional=frozenset(flow.source for flow in flows.values() if flow.condition),
    )


def _starts_alone(node: FlowNode) -> bool:
    is_link_catch = node.kind is NodeKind.INTERMEDIATE_CATCH_EVENT and has_event(
        node, EventKind.LINK
    )
    return not (
        node.for_compensation
        or node.triggered_by_event
        or is_link_catch
        or node.attached_to is not None
        or node.kind is NodeKind.BOUNDARY_EVENT
    )


def _links(children: Mapping[ElementId, tuple[FlowNode, ...]]) -> dict[ElementId, ElementId]:
    """Pair link events by name within a scope (BPMN 2.0, 10.4.5)."""
    pairs: dict[ElementId, ElementId] = {}
    for inner in children.values():
        linked = [node for node in inner if has_event(node, EventKind.LINK)]
        catches = {
            _link_name(node): node.id
            for node in reversed(linked)
            if node.kind is NodeKind.INTERMEDIATE_CATCH_EVENT
        }
        throws = (node for node in linked if node.kind is not NodeKind.INTERMEDIATE_CATCH_EVENT)
        pairs |= {
            node.id: catches[_link_name(node)] for node in throws if _link_name(node) in catches
        }
    return pairs


def _link_name(node: FlowNode) -> str:
    return next((e.name for e in node.events if e.kind is EventKind.LINK and e.name), node.name)


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, tuple[_Value, ...]]:
    groups: defaultdict[_Key, list[_Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {
        key: tuple(sorted(values, key=lambda value: value.id)) for key, values in groups.items()
    }
