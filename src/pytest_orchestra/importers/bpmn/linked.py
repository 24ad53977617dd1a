"""What the linker makes: elements with ids, and references with targets where they have one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_orchestra.importers.bpmn.reader import RawDocument, RawElement
    from pytest_orchestra.model import ElementId, EventKind, NodeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedEvent:
    """An event definition of a node.

    Attributes:
        raw: the definition itself, also where the node only refers to it.
        item: the message, error, signal or escalation that it speaks of.
        reference: that item's or activity's id; as written where it does not exist.
        dangling: whether ``reference`` names nothing in the file.
    """

    raw: RawElement
    kind: EventKind
    item: RawElement | None
    reference: str
    dangling: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedNode:
    """A flow node with an id that is unique in its process.

    Attributes:
        attached_to: the host of a boundary event, None where it does not exist.
        default_flow: None where the attribute is absent or names no flow out of the node.
        lost_events: references to event definitions that do not exist.
    """

    id: ElementId
    kind: NodeKind
    scope: ElementId
    raw: RawElement
    events: tuple[LinkedEvent, ...] = ()
    attached_to: ElementId | None = None
    default_flow: ElementId | None = None
    lost_events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedFlow:
    """A sequence flow between two nodes of the process that holds it."""

    id: ElementId
    raw: RawElement
    source: ElementId
    target: ElementId


@dataclass(frozen=True, slots=True, kw_only=True)
class DanglingFlow:
    """A sequence flow that is not between two nodes of its process.

    Attributes:
        source: a node of some process of the file, None where there is none.
        target: likewise.
    """

    id: ElementId
    raw: RawElement
    source: ElementId | None
    target: ElementId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedLane:
    """A lane; ``lost`` are members that are no nodes of the process."""

    id: ElementId
    raw: RawElement
    nodes: tuple[ElementId, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAssociation:
    """An association; ends are ids of nodes where they exist, else as written."""

    id: ElementId
    source: str
    target: str
    carries_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedArtifact:
    """A data object or text annotation, with the scope that holds it."""

    id: ElementId
    raw: RawElement
    scope: ElementId


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedProcess:
    """A process with all that is in it, sub-processes included, in file order.

    Attributes:
        flows: those between two of its nodes.
        dangling: those stored in it that are not between two of its nodes.
    """

    id: ElementId
    raw: RawElement
    nodes: tuple[LinkedNode, ...] = ()
    flows: tuple[LinkedFlow, ...] = ()
    dangling: tuple[DanglingFlow, ...] = ()
    lanes: tuple[LinkedLane, ...] = ()
    associations: tuple[LinkedAssociation, ...] = ()
    artifacts: tuple[LinkedArtifact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedParticipant:
    """A pool; ``process`` is None where it names none, or none of this file."""

    id: ElementId
    raw: RawElement
    process: ElementId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedMessageFlow:
    """A message flow; ends are ids where they exist, else as written."""

    id: ElementId
    raw: RawElement
    source: str
    target: str
    dangling: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDocument:
    """A whole file, linked.

    Attributes:
        repeated: messages and the like with an id that an earlier, different one has.
    """

    document: RawDocument
    processes: tuple[LinkedProcess, ...]
    participants: tuple[LinkedParticipant, ...]
    message_flows: tuple[LinkedMessageFlow, ...]
    repeated: tuple[RawElement, ...] = ()
