"""The BPMN 2.0 metamodel as data: what each XML element is to this importer, and why not.

Reading more of the standard means adding rows; the passes know roles, not element names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orchestra.model import EventKind, LoopKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
"""The namespace of BPMN 2.0 (formal/2011-01-03, 15.3); prefixes mean nothing."""

BETA_NAMESPACE = "http://schema.omg.org/spec/BPMN/2.0"
"""The namespace of BPMN 2.0 Beta 1; its process elements have the same names."""

ROOT = "definitions"

DRAWING_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
    }
)
"""Layout: it changes no logic, and other readers keep it for pictures."""

OTHER_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "http://www.omg.org/spec/DMN/": "a DMN decision model",
        "https://www.omg.org/spec/DMN/": "a DMN decision model",
        "http://www.omg.org/spec/CMMN/": "a CMMN case model",
        "http://www.wfmc.org/": "an XPDL file (BPMN 1.x)",
        "http://schemas.xmlsoap.org/wsdl/": "a WSDL service description",
        "http://www.w3.org/1999/xhtml": "an HTML page",
        "http://www.w3.org/2001/XMLSchema": "an XML schema",
        "http://www.w3.org/2000/svg": "a picture",
    }
)
"""Formats that are often taken for BPMN, by the start of their namespace."""

VENDOR_PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "http://camunda.org/schema/1.0/bpmn": "camunda",
        "http://www.camunda.com/fox": "camunda",
        "http://camunda.org/schema/zeebe/1.0": "zeebe",
        "http://camunda.org/schema/modeler/1.0": "modeler",
        "http://activiti.org/bpmn": "activiti",
        "http://flowable.org/bpmn": "flowable",
        "http://flowable.org/design": "flowable-design",
        "http://www.jboss.org/drools": "drools",
        "http://www.bizagi.com/bpmn20": "bizagi",
        "http://www.signavio.com": "signavio",
    }
)
"""What vendors' namespaces are called, whatever prefix a file gives them."""

XML_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
"""Its attributes (``xsi:type``) speak to schema validators, not about the process."""


class Role(Enum):
    """What an element is to the importer."""

    DEFINITIONS = "definitions"
    PROCESS = "process"
    NODE = "flow node"
    CONTAINER = "flow node that holds others"
    FLOW = "sequence flow"
    EVENT = "event definition"
    EVENT_REFERENCE = "reference to an event definition"
    ITEM = "what an event definition speaks of"
    LOOP = "loop marker"
    EXPRESSION = "expression"
    COLLECTION = "what a multi-instance activity runs over"
    LANE_SET = "lane set"
    LANE = "lane"
    LANE_MEMBER = "node of a lane"
    COLLABORATION = "collaboration"
    PARTICIPANT = "participant"
    MESSAGE_FLOW = "message flow"
    DOCUMENTATION = "documentation"
    EXTENSION = "vendors' own elements"
    IGNORED = "of no meaning to scenarios"
    UNSUPPORTED = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementType:
    """One row of the metamodel.

    Attributes:
        name: local name of the XML element.
        kind: of a node, event definition or loop marker, in the model's words.
        reference: attribute that names another element (``messageRef``).
        code: attribute of an item that carries its code (``errorCode``).
        text: whether its text is read.
        reason: why it is ignored or unsupported.
    """

    name: str
    role: Role
    kind: NodeKind | EventKind | LoopKind | None = None
    reference: str = ""
    code: str = ""
    text: bool = False
    reason: str = ""


_EVENT_REFERENCES = {
    EventKind.MESSAGE: "messageRef",
    EventKind.ERROR: "errorRef",
    EventKind.ESCALATION: "escalationRef",
    EventKind.SIGNAL: "signalRef",
    EventKind.COMPENSATE: "activityRef",
}

_STRUCTURE = (
    ElementType(name=ROOT, role=Role.DEFINITIONS),
    ElementType(name="process", role=Role.PROCESS),
    ElementType(name="sequenceFlow", role=Role.FLOW),
    ElementType(name="eventDefinitionRef", role=Role.EVENT_REFERENCE, text=True),
    ElementType(name="message", role=Role.ITEM),
    ElementType(name="signal", role=Role.ITEM),
    ElementType(name="error", role=Role.ITEM, code="errorCode"),
    ElementType(name="escalation", role=Role.ITEM, code="escalationCode"),
    ElementType(name="standardLoopCharacteristics", role=Role.LOOP, kind=LoopKind.STANDARD),
    ElementType(name="multiInstanceLoopCharacteristics", role=Role.LOOP, kind=LoopKind.PARALLEL),
    ElementType(name="conditionExpression", role=Role.EXPRESSION, text=True),
    ElementType(name="condition", role=Role.EXPRESSION, text=True),
    ElementType(name="timeDate", role=Role.EXPRESSION, text=True),
    ElementType(name="timeDuration", role=Role.EXPRESSION, text=True),
    ElementType(name="timeCycle", role=Role.EXPRESSION, text=True),
    ElementType(name="loopCondition", role=Role.EXPRESSION, text=True),
    ElementType(name="loopCardinality", role=Role.EXPRESSION, text=True),
    ElementType(name="loopDataInputRef", role=Role.COLLECTION, text=True),
    ElementType(name="laneSet", role=Role.LANE_SET),
    ElementType(name="childLaneSet", role=Role.LANE_SET),
    ElementType(name="lane", role=Role.LANE),
    ElementType(name="flowNodeRef", role=Role.LANE_MEMBER, text=True),
    ElementType(name="collaboration", role=Role.COLLABORATION),
    ElementType(name="participant", role=Role.PARTICIPANT),
    ElementType(name="messageFlow", role=Role.MESSAGE_FLOW),
    ElementType(name="documentation", role=Role.DOCUMENTATION, text=True),
    ElementType(name="extensionElements", role=Role.EXTENSION),
)

