"""Who catches what is thrown inside a process, and which events may come at any time.

Errors, escalations and cancels go from the throw outwards (BPMN 2.0, 10.5.1 and 10.5.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.model import (
    ElementId,
    EventDefinition,
    EventKind,
    FlowNode,
    NodeKind,
)

_THROWN = frozenset({EventKind.ERROR, EventKind.ESCALATION, EventKind.CANCEL})
_FATAL = frozenset({EventKind.ERROR, EventKind.CANCEL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch:
    """An event that takes a throw.

    Attributes:
        catcher: a boundary event or an event sub-process.
        scope: the sub-process whose inner tokens end, or the scope of the event sub-process.
        interrupting: whether they do end.
    """

    catcher: FlowNode
    scope: ElementId
    interrupting: bool


class Escape(Enum):
    """How a throw that nothing around it catches is read."""

    ENDS_PLAINLY = auto()
    """As an end without a trigger, as most engines do."""
    HAS_NO_WAY_ON = auto()
    """Its sub-process can only be left by a catch, and there is none where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catching:
    """What becomes of each throw of a process.

    Attributes:
        catches: by throwing node.
        escapes: by throwing node that nothing catches.
        fed: events that a throw inside brings about, and so do not come by themselves.
    """

    catches: Mapping[ElementId, Catch]
    escapes: Mapping[ElementId, Escape]
    fed: frozenset[ElementId]

    def is_free(self, event: FlowNode, starts: tuple[FlowNode, ...] = ()) -> bool:
        """Whether a boundary event, or event sub-process with these starts, may come any time."""
        definitions = [d for node in (starts or (event,)) for d in node.events]
        kinds = {definition.kind for definition in definitions}
        if kinds and kinds <= {EventKind.COMPENSATE}:
            return False
        return event.id not in self.fed or bool(kinds - _THROWN)

    def ends_others(self) -> dict[ElementId, ElementId]:
        """Return the throws that end other tokens, with the scope in which they do."""
        return {node: catch.scope for node, catch in self.catches.items() if catch.interrupting}


def match_catches(graph: ProcessGraph) -> Catching:
    """Find the catch of every throw: of an end event or intermediate throw event."""
    catches: dict[ElementId, Catch] = {}
    escapes: dict[ElementId, Escape] = {}
    throws = [(node, thrown) for node in graph.nodes.values() if (thrown := thrown_by(node))]
    for node, thrown in throws:
        catch = _nearest_catch(graph, node, thrown)
        if catch:
            catches[node.id] = catch
        elif thrown.kind in _FATAL:
            escapes[node.id] = _escape(graph, node, thrown)
    return Catching(
        catches=catches,
        escapes=escapes,
        fed=frozenset(catch.catcher.id for catch in catches.values()),
    )


def thrown_by(node: FlowNode) -> EventDefinition | None:
    """Return the error, escalation or cancel that a node throws."""
    if node.kind is NodeKind.END_EVENT:
        return next((event for event in node.events if event.kind in _THROWN), None)
    if node.kind is NodeKind.INTERMEDIATE_THROW_EVENT:
        return next((event for event in node.events if event.kind is EventKind.ESCALATION), None)
    return None


def _nearest_catch(graph: ProcessGraph, node: FlowNode, thrown: EventDefinition) -> Catch | None:
    for scope in graph.scopes_around(node):
        for handler in graph.handlers.get(scope, ()):
            start = next(
                (s for s in graph.start_events(handler.id) if takes(s, thrown)),
                None,
            )
            if start and node not in graph.nodes_inside(handler.id):
                ends = start.interrupting or thrown.kind in _FATAL
                return Catch(catcher=handler, scope=scope, interrupting=ends)
        for event in graph.boundary.get(scope, ()):
            if takes(event, thrown):
                ends = event.interrupting or thrown.kind in _FATAL
                return Catch(catcher=event, scope=scope, interrupting=ends)
    return None


def is_caught(graph: ProcessGraph, call: FlowNode, thrown: EventDefinition) -> bool:
    """Whether something at a call or around it catches what comes out of it."""
    at_call = any(takes(event, thrown) for event in graph.boundary.get(call.id, ()))
    return at_call or _nearest_catch(graph, call, thrown) is not None


def takes(event: FlowNode, thrown: EventDefinition) -> bool:
    """Whether a catch event takes a throw: all of its kind, or those of the same name."""
    for wanted in event.events:
        if wanted.kind is thrown.kind:
            said = [
                (getattr(wanted, field), getattr(thrown, field))
                for field in ("reference", "code", "name")
                if getattr(wanted, field)
            ]
            if not said or any(ours == theirs for ours, theirs in said):
                return True
    return False


def _escape(graph: ProcessGraph, node: FlowNode, thrown: EventDefinition) -> Escape:
    """Read a fatal throw that nothing around it catches.

    Where something catches it elsewhere in the process, it is meant to be caught, and its
    sub-process cannot go on as if nothing had happened.
    """
    if node.scope not in graph.nodes:
        return Escape.ENDS_PLAINLY
    has_catch = any(
        takes(other, thrown)
        for other in graph.nodes.values()
        if other.kind in (NodeKind.BOUNDARY_EVENT, NodeKind.START_EVENT)
    )
    return Escape.HAS_NO_WAY_ON if has_catch else Escape.ENDS_PLAINLY
