"""Which decisions stand on different branches of a parallel block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, combinations, permutations

from pytest_orchestra.flow.decisions import Decision
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.turns import is_parallel
from pytest_orchestra.model import ElementId, FlowNode, NodeKind

_CHOICES = frozenset({NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EVENT_BASED_GATEWAY})
"""They take one flow only."""


def concurrent_decisions(
    graph: ProcessGraph, decisions: Sequence[Decision]
) -> Iterator[tuple[Decision, Decision]]:
    """Yield each two decisions that stand on different branches of a split.

    What can be reached from two branches without passing the split belongs to neither: it lies
    behind their join. Inclusive splits are left out, as their branches are chosen.
    """
    by_place: dict[ElementId, list[Decision]] = {}
    for decision in decisions:
        by_place.setdefault(decision.at, []).append(decision)
    for split, starts in _splits(graph):
        regions = _regions(graph, split, starts)
        held = [
            [decision for place in sorted(region) for decision in by_place.get(place, ())]
            for region in regions
        ]
        for one, other in combinations(held, 2):
            for first in one:
                for second in other:
                    yield first, second


def concurrent_elements(
    graph: ProcessGraph,
) -> Iterator[tuple[AbstractSet[ElementId], AbstractSet[ElementId]]]:
    """Yield each two sets of nodes of which one may be passed while the other is.

    Branches of all splits that may take several, inclusive ones too, and events that interrupt
    nothing beside what they come to. Each two sets come in both orders.
    """
    for split, starts in (*_splits(graph), *_forks(graph)):
        yield from permutations(_regions(graph, split, starts), 2)
    for scope, handlers in graph.handlers.items():
        around = {node.id for node in graph.nodes_inside(scope)}
        for handler in handlers:
            own = {handler.id, *(node.id for node in graph.nodes_inside(handler.id))}
            yield own, around - own
            yield around - own, own
    for node in graph.nodes.values():
        if is_parallel(node) and graph.is_opened(node):
            inner = {held.id for held in graph.nodes_inside(node.id)}
            yield inner, inner


def _forks(graph: ProcessGraph) -> Iterator[tuple[ElementId, list[ElementId]]]:
    """Yield the other nodes from which several tokens may go on, as ``_splits`` does."""
    for node in graph.nodes.values():
        flows = graph.outgoing.get(node.id, ())
        calm = [event.id for event in graph.boundary.get(node.id, ()) if not event.interrupting]
        is_choice = node.kind in _CHOICES or node.kind is NodeKind.PARALLEL_GATEWAY
        targets = [] if is_choice else [flow.target for flow in flows]
        if len(targets) + len(calm) > 1:
            yield node.id, [*targets, *calm]
        if calm:
            inner = [entry.id for entry in graph.entries(node.id)]
            for event in calm:
                yield node.id, [event, *inner]


def _splits(graph: ProcessGraph) -> Iterator[tuple[ElementId, list[ElementId]]]:
    """Yield the nodes and scopes at which branches part, with the first node of each branch."""
    for scope in sorted({graph.process.id, *graph.children}):
        starts = graph.implicit_starts(scope)
        if len(starts) > 1:
            yield scope, [start.id for start in starts]
    for node in sorted(graph.nodes.values(), key=lambda node: node.id):
        branches = _branches(graph, node)
        if len(branches) > 1:
            yield node.id, branches


def _branches(graph: ProcessGraph, node: FlowNode) -> list[ElementId]:
    flows = graph.outgoing.get(node.id, ())
    if node.kind is NodeKind.PARALLEL_GATEWAY:
        return [flow.target for flow in flows]
    if node.kind.is_gateway:
        return []
    return [f.target for f in flows if f.condition is None and f.id != node.default_flow]


def _regions(
    graph: ProcessGraph, split: ElementId, starts: Sequence[ElementId]
) -> list[set[ElementId]]:
    """Return what only one of the branches leads to, insides of sub-processes included."""
    reached = [_reached(graph, start, split) for start in starts]
    counts = Counter(chain.from_iterable(reached))
    regions: list[set[ElementId]] = []
    for region in reached:
        own = {node for node in region if counts[node] == 1}
        inner = {held.id for node in own for held in graph.nodes_inside(node)}
        regions.append(own | inner)
    return regions


def _reached(graph: ProcessGraph, start: ElementId, split: ElementId) -> set[ElementId]:
    seen = {start} - {split}
    todo = list(seen)
    while todo:
        for target in graph.successors(todo.pop()):
            if target not in seen and target != split:
                seen.add(target)
                todo.append(target)
    return seen
