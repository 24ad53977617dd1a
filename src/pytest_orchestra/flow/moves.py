"""What can happen in one go when a token comes to a node.

An activity is entered, may be met by events, and is left or interrupted, all in one move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from pytest_orchestra.flow.catching import Catch, Catching
from pytest_orchestra.flow.decisions import Decisions
from pytest_orchestra.flow.graph import ProcessGraph, has_event
from pytest_orchestra.flow.move import Firing, Move, MoveKind, Watch
from pytest_orchestra.flow.places import Places, Stage
from pytest_orchestra.flow.splits import MAX_SETS, alternatives, some_of
from pytest_orchestra.model import ElementId, EventKind, FlowNode, NodeKind


class MoveMaker:
    """Makes the moves of one process."""

    def __init__(
        self, graph: ProcessGraph, catching: Catching, decisions: Decisions, places: Places
    ) -> None:
        self._graph = graph
        self._catching = catching
        self._decisions = decisions
        self._places = places

    def start(self, scope: ElementId) -> list[Move]:
        """Return a move for each of a scope's start events."""
        return [
            Move(
                kind=MoveKind.START,
                element=scope,
                produced=(self._places.nodes[event.id],),
                outcomes=self._decisions.find(scope, alternatives(self._graph, event)[0], event.id),
            )
            for event in self._graph.start_events(scope)
        ]

    def close(self, scope: ElementId) -> list[Move]:
        """Return the ways in which a scope with nothing left inside is completed."""
        node = self._graph.nodes.get(scope)
        if node is None:
            return [Move(kind=MoveKind.CLOSE, element=scope)]
        return [replace(move, kind=MoveKind.CLOSE, entered=False) for move in self._leavings(node)]

    def compensate(self, throw: ElementId, handler: ElementId) -> list[Move]:
        """Return the ways in which a handler runs while a throw waits for it."""
        thrown = self._places.thrown[throw]
        return [
            replace(move, produced=(*move.produced, thrown))
            for move in self.visit(self._graph.nodes[handler], ())
        ]

    def resume(self, throw: ElementId) -> list[Move]:
        """Return the ways on from a throw that has nothing left to compensate."""
        node = self._graph.nodes[throw]
        catch = self._catching.catches.get(throw)
        if catch:
            return [replace(move, entered=False) for move in self._thrown(node, catch)]
        leavings = self._leavings(node)
        return [replace(move, kind=MoveKind.RESUME, entered=False) for move in leavings]

    def again(self, scope: ElementId, to_come: int) -> list[Move]:
        """Return the move with which a sub-process begins its next turn.

        Args:
            scope: the sub-process.
            to_come: how many turns are to come, this one included.
        """
        tokens = self._places.turn(self._graph, scope, to_come - 1)
        return [Move(kind=MoveKind.AGAIN, element=scope, entered=True, produced=tokens)]

    def visit(self, node: FlowNode, watches: tuple[Watch, ...]) -> list[Move]:
        """Return what can happen when a token comes to a node."""
        calm = list(self._calm(node))
        running = [move for move in calm if move.turns]
        moves = [self._settled(move, watches) if move.turns else move for move in calm]
        for watch in watches:
            met = [*self._accompanied(node, watch, running), *self._interruptions(node, watch)]
            moves.extend(self._settled(move, watches, watch) for move in met)
        return moves

    def _calm(self, node: FlowNode) -> Iterator[Move]:
        """Yield what can happen with nothing coming from around, for each number of turns."""
        numbers = self._decisions.turns.get(node.id)
        if numbers is None:
            yield from self._taking(node, 1)
            return
        for turns in numbers:
            chosen = self._decisions.find(node.id, turns=turns)
            for move in self._taking(node, turns):
                yield replace(move, turns=turns, outcomes=chosen + move.outcomes)

    def _taking(self, node: FlowNode, turns: int) -> Iterator[Move]:
        if not turns:
            done = self._places.done.get(node.id)
            for move in self._leavings(node):
                kept = tuple(place for place in move.produced if place != done)
                yield replace(move, produced=kept)
        elif self._graph.is_opened(node):
            opening = self._places.opening(self._graph, node.id, turns)
            yield Move(kind=MoveKind.OPEN, element=node.id, entered=True, produced=opening)
        else:
            yield from self._own(node)

    # -- what a node does by itself ------------------------------------------------------------

    def _own(self, node: FlowNode) -> Iterator[Move]:
        catch = self._catching.catches.get(node.id)
        if node.id in self._places.thrown:
            thrown = (self._places.thrown[node.id],)
            yield Move(kind=MoveKind.VISIT, element=node.id, entered=True, produced=thrown)
        elif catch and catch.interrupting:
            yield from self._thrown(node, catch)
        elif node.kind is NodeKind.END_EVENT and has_event(node, EventKind.TERMINATE):
            cut = self._places.inside[node.scope]
            for move in self._leavings(node):
                yield replace(move, produced=(), cut=cut)
        else:
            firings = self._firings(catch.scope, catch.catcher)[:1] if catch else []
            for move in self._leavings(node):
                yield replace(move, fired=tuple(firings)) if firings else move
            yield from self._met_by_events(node)

    def _leavings(self, node: FlowNode) -> Iterator[Move]:
        """Yield the moves in which a node is passed undisturbed."""
        link = self._graph.links.get(node.id)
        jump = () if link is None else (self._places.nodes[link],)
        done = (self._places.done[node.id],) if node.id in self._places.done else ()
        ways = alternatives(self._graph, node)
        for n, flows in enumerate(ways + self._decisions.combined.get(node.id, ())):
            yield Move(
                kind=MoveKind.VISIT,
                element=node.id,
                entered=True,
                flows=flows,
                produced=(*(self._places.flows[flow] for flow in flows), *jump, *done),
                outcomes=self._decisions.find(node.id, flows),
                combined=n >= len(ways),
            )

    def _met_by_events(self, node: FlowNode) -> Iterator[Move]:
        """Yield the moves in which an event comes while an activity runs."""
        events = self._decisions.events.get(node.id)
        if not events:
            return
        for together in self._alone_and_together(events.others):
            ways = [self._firings(node.id, event) for event in together]
            sets = [[first[0] for first in ways]] if len(together) > 1 else [[f] for f in ways[0]]
            for fired in sets:
                outcomes = tuple(chain.from_iterable(firing.outcomes for firing in fired))
                for move in self._leavings(node):
                    yield replace(
                        move,
                        fired=tuple(fired),
                        outcomes=outcomes + move.outcomes,
                        combined=move.combined or 1 < len(together) < len(events.others),
                    )
        for event in events.interrupting:
            for firing in self._firings(node.id, event):
                move = Move(
                    kind=MoveKind.VISIT,
                    element=node.id,
                    entered=True,
                    fired=(firing,),
                    interrupts=True,
                    outcomes=firing.outcomes,
                )
                yield from (move, *self._preceded(move, node.id, events.others))

    def _preceded(self, move: Move, at: ElementId, events: tuple[FlowNode, ...]) -> Iterator[Move]:
        """Yield the moves in which events that interrupt nothing come before the one that does."""
        for together in self._alone_and_together(events):
            before = tuple(self._firings(at, event)[0] for event in together)
            outcomes = tuple(chain.from_iterable(firing.outcomes for firing in before))
            yield replace(
                move,
                fired=before + move.fired,
                outcomes=outcomes + move.outcomes,
                combined=1 < len(together) < len(events),
            )

    def _thrown(self, node: FlowNode, catch: Catch) -> Iterator[Move]:
        """Yield the moves in which a throw ends what is active around it."""
        for firing in self._firings(catch.scope, catch.catcher):
            yield Move(
                kind=MoveKind.VISIT,
                element=node.id,
                entered=True,
                fired=(firing,),
                cut=self._cut(catch.scope, catch.catcher),
                outcomes=firing.outcomes,
            )

    def _alone_and_together(self, events: tuple[FlowNode, ...]) -> list[tuple[FlowNode, ...]]:
        """Return which of several events come meanwhile: each alone, all, at most any."""
        sets = [(event,) for event in events] + ([events] if len(events) > 1 else [])
        if self._decisions.is_combining:
            sets.extend(islice(some_of(events), MAX_SETS))
        return sets

    # -- what comes from outside ---------------------------------------------------------------

    def _firings(self, at: ElementId, event: FlowNode) -> list[Firing]:
        if not event.attached_to:
            opening = self._places.opening(self._graph, event.id)
            outcomes = self._decisions.find(at, (), event.id)
            return [Firing(event=event.id, produced=opening, outcomes=outcomes)]
        return [
            Firing(
                event=event.id,
                flows=flows,
                produced=tuple(self._places.flows[flow] for flow in flows),
                outcomes=self._decisions.find(at, flows, event.id),
            )
            for flows in alternatives(self._graph, event)
        ]

    def _accompanied(self, node: FlowNode, watch: Watch, calm: list[Move]) -> Iterator[Move]:
        """Yield the moves in which events come to a scope around that interrupt nothing."""
        if watch.stage is Stage.SETTLED:
            return
        events = self._decisions.events[watch.scope].others
        for together in self._alone_and_together(events):
            firings = tuple(self._firings(watch.scope, event)[0] for event in together)
            outcomes = tuple(chain.from_iterable(firing.outcomes for firing in firings))
            for move in calm:
                yield replace(
                    move,
                    fired=firings + move.fired,
                    fired_first=not node.kind.is_activity,
                    outcomes=outcomes + move.outcomes,
                    misplaced=watch.misplaced,
                    combined=move.combined or 1 < len(together) < len(events),
                )

    def _interruptions(self, node: FlowNode, watch: Watch) -> Iterator[Move]:
        """Yield the moves in which an event ends what is active in a scope around."""
        events = self._decisions.events[watch.scope]
        hosted = tuple(event for event in events.others if event.attached_to)
        for event in events.interrupting:
            for firing in self._firings(watch.scope, event):
                move = Move(
                    kind=MoveKind.VISIT,
                    element=node.id,
                    entered=node.kind.is_activity,
                    fired=(firing,),
                    interrupts=node.kind.is_activity,
                    cut=self._cut(watch.scope, event),
                    outcomes=firing.outcomes,
                    misplaced=watch.misplaced,
                )
                yield move
                if watch.stage is Stage.FRESH:
                    yield from self._preceded(move, watch.scope, hosted)

    def _cut(self, scope: ElementId, event: FlowNode) -> frozenset[int]:
        inside = self._places.inside[scope]
        if not event.attached_to:
            return inside
        places = self._places
        return inside.union(
            places.active[scope].values(), places.kept.get(scope, ()), places.again.get(scope, ())
        )

    def _settled(self, move: Move, watches: tuple[Watch, ...], met: Watch | None = None) -> Move:
        """Return a move with the passing of the scopes around to their next stage.

        Args:
            move: what happens at a node.
            watches: the scopes around it.
            met: the one to which an event comes.
        """
        spent: list[int] = []
        settled: list[int] = []
        for watch in watches:
            after = Stage.SETTLED if watch is met else watch.after
            if after is not watch.stage:
                marks = self._places.active[watch.scope]
                spent.append(marks[watch.stage])
                settled.extend([marks[after]] if marks[after] not in move.cut else [])
        return replace(move, spent=tuple(spent), settled=tuple(settled)) if spent else move
