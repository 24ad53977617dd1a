"""How single elements are read where the standard, or the model, leaves it open."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pytest_orchestra.flow.compensation import is_compensation_throw
from pytest_orchestra.flow.graph import ProcessGraph, has_event
from pytest_orchestra.flow.labels import shortened
from pytest_orchestra.flow.tokens import TokenGame, is_unfed_catch
from pytest_orchestra.model import EventKind, FlowNode, NodeKind, Problem, Severity

_INSTANTIATING = frozenset({NodeKind.RECEIVE_TASK, NodeKind.EVENT_BASED_GATEWAY})


def find_readings(game: TokenGame, node: FlowNode) -> Iterator[Problem]:
    """Yield what the author of a model should know of how a node is read."""
    graph = game.graph
    note = partial(Problem, severity=Severity.INFO, element_id=node.id, location=node.location)
    if node.kind.is_gateway:
        yield from _gateway(node, note)
    elif node.kind.is_event:
        yield from _event(graph, node, note)
    elif node.kind is NodeKind.AD_HOC_SUB_PROCESS and node.id in graph.children:
        yield _ad_hoc(graph, node, note)
    if (node.for_compensation or node.triggered_by_event) and node.id in graph.incoming:
        yield note(
            severity=Severity.WARNING,
            code="flow-into-handler",
            message=f"a flow leads to {named(node)}, which no token enters by a flow",
            hint="Remove the flow, or the marker that makes it a handler",
        )
    if node.instantiate and _stands_beside_a_start(graph, node):
        yield note(
            code="instantiate-beside-start",
            message=f"{named(node)} starts nothing, as its process has a start event",
            hint="Use a start event for each way in",
        )
    yield from _compensation(game, node, note)


def _gateway(node: FlowNode, note: partial[Problem]) -> Iterator[Problem]:
    if node.kind is NodeKind.COMPLEX_GATEWAY:
        yield note(
            code="complex-as-inclusive",
            message=f"{named(node)} is read as an inclusive gateway: one flow, or all, go on; "
            "it waits for every token that may still come",
            hint="Check its scenarios against its activation condition",
        )
    elif node.parallel_multiple:
        yield note(
            code="event-gateway-parallel",
            message=f"{named(node)} is read as one that a single event leaves",
            hint="Draw a start event and a parallel gateway where all events must come",
        )


def _event(graph: ProcessGraph, node: FlowNode, note: partial[Problem]) -> Iterator[Problem]:
    if is_unfed_catch(graph, node) and not has_event(node, EventKind.LINK):
        yield note(
            severity=Severity.WARNING,
            code="catch-unfed",
            message=f"no flow leads to {named(node)}, and it cannot start a process",
            hint="Make it a start event",
        )
    elif not node.events and _needs_a_trigger(graph, node):
        yield note(
            code="event-without-trigger",
            message=f"{named(node)} does not say what it waits for; it may come all the same",
            hint="Give it a message, a timer or another trigger",
        )
    elif node.kind is NodeKind.END_EVENT and node.id in graph.outgoing:
        yield note(
            code="end-goes-on",
            message=f"a flow leaves {named(node)}, so it is read as an intermediate event",
            hint="Draw an intermediate event, or remove the flow",
        )


def _needs_a_trigger(graph: ProcessGraph, node: FlowNode) -> bool:
    if node.kind is NodeKind.START_EVENT:
        return node.scope in graph.nodes and graph.nodes[node.scope].triggered_by_event
    return node.kind in (NodeKind.BOUNDARY_EVENT, NodeKind.INTERMEDIATE_CATCH_EVENT)


def _ad_hoc(graph: ProcessGraph, node: FlowNode, note: partial[Problem]) -> Problem:
    if graph.is_opened(node):
        return note(
            code="ad-hoc-once",
            message=f"what {named(node)} holds is done once each, though it may be done at will",
            hint="Bind its steps so that they do not rely on the order",
        )
    return note(
        severity=Severity.WARNING,
        code="ad-hoc-closed",
        message=f"the inside of {named(node)} is not walked, as it begins with a start event",
        hint="Use an embedded sub-process, or remove the start event",
    )


def _compensation(game: TokenGame, node: FlowNode, note: partial[Problem]) -> Iterator[Problem]:
    compensation = game.compensation
    if is_compensation_throw(node) and has_event(node, EventKind.COMPENSATE):
        if node.id not in compensation.undone:
            yield note(
                code="compensation-empty",
                message=f"nothing that {named(node)} could compensate has a handler",
                hint="Give the activity a compensation event, associated with a handler",
            )
    elif node.kind is NodeKind.BOUNDARY_EVENT and has_event(node, EventKind.COMPENSATE):
        if node.attached_to and node.attached_to not in compensation.handlers:
            yield note(
                severity=Severity.WARNING,
                code="compensation-without-handler",
                message=f"{named(node)} is associated with no activity marked as its handler",
                hint="Associate it with an activity that has isForCompensation",
            )
    elif node.for_compensation and node.id not in _walked_handlers(game):
        yield note(
            code="compensation-unthrown",
            message=f"nothing throws the compensation by which {named(node)} would run",
            hint="Nothing to do, unless the process should undo something",
        )


def _walked_handlers(game: TokenGame) -> set[str]:
    compensation = game.compensation
    return {compensation.handlers[activity] for activity in compensation.remembered}


def _stands_beside_a_start(graph: ProcessGraph, node: FlowNode) -> bool:
    is_first = node.kind in _INSTANTIATING and node.id not in graph.incoming
    return is_first and node not in graph.implicit_starts(node.scope)


def named(node: FlowNode) -> str:
    """Return how a message calls a node."""
    return f"'{shortened(node.name)}'" if node.name else f"the {node.kind.value} {node.id}"
