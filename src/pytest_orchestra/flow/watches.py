"""Where events that may come at any time are placed.

At the first wait of their scope, else at its first activity, else at its first node; what has
no end of its own may be interrupted later too.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pytest_orchestra.flow.decisions import Decisions
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.move import Watch
from pytest_orchestra.flow.places import Stage
from pytest_orchestra.flow.reach import reachable_nodes
from pytest_orchestra.model import ElementId, FlowNode


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What a scope holds that can be come to, event sub-processes apart."""

    has_wait: bool = False
    has_activity: bool = False


def place_watches(graph: ProcessGraph, decisions: Decisions) -> dict[ElementId, tuple[Watch, ...]]:
    """Return, by node, what may come there: one watch for each scope around and its stage."""
    if not decisions.events:
        return {}
    led_to = reachable_nodes(graph)
    content = {
        scope: _content(graph, scope, led_to)
        for scope in decisions.events
        if scope not in graph.nodes or graph.is_opened(graph.nodes[scope])
    }
    found = {node.id: _watches(graph, node, content) for node in graph.nodes.values()}
    return {node: watches for node, watches in found.items() if watches}


def _content(graph: ProcessGraph, scope: ElementId, led_to: AbstractSet[ElementId]) -> _Content:
    inner: list[FlowNode] = []
    todo = [scope]
    while todo:
        for node in graph.children.get(todo.pop(), ()):
            if node.triggered_by_event or node.for_compensation or node.id not in led_to:
                continue
            if graph.is_opened(node):
                todo.append(node.id)
            else:
                inner.append(node)
    return _Content(
        has_wait=any(graph.is_wait(node) for node in inner),
        has_activity=any(node.kind.is_activity for node in inner),
    )


def _watches(
    graph: ProcessGraph, node: FlowNode, content: Mapping[ElementId, _Content]
) -> tuple[Watch, ...]:
    if graph.is_opened(node):
        return ()
    watches: list[Watch] = []
    for scope in graph.scopes_around(node):
        if scope in content:
            watches.extend(_watches_of(graph, node, scope, content[scope]))
        if scope in graph.nodes and graph.nodes[scope].triggered_by_event:
            break
    return tuple(watches)


def _watches_of(
    graph: ProcessGraph, node: FlowNode, scope: ElementId, content: _Content
) -> list[Watch]:
    is_activity = node.kind.is_activity
    late = Watch(scope=scope, stage=Stage.SETTLED, after=Stage.SETTLED, misplaced=True)
    if is_activity and content.has_wait and not graph.is_wait(node):
        return [Watch(scope=scope, stage=Stage.FRESH, after=Stage.FRESH, misplaced=True), late]
    if graph.is_wait(node) or is_activity or not (content.has_wait or content.has_activity):
        return [Watch(scope=scope, stage=Stage.FRESH, after=Stage.SETTLED), late]
    return []
