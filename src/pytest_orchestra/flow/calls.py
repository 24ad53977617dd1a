"""The processes that call activities call, and how each is gone through.

By its own ``main``; where the caller catches a throw, by the nearest way that throws it. A
process that is being called already is not looked into again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain, islice, product
from types import MappingProxyType

from pytest_orchestra.flow.callees import called_process, find_recursions
from pytest_orchestra.flow.catching import Escape, is_caught, takes, thrown_by
from pytest_orchestra.flow.graph import ProcessGraph, index_process
from pytest_orchestra.flow.readings import named
from pytest_orchestra.flow.scenario import Moment, Passage
from pytest_orchestra.flow.search import Demand, RunFinder
from pytest_orchestra.flow.space import Run
from pytest_orchestra.flow.telling import tell_run
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.flow.weaving import CallEnd, InnerWay, Woven, catches_throws, weave
from pytest_orchestra.model import (
    ElementId,
    EventDefinition,
    FlowNode,
    NodeKind,
    Problem,
    Process,
    Severity,
)

MAX_MOMENTS = 20_000
"""Moments of a way beyond which further calls are not looked into."""

MAX_READINGS = 100
"""Sets of flows that are tried for one throwing way, where several nodes throw."""

FindMain = Callable[[ProcessGraph], tuple[RunFinder, Run]]
"""Explores a process; ``main`` is empty where no run ends well."""

_Calling = frozenset[ElementId]

_Throw = tuple[FlowNode, EventDefinition]


class Calls:
    """How the calls of one process are gone through.

    Args:
        processes: those that may be called, by id.
        find_main: explores one of them.
    """

    def __init__(self, processes: Mapping[str, Process], find_main: FindMain) -> None:
        self._processes = processes
        self._find_main = find_main
        self._explored: dict[ElementId, tuple[RunFinder, Run]] = {}
        self._thrown_out: dict[ElementId, tuple[_Throw, ...]] = {}
        self._ways: dict[tuple[ElementId, CallEnd, _Calling], InnerWay | None] = {}
        self._is_cut = False

    def weave(self, graph: ProcessGraph, moments: tuple[Moment, ...]) -> Woven:
        """Tell called ways inside a way of the calling process."""
        return self._weave(graph, moments, frozenset({graph.process.id}))

    def _weave(
        self,
        graph: ProcessGraph,
        moments: tuple[Moment, ...],
        calling: _Calling,
        handed: Mapping[int, CallEnd] = MappingProxyType({}),
    ) -> Woven:
        if not self._processes:
            return Woven(moments=moments, places=range(len(moments)))
        size = len(moments)

        def go_through(node: FlowNode, end: CallEnd) -> InnerWay | None:
            nonlocal size
            way = self._way(node, end, calling)
            size += len(way.woven.moments) if way else 0
            if size <= MAX_MOMENTS:
                return way
            self._is_cut = True
            return None

        return weave(graph, moments, go_through, handed)

    def _way(self, node: FlowNode, end: CallEnd, calling: _Calling) -> InnerWay | None:
        process = called_process(node, self._processes)
        if process is None or process.id in calling:
            return None
        key = (process.id, end, calling)
        if key not in self._ways:
            self._ways[key] = self._gone_through(process, end, calling | {process.id})
        return self._ways[key]

    def _gone_through(self, process: Process, end: CallEnd, calling: _Calling) -> InnerWay | None:
        finder, main = self._explore(process)
        if not main:
            return None
        thrown = self._throwing_run(finder, end.catches) if end.catches else None
        if end.is_ended or (end.is_cut and thrown is None):
            return InnerWay(process_id=process.id)
        game = finder.routes.space.game
        moments = tell_run(game, thrown or main, finder.routes.defaults).moments
        throws = self._throws(finder, moments, end.catches) if thrown else ()
        if end.is_cut and throws:
            moments = moments[: throws[0][1] + 1]
        by_event = {event.id: event for event in end.catches}
        handed = {
            place: CallEnd(catches=(by_event[event],), is_cut=end.is_cut)
            for event, place in throws
            if place < len(moments)
        }
        woven = self._weave(game.graph, moments, calling, handed)
        entries = ((event, woven.places[place]) for event, place in throws if place in handed)
        placed = tuple((event, woven.thrown.get((event, at), at)) for event, at in entries)
        return InnerWay(process_id=process.id, woven=woven, throws=placed)

    def _explore(self, process: Process) -> tuple[RunFinder, Run]:
        if process.id not in self._explored:
            self._explored[process.id] = self._find_main(index_process(process))
        return self._explored[process.id]

    def _throwing_run(self, finder: RunFinder, catches: tuple[FlowNode, ...]) -> Run | None:
        """Return the nearest run of a called process that throws what all these events catch."""
        graph = finder.routes.space.game.graph
        ways = [
            [
                (flow.id,) if flow else ()
                for node in self._throwers(finder, event)
                for flow in graph.incoming.get(node.id, (None,))
            ]
            for event in catches
        ]
        found = (
            finder.find(Demand(flows=tuple(dict.fromkeys(chain.from_iterable(flows))))).run
            for flows in islice(product(*ways), MAX_READINGS)
        )
        runs = [run for run in found if run]
        return min(runs, key=lambda run: sum(map(finder.routes.cost, run)), default=None)

    def _throwers(self, finder: RunFinder, event: FlowNode) -> Iterator[FlowNode]:
        """Yield the nodes of a called process that throw what an event at the call takes."""
        for node, thrown in self._throws_out(finder):
            if takes(event, thrown):
                yield node

    def _throws_out(self, finder: RunFinder) -> tuple[_Throw, ...]:
        """Return what leaves a process uncaught, and the node or call that throws it."""
        game = finder.routes.space.game
        known = self._thrown_out.get(game.graph.process.id)
        if known is None:
            self._thrown_out[game.graph.process.id] = ()
            known = tuple(self._find_throws(game))
            self._thrown_out[game.graph.process.id] = known
        return known

    def _find_throws(self, game: TokenGame) -> Iterator[_Throw]:
        for node in sorted(game.graph.nodes.values(), key=lambda node: node.id):
            thrown = thrown_by(node)
            is_free = node.id not in game.catching.catches
            is_free &= game.catching.escapes.get(node.id) is not Escape.HAS_NO_WAY_ON
            if thrown and is_free:
                yield node, thrown
            process = called_process(node, self._processes)
            if process is None or not self._explore(process)[1]:
                continue
            for _, passed in self._throws_out(self._explore(process)[0]):
                if not is_caught(game.graph, node, passed):
                    yield node, passed

    def _throws(
        self, finder: RunFinder, moments: tuple[Moment, ...], catches: tuple[FlowNode, ...]
    ) -> tuple[tuple[ElementId, int], ...]:
        """Return, by event, the first moment that throws what it takes."""
        found: dict[ElementId, int] = {}
        for event in catches:
            nodes = {node.id for node in self._throwers(finder, event)}
            for place, moment in enumerate(moments):
                if moment.passage is Passage.ENTERED and moment.element in nodes:
                    found.setdefault(event.id, place)
        return tuple(found.items())

    def problems(self, graph: ProcessGraph) -> Iterator[Problem]:
        """Yield what is to be known of the calls of a process."""
        for node in graph.nodes.values():
            if node.kind is NodeKind.CALL_ACTIVITY:
                yield from self._problems_of(graph, node)
        yield from find_recursions(graph.process, self._processes)
        if self._is_cut:
            yield Problem(
                severity=Severity.WARNING,
                code="calls-cut",
                element_id=graph.process.id,
                location=graph.process.location,
                message=f"its called processes have more than {MAX_MOMENTS} moments in one way",
                hint="Test the called processes on their own",
            )

    def _problems_of(self, graph: ProcessGraph, node: FlowNode) -> Iterator[Problem]:
        about = partial(Problem, severity=Severity.INFO, element_id=node.id, location=node.location)
        process = called_process(node, self._processes)
        if process is None:
            yield about(
                code="call-opaque", message=f"the called process of {named(node)} is not known"
            )
            return
        if process.id == graph.process.id:
            return
        finder, main = self._explore(process)
        self._way(node, CallEnd(), frozenset({graph.process.id}))
        if not main:
            yield about(
                severity=Severity.WARNING,
                code="call-without-way",
                message=f"'{process.id}', which {named(node)} calls, has no way to its end",
                hint="Look at the problems of that process",
            )
            return
        for event in graph.boundary.get(node.id, ()):
            if catches_throws(event) and self._throwing_run(finder, (event,)) is None:
                yield about(
                    element_id=event.id,
                    location=event.location,
                    code="call-throws-nothing",
                    message=f"nothing in '{process.id}' throws what {named(event)} takes",
                    hint="Throw it there, or bind steps at the event",
                )
