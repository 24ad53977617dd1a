"""Raw elements become linked ones: every element has an id, and every reference a target or None.

Nothing is judged here: what does not resolve stays None, for the checker to say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn.linked import (
    LinkedDocument,
    LinkedEvent,
    LinkedFlow,
    LinkedLane,
    LinkedMessageFlow,
    LinkedNode,
    LinkedParticipant,
    LinkedProcess,
)
from pytest_orchestra.importers.bpmn.metamodel import Role
from pytest_orchestra.model import ElementId

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from pytest_orchestra.importers.bpmn.reader import RawDocument, RawElement

_NODES = (Role.NODE, Role.CONTAINER)


def link(document: RawDocument) -> LinkedDocument:
    """Resolves every reference of a file.

    Ids are unique per process: files that hold copies of one process are real, and a reference
    never means another process's node. Flows are named as in ``Flow.id`` of the model:
    ``source->target`` without an id, ``#2`` for the second of a name, in file order.
    """
    processes = [child for child in document.root.children if child.type.role is Role.PROCESS]
    ids = _Ids(child.attributes.get("id", "") for child in processes)
    named = [(ids.give(process), process) for process in processes]
    drafts = [_ProcessLinker(process_id, process) for process_id, process in named]
    definitions = _Definitions(document.root)
    everywhere = {key for draft in drafts for key in draft.nodes}
    linked = tuple(draft.link(definitions, everywhere) for draft in drafts)
    participants, message_flows = _collaborations(document.root, ids.taken, everywhere)
    return LinkedDocument(
        document=document,
        processes=linked,
        participants=participants,
        message_flows=message_flows,
    )


def find(reference: str, known: Container[str]) -> ElementId | None:
    """The id that a QName means: itself, or without white space, or without its prefix."""
    if reference in known:
        return ElementId(reference)
    plain = reference.strip()
    for candidate in (plain, plain.partition(":")[2]):
        if candidate and candidate in known:
            return ElementId(candidate)
    return None


class _Ids:
    """Gives each element of one kind an id of its own.

    Args:
        given: all ids that the file has for this kind, so that none of them is invented.
    """

    def __init__(self, given: Iterator[str]) -> None:
        self._given = frozenset(given)
        self._used: dict[str, int] = {}
        self.taken: set[str] = set()

    def give(self, raw: RawElement) -> ElementId:
        """The element's own id, made unique, or ``userTask-1`` where it has none."""
        own = raw.attributes.get("id", "")
        return self.unique(own) if own else self._invent(raw.type.name)

    def unique(self, base: str) -> ElementId:
        """``base``; the second time ``base#2``, and so on."""
        number = self._used.get(base, 0) + 1
        name = base if number == 1 else f"{base}#{number}"
        while name in self.taken:
            number += 1
            name = f"{base}#{number}"
        self._used[base] = number
        self.taken.add(name)
        return ElementId(name)

    def _invent(self, kind: str) -> ElementId:
        number = self._used.get(f"{kind}-", 0) + 1
        while f"{kind}-{number}" in self._given:
            number += 1
        self._used[f"{kind}-"] = number
        return self.unique(f"{kind}-{number}")


class _Definitions:
    """What stands beside the processes and is referred to from inside them."""

    def __init__(self, root: RawElement) -> None:
        self.items: dict[str, RawElement] = {}
        self.events: dict[str, RawElement] = {}
        for child in root.children:
            if child.type.role is Role.ITEM:
                self.items.setdefault(child.attributes.get("id", ""), child)
            elif child.type.role is Role.EVENT:
                self.events.setdefault(child.attributes.get("id", ""), child)

    def event(self, raw: RawElement, nodes: Container[str]) -> LinkedEvent:
        """An event definition with the item, or for a compensation the activity, it names."""
        written = raw.attributes.get(raw.type.reference, "") if raw.type.reference else ""
        item = find(written, self.items)
        found = item or find(written, nodes)
        return LinkedEvent(
            raw=raw,
            item=self.items[item] if item else None,
            reference=found or written,
            dangling=bool(written) and found is None,
        )


