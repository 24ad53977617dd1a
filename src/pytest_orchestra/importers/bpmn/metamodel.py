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
    ASSOCIATION = "association"
    DATA_ASSOCIATION = "association of an activity or event with data"
    DATA_END = "end of a data association"
    DATA_OBJECT = "data object"
    SCRIPT = "what a script task runs"
    ANNOTATION = "text annotation"
    ANNOTATION_TEXT = "what a text annotation says"
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
        reference: attribute that names another element (``messageRef``).
        code: attribute of an item that carries its code (``errorCode``).
        reason: why it is ignored or unsupported.
    """

    name: str
    role: Role
    reference: str = ""
    code: str = ""
    reason: str = ""


NODE_KINDS: Mapping[str, NodeKind] = MappingProxyType({kind.value: kind for kind in NodeKind})
"""Flow nodes by the name of their element."""

EVENT_KINDS: Mapping[str, EventKind] = MappingProxyType(
    {f"{kind.value}EventDefinition": kind for kind in EventKind}
)
"""Event definitions by the name of their element."""

LOOP_KINDS: Mapping[str, LoopKind] = MappingProxyType(
    {
        "standardLoopCharacteristics": LoopKind.STANDARD,
        "multiInstanceLoopCharacteristics": LoopKind.PARALLEL,
    }
)
"""Markers by the name of their element; ``isSequential`` makes the second one sequential."""

_EVENT_REFERENCES = {
    EventKind.MESSAGE: "messageRef",
    EventKind.ERROR: "errorRef",
    EventKind.ESCALATION: "escalationRef",
    EventKind.SIGNAL: "signalRef",
    EventKind.COMPENSATE: "activityRef",
}

_TASK_REFERENCES = {NodeKind.SEND_TASK: "messageRef", NodeKind.RECEIVE_TASK: "messageRef"}

_ITEM_CODES = {"message": "", "signal": "", "error": "errorCode", "escalation": "escalationCode"}

_NAMES = {
    Role.DEFINITIONS: "definitions",
    Role.PROCESS: "process",
    Role.FLOW: "sequenceFlow",
    Role.EVENT_REFERENCE: "eventDefinitionRef",
    Role.LOOP: " ".join(LOOP_KINDS),
    Role.EXPRESSION: (
        "conditionExpression condition timeDate timeDuration timeCycle loopCondition "
        "loopCardinality"
    ),
    Role.COLLECTION: "loopDataInputRef",
    Role.ASSOCIATION: "association",
    Role.DATA_ASSOCIATION: "dataInputAssociation dataOutputAssociation",
    Role.DATA_END: "sourceRef targetRef",
    Role.DATA_OBJECT: "dataObject dataObjectReference dataStoreReference",
    Role.SCRIPT: "script",
    Role.ANNOTATION: "textAnnotation",
    Role.ANNOTATION_TEXT: "text",
    Role.LANE_SET: "laneSet childLaneSet",
    Role.LANE: "lane",
    Role.LANE_MEMBER: "flowNodeRef",
    Role.COLLABORATION: "collaboration",
    Role.PARTICIPANT: "participant",
    Role.MESSAGE_FLOW: "messageFlow",
    Role.DOCUMENTATION: "documentation",
    Role.EXTENSION: "extensionElements",
}

_IGNORED = {
    "only sequenceFlow@sourceRef and @targetRef are believed": "incoming outgoing",
    "a suite brings its own data": (
        "dataStore dataState property ioSpecification ioBinding dataInput dataOutput inputSet "
        "outputSet loopDataOutputRef inputDataItem outputDataItem itemDefinition transformation "
        "assignment"
    ),
    "who does the work does not change the way": (
        "resource resourceRole performer humanPerformer potentialOwner partnerEntity partnerRole "
        "participantMultiplicity participantAssociation endPoint supports rendering"
    ),
    "the system runs it, not the test": (
        "interface operation operationRef correlationKey correlationProperty "
        "correlationSubscription supportedInterfaceRef messageFlowAssociation "
        "interfaceRef endPointRef"
    ),
    "notes and groups": (
        "group category categoryValue categoryValueRef "
        "artifact auditing monitoring relationship extension partitionElement partitionElementRef"
    ),
    "any legal number of instances may be chosen": (
        "completionCondition complexBehaviorDefinition noneBehaviorEventRef oneBehaviorEventRef"
    ),
    "links pair by name": "source target",
    "a call of a global task runs as one task": (
        "globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask"
    ),
    "other files are named by the suite, not by the model": "import",
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
}


def _rows() -> Iterator[ElementType]:
    for role, names in _NAMES.items():
        yield from (ElementType(name=name, role=role) for name in names.split())
    for name, node in NODE_KINDS.items():
        role = Role.CONTAINER if node.is_sub_process else Role.NODE
        yield ElementType(name=name, role=role, reference=_TASK_REFERENCES.get(node, ""))
    for name, event in EVENT_KINDS.items():
        yield ElementType(name=name, role=Role.EVENT, reference=_EVENT_REFERENCES.get(event, ""))
    for name, code in _ITEM_CODES.items():
        yield ElementType(name=name, role=Role.ITEM, code=code)
    for role, table in ((Role.IGNORED, _IGNORED), (Role.UNSUPPORTED, _UNSUPPORTED)):
        for reason, names in table.items():
            yield from (ElementType(name=n, role=role, reason=reason) for n in names.split())


BY_NAME: Mapping[str, ElementType] = MappingProxyType({row.name: row for row in _rows()})
"""Every element of the standard that a file may hold, by local name."""

_ANYWHERE = {Role.DOCUMENTATION, Role.EXTENSION}
_NODE_PARTS = {
    Role.EVENT,
    Role.EVENT_REFERENCE,
    Role.LOOP,
    Role.DATA_ASSOCIATION,
    Role.SCRIPT,
}
_ARTIFACTS = {Role.ASSOCIATION, Role.ANNOTATION}
_FLOW_ELEMENTS = {
    Role.NODE,
    Role.CONTAINER,
    Role.FLOW,
    Role.LANE_SET,
    Role.DATA_OBJECT,
    *_ARTIFACTS,
}

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
            Role.COLLABORATION: {Role.PARTICIPANT, Role.MESSAGE_FLOW, *_ARTIFACTS},
            Role.ITEM: set[Role](),
            Role.ASSOCIATION: set[Role](),
            Role.ANNOTATION: {Role.ANNOTATION_TEXT},
            Role.DATA_ASSOCIATION: {Role.DATA_END},
            Role.DATA_OBJECT: set[Role](),
            Role.PARTICIPANT: set[Role](),
            Role.MESSAGE_FLOW: set[Role](),
        }.items()
    }
)
"""Which elements are read inside which; elements of text hold none."""

TEXTS = frozenset(role for role in Role if role not in HOLDS)
"""Roles whose elements are read for their text and hold nothing."""

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

WRITTEN_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "output": ("target",),
        "outputParameter": ("name",),
        "out": ("target", "targetExpression"),
        "formField": ("id",),
        "formProperty": ("id", "variable"),
        "script": ("resultVariable",),
        "calledDecision": ("resultVariable",),
        "loopCharacteristics": ("inputElement", "outputCollection"),
    }
)
"""Vendors' extension elements, by local name, with the attributes that name what is written."""

WRITTEN_KEYS = frozenset(
    {
        "resultVariable",
        "resultVariableName",
        "elementVariable",
        "elementIndexVariable",
        "initiator",
    }
)
"""Vendors' attributes, by local name, of a node or its marker that name what is written."""

CALLED_KEYS = ("zeebe:calledElement/processId",)
"""Vendors' words for ``calledElement``."""

COLLECTION_KEYS = (
    "camunda:collection",
    "activiti:collection",
    "flowable:collection",
    "zeebe:loopCharacteristics/inputCollection",
)
"""Vendors' words for what a multi-instance activity runs over."""
