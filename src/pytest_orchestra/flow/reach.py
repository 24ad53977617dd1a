"""What can be come to, as drawn: by flows, links, events and sub-processes."""

from __future__ import annotations

from collections.abc import Container

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.model import ElementId


def reachable_nodes(
    graph: ProcessGraph, without: Container[ElementId] = frozenset()
) -> set[ElementId]:
    """Return the nodes that flows, links, events and sub-processes lead to from a start.

    Args:
        graph: the process.
        without: flows and events that are not followed.
    """
    todo = [entry.id for entry in graph.entries(graph.process.id)]
    todo.extend(handler.id for handler in graph.handlers.get(graph.process.id, ()))
    todo.extend(node.id for node in graph.nodes.values() if node.for_compensation)
    return nodes_from(graph, todo, without)


def nodes_from(
    graph: ProcessGraph, todo: list[ElementId], without: Container[ElementId] = frozenset()
) -> set[ElementId]:
    """Return the nodes that the same leads to from some nodes, these included."""
    seen: set[ElementId] = set()
    while todo:
        node = todo.pop()
        if node not in seen and node not in without:
            seen.add(node)
            barred = {f.target for f in graph.outgoing.get(node, ()) if f.id in without}
            barred -= {f.target for f in graph.outgoing.get(node, ()) if f.id not in without}
            todo.extend(after for after in graph.successors(node) if after not in barred)
            todo.extend(entry.id for entry in graph.entries(node))
            todo.extend(handler.id for handler in graph.handlers.get(node, ()))
    return seen
