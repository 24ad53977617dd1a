"""What a way demands of data where it takes the flows out of a node."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.scenario import WayCondition
from pytest_orchestra.flow.splits import Ways
from pytest_orchestra.model import ElementId, NodeKind, SequenceFlow


def demands_on_data(
    graph: ProcessGraph, node: ElementId, taken: Ways, *, visit: int, moment: int
) -> Iterator[WayCondition]:
    """Yield the conditions that decide that these flows are taken, and what they must be.

    Args:
        graph: the process.
        node: where the flows begin.
        taken: the flows.
        visit: the node's visit.
        moment: index of the moment at which it is decided.
    """
    for flow, holds in _deciding(graph, node, taken):
        if flow.condition and flow.condition.text.strip():
            yield WayCondition(
                element=flow.id,
                at=node,
                visit=visit,
                text=flow.condition.text,
                language=flow.condition.language,
                holds=holds,
                moment=moment,
            )


def _deciding(
    graph: ProcessGraph, node: ElementId, taken: Ways
) -> Iterator[tuple[SequenceFlow, bool]]:
    """Yield the flows whose conditions are looked at, and whether they are taken.

    An exclusive split takes one flow whose condition holds, others may hold too; only for a flow
    without a condition must no other hold (BPMN 2.0, 13.4.2). Elsewhere each decides for itself.
    """
    kind = graph.nodes[node].kind
    if kind in (NodeKind.PARALLEL_GATEWAY, NodeKind.EVENT_BASED_GATEWAY):
        return
    flows = graph.outgoing.get(node, ())
    if kind is NodeKind.EXCLUSIVE_GATEWAY:
        conditional = [flow for flow in flows if flow.id in taken and flow.condition]
        flows = tuple(conditional) or flows
    for flow in flows:
        yield flow, flow.id in taken
