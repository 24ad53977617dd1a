"""What compensation undoes: which activities are remembered, by what, for which throw.

A throw undoes what completed in its scope, the last first (BPMN 2.0, 10.7 and 13.5.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pytest_orchestra.flow.graph import ProcessGraph, has_event
from pytest_orchestra.model import ElementId, EventKind, FlowNode, NodeKind

_THROWS = frozenset({NodeKind.END_EVENT, NodeKind.INTERMEDIATE_THROW_EVENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation:
    """Who compensates whom in a process.

    Attributes:
        handlers: by activity what undoes it: an activity, a compensation event sub-process, or
            a boundary event with a flow of its own.
        undone: by throw, a cancel end too, the activities that it undoes if they completed.
    """

    handlers: Mapping[ElementId, ElementId]
    undone: Mapping[ElementId, tuple[ElementId, ...]]

    @property
    def remembered(self) -> frozenset[ElementId]:
        """The activities of which it matters that they completed."""
        return frozenset(activity for undone in self.undone.values() for activity in undone)


def match_compensation(graph: ProcessGraph) -> Compensation:
    """Find the handlers of a process and the throws that reach them."""
    handlers = dict(_event_sub_processes(graph)) | dict(_boundary_handlers(graph))
    undone = {
        node.id: tuple(_undone_by(graph, node, handlers))
        for node in graph.nodes.values()
        if is_compensation_throw(node)
    }
    return Compensation(
        handlers=handlers,
        undone={throw: activities for throw, activities in undone.items() if activities},
    )


def is_compensation_throw(node: FlowNode) -> bool:
    """Whether a node throws compensation; a cancel end does so by the way (10.4.6)."""
    return node.kind in _THROWS and has_event(node, EventKind.COMPENSATE, EventKind.CANCEL)


def _event_sub_processes(graph: ProcessGraph) -> Iterator[tuple[ElementId, ElementId]]:
    for scope, handlers in graph.handlers.items():
        for handler in reversed(handlers):
            starts = graph.start_events(handler.id)
            is_handler = any(has_event(start, EventKind.COMPENSATE) for start in starts)
            if is_handler and scope in graph.nodes:
                yield scope, handler.id


def _boundary_handlers(graph: ProcessGraph) -> Iterator[tuple[ElementId, ElementId]]:
    """Yield activities with what their compensation event is associated with."""
    joined: dict[str, list[str]] = {}
    for line in graph.process.associations:
        joined.setdefault(line.source, []).append(line.target)
        joined.setdefault(line.target, []).append(line.source)
    for host, events in graph.boundary.items():
        for event in reversed(events):
            if has_event(event, EventKind.COMPENSATE):
                ends = sorted(ElementId(end) for end in joined.get(event.id, ()))
                found = [e for e in ends if e in graph.nodes and graph.nodes[e].for_compensation]
                if event.id in graph.outgoing:
                    found.append(event.id)
                if found and host in graph.activities:
                    yield host, found[0]


def _undone_by(
    graph: ProcessGraph, throw: FlowNode, handlers: Mapping[ElementId, ElementId]
) -> Iterator[ElementId]:
    if not has_event(throw, EventKind.COMPENSATE):
        around = graph.scopes_around(throw)
        is_transaction = (graph.nodes[s].kind is NodeKind.TRANSACTION for s in around[:-1])
        scope = next((s for s, it_is in zip(around, is_transaction, strict=False) if it_is), None)
        return iter(()) if scope is None else _handled_in(graph, scope, handlers)
    named = next((e.reference for e in throw.events if e.kind is EventKind.COMPENSATE), "")
    if named in handlers:
        return iter((ElementId(named),))
    if named:
        return _handled_in(graph, ElementId(named), handlers)
    return _handled_in(graph, _scope_of(graph, throw), handlers)


def _scope_of(graph: ProcessGraph, throw: FlowNode) -> ElementId:
    """Return the scope that a throw speaks of: around an event sub-process (10.5.5)."""
    scope = throw.scope
    while scope in graph.nodes and graph.nodes[scope].triggered_by_event:
        scope = graph.nodes[scope].scope
    return scope


def _handled_in(
    graph: ProcessGraph, scope: ElementId, handlers: Mapping[ElementId, ElementId]
) -> Iterator[ElementId]:
    """Yield the activities of a scope that have a handler, else those inside of them."""
    todo = [scope]
    while todo:
        for node in graph.children.get(todo.pop(), ()):
            if node.id in handlers:
                yield node.id
            elif graph.is_opened(node):
                todo.append(node.id)