class _ProcessLinker:
    """Links one process; its nodes have their ids as soon as it exists."""

    def __init__(self, process_id: ElementId, raw: RawElement) -> None:
        self._id = process_id
        self._raw = raw
        self._flows: list[RawElement] = []
        self._lanes: list[RawElement] = []
        found: list[tuple[RawElement, int]] = []
        self._collect(raw, -1, found)
        ids = _Ids(node.attributes.get("id", "") for node, _ in found)
        names: list[ElementId] = []
        self.nodes: dict[str, tuple[RawElement, ElementId]] = {}
        for node, parent in found:
            scope = process_id if parent < 0 else names[parent]
            names.append(ids.give(node))
            self.nodes[names[-1]] = (node, scope)

    def _collect(self, raw: RawElement, at: int, nodes: list[tuple[RawElement, int]]) -> None:
        """Nodes with the index of the one that holds them, flows and lanes, in file order."""
        for child in raw.children:
            role = child.type.role
            if role in _NODES:
                nodes.append((child, at))
                if role is Role.CONTAINER:
                    self._collect(child, len(nodes) - 1, nodes)
            elif role is Role.FLOW:
                self._flows.append(child)
            elif role is Role.LANE_SET:
                self._lanes.extend(_lanes(child))

    def link(self, definitions: _Definitions, everywhere: Container[str]) -> LinkedProcess:
        flows, dangling = self._link_flows(everywhere)
        exits: dict[tuple[str, str], ElementId] = {}
        for flow in flows:
            exits.setdefault((str(flow.source), flow.raw.attributes.get("id", flow.id)), flow.id)
        return LinkedProcess(
            id=self._id,
            raw=self._raw,
            nodes=tuple(
                self._link_node(node_id, raw, scope, exits, definitions)
                for node_id, (raw, scope) in self.nodes.items()
            ),
            flows=tuple(flows),
            dangling=tuple(dangling),
            lanes=self._link_lanes(),
        )

    def _link_flows(self, everywhere: Container[str]) -> tuple[list[LinkedFlow], list[LinkedFlow]]:
        flows: list[LinkedFlow] = []
        dangling: list[LinkedFlow] = []
        ids = _Ids(iter(()))
        for raw in self._flows:
            written = raw.attributes.get("sourceRef", ""), raw.attributes.get("targetRef", "")
            source, target = (find(end, self.nodes) for end in written)
            own = raw.attributes.get("id", "")
            if source and target:
                name = ids.unique(own or f"{source}->{target}")
                flows.append(LinkedFlow(id=name, raw=raw, source=source, target=target))
            else:
                name = ElementId(own or "->".join(written))
                source, target = (find(end, everywhere) for end in written)
                dangling.append(LinkedFlow(id=name, raw=raw, source=source, target=target))
        return flows, dangling

    def _link_node(
        self,
        node_id: ElementId,
        raw: RawElement,
        scope: ElementId,
        exits: Mapping[tuple[str, str], ElementId],
        definitions: _Definitions,
    ) -> LinkedNode:
        default = raw.attributes.get("default")
        events: list[LinkedEvent] = []
        lost: list[str] = []
        for child in raw.children:
            definition: RawElement | None = child
            if child.type.role is Role.EVENT_REFERENCE:
                event_id = find(child.text, definitions.events)
                definition = definitions.events[event_id] if event_id else None
            elif child.type.role is not Role.EVENT:
                continue
            if definition is None:
                lost.append(child.text)
            else:
                events.append(definitions.event(definition, self.nodes))
        host = raw.attributes.get("attachedToRef")
        return LinkedNode(
            id=node_id,
            scope=scope,
            raw=raw,
            events=tuple(events),
            attached_to=find(host, self.nodes) if host else None,
            default_flow=_exit(node_id, default, exits) if default else None,
            lost_events=tuple(lost),
        )

    def _link_lanes(self) -> tuple[LinkedLane, ...]:
        ids = _Ids(lane.attributes.get("id", "") for lane in self._lanes)
        return tuple(self._link_lane(ids.give(lane), lane) for lane in self._lanes)

    def _link_lane(self, lane_id: ElementId, raw: RawElement) -> LinkedLane:
        nodes: list[ElementId] = []
        lost: list[str] = []
        for child in raw.children:
            if child.type.role is Role.LANE_MEMBER:
                node = find(child.text, self.nodes)
                if node:
                    nodes.append(node)
                else:
                    lost.append(child.text)
        return LinkedLane(id=lane_id, raw=raw, nodes=tuple(nodes), lost=tuple(lost))


def _lanes(lane_set: RawElement) -> Iterator[RawElement]:
    for lane in lane_set.children:
        if lane.type.role is Role.LANE:
            yield lane
            for child in lane.children:
                if child.type.role is Role.LANE_SET:
                    yield from _lanes(child)


def _exit(node: str, default: str, exits: Mapping[tuple[str, str], ElementId]) -> ElementId | None:
    for name in (default, default.strip(), default.strip().partition(":")[2]):
        if (node, name) in exits:
            return exits[node, name]
    return None


def _collaborations(
    root: RawElement, processes: Container[str], nodes: Container[str]
) -> tuple[tuple[LinkedParticipant, ...], tuple[LinkedMessageFlow, ...]]:
    parts = [
        part
        for child in root.children
        if child.type.role is Role.COLLABORATION
        for part in child.children
    ]
    raws = [part for part in parts if part.type.role is Role.PARTICIPANT]
    ids = _Ids(raw.attributes.get("id", "") for raw in raws)
    participants = tuple(
        LinkedParticipant(
            id=ids.give(raw),
            raw=raw,
            process=find(raw.attributes.get("processRef", ""), processes),
        )
        for raw in raws
    )
    flow_ids = _Ids(iter(()))
    ends = (nodes, ids.taken, processes)
    flows = (part for part in parts if part.type.role is Role.MESSAGE_FLOW)
    return participants, tuple(_message_flow(raw, ends, flow_ids) for raw in flows)


def _message_flow(
    raw: RawElement, ends: tuple[Container[str], ...], ids: _Ids
) -> LinkedMessageFlow:
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
