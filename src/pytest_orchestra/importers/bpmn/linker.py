"""Raw elements become linked ones: every element has an id, and every reference a target or None.

Nothing is judged here: what does not resolve stays None, for the checker to say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn.linked import (
    DanglingFlow,
    LinkedArtifact,
    LinkedAssociation,
    LinkedDocument,
    LinkedEvent,
    LinkedFlow,
    LinkedLane,
    LinkedNode,
    LinkedProcess,
)
from pytest_orchestra.importers.bpmn.metamodel import EVENT_KINDS, NODE_KINDS, Role
from pytest_orchestra.importers.bpmn.pools import link_pools
from pytest_orchestra.importers.bpmn.references import Ids, find, find_exit
from pytest_orchestra.model import ElementId, EventKind

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from pytest_orchestra.importers.bpmn.reader import RawDocument, RawElement

_NODES = (Role.NODE, Role.CONTAINER)
_ARTIFACTS = (Role.DATA_OBJECT, Role.ANNOTATION)


def link(document: RawDocument) -> LinkedDocument:
    """Resolves every reference of a file.

    Ids are unique per process: files that hold copies of one process are real, and a reference
    never means another process's node. Flows are named as in ``Flow.id`` of the model:
    ``source->target`` without an id, ``#2`` for the second of a name, in file order.
    """
    processes = [child for child in document.root.children if child.type.role is Role.PROCESS]
    ids = Ids(processes)
    named = [(ids.give(process), process) for process in processes]
    drafts = [_ProcessLinker(process_id, process) for process_id, process in named]
    definitions = _Definitions(document.root)
    everywhere = {key for draft in drafts for key in draft.nodes}
    linked = tuple(draft.link(definitions, everywhere) for draft in drafts)
    participants, message_flows = link_pools(document.root, ids.taken, everywhere)
    return LinkedDocument(
        document=document,
        processes=linked,
        participants=participants,
        message_flows=message_flows,
        repeated=tuple(definitions.repeated),
    )


class _Definitions:
    """What stands beside the processes and is referred to from inside them."""

    def __init__(self, root: RawElement) -> None:
        self.items: dict[str, RawElement] = {}
        self.events: dict[str, RawElement] = {}
        self.repeated: list[RawElement] = []
        by_role = {Role.ITEM: self.items, Role.EVENT: self.events}
        for child in root.children:
            known = by_role.get(child.type.role)
            own = child.attributes.get("id")
            if known is not None and own:
                first = known.setdefault(own, child)
                if (first.type, first.attributes) != (child.type, child.attributes):
                    self.repeated.append(child)

    def event(self, raw: RawElement, nodes: Container[str]) -> LinkedEvent:
        """An event definition, or a task of a message, with the item it names.

        A compensation names an activity.
        """
        written = raw.attributes.get(raw.type.reference, "") if raw.type.reference else ""
        kind = EVENT_KINDS.get(raw.type.name, EventKind.MESSAGE)
        if kind is EventKind.COMPENSATE:
            item, found = None, find(written, nodes)
        else:
            item = found = find(written, self.items)
        return LinkedEvent(
            raw=raw,
            kind=kind,
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
        self._associations: list[RawElement] = []
        self._artifacts: list[tuple[RawElement, int]] = []
        found: list[tuple[RawElement, int]] = []
        self._collect(raw, -1, found)
        ids = Ids(node for node, _ in found)
        ids.unique(process_id)
        names: list[ElementId] = []
        self.nodes: dict[ElementId, tuple[RawElement, ElementId]] = {}
        self._names = names
        for node, parent in found:
            scope = process_id if parent < 0 else names[parent]
            names.append(ids.give(node))
            self.nodes[names[-1]] = (node, scope)

    def _collect(self, raw: RawElement, at: int, nodes: list[tuple[RawElement, int]]) -> None:
        """Nodes with the index of the one that holds them, and what joins them, in file order."""
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
            elif role is Role.ASSOCIATION:
                self._associations.append(child)
            elif role in _ARTIFACTS:
                self._artifacts.append((child, at))

    def link(self, definitions: _Definitions, everywhere: Container[str]) -> LinkedProcess:
        flows, dangling = self._link_flows(everywhere)
        exits: dict[tuple[str, str], ElementId] = {}
        for flow in flows:
            exits.setdefault((flow.source, flow.raw.attributes.get("id") or flow.id), flow.id)
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
            associations=self._link_associations(),
            artifacts=self._link_artifacts(),
        )

    def _link_flows(
        self, everywhere: Container[str]
    ) -> tuple[list[LinkedFlow], list[DanglingFlow]]:
        flows: list[LinkedFlow] = []
        dangling: list[DanglingFlow] = []
        ids = Ids()
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
                dangling.append(DanglingFlow(id=name, raw=raw, source=source, target=target))
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
        if raw.type.reference and raw.attributes.get(raw.type.reference):
            events.append(definitions.event(raw, self.nodes))
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
            kind=NODE_KINDS[raw.type.name],
            scope=scope,
            raw=raw,
            events=tuple(events),
            attached_to=find(host, self.nodes) if host else None,
            default_flow=find_exit(node_id, default, exits) if default else None,
            lost_events=tuple(lost),
        )

    def _link_associations(self) -> tuple[LinkedAssociation, ...]:
        ids = Ids(self._associations)
        plain = [
            LinkedAssociation(
                id=ids.give(raw),
                source=self._end(raw.attributes.get("sourceRef", "")),
                target=self._end(raw.attributes.get("targetRef", "")),
            )
            for raw in self._associations
        ]
        return (*plain, *self._data_associations(ids))

    def _data_associations(self, ids: Ids) -> Iterator[LinkedAssociation]:
        """Those of activities and events: one end is the node that holds them."""
        for node, (raw, _) in self.nodes.items():
            for child in raw.children:
                if child.type.role is Role.DATA_ASSOCIATION:
                    comes_in = child.type.name == "dataInputAssociation"
                    end = "sourceRef" if comes_in else "targetRef"
                    data = next((part.text for part in child.children if part.type.name == end), "")
                    yield LinkedAssociation(
                        id=ids.give(child),
                        source=data if comes_in else node,
                        target=node if comes_in else data,
                        carries_data=True,
                    )

    def _link_artifacts(self) -> tuple[LinkedArtifact, ...]:
        ids = Ids(raw for raw, _ in self._artifacts)
        return tuple(
            LinkedArtifact(
                id=ids.give(raw), raw=raw, scope=self._id if parent < 0 else self._names[parent]
            )
            for raw, parent in self._artifacts
        )

    def _end(self, written: str) -> str:
        return find(written, self.nodes) or written

    def _link_lanes(self) -> tuple[LinkedLane, ...]:
        ids = Ids(self._lanes)
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
