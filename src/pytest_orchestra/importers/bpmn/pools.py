"""Links what a collaboration holds: pools with their processes, message flows with their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn.linked import LinkedMessageFlow, LinkedParticipant
from pytest_orchestra.importers.bpmn.metamodel import Role
from pytest_orchestra.importers.bpmn.references import Ids, find

if TYPE_CHECKING:
    from collections.abc import Container

    from pytest_orchestra.importers.bpmn.reader import RawElement


def link_pools(
    root: RawElement, processes: Container[str], nodes: Container[str]
) -> tuple[tuple[LinkedParticipant, ...], tuple[LinkedMessageFlow, ...]]:
    """The participants and message flows of all collaborations of a file.

    Args:
        root: the file's root element.
        processes: ids of its processes.
        nodes: ids of the flow nodes of all of them.
    """
    parts = [
        part
        for child in root.children
        if child.type.role is Role.COLLABORATION
        for part in child.children
    ]
    raws = [part for part in parts if part.type.role is Role.PARTICIPANT]
    ids = Ids(raws)
    participants = tuple(
        LinkedParticipant(
            id=ids.give(raw),
            raw=raw,
            process=find(raw.attributes.get("processRef", ""), processes),
        )
        for raw in raws
    )
    flow_ids = Ids()
    ends = (nodes, ids.taken, processes)
    flows = (part for part in parts if part.type.role is Role.MESSAGE_FLOW)
    return participants, tuple(_message_flow(raw, ends, flow_ids) for raw in flows)


def _message_flow(raw: RawElement, ends: tuple[Container[str], ...], ids: Ids) -> LinkedMessageFlow:
    written = raw.attributes.get("sourceRef", ""), raw.attributes.get("targetRef", "")
    found = [next(filter(None, (find(end, known) for known in ends)), None) for end in written]
    source, target = (name or end for name, end in zip(found, written, strict=True))
    return LinkedMessageFlow(
        id=ids.unique(raw.attributes.get("id") or f"{source}->{target}"),
        raw=raw,
        source=source,
        target=target,
        dangling=None in found,
    )
