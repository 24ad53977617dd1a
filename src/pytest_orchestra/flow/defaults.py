"""Which outcome of each decision is the default one: the way on that ends well and soon."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pytest_orchestra.flow.decisions import Decision, Decisions, Outcome
from pytest_orchestra.flow.graph import ProcessGraph, has_event
from pytest_orchestra.flow.steering import UNSTEERED, Steering
from pytest_orchestra.model import ElementId, EventKind, FlowNode, NodeKind

_ABNORMAL = 1 << 24
_FIRED = 1 << 44
_NEVER = 1 << 64
_ABNORMAL_ENDS = (EventKind.ERROR, EventKind.ESCALATION, EventKind.CANCEL, EventKind.TERMINATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortestWays:
    """How far it is to the end of the scope.

    Attributes:
        to_end: by node, itself included: nodes on the way, and far more for an end that is not
            normal and again for an event that must come. A node without a way to an end is
            absent.
        inside: the same for the inside of a sub-process.
        marked: the default flows that lead on.
    """

    to_end: Mapping[ElementId, int]
    inside: Mapping[ElementId, int]
    marked: Mapping[ElementId, ElementId]

    def leads_to_end(self, node: ElementId) -> bool:
        """Whether some way from a node ends its scope."""
        return node in self.to_end


def measure_ways(
    graph: ProcessGraph, back: frozenset[ElementId], steering: Steering = UNSTEERED
) -> ShortestWays:
    """Measure the shortest way to an end from every node.

    Args:
        graph: the process.
        back: the flows that turn back; a marked default flow that only turns back is passed over.
        steering: what the suite says of outcomes.
    """
    to_end: dict[ElementId, int] = {}
    inside: dict[ElementId, int] = {}
    marked: dict[ElementId, ElementId] = {}
    for scope in _inner_first(graph):
        measure = _ScopeMeasure(graph, scope, inside, steering)
        marked |= measure.marks(back)
        to_end |= measure.distances(marked)
        starts = (to_end.get(entry.id, _NEVER) for entry in graph.entries(scope))
        inside[scope] = min(starts, default=0)
    return ShortestWays(to_end=to_end, inside=inside, marked=marked)


class _ScopeMeasure:
    """The nodes of one scope as a graph whose sinks are the scope's ends."""

    def __init__(
        self,
        graph: ProcessGraph,
        scope: ElementId,
        inside: Mapping[ElementId, int],
        steering: Steering,
    ) -> None:
        self._graph = graph
        self._steering = steering
        self._nodes = graph.children.get(scope, ())
        self._ids = {node.id for node in self._nodes}
        self._inside = inside

    def marks(self, back: frozenset[ElementId]) -> dict[ElementId, ElementId]:
        """Return the marked default flows from which an end is reached without turning back."""
        before: defaultdict[ElementId, list[ElementId]] = defaultdict(list)
        sinks: list[ElementId] = []
        for node in self._nodes:
            flows = self._graph.outgoing.get(node.id, ())
            turning = {flow.target for flow in flows if flow.id in back}
            staying = {flow.target for flow in flows if flow.id not in back}
            for target in self._graph.successors(node.id):
                if target in staying or target not in turning:
                    before[target].append(node.id)
            if not flows and node.id not in self._graph.links:
                sinks.append(node.id)
        leading = _closure(sinks, before)
        marks = {
            node.id: flow.id
            for node in self._nodes
            for flow in self._graph.outgoing.get(node.id, ())
            if flow.id == node.default_flow and flow.id not in back and flow.target in leading
        }
        return {node: flow for node, flow in marks.items() if flow not in self._steering.without}

    def distances(self, marked: Mapping[ElementId, ElementId]) -> dict[ElementId, int]:
        """Return the cost of the cheapest way to a sink by node (Dijkstra, backwards)."""
        before: defaultdict[ElementId, list[tuple[ElementId, int]]] = defaultdict(list)
        heap: list[tuple[int, ElementId]] = []
        for node in self._nodes:
            through = 1 + self._inside.get(node.id, 0)
            targets = list(self._ways_on(node, marked))
            if not targets and self._is_sink(node):
                heapq.heappush(heap, (through + _ABNORMAL * _is_abnormal(node), node.id))
            for target in targets:
                before[target].append((node.id, through))
            for event in self._graph.boundary.get(node.id, ()):
                before[event.id].append((node.id, 1 + _FIRED))
        found: dict[ElementId, int] = {}
        while heap:
            cost, element = heapq.heappop(heap)
            if element in found or cost >= _NEVER:
                continue
            found[element] = cost
            for earlier, step in before[element]:
                heapq.heappush(heap, (cost + step, earlier))
        return found

    def _is_sink(self, node: FlowNode) -> bool:
        return not self._graph.outgoing.get(node.id) and node.id not in self._graph.links

    def _ways_on(
        self, node: FlowNode, marked: Mapping[ElementId, ElementId]
    ) -> Iterator[ElementId]:
        flows = self._graph.outgoing.get(node.id, ())
        named = [flow.target for flow in flows if flow.id in self._steering.main]
        yield from named
        mark = marked.get(node.id)
        for flow in () if named else flows:
            always = flow.condition is None and not node.kind.is_gateway
            is_open = flow.id not in self._steering.without
            if (mark is None or flow.id == mark or always) and is_open:
                yield flow.target
        if node.id in self._graph.links:
            yield self._graph.links[node.id]


