"""The canonical order in which tokens are advanced, and the flows that turn back.

Branches come one after the other, a join after its branches, what ends others last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.model import ElementId


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOrder:
    """Which token goes first: the one before the node of lowest rank.

    Attributes:
        position: a node's rank.
        turning: the rank of tokens that turn back in a scope: after all that lead on.
        parking: the same for those that will never come to an end: also after what ends others.
        closing: the rank of a scope's completion, after all that it holds.
        back: the flows that turn back (retreating edges of a depth-first walk).
    """

    position: Mapping[ElementId, int]
    turning: Mapping[ElementId, int]
    parking: Mapping[ElementId, int]
    closing: Mapping[ElementId, int]
    back: frozenset[ElementId]


class _Turn(Enum):
    NODE = auto()
    TURNING = auto()
    PARKING = auto()
    CLOSING = auto()


def order_tokens(graph: ProcessGraph, late: Mapping[ElementId, ElementId]) -> TokenOrder:
    """Rank the nodes of a process.

    Args:
        graph: the process.
        late: events that end other tokens, with the scope in which they do: they go last there.
    """
    last: defaultdict[ElementId, list[ElementId]] = defaultdict(list)
    for event, scope in sorted(late.items()):
        last[scope].append(event)
    ranks: dict[_Turn, dict[ElementId, int]] = {turn: {} for turn in _Turn}
    back: set[ElementId] = set()
    todo = [(_Turn.NODE, graph.process.id)]
    rank = 0
    while todo:
        turn, element = todo.pop()
        ranks[turn][element] = rank = rank + 1
        if turn is _Turn.NODE and (element in graph.children or element not in graph.nodes):
            walk = _Walk(graph, element)
            back |= walk.back
            agenda = [(_Turn.NODE, node) for node in walk.nodes if node not in late]
            agenda.append((_Turn.TURNING, element))
            agenda.extend((_Turn.NODE, event) for event in last[element])
            agenda.extend([(_Turn.PARKING, element), (_Turn.CLOSING, element)])
            todo.extend(reversed(agenda))
    return TokenOrder(
        position=ranks[_Turn.NODE],
        turning=ranks[_Turn.TURNING],
        parking=ranks[_Turn.PARKING],
        closing=ranks[_Turn.CLOSING],
        back=frozenset(back),
    )


class _Walk:
    """A depth-first walk through one scope.

    Attributes:
        nodes: the scope's nodes in reverse postorder; branches in order of their flows' ids.
        back: flows to a node from which the walk came.
    """

    def __init__(self, graph: ProcessGraph, scope: ElementId) -> None:
        self.back: set[ElementId] = set()
        self._graph = graph
        self._inside = {node.id for node in graph.children.get(scope, ())}
        self._seen: set[ElementId] = set()
        self._open: set[ElementId] = set()
        started = self._visit(node.id for node in reversed(graph.entries(scope)))
        self.nodes = started + self._visit(sorted(self._inside, reverse=True))

    def _visit(self, roots: Iterable[ElementId]) -> list[ElementId]:
        finished: list[ElementId] = []
        for root in roots:
            stack = [root]
            while stack:
                node = stack[-1]
                if node not in self._seen:
                    self._seen.add(node)
                    self._open.add(node)
                    stack.extend(self._ways_on(node))
                    continue
                stack.pop()
                if node in self._open:
                    self._open.remove(node)
                    finished.append(node)
        return finished[::-1]

    def _ways_on(self, node: ElementId) -> list[ElementId]:
        """Return the nodes to walk next, the last one first, and note the flows that turn back."""
        flows = self._graph.outgoing.get(node, ())
        self.back.update(flow.id for flow in flows if flow.target in self._open)
        return [
            target
            for target in self._graph.successors(node)
            if target in self._inside and target not in self._seen
        ]
