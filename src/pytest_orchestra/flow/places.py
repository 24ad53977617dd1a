"""Where tokens can be: on flows, before nodes that start, in scopes that are active.

A place is a number; numbers follow the canonical order, so the lowest token goes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from pytest_orchestra.flow.compensation import Compensation
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.order import TokenOrder
from pytest_orchestra.flow.turns import Turns
from pytest_orchestra.model import ElementId


class PlaceKind(Enum):
    """What a token at a place means."""

    FLOW = auto()
    """It travels on a flow and waits for the node behind it."""
    NODE = auto()
    """It waits before a node that no flow leads to: a start, a link's catch event."""
    ENTRY = auto()
    """It waits for the choice among several start events of a scope."""
    ACTIVE = auto()
    """A scope is active; the place says how far the events that may come have been passed."""
    DONE = auto()
    """No token but a memory, kept once: an activity completed that may be compensated."""
    THROWN = auto()
    """It waits at a throw until what is to be compensated has been."""
    AGAIN = auto()
    """A sub-process that is active has further turns to take, once nothing is left inside."""


class Stage(Enum):
    """Whether the place for events that may come at any time to a scope is still ahead."""

    FRESH = 0
    """It is ahead."""
    SETTLED = 1
    """It is behind, or there are no such events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place.

    Attributes:
        element: the flow, the node or the scope.
        target: the node that a token here comes to; the scope itself of ENTRY, ACTIVE and AGAIN.
        scope: the process or sub-process that the token keeps from completing.
        turns: of AGAIN: how many are to come.
    """

    kind: PlaceKind
    element: ElementId
    target: ElementId
    scope: ElementId
    stage: Stage = Stage.SETTLED
    turns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """All places of a process.

    Attributes:
        listed: by number.
        flows: the number of each flow's place.
        nodes: of each node without a flow to it that can be come to.
        entries: of each scope with several start events.
        active: of each scope that can be active, by stage; without events that may come all the
            same. A process without such events is not marked as active at all.
        done: of each activity that may be compensated.
        thrown: of each throw that compensates.
        again: of each sub-process that may take several turns, by how many are to come, from 1.
        inside: what ends with a scope.
        kept: what a scope's activities leave behind, which may outlast it.
    """

    listed: tuple[Place, ...]
    flows: Mapping[ElementId, int]
    nodes: Mapping[ElementId, int]
    entries: Mapping[ElementId, int]
    active: Mapping[ElementId, Mapping[Stage, int]]
    done: Mapping[ElementId, int]
    thrown: Mapping[ElementId, int]
    again: Mapping[ElementId, tuple[int, ...]]
    inside: Mapping[ElementId, frozenset[int]]
    kept: Mapping[ElementId, frozenset[int]]

    def opening(self, graph: ProcessGraph, scope: ElementId, turns: int = 1) -> tuple[int, ...]:
        """Return the tokens that a scope has when it becomes active for a number of turns."""
        active = self.active.get(scope)
        mark = () if active is None else (active[Stage.FRESH],)
        return (*mark, *self.turn(graph, scope, turns - 1))

    def turn(self, graph: ProcessGraph, scope: ElementId, to_come: int) -> tuple[int, ...]:
        """Return the tokens with which a turn of a scope begins that others may follow."""
        again = (self.again[scope][to_come - 1],) if to_come else ()
        if scope in self.entries:
            return (*again, self.entries[scope])
        return (*again, *(self.nodes[entry.id] for entry in graph.entries(scope)))


def lay_places(
    graph: ProcessGraph,
    order: TokenOrder,
    watched: Collection[ElementId],
    parked: Collection[ElementId],
    compensation: Compensation,
    *,
    turns: Turns,
) -> Places:
    """Lay out the places of a process.

    Args:
        graph: the process.
        order: which token goes first.
        watched: the scopes to which an event may come at any time.
        parked: flows that turn back whose tokens go last of all.
        compensation: what is undone by what.
        turns: how many turns activities may take.
    """
    ranked = [
        *_rank(graph, order, watched, parked),
        *_rank_compensation(graph, order, compensation),
        *_rank_turns(graph, order, turns),
    ]
    ranked.sort(key=lambda item: item[0])
    listed = tuple(place for _, place in ranked)
    by_kind: dict[PlaceKind, dict[ElementId, int]] = {kind: {} for kind in PlaceKind}
    active: defaultdict[ElementId, dict[Stage, int]] = defaultdict(dict)
    again: defaultdict[ElementId, tuple[int, ...]] = defaultdict(tuple)
    for number, place in enumerate(listed):
        by_kind[place.kind][place.element] = number
        if place.kind is PlaceKind.ACTIVE:
            active[place.element][place.stage] = number
        if place.kind is PlaceKind.AGAIN:
            again[place.element] = (number, *again[place.element])
    for stages in active.values():
        for stage in Stage:
            stages.setdefault(stage, stages[Stage.SETTLED])
    return Places(
        listed=listed,
        flows=by_kind[PlaceKind.FLOW],
        nodes=by_kind[PlaceKind.NODE],
        entries=by_kind[PlaceKind.ENTRY],
        active=active,
        done=by_kind[PlaceKind.DONE],
        thrown=by_kind[PlaceKind.THROWN],
        again=again,
        inside=_insides(graph, listed, is_kept=False),
        kept=_insides(graph, listed, is_kept=True),
    )


