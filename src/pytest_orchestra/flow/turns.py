"""How many turns an activity with a loop or multi-instance marker may take (BPMN 2.0, 10.3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.model import ElementId, FlowNode, Loop, LoopKind

MAX_TURNS = 1000
"""More can be asked neither of an activity nor of a loop of flows."""

Turns = Mapping[ElementId, tuple[int, ...]]
"""By activity with a marker the numbers of turns that it may take, the default one first."""

NO_TURNS: Turns = MappingProxyType({})
"""Every activity takes one turn."""


def allowed_turns(
    graph: ProcessGraph,
    max_iterations: int,
    of_single: Mapping[ElementId, int],
    *,
    every: bool = False,
) -> Turns:
    """Return the numbers of turns of each activity with a marker: 1, N, and 0 where it may be.

    Args:
        graph: the process.
        max_iterations: N; a literal bound of the marker that is lower counts.
        of_single: N of single activities.
        every: whether any number up to N is wanted.
    """
    return {
        node.id: _numbers(node.loop, of_single.get(node.id, max_iterations), every=every)
        for node in graph.nodes.values()
        if node.loop and node.kind.is_activity and not node.triggered_by_event
    }


def is_parallel(node: FlowNode) -> bool:
    """Whether the turns of an activity are instances that run at the same time."""
    return node.loop is not None and node.loop.kind is LoopKind.PARALLEL


def _numbers(loop: Loop, most: int, *, every: bool) -> tuple[int, ...]:
    if loop.maximum is not None:
        most = min(most, loop.maximum)
    if loop.kind is LoopKind.STANDARD:
        none = (0,) if loop.test_before else ()
    else:
        none = () if loop.maximum else (0,)
    if none and loop.maximum == 0:
        return none
    more = range(2, most + 1) if every else (most,) * (most > 1)
    return (1, *more, *none)
