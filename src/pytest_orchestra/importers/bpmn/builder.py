"""Linked elements become the ProcessModel that every other floor reads.

Names are folded and defaults of the standard filled in; problems come from the checker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn.metamodel import Role
from pytest_orchestra.importers.bpmn.readings import (
    called_element,
    documentation,
    event_definition,
    flag,
    folded_name,
    loop,
    needs_all,
    script,
    writes,
)
from pytest_orchestra.model import (
    Association,
    DataObject,
    Expression,
    FlowNode,
    Lane,
    MessageFlow,
    NodeKind,
    Participant,
    Process,
    ProcessModel,
    SequenceFlow,
    SourceLocation,
    TextAnnotation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_orchestra.importers.bpmn.linked import (
        LinkedDocument,
        LinkedFlow,
        LinkedNode,
        LinkedProcess,
    )
    from pytest_orchestra.importers.bpmn.reader import RawElement
    from pytest_orchestra.model import Problem


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
            names.setdefault(participant.process, folded_name(participant.raw))
    builder = _Builder(file, linked.document.root.attributes.get("expressionLanguage", ""))
    return ProcessModel(
        file=file,
        digest=digest,
        processes=tuple(
            builder.process(process, names.get(process.id, "")) for process in linked.processes
        ),
        participants=tuple(
            Participant(id=pool.id, name=folded_name(pool.raw), process_id=pool.process)
            for pool in linked.participants
        ),
        message_flows=tuple(
            MessageFlow(
                id=flow.id, source=flow.source, target=flow.target, name=folded_name(flow.raw)
            )
            for flow in linked.message_flows
        ),
        problems=tuple(problems),
    )


class _Builder:
    """Builds one file's processes: knows its name and its default expression language."""

    def __init__(self, file: str, language: str) -> None:
        self._file = file
        self._language = language

    def process(self, process: LinkedProcess, pool: str) -> Process:
        raw = process.raw
        return Process(
            id=process.id,
            nodes=tuple(self._node(node) for node in process.nodes),
            flows=tuple(self._flow(flow) for flow in process.flows),
            lanes=tuple(
                Lane(id=lane.id, name=folded_name(lane.raw), nodes=lane.nodes)
                for lane in process.lanes
            ),
            associations=tuple(
                Association(
                    id=line.id,
                    source=line.source,
                    target=line.target,
                    carries_data=line.carries_data,
                )
                for line in process.associations
            ),
            data_objects=tuple(_data_objects(process)),
            annotations=tuple(_annotations(process)),
            name=folded_name(raw) or pool,
            executable=flag(raw, "isExecutable", default=False),
            documentation=documentation(raw),
            vendor=raw.vendor,
            location=self._at(raw),
        )

    def _node(self, node: LinkedNode) -> FlowNode:
        raw = node.raw
        boundary = node.kind is NodeKind.BOUNDARY_EVENT
        return FlowNode(
            id=node.id,
            kind=node.kind,
            scope=node.scope,
            name=folded_name(raw),
            events=tuple(event_definition(event, raw) for event in node.events),
            attached_to=node.attached_to,
            interrupting=flag(
                raw, "cancelActivity" if boundary else "isInterrupting", default=True
            ),
            default_flow=node.default_flow,
            loop=loop(raw),
            triggered_by_event=flag(raw, "triggeredByEvent", default=False),
            for_compensation=flag(raw, "isForCompensation", default=False),
            instantiate=flag(raw, "instantiate", default=False),
            parallel_multiple=needs_all(raw),
            called_element=called_element(raw),
            writes=writes(raw),
            script=script(raw),
            documentation=documentation(raw),
            vendor=raw.vendor,
            location=self._at(raw),
        )

    def _flow(self, flow: LinkedFlow) -> SequenceFlow:
        return SequenceFlow(
            id=flow.id,
            source=flow.source,
            target=flow.target,
            name=folded_name(flow.raw),
            condition=self._condition(flow.raw),
            location=self._at(flow.raw),
        )

    def _at(self, raw: RawElement) -> SourceLocation:
        return SourceLocation(file=self._file, line=raw.place.line, column=raw.place.column)

    def _condition(self, raw: RawElement) -> Expression | None:
        for child in raw.children:
            if child.type.role is Role.EXPRESSION:
                language = child.attributes.get("language") or self._language
                location = self._at(child)
                return Expression(text=child.text, language=language, location=location)
        return None


def _data_objects(process: LinkedProcess) -> Iterator[DataObject]:
    for found in process.artifacts:
        if found.raw.type.role is Role.DATA_OBJECT:
            kind, name = found.raw.type.name, folded_name(found.raw)
            yield DataObject(id=found.id, kind=kind, name=name, scope=found.scope)


def _annotations(process: LinkedProcess) -> Iterator[TextAnnotation]:
    for found in process.artifacts:
        if found.raw.type.role is Role.ANNOTATION:
            text = "\n".join(
                part.text for part in found.raw.children if part.type.role is Role.ANNOTATION_TEXT
            )
            yield TextAnnotation(id=found.id, text=text)
