"""The vocabulary of processes: what an importer makes of a file and every floor above reads.

Names are those of BPMN 2.0 (OMG formal/2011-01-03) in snake_case; nothing here is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from pytest_orchestra.model.problem import ElementId, Problem, SourceLocation


class NodeKind(Enum):
    """Flow nodes by the local name of their XML element (BPMN 2.0, 10.3 to 10.6)."""

    TASK = "task"
    USER_TASK = "userTask"
    SERVICE_TASK = "serviceTask"
    SCRIPT_TASK = "scriptTask"
    MANUAL_TASK = "manualTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    CALL_ACTIVITY = "callActivity"
    SUB_PROCESS = "subProcess"
    TRANSACTION = "transaction"
    AD_HOC_SUB_PROCESS = "adHocSubProcess"
    EXCLUSIVE_GATEWAY = "exclusiveGateway"
    INCLUSIVE_GATEWAY = "inclusiveGateway"
    PARALLEL_GATEWAY = "parallelGateway"
    EVENT_BASED_GATEWAY = "eventBasedGateway"
    COMPLEX_GATEWAY = "complexGateway"
    START_EVENT = "startEvent"
    END_EVENT = "endEvent"
    INTERMEDIATE_CATCH_EVENT = "intermediateCatchEvent"
    INTERMEDIATE_THROW_EVENT = "intermediateThrowEvent"
    BOUNDARY_EVENT = "boundaryEvent"

    @property
    def is_gateway(self) -> bool:
        """Whether it is one of the five gateways."""
        return self.value.endswith("Gateway")

    @property
    def is_event(self) -> bool:
        """Whether it is a start, intermediate, boundary or end event."""
        return self.value.endswith("Event")

    @property
    def is_sub_process(self) -> bool:
        """Whether it holds flow nodes of its own."""
        return self.value.lower().endswith("subprocess") or self is NodeKind.TRANSACTION

    @property
    def is_activity(self) -> bool:
        """Whether it is work that starts and completes: a task, a call, a sub-process."""
        return not (self.is_gateway or self.is_event)


class EventKind(Enum):
    """Event definitions by the local name of their XML element, less its ``EventDefinition``."""

    MESSAGE = "message"
    TIMER = "timer"
    ERROR = "error"
    ESCALATION = "escalation"
    SIGNAL = "signal"
    CONDITIONAL = "conditional"
    LINK = "link"
    COMPENSATE = "compensate"
    CANCEL = "cancel"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDefinition:
    """What an event waits for or sends (BPMN 2.0, 10.5.5).

    Attributes:
        name: of the message, error, signal, escalation or link it speaks of; may be empty.
        reference: that element's id; empty if the file names none.
        code: an error's or escalation's code.
        expression: a timer's or condition's text.
    """

    kind: EventKind
    name: str = ""
    reference: str = ""
    code: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A formal expression as written; ``language`` is its attribute or the file's default."""

    text: str
    language: str = ""
    location: SourceLocation | None = None


class LoopKind(Enum):
    """The marker of an activity (BPMN 2.0, 10.3.8)."""

    STANDARD = "standard"
    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop or multi-instance marker. ``maximum`` is a literal bound, None where there is none."""

    kind: LoopKind
    test_before: bool = False
    maximum: int | None = None
    expression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNode:
    """An activity, event or gateway of a process.

    Attributes:
        name: as written, white space folded; may be empty.
        scope: id of the process or sub-process that holds it.
        events: event definitions; of a send or receive task the message that it names.
        attached_to: the host of a boundary event.
        interrupting: of a boundary or start event; true unless the file says otherwise.
        default_flow: id of the flow marked as default.
        triggered_by_event: an event sub-process.
        for_compensation: an activity that runs only as a compensation handler.
        instantiate: a receive task or event-based gateway that starts the process.
        parallel_multiple: an event that needs all its definitions, a gateway all its events.
        called_element: what a call activity calls, as written; may be an expression.
        writes: names of variables that it writes, as far as the file says so; ``*``: any.
        script: what it runs itself, of several scripts one after the other.
        vendor: attributes of other namespaces, ``{"camunda:topic": "pay"}``.
    """

    id: ElementId
    kind: NodeKind
    scope: ElementId
    name: str = ""
    events: tuple[EventDefinition, ...] = ()
    attached_to: ElementId | None = None
    interrupting: bool = True
    default_flow: ElementId | None = None
    loop: Loop | None = None
    triggered_by_event: bool = False
    for_compensation: bool = False
    instantiate: bool = False
    parallel_multiple: bool = False
    called_element: str = ""
    writes: tuple[str, ...] = ()
    script: str = ""
    documentation: str = ""
    vendor: Mapping[str, str] = field(default_factory=dict, hash=False)
    location: SourceLocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceFlow:
    """A sequence flow; both its ends exist in the same process (dangling ones are problems)."""

    id: ElementId
    source: ElementId
    target: ElementId
    name: str = ""
    condition: Expression | None = None
    location: SourceLocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFlow:
    """A message flow; its ends are nodes, participants or processes, as written."""

    id: ElementId
    source: str
    target: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A pool; ``process_id`` is None for a pool without a process."""

    id: ElementId
    name: str = ""
    process_id: ElementId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane and the nodes that stand in it."""

    id: ElementId
    name: str = ""
    nodes: tuple[ElementId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A line without tokens; its ends are ids, as written where the process does not have them.

    Attributes:
        carries_data: a data association of the activity or event at one of its ends.
    """

    id: ElementId
    source: str
    target: str
    carries_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataObject:
    """A data object, or a reference to one or to a data store; ``kind`` is its element's name."""

    id: ElementId
    kind: str
    name: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnnotation:
    """A note of a diagram; associations say what it is about."""

    id: ElementId
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of a file: all its nodes and flows, sub-processes' included, in file order.

    Attributes:
        name: of the process, else of its participant; may be empty.
        executable: the file's word; it filters nothing.
    """

    id: ElementId
    nodes: tuple[FlowNode, ...] = ()
    flows: tuple[SequenceFlow, ...] = ()
    lanes: tuple[Lane, ...] = ()
    associations: tuple[Association, ...] = ()
    data_objects: tuple[DataObject, ...] = ()
    annotations: tuple[TextAnnotation, ...] = ()
    name: str = ""
    executable: bool = False
    documentation: str = ""
    vendor: Mapping[str, str] = field(default_factory=dict, hash=False)
    location: SourceLocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessModel:
    """Everything that one file says, and what is wrong with it.

    Attributes:
        file: as given to the importer.
        digest: sha256 of the file, hex.
    """

    file: str
    digest: str
    processes: tuple[Process, ...] = ()
    participants: tuple[Participant, ...] = ()
    message_flows: tuple[MessageFlow, ...] = ()
    problems: tuple[Problem, ...] = ()
