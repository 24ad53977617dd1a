"""Linked elements become the ProcessModel that every other floor reads.

Names are folded and defaults of the standard filled in; problems come from the checker.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn import metamodel
from pytest_orchestra.importers.bpmn.metamodel import Role
from pytest_orchestra.model import (
    EventDefinition,
    EventKind,
    Expression,
    FlowNode,
    Lane,
    Loop,
    LoopKind,
    MessageFlow,
    NodeKind,
    Participant,
    Process,
    ProcessModel,
    SequenceFlow,
    SourceLocation,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_orchestra.importers.bpmn.linked import (
        LinkedDocument,
        LinkedEvent,
        LinkedFlow,
        LinkedNode,
        LinkedProcess,
    )
    from pytest_orchestra.importers.bpmn.reader import RawElement
    from pytest_orchestra.model import Problem

_MAX_DIGITS = 9


def build(linked: LinkedDocument, digest: str, problems: Sequence[Problem]) -> ProcessModel:
    """Makes the model.

    Args:
        linked: the file, linked.
        digest: sha256 of the file, hex.
        problems: what the checker found.
    """
    file = linked.document.file
    names: dict[str, str] = {}
    for participant in linked.participants:
        if participant.process:
            names.setdefault(participant.process, _name(participant.raw))
    builder = _Builder(file, linked.document.root.attributes.get("expressionLanguage", ""))
    return ProcessModel(
        file=file,
        digest=digest,
        processes=tuple(
            builder.process(process, names.get(process.id, "")) for process in linked.processes
        ),
        participants=tuple(
            Participant(id=pool.id, name=_name(pool.raw), process_id=pool.process)
            for pool in linked.participants
        ),
        message_flows=tuple(
            MessageFlow(id=flow.id, source=flow.source, target=flow.target, name=_name(flow.raw))
            for flow in linked.message_flows
        ),
        problems=tuple(problems),
    )


class _Builder:
    """Builds one file's processes: knows its name and its default expression language."""

    def __init__(self, file: str, language: str) -> None:
        self._at = partial(SourceLocation, file=file)
        self._language = language

    def process(self, process: LinkedProcess, pool: str) -> Process:
        raw = process.raw
        return Process(
            id=process.id,
            nodes=tuple(self._node(node) for node in process.nodes),
            flows=tuple(self._flow(flow) for flow in process.flows),
            lanes=tuple(
                Lane(id=lane.id, name=_name(lane.raw), nodes=lane.nodes) for lane in process.lanes
            ),
            name=_name(raw) or pool,
            executable=_flag(raw, "isExecutable", default=False),
            documentation=_documentation(raw),
            vendor=raw.vendor,
            location=self._at(line=raw.line),
        )

    def _node(self, node: LinkedNode) -> FlowNode:
        raw = node.raw
        kind = NodeKind(raw.type.name)
        boundary = kind is NodeKind.BOUNDARY_EVENT
        return FlowNode(
            id=node.id,
            kind=kind,
            scope=node.scope,
            name=_name(raw),
            events=tuple(_event(event, raw) for event in node.events),
            attached_to=node.attached_to,
            interrupting=_flag(
                raw, "cancelActivity" if boundary else "isInterrupting", default=True
            ),
            default_flow=node.default_flow,
            loop=_loop(raw),
            triggered_by_event=_flag(raw, "triggeredByEvent", default=False),
            for_compensation=_flag(raw, "isForCompensation", default=False),
            instantiate=_flag(raw, "instantiate", default=False),
            parallel_multiple=_flag(raw, "parallelMultiple", default=False),
            called_element=_called(raw),
            documentation=_documentation(raw),
            vendor=raw.vendor,
            location=self._at(line=raw.line),
        )

    def _flow(self, flow: LinkedFlow) -> SequenceFlow:
        assert flow.source and flow.target  # what dangles is not in a process's flows
        return SequenceFlow(
            id=flow.id,
            source=flow.source,
            target=flow.target,
            name=_name(flow.raw),
            condition=self._condition(flow.raw),
            location=self._at(line=flow.raw.line),
        )

    def _condition(self, raw: RawElement) -> Expression | None:
        for child in raw.children:
            if child.type.role is Role.EXPRESSION:
                language = child.attributes.get("language") or self._language
                location = self._at(line=child.line)
                return Expression(text=child.text, language=language, location=location)
        return None


def _name(raw: RawElement) -> str:
    return " ".join(raw.attributes.get("name", "").split())


def _flag(raw: RawElement, attribute: str, *, default: bool) -> bool:
    """An XML Schema boolean; anything that is none counts as absent."""
    value = raw.attributes.get(attribute)
    if value is None:
        return default
    return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower(), default)


def _documentation(raw: RawElement) -> str:
    return "\n".join(child.text for child in raw.children if child.type.role is Role.DOCUMENTATION)


def _text_of(raw: RawElement, role: Role) -> str:
    return next((child.text for child in raw.children if child.type.role is role), "")


def _event(event: LinkedEvent, host: RawElement) -> EventDefinition:
    kind = EventKind(event.raw.type.name.removesuffix("EventDefinition"))
    item = event.item
    if item is None:
        own = _name(event.raw)
        name = own or _name(host) if kind is EventKind.LINK else own
        code = ""
    else:
        name = _name(item)
        code = item.attributes.get(item.type.code, "").strip()
    return EventDefinition(
        kind=kind,
        name=name,
        reference=event.reference,
        code=code,
        expression=_text_of(event.raw, Role.EXPRESSION),
    )


def _loop(raw: RawElement) -> Loop | None:
    marker = next((child for child in raw.children if child.type.role is Role.LOOP), None)
    if marker is None:
        return None
    expression = _text_of(marker, Role.EXPRESSION)
    if marker.type.kind is LoopKind.STANDARD:
        return Loop(
            kind=LoopKind.STANDARD,
            test_before=_flag(marker, "testBefore", default=False),
            maximum=_number(marker.attributes.get("loopMaximum", "")),
            expression=expression,
        )
    sequential = _flag(marker, "isSequential", default=False)
    return Loop(
        kind=LoopKind.SEQUENTIAL if sequential else LoopKind.PARALLEL,
        maximum=_number(expression),
        expression=expression or _collection(marker),
    )


def _collection(marker: RawElement) -> str:
    vendor = (marker.vendor.get(key, "") for key in metamodel.COLLECTION_KEYS)
    return _text_of(marker, Role.COLLECTION) or next(filter(None, vendor), "")


def _number(text: str) -> int | None:
    """A literal count; None for an expression."""
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= _MAX_DIGITS else None


def _called(raw: RawElement) -> str:
    called = raw.attributes.get("calledElement", "")
    return called or next((raw.vendor[k] for k in metamodel.CALLED_KEYS if k in raw.vendor), "")
