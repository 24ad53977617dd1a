"""Which sets of outgoing flows a node may take (BPMN 2.0, 13.3 and 13.4).

Data is not looked at: any way is open that some data could open.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TypeVar

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.model import ElementId, FlowNode, NodeKind, SequenceFlow

Ways = tuple[ElementId, ...]
"""The flows that a token takes on leaving a node; empty where it ends."""

MAX_SETS = 5_000
"""Sets of flows of one node that are looked at, beside those that every criterion takes."""

_ONE_OF = frozenset({NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EVENT_BASED_GATEWAY})
_SOME_OF = frozenset({NodeKind.INCLUSIVE_GATEWAY, NodeKind.COMPLEX_GATEWAY})

_Flows = tuple[SequenceFlow, ...]


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
    always, maybe, default = _parted(node, flows)
    sets = [(*always, flow) for flow in maybe]
    if len(maybe) > 1:
        sets.append(always + maybe)
    if always or default:
        sets.append(always + default)
    return tuple(_ids(chosen) for chosen in sets)


def combinations(graph: ProcessGraph, node: FlowNode) -> Iterator[Ways]:
    """Yield the other sets of flows that a node may take, the smallest first.

    An inclusive split may take any of its flows together, the default alone (BPMN 2.0, 13.4.3).
    """
    flows = graph.outgoing.get(node.id, ())
    if node.kind in _ONE_OF or node.kind is NodeKind.PARALLEL_GATEWAY:
        return
    always, maybe, _ = _parted(node, flows)
    for chosen in some_of(maybe):
        yield _ids(always + chosen)


_Item = TypeVar("_Item")


def some_of(items: tuple[_Item, ...]) -> Iterator[tuple[_Item, ...]]:
    """Yield the sets of more than one of some items and less than all, the smallest first."""
    for size in range(2, len(items)):
        yield from itertools.combinations(items, size)


def _parted(node: FlowNode, flows: _Flows) -> tuple[_Flows, _Flows, _Flows]:
    """Return the flows that a node always takes, those it may take, and its default."""
    default = tuple(flow for flow in flows if flow.id == node.default_flow)
    if node.kind in _SOME_OF:
        return (), tuple(flow for flow in flows if flow not in default), default
    always = tuple(flow for flow in flows if flow.condition is None and flow not in default)
    return always, tuple(flow for flow in flows if flow.condition and flow not in default), default


def _ids(flows: Sequence[SequenceFlow]) -> Ways:
    return tuple(sorted(flow.id for flow in flows))