_IGNORED = {
    "only sequenceFlow@sourceRef and @targetRef are believed": "incoming outgoing",
    "a suite brings its own data": (
        "dataObject dataObjectReference dataStore dataStoreReference dataState property "
        "ioSpecification ioBinding dataInput dataOutput inputSet outputSet "
        "dataInputAssociation dataOutputAssociation loopDataOutputRef inputDataItem "
        "outputDataItem itemDefinition"
    ),
    "who does the work does not change the way": (
        "resource resourceRole performer humanPerformer potentialOwner partnerEntity partnerRole "
        "participantMultiplicity participantAssociation endPoint supports rendering"
    ),
    "the system runs it, not the test": (
        "script interface operation operationRef correlationKey correlationProperty "
        "correlationSubscription messageFlowAssociation interfaceRef endPointRef"
    ),
    "notes and groups": (
        "association textAnnotation group category categoryValue categoryValueRef "
        "artifact auditing monitoring relationship extension partitionElement partitionElementRef"
    ),
    "any legal number of instances may be chosen": (
        "completionCondition complexBehaviorDefinition noneBehaviorEventRef oneBehaviorEventRef"
    ),
    "links pair by name": "source target",
    "activation is the system's choice": "activationCondition",
}

_UNSUPPORTED = {
    "choreographies have no process to walk": (
        "choreography globalChoreographyTask choreographyTask subChoreography callChoreography "
        "choreographyRef"
    ),
    "conversations have no process to walk": (
        "conversation subConversation callConversation globalConversation conversationLink "
        "conversationNode conversationAssociation"
    ),
    "a call of a global task runs as one task": (
        "globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask"
    ),
    "other files are named by the suite, not by the model": "import",
}


def _rows() -> Iterator[ElementType]:
    yield from _STRUCTURE
    for node in NodeKind:
        role = Role.CONTAINER if node.is_sub_process else Role.NODE
        yield ElementType(name=node.value, role=role, kind=node)
    for event in EventKind:
        yield ElementType(
            name=f"{event.value}EventDefinition",
            role=Role.EVENT,
            kind=event,
            reference=_EVENT_REFERENCES.get(event, ""),
        )
    for role, table in ((Role.IGNORED, _IGNORED), (Role.UNSUPPORTED, _UNSUPPORTED)):
        for reason, names in table.items():
            for name in names.split():
                yield ElementType(name=name, role=role, reason=reason)


BY_NAME: Mapping[str, ElementType] = MappingProxyType({row.name: row for row in _rows()})
"""Every element of the standard that a file may hold, by local name."""

_ANYWHERE = {Role.DOCUMENTATION, Role.EXTENSION}
_NODE_PARTS = {Role.EVENT, Role.EVENT_REFERENCE, Role.LOOP}
_FLOW_ELEMENTS = {Role.NODE, Role.CONTAINER, Role.FLOW, Role.LANE_SET}

HOLDS: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        role: frozenset(parts | _ANYWHERE)
        for role, parts in {
            Role.DEFINITIONS: {Role.PROCESS, Role.COLLABORATION, Role.ITEM, Role.EVENT},
            Role.PROCESS: _FLOW_ELEMENTS,
            Role.NODE: _NODE_PARTS,
            Role.CONTAINER: _NODE_PARTS | _FLOW_ELEMENTS,
            Role.FLOW: {Role.EXPRESSION},
            Role.EVENT: {Role.EXPRESSION},
            Role.LOOP: {Role.EXPRESSION, Role.COLLECTION},
            Role.LANE_SET: {Role.LANE},
            Role.LANE: {Role.LANE_SET, Role.LANE_MEMBER},
            Role.COLLABORATION: {Role.PARTICIPANT, Role.MESSAGE_FLOW},
            Role.ITEM: set[Role](),
            Role.PARTICIPANT: set[Role](),
            Role.MESSAGE_FLOW: set[Role](),
        }.items()
    }
)
"""Which elements are read inside which; elements of text hold none."""

SKIPPED = frozenset({Role.IGNORED, Role.UNSUPPORTED})
"""Roles whose elements, and all they hold, are not read."""

ONLY_VALUES: Mapping[str, str] = MappingProxyType({"startQuantity": "1", "completionQuantity": "1"})
"""Attributes of activities that are understood with one value only (BPMN 2.0, table 10.3)."""

EXTENSION_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        f"{{http://camunda.org/schema/zeebe/1.0}}{name}": attributes
        for name, attributes in {
            "calledElement": ("processId",),
            "calledDecision": ("decisionId",),
            "loopCharacteristics": ("inputCollection",),
            "taskDefinition": ("type",),
        }.items()
    }
)
"""Extension elements kept as if their attributes were the host's: ``zeebe:taskDefinition/type``."""

CALLED_KEYS = ("zeebe:calledElement/processId",)
"""Vendors' words for ``calledElement``."""

COLLECTION_KEYS = (
    "camunda:collection",
    "activiti:collection",
    "flowable:collection",
    "zeebe:loopCharacteristics/inputCollection",
)
"""Vendors' words for what a multi-instance activity runs over."""
