"""Where ways part, and the ways on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from pytest_orchestra.flow.catching import Catching
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.splits import MAX_SETS, Ways, alternatives, combinations
from pytest_orchestra.flow.turns import NO_TURNS, Turns
from pytest_orchestra.model import ElementId, FlowNode, NodeKind

_Way = tuple[Ways, ElementId | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way on.

    Attributes:
        index: its place in ``Decisions.outcomes``.
        at: the node where ways part; a scope that has several start events or an event
            sub-process.
        flows: the flows taken.
        event: the boundary event, event sub-process or start event that occurs.
        turns: how many turns an activity with a marker takes.
        combined: whether only ``paths`` takes these flows together.
    """

    index: int
    at: ElementId
    flows: Ways
    event: ElementId | None = None
    turns: int | None = None
    combined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A place where ways part.

    Attributes:
        outcomes: its ways on, the element's own before the events that may come.
        may_pass: whether it is an event that need not come: then there is one outcome more,
            that it does not.
    """

    at: ElementId
    outcomes: tuple[Outcome, ...]
    may_pass: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeEvents:
    """The events that may come while a host or scope is active, in order of ids."""

    interrupting: tuple[FlowNode, ...] = ()
    others: tuple[FlowNode, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.interrupting or self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """All decisions of a process.

    Attributes:
        events: the events that may come at any time, by host and by scope.
        turns: how many turns activities may take; not a decision where it is but one number.
        is_combining: whether what may come together does so in every combination.
        combined: by node, the sets of flows that only then are taken.
        is_cut: whether there are more combinations than are looked at.
    """

    decisions: tuple[Decision, ...]
    outcomes: tuple[Outcome, ...]
    events: Mapping[ElementId, FreeEvents]
    turns: Turns
    indices: Mapping[tuple[ElementId, _Way], int]
    is_combining: bool = False
    combined: Mapping[ElementId, tuple[Ways, ...]] = field(default_factory=dict)
    is_cut: bool = False

    def find(
        self,
        at: ElementId,
        flows: Ways = (),
        event: ElementId | None = None,
        turns: int | None = None,
    ) -> tuple[int, ...]:
        """Return an outcome's index, or nothing where there is no decision."""
        index = self.indices.get((at, (flows, event, turns)))
        return () if index is None else (index,)


def find_decisions(
    graph: ProcessGraph,
    catching: Catching,
    turns: Turns = NO_TURNS,
    *,
    is_combining: bool = False,
) -> Decisions:
    """Find the places of a process where ways part, and their ways on.

    Args:
        graph: the process.
        catching: what becomes of its throws.
        turns: how many turns activities may take.
        is_combining: whether inclusive splits take their flows in every combination.
    """
    combined = _combined(graph) if is_combining else {}
    events: dict[ElementId, FreeEvents] = {}
    for node in graph.nodes.values():
        if free := _boundary_events(graph, catching, node):
            events[node.id] = free
    for scope in graph.handlers:
        own = _event_sub_processes(graph, catching, scope)
        hosted = events.get(scope, FreeEvents())
        events[scope] = FreeEvents(
            interrupting=hosted.interrupting + own.interrupting, others=hosted.others + own.others
        )
    found = sorted([*_turns(turns), *_found(graph, events, combined)], key=lambda found: found[0])
    outcomes: list[Outcome] = []
    decisions: list[Decision] = []
    for at, ways, may_pass in found:
        further = set(combined.get(at, ()))
        numbered = tuple(
            Outcome(
                index=n, at=at, flows=flows, event=event, turns=number, combined=flows in further
            )
            for n, (flows, event, number) in enumerate(ways, start=len(outcomes))
        )
        outcomes.extend(numbered)
        decisions.append(Decision(at=at, outcomes=numbered, may_pass=may_pass))
    return Decisions(
        decisions=tuple(decisions),
        outcomes=tuple(outcomes),
        events=events,
        turns=turns,
        indices={(o.at, (o.flows, o.event, o.turns)): o.index for o in outcomes},
        is_combining=is_combining,
        combined={node: sets[:MAX_SETS] for node, sets in combined.items()},
        is_cut=any(len(sets) > MAX_SETS for sets in combined.values())
        or (is_combining and any(2 ** len(free.others) > MAX_SETS for free in events.values())),
    )


def _combined(graph: ProcessGraph) -> dict[ElementId, tuple[Ways, ...]]:
    """Return the further sets of flows by node, one more than are looked at."""
    found = {
        node.id: tuple(islice(combinations(graph, node), MAX_SETS + 1))
        for node in graph.nodes.values()
        if node.kind is not NodeKind.BOUNDARY_EVENT
    }
    return {node: sets for node, sets in found.items() if sets}


_Found = tuple[ElementId, list[_Way], bool]


def _turns(turns: Turns) -> Iterator[_Found]:
    for activity, numbers in turns.items():
        if len(numbers) > 1:
            yield activity, [((), None, number) for number in numbers], False


def _found(
    graph: ProcessGraph,
    events: Mapping[ElementId, FreeEvents],
    combined: Mapping[ElementId, tuple[Ways, ...]],
) -> Iterator[_Found]:
    for scope in {graph.process.id, *graph.children}:
        starts = graph.start_events(scope)
        if len(starts) > 1:
            yield scope, [(alternatives(graph, s)[0], s.id, None) for s in starts], False
    for node in graph.nodes.values():
        if node.kind is NodeKind.BOUNDARY_EVENT:
            continue
        own: list[_Way] = [(flows, None, None) for flows in alternatives(graph, node)]
        cutting = [e for e in events.get(node.id, FreeEvents()).interrupting if e.attached_to]
        own.extend(_ways_of(graph, cutting))
        own.extend((flows, None, None) for flows in combined.get(node.id, ())[:MAX_SETS])
        if len(own) > 1:
            yield node.id, own, False
    for at, free in events.items():
        alone = [*free.others, *(e for e in free.interrupting if not e.attached_to)]
        for event in alone:
            yield at, _ways_of(graph, [event]), True


def _ways_of(graph: ProcessGraph, events: list[FlowNode]) -> list[_Way]:
    return [(flows, event.id, None) for event in events for flows in alternatives(graph, event)]


def _boundary_events(graph: ProcessGraph, catching: Catching, host: FlowNode) -> FreeEvents:
    is_closed = host.id in graph.children and not graph.is_opened(host)
    if not host.kind.is_activity or is_closed:
        return FreeEvents()
    free = [event for event in graph.boundary.get(host.id, ()) if catching.is_free(event)]
    return FreeEvents(
        interrupting=tuple(event for event in free if event.interrupting),
        others=tuple(event for event in free if not event.interrupting),
    )


def _event_sub_processes(graph: ProcessGraph, catching: Catching, scope: ElementId) -> FreeEvents:
    free = [
        (handler, starts)
        for handler in graph.handlers[scope]
        if (starts := graph.start_events(handler.id)) and catching.is_free(handler, starts)
    ]
    return FreeEvents(
        interrupting=tuple(h for h, starts in free if any(s.interrupting for s in starts)),
        others=tuple(h for h, starts in free if not any(s.interrupting for s in starts)),
    )
