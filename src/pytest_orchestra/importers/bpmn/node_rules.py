"""What is wrong with single flow nodes: what they refer to, and what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn import metamodel
from pytest_orchestra.importers.bpmn.findings import described, shortened
from pytest_orchestra.importers.bpmn.readings import called_element, flag, link_name
from pytest_orchestra.model import EventKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orchestra.importers.bpmn.findings import Findings
    from pytest_orchestra.importers.bpmn.linked import LinkedNode, LinkedProcess


def check_nodes(process: LinkedProcess, findings: Findings) -> None:
    """Judges each flow node of one process."""
    context = _Context(process)
    for node in process.nodes:
        for code, what in _faults(node, context):
            message = f"{described(node.raw, node.id)} {what}"
            findings.add(code, message, place=node.raw.place, at=node.id)


class _Context:
    """What a node's neighbours are."""

    def __init__(self, process: LinkedProcess) -> None:
        self.kinds = {node.id: node.kind for node in process.nodes}
        self.started = {n.scope for n in process.nodes if n.kind is NodeKind.START_EVENT}
        self.catches = {
            (node.scope, name)
            for node in process.nodes
            if node.kind is NodeKind.INTERMEDIATE_CATCH_EVENT
            for name in _links(node)
        }


def _faults(node: LinkedNode, context: _Context) -> Iterator[tuple[str, str]]:
    """Code and predicate of each fault."""
    kind = node.kind
    if kind is NodeKind.BOUNDARY_EVENT:
        yield from _attachment(node, context)
    elif kind is NodeKind.INTERMEDIATE_THROW_EVENT:
        lost = [name for name in _links(node) if (node.scope, name) not in context.catches]
        if lost:
            yield "link-without-catch", f"links to '{shortened(lost[0])}', which nothing catches"
    elif kind.is_activity:
        yield from _activity(node, kind, context)
    yield from _references(node)


def _attachment(node: LinkedNode, context: _Context) -> Iterator[tuple[str, str]]:
    written = shortened(node.raw.attributes.get("attachedToRef", ""))
    if node.attached_to is None:
        host = f"'{written}', which its process does not have" if written else "nothing"
        yield "attached-dangling", f"is attached to {host}"
    elif not context.kinds[node.attached_to].is_activity:
        yield "attached-dangling", f"is attached to '{written}', which is no activity"


def _activity(node: LinkedNode, kind: NodeKind, context: _Context) -> Iterator[tuple[str, str]]:
    for attribute, only in metamodel.ONLY_VALUES.items():
        value = node.raw.attributes.get(attribute, only)
        if value != only:
            yield "quantity-ignored", f"has {attribute} '{shortened(value)}', read as {only}"
    if kind is NodeKind.CALL_ACTIVITY and not called_element(node.raw):
        yield "call-without-target", "does not say what it calls"
    elif flag(node.raw, "triggeredByEvent", default=False) and node.id not in context.started:
        yield "event-sub-process-without-start", "has no start event, so nothing starts it"


def _references(node: LinkedNode) -> Iterator[tuple[str, str]]:
    default = node.raw.attributes.get("default")
    if default and node.default_flow is None:
        yield (
            "default-dangling",
            f"has the default flow '{shortened(default)}', which does not leave it",
        )
    for name in node.lost_events:
        yield (
            "event-dangling",
            f"refers to the event definition '{shortened(name)}', which is missing",
        )
    for event in node.events:
        if event.dangling:
            written = f"{event.raw.type.reference} '{shortened(event.reference)}'"
            yield "reference-dangling", f"has {written}, which the file does not have"


def _links(node: LinkedNode) -> list[str]:
    return [link_name(event.raw, node.raw) for event in node.events if event.kind is EventKind.LINK]
