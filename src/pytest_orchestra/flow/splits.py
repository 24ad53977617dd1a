"""Which sets of outgoing flows a node may take (BPMN 2.0, 13.3 and 13.4).

Data is not looked at: any way is open that some data could open.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.model import ElementId, FlowNode, NodeKind, SequenceFlow

Ways = tuple[ElementId, ...]
"""The flows that a token takes on leaving a node; empty where it ends."""

_ONE_OF = frozenset({NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EVENT_BASED_GATEWAY})
_SOME_OF = frozenset({NodeKind.INCLUSIVE_GATEWAY, NodeKind.COMPLEX_GATEWAY})


def alternatives(graph: ProcessGraph, node: FlowNode) -> tuple[Ways, ...]:
    """Return the sets of flows that a node may take, at least one.

    Of an inclusive split: each flow alone, all together, the default; of an activity or event
    with conditional flows: the same, each with the flows that have no condition.
    """
    flows = graph.outgoing.get(node.id, ())
    if len(flows) <= 1 or node.kind is NodeKind.PARALLEL_GATEWAY:
        return (_ids(flows),)
    if node.kind in _ONE_OF:
        return tuple((flow.id,) for flow in flows)
    default = tuple(flow for flow in flows if flow.id == node.default_flow)
    if node.kind in _SOME_OF:
        always: tuple[SequenceFlow, ...] = ()
        maybe = tuple(flow for flow in flows if flow not in default)
    else:
        always = tuple(flow for flow in flows if flow.condition is None and flow not in default)
        maybe = tuple(flow for flow in flows if flow.condition and flow not in default)
    sets = [(*always, flow) for flow in maybe]
    if len(maybe) > 1:
        sets.append(always + maybe)
    if always or default:
        sets.append(always + default)
    return tuple(_ids(chosen) for chosen in sets)


def _ids(flows: Sequence[SequenceFlow]) -> Ways:
    return tuple(sorted(flow.id for flow in flows))
