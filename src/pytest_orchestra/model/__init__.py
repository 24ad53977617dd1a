"""The vocabulary of processes: what importers make of a file and every floor above reads.

How a file is drawn is a room of its own, ``model.drawing``: only pictures need it.
"""

from pytest_orchestra.model.problem import (
    ElementId,
    Problem,
    Severity,
    SourceLocation,
)
from pytest_orchestra.model.process import (
    Association,
    DataObject,
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
    TextAnnotation,
)

__all__ = [
    "Association",
    "DataObject",
    "ElementId",
    "EventDefinition",
    "EventKind",
    "Expression",
    "FlowNode",
    "Lane",
    "Loop",
    "LoopKind",
    "MessageFlow",
    "NodeKind",
    "Participant",
    "Problem",
    "Process",
    "ProcessModel",
    "SequenceFlow",
    "Severity",
    "SourceLocation",
    "TextAnnotation",
]