_Ranked = tuple[tuple[int, str, int], Place]


def _rank(
    graph: ProcessGraph,
    order: TokenOrder,
    watched: Collection[ElementId],
    parked: Collection[ElementId],
) -> Iterator[_Ranked]:
    for flow in graph.flows.values():
        scope = graph.nodes[flow.source].scope
        rank = order.position[flow.target]
        if flow.id in order.back:
            rank = order.parking[scope] if flow.id in parked else order.turning[scope]
        place = Place(kind=PlaceKind.FLOW, element=flow.id, target=flow.target, scope=scope)
        yield (rank, flow.id, 0), place
    scopes = [graph.process.id, *(s for s in graph.children if s in graph.nodes)]
    started = {entry.id for scope in scopes for entry in graph.entries(scope)}
    for node in sorted(started.union(graph.links.values())):
        scope = graph.nodes[node].scope
        place = Place(kind=PlaceKind.NODE, element=node, target=node, scope=scope)
        yield (order.position[node], "", 0), place
    for scope in scopes:
        yield from _rank_scope(graph, order, scope, watched)


def _rank_scope(
    graph: ProcessGraph, order: TokenOrder, scope: ElementId, watched: Collection[ElementId]
) -> Iterator[_Ranked]:
    if len(graph.start_events(scope)) > 1:
        place = Place(kind=PlaceKind.ENTRY, element=scope, target=scope, scope=scope)
        yield (order.position[scope], "", 0), place
    outside = graph.nodes[scope].scope if scope in graph.nodes else ElementId("")
    if outside or scope in watched:
        for stage in Stage if scope in watched else (Stage.SETTLED,):
            place = Place(
                kind=PlaceKind.ACTIVE, element=scope, target=scope, scope=outside, stage=stage
            )
            yield (order.closing[scope], "", stage.value), place


def _rank_compensation(
    graph: ProcessGraph, order: TokenOrder, compensation: Compensation
) -> Iterator[_Ranked]:
    for activity in sorted(compensation.remembered):
        scope = graph.nodes[activity].scope
        nowhere = ElementId("")
        place = Place(kind=PlaceKind.DONE, element=activity, target=nowhere, scope=scope)
        yield (order.position[activity], "", len(Stage)), place
    for throw in sorted(compensation.undone):
        scope = graph.nodes[throw].scope
        place = Place(kind=PlaceKind.THROWN, element=throw, target=throw, scope=scope)
        yield (order.position[throw], "", 0), place


def _rank_turns(graph: ProcessGraph, order: TokenOrder, turns: Turns) -> Iterator[_Ranked]:
    """Yield the places of turns to come: before the place that completes their sub-process."""
    for node in (graph.nodes[activity] for activity in turns):
        for to_come in range(1, max(turns[node.id])) if graph.is_opened(node) else ():
            place = Place(
                kind=PlaceKind.AGAIN,
                element=node.id,
                target=node.id,
                scope=node.scope,
                turns=to_come,
            )
            yield (order.closing[node.id], "", -to_come), place


def _insides(
    graph: ProcessGraph, listed: tuple[Place, ...], *, is_kept: bool
) -> dict[ElementId, frozenset[int]]:
    inside: defaultdict[ElementId, set[int]] = defaultdict(set)
    for number, place in enumerate(listed):
        scope = place.scope
        while scope and is_kept is (place.kind is PlaceKind.DONE):
            inside[scope].add(number)
            scope = graph.nodes[scope].scope if scope in graph.nodes else ElementId("")
    return {scope: frozenset(numbers) for scope, numbers in inside.items()}