def choose_defaults(
    graph: ProcessGraph,
    decisions: Decisions,
    ways: ShortestWays,
    steering: Steering = UNSTEERED,
) -> frozenset[int]:
    """Return the indices of the default outcomes.

    What the suite names, else the marked default flow where it leads on, else the shortest way
    to a normal end, else to any end; ties by id. An event that the suite does not name comes by
    default only where nothing else leads to an end.
    """
    chooser = _Chooser(graph, ways, steering)
    chosen = (chooser.choose(decision) for decision in decisions.decisions)
    return frozenset(outcome.index for outcome in chosen if outcome)


class _Chooser:
    def __init__(self, graph: ProcessGraph, ways: ShortestWays, steering: Steering) -> None:
        self._graph = graph
        self._ways = ways
        self._steering = steering

    def choose(self, decision: Decision) -> Outcome | None:
        if decision.may_pass:
            return None
        if decision.outcomes[0].turns is not None:
            return decision.outcomes[0]
        return self._named(decision) or self._nearest(decision)

    def _named(self, decision: Decision) -> Outcome | None:
        """Return the outcome that has most of what the suite names, and least beside."""
        main = self._steering.main
        if not main:
            return None

        def named(outcome: Outcome) -> int:
            is_own = outcome.event is None or outcome.event in main
            flows = sum(flow in main for flow in outcome.flows) if is_own else 0
            return flows + (outcome.event in main)

        outcomes = [outcome for outcome in decision.outcomes if not outcome.combined]
        best = max(outcomes, key=lambda o: (named(o), -len(o.flows)))
        return best if named(best) else None

    def _nearest(self, decision: Decision) -> Outcome:
        node = self._graph.nodes.get(decision.at)
        mark = self._ways.marked.get(decision.at)
        default = () if mark is None else (mark,)
        calm = None if node is None else self._with_always(node, default)
        far = _FIRED if any(outcome.event for outcome in decision.outcomes) else _NEVER
        without = self._steering.without
        outcomes = [
            outcome
            for outcome in decision.outcomes
            if outcome.event not in without and not any(flow in without for flow in outcome.flows)
        ] or decision.outcomes
        for outcome in outcomes:
            is_calm = outcome.event is None and outcome.flows == calm
            if is_calm and self._cost(outcome)[0] < far:
                return outcome
        return min(outcomes, key=self._cost)

    def _with_always(self, node: FlowNode, default: tuple[ElementId, ...]) -> tuple[ElementId, ...]:
        """Return the flows of the default outcome: what is unconditional and the default flow."""
        if node.kind.is_gateway:
            return default
        flows = self._graph.outgoing.get(node.id, ())
        always = {f.id for f in flows if f.condition is None and f.id != node.default_flow}
        return tuple(sorted(always.union(default)))

    def _cost(self, outcome: Outcome) -> tuple[int, int, tuple[ElementId, ...], ElementId]:
        """Return how far an outcome is from the end, for comparison within its decision."""
        to_end = self._ways.to_end
        if outcome.event is not None and self._graph.nodes[outcome.event].attached_to:
            cost = _FIRED + to_end.get(outcome.event, _NEVER)
        elif outcome.event is not None:
            cost = to_end.get(outcome.event, _NEVER)
        else:
            targets = [self._graph.flows[flow].target for flow in outcome.flows]
            cost = min((to_end.get(target, _NEVER) for target in targets), default=0)
            cost += self._ways.inside.get(outcome.at, 0)
        return cost, len(outcome.flows), outcome.flows, outcome.event or ElementId("")


def _is_abnormal(node: FlowNode) -> bool:
    return node.kind is NodeKind.END_EVENT and has_event(node, *_ABNORMAL_ENDS)


def _inner_first(graph: ProcessGraph) -> list[ElementId]:
    """Return the process and its sub-processes, each after those that it holds."""
    scopes = [graph.process.id]
    for scope in scopes:
        inner = graph.children.get(scope, ())
        scopes.extend(node.id for node in inner if node.id in graph.children)
    return scopes[::-1]


def _closure(
    roots: Iterable[ElementId], before: Mapping[ElementId, list[ElementId]]
) -> set[ElementId]:
    seen = set(roots)
    todo = list(seen)
    while todo:
        for earlier in before.get(todo.pop(), ()):
            if earlier not in seen:
                seen.add(earlier)
                todo.append(earlier)
    return seen
