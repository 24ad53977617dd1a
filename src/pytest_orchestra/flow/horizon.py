"""What may still be asked of data, seen from where tokens are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pytest_orchestra.flow.graph import ProcessGraph, has_event
from pytest_orchestra.flow.places import Place, PlaceKind, Places
from pytest_orchestra.model import ElementId, EventKind, FlowNode

_UNDOING = (EventKind.COMPENSATE, EventKind.CANCEL)

_Point = tuple[ElementId, bool]
"""A node or scope, and whether it is about leaving it; what it holds lies between the two."""


def names_ahead(
    graph: ProcessGraph, places: Places, asked: Mapping[ElementId, int]
) -> tuple[int, ...]:
    """Return by place what may be asked from there on, as bits.

    Args:
        graph: the process.
        places: where tokens can be.
        asked: what is asked where a node is left, or a visit of a host or scope ends.
    """
    steps: dict[_Point, list[_Point]] = defaultdict(list)
    for node in graph.nodes.values():
        for source, target in _steps(graph, node):
            steps[source].append(target)
    ahead = _spread({(element, True): bits for element, bits in asked.items()}, steps)
    handlers = _handlers(graph)

    def of(place: Place) -> int:
        found = 0
        for point in _points(graph, place, handlers):
            found |= ahead.get(point, 0)
        return found

    return tuple(of(place) for place in places.listed)


def _steps(graph: ProcessGraph, node: FlowNode) -> Iterator[tuple[_Point, _Point]]:
    """Yield where a token may go from before and from behind a node."""
    enter, leave = (node.id, False), (node.id, True)
    inner = (*graph.entries(node.id), *graph.handlers.get(node.id, ()))
    events = graph.boundary.get(node.id, ())
    undoing = _handlers(graph) if has_event(node, *_UNDOING) else []
    before = [*((each.id, False) for each in (*inner, *events)), *undoing, leave]
    behind = [*((flow.target, False) for flow in graph.outgoing.get(node.id, ()))]
    if node.id in graph.links:
        behind.append((graph.links[node.id], False))
    if node.loop:
        behind.append(enter)
    yield from ((enter, point) for point in before)
    yield from ((leave, point) for point in (*behind, (node.scope, True)))


def _handlers(graph: ProcessGraph) -> list[_Point]:
    """Return what may be undone, whatever throws that."""
    return [(node.id, False) for node in graph.nodes.values() if node.for_compensation]


def _points(graph: ProcessGraph, place: Place, handlers: list[_Point]) -> Iterator[_Point]:
    """Yield what a token at a place may come to first."""
    element = place.target
    if place.kind in (PlaceKind.FLOW, PlaceKind.NODE):
        yield (element, False)
    elif place.kind is PlaceKind.ENTRY:
        yield (element, True)
        yield from ((start.id, False) for start in graph.entries(element))
    elif place.kind is PlaceKind.THROWN:
        yield (element, True)
        yield from handlers
    elif place.kind is not PlaceKind.DONE:
        yield (element, place.kind is not PlaceKind.AGAIN)
        events = (*graph.boundary.get(element, ()), *graph.handlers.get(element, ()))
        yield from ((event.id, False) for event in events)


def _spread(asked: Mapping[_Point, int], steps: Mapping[_Point, list[_Point]]) -> dict[_Point, int]:
    """Return what is asked at each point or anywhere behind it."""
    before: dict[_Point, list[_Point]] = defaultdict(list)
    for source, targets in steps.items():
        for target in targets:
            before[target].append(source)
    ahead = dict(asked)
    todo = list(asked)
    while todo:
        point = todo.pop()
        for earlier in before[point]:
            found = ahead.get(earlier, 0) | ahead[point]
            if found != ahead.get(earlier, 0):
                ahead[earlier] = found
                todo.append(earlier)
    return ahead
