"""When an inclusive join may go on: once no token on its way to it is still to be awaited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.places import PlaceKind, Places
from pytest_orchestra.model import ElementId, FlowNode, NodeKind

_JOINS = frozenset(
    {NodeKind.PARALLEL_GATEWAY, NodeKind.INCLUSIVE_GATEWAY, NodeKind.COMPLEX_GATEWAY}
)

State = tuple[int, ...]
"""All tokens, as the places where they are, in order; a place stands once for each token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusiveJoin:
    """The rule of one inclusive join (BPMN 2.0, 13.4.3).

    Attributes:
        incoming: the places before it.
        heading: for each other place, the incoming places that a token there may come to
            without passing the join.
    """

    incoming: tuple[int, ...]
    heading: Mapping[int, frozenset[int]]

    def consume(self, state: State) -> tuple[int, ...] | None:
        """Return the tokens that the join takes, None while it has to wait."""
        have = {place for place in self.incoming if place in state}
        if len(have) < len(self.incoming):
            for place in state:
                ahead = self.heading.get(place)
                if ahead and not ahead <= have and not ahead & have:
                    return None
        return tuple(sorted(have))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelJoin:
    """The rule of a parallel join: a token on every incoming flow (BPMN 2.0, 13.4.1)."""

    incoming: tuple[int, ...]

    def consume(self, state: State) -> tuple[int, ...] | None:
        """Return the tokens that the join takes, None while one is missing."""
        return self.incoming if all(place in state for place in self.incoming) else None


def join_at(
    graph: ProcessGraph, places: Places, node: FlowNode
) -> InclusiveJoin | ParallelJoin | None:
    """Return the rule by which a node waits for several tokens, None if it takes each alone."""
    flows = graph.incoming.get(node.id, ())
    if node.kind not in _JOINS or len(flows) <= 1:
        return None
    incoming = tuple(places.flows[flow.id] for flow in flows)
    if node.kind is NodeKind.PARALLEL_GATEWAY:
        return ParallelJoin(incoming=tuple(sorted(incoming)))
    return InclusiveJoin(incoming=incoming, heading=_headings(graph, places, node))


def _headings(graph: ProcessGraph, places: Places, join: FlowNode) -> dict[int, frozenset[int]]:
    before: defaultdict[ElementId, list[ElementId]] = defaultdict(list)
    for node in graph.nodes:
        for target in graph.successors(node):
            before[target].append(node)
    headings: defaultdict[int, set[int]] = defaultdict(set)
    own = {flow.id for flow in graph.incoming[join.id]}
    for flow in graph.incoming[join.id]:
        reaching = _nodes_before(flow.source, before, join.id)
        for number, place in enumerate(places.listed):
            is_waiting = place.kind is PlaceKind.FLOW and place.element in own
            if place.target in reaching and not is_waiting:
                headings[number].add(places.flows[flow.id])
    return {place: frozenset(ahead) for place, ahead in headings.items()}


def _nodes_before(
    node: ElementId, before: Mapping[ElementId, list[ElementId]], join: ElementId
) -> set[ElementId]:
    """Return the nodes from which a token can come to a node without passing the join."""
    seen = {node} - {join}
    todo = list(seen)
    while todo:
        for earlier in before.get(todo.pop(), ()):
            if earlier not in seen and earlier != join:
                seen.add(earlier)
                todo.append(earlier)
    return seen
