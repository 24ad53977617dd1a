"""A run is told as a way: what happens, in which order, because of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pytest_orchestra.flow.chronicle import ActiveScope, Causes, Chronicle
from pytest_orchestra.flow.demands import Ask, Demands
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.move import Move, MoveKind
from pytest_orchestra.flow.places import PlaceKind
from pytest_orchestra.flow.scenario import Moment, Passage, TakenOutcome, WayCondition
from pytest_orchestra.flow.space import Edge, Run
from pytest_orchestra.flow.splits import Ways
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.flow.turns import is_parallel
from pytest_orchestra.model import ElementId


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldWay:
    """What a run is, moment by moment."""

    moments: tuple[Moment, ...]
    decisions: tuple[TakenOutcome, ...]
    conditions: tuple[WayCondition, ...]
    aside: tuple[WayCondition, ...]


def tell_run(game: TokenGame, run: Run, defaults: AbstractSet[int]) -> ToldWay:
    """Tell a run.

    Args:
        game: the rules by which the run was found.
        run: a complete run.
        defaults: indices of the default outcomes.
    """
    teller = (_EventTeller if game.demands.hosted else _Teller)(game, defaults)
    for edge in run:
        teller.tell(edge)
    return ToldWay(
        moments=tuple(teller.moments),
        decisions=tuple(teller.decisions),
        conditions=tuple(teller.conditions),
        aside=tuple(teller.aside),
    )


class _Teller(Chronicle):
    """Tells moves, one after the other."""

    def __init__(self, game: TokenGame, defaults: AbstractSet[int]) -> None:
        super().__init__(game, defaults)
        self.conditions: list[WayCondition] = []
        self.aside: list[WayCondition] = []
        self._graph: ProcessGraph = game.graph
        self._activities = self._graph.activities
        self.demands: Demands = game.demands
        self._writes = bool(game.demands.conditions.writes)
        self._written: frozenset[str] = game.demands.written_first
        self._undoers = _undoers(game)
        self.put(game.places.opening(self._graph, self._graph.process.id), ())

    def tell(self, edge: Edge) -> None:
        """Tell a move; what completed several times is compensated as often."""
        if self._writes:
            self._written |= self.demands.written_by(edge.move)
        self._tell(edge.move, self.take(edge.consumed))
        undone = [n for n in edge.consumed if self._places[n].kind is PlaceKind.DONE]
        while undone and edge.move.is_plain and self.tokens[undone[0]]:
            self._tell(edge.move, self.take(edge.consumed))
        for place in undone:
            self.tokens.pop(place, None)
        if self._writes:
            self._written |= self.demands.written_after(edge.move)

    def end(self, host: ElementId, visit: int, moment: int) -> None:
        """A visit of a host of events ends."""

    def ask(self, asks: Iterable[Ask], at: ElementId, visit: int, moment: int) -> None:
        """Note what is asked of data at a moment."""
        self.conditions.extend(self._told(asks, at, visit, moment))

    def _told(
        self, asks: Iterable[Ask], at: ElementId, visit: int, moment: int
    ) -> Iterator[WayCondition]:
        for ask in asks:
            yield self.demands.tell(ask, at=at, visit=visit, moment=moment, written=self._written)

    def _tell(self, move: Move, causes: Causes) -> None:
        if move.is_plain:
            self._pass(move, causes)
        elif move.kind is MoveKind.START:
            self.decide(move.outcomes)
            self._start(move, causes)
            self.put(move.produced, causes)
        elif move.kind is MoveKind.CLOSE:
            self._close(move)
        elif move.kind is MoveKind.RESUME:
            self.decide(move.outcomes)
            visit = self.visits[move.element]
            self._leave(move.element, move.flows, (max(causes),), visit, move.produced)
        elif move.kind is MoveKind.AGAIN:
            self._begin_again(move)
        else:
            self._visit(move, causes)

    # -- what a move is made of ----------------------------------------------------------------

    def _pass(self, move: Move, causes: Causes) -> None:
        """Enter a node and leave it, as nearly all moves do."""
        node = move.element
        if node in self._activities:
            here = self._take_turns(node, move.turns, causes)
        else:
            here = (self.happen(Passage.ENTERED, node, causes),)
        if move.outcomes:
            self.decide(move.outcomes)
        self._leave(node, move.flows, here, self.visits[node] or 1, move.produced)
        self._remember(move.produced, move.turns, here[-1])

    def _take_turns(self, node: ElementId, turns: int, causes: Causes) -> Causes:
        """Enter and leave an activity; parallel instances one by one, but not because of another.

        Returns:
            The moments after which no turn is left to wait for.
        """
        if not turns:
            return (self.note(Passage.ENTERED, node, 0, causes),)
        all_left: Causes = ()
        for _ in range(turns):
            here = self.happen(Passage.ENTERED, node, causes)
            left = self.happen(Passage.LEFT, node, (here,), self.visits[node])
            if is_parallel(self._graph.nodes[node]):
                all_left = (*all_left, left)
            else:
                causes = all_left = (left,)
        return all_left

    def _start(self, move: Move, causes: Causes) -> None:
        """One of several start events is chosen."""
        if move.element in self.demands.starts:
            asks = self.demands.of_start(move.element, self._places[move.produced[0]].element)
            moment = max(causes, default=0)
            self.ask(asks, move.element, self.visits[move.element] or 1, moment)

    def _close(self, move: Move) -> None:
        scope = self.active[move.element].pop(0)
        if move.element in self._graph.nodes:
            left = self._complete(move.element, scope)
            self.decide(move.outcomes)
            self._leave(move.element, move.flows, (*scope.left, left), scope.visit, move.produced)
            self._remember(move.produced, scope.turns, left)
            self._note_undone(move.element, left)
        else:
            self.end(move.element, 1, len(self.moments) - 1)

    def _complete(self, element: ElementId, scope: ActiveScope) -> int:
        causes = tuple(sorted(set(scope.ends))) or scope.entered
        return self.happen(Passage.LEFT, element, causes, scope.visit)

    def _begin_again(self, move: Move) -> None:
        """Leave a sub-process and enter it for its next turn."""
        scope = self.active[move.element][0]
        left = self._complete(move.element, scope)
        causes: Causes = (left,)
        if is_parallel(self._graph.nodes[move.element]):
            scope.left.append(left)
            causes = self.moments[scope.entered[0]].causes
        scope.entered = (self.happen(Passage.ENTERED, move.element, causes),)
        scope.visit = self.visits[move.element]
        scope.turns += 1
        scope.ends = []
        self.put(move.produced, scope.entered)

    def _remember(self, produced: tuple[int, ...], turns: int, left: int) -> None:
        """Each turn of an activity is compensated; leaving it has put one of them there."""
        for place in produced:
            if self._places[place].kind is PlaceKind.DONE:
                self.tokens[place].extend([(left,)] * (turns - 1))

    def _note_undone(self, scope: ElementId, left: int) -> None:
        """A throw goes on because its handler, a sub-process, was left."""
        for throw in self._undoers.get(scope, ()):
            waiting = self.tokens[throw]
            if waiting:
                waiting[0] = (*waiting[0], left)

    def _visit(self, move: Move, causes: Causes) -> None:
        node = self._graph.nodes[move.element]
        came = self._fire(move, causes) if move.fired_first else []
        earlier = self._take_earlier_turns(move, causes)
        if not is_parallel(node):
            causes, earlier = earlier or causes, ()
        here = causes
        if move.entered:
            if move.cut and not move.fired:
                here = self.with_last_of(move.cut, here)
            here = (self.happen(Passage.ENTERED, node.id, here),)
        visit = self.visits[node.id]
        if not move.fired_first:
            came = self._fire(move, (*earlier, *here) if move.interrupts else here)
        self.decisions.extend(self.brought_about(f) for f in move.fired if not f.outcomes)
        self.decide(move.outcomes)
        if move.kind is MoveKind.OPEN or move.interrupts:
            self.put(move.produced, here)
        elif move.entered and not (move.fired and move.cut):
            if node.id in self._activities:
                here = (self.happen(Passage.LEFT, node.id, (*here, *came), visit),)
            self.clear(move.cut, here)
            self._leave(node.id, move.flows, (*earlier, *here), visit, move.produced)
            self._remember(move.produced, move.turns, here[0])

    def _take_earlier_turns(self, move: Move, causes: Causes) -> Causes:
        """Take the turns of a task before the last one, in which events come."""
        if move.kind is MoveKind.OPEN or move.turns <= 1:
            return ()
        return self._take_turns(move.element, move.turns - 1, causes)

    def _fire(self, move: Move, causes: Causes) -> list[int]:
        """Let the events of a move come; the last of them may end what is active.

        Returns:
            The moments of those that come while the node itself runs, and so before it is left.
        """
        meanwhile: list[int] = []
        for firing in move.fired:
            event = self._graph.nodes[firing.event]
            is_last = firing is move.fired[-1]
            before = self.with_last_of(move.cut, causes) if is_last else causes
            came = self.happen(Passage.ENTERED, event.id, before)
            if event.attached_to == move.element:
                meanwhile.append(came)
            for scope in self.active.get(event.attached_to or ElementId(""), ()):
                scope.ends.append(came)
            if is_last and move.interrupts:
                visit = self.visits[move.element]
                self.happen(Passage.INTERRUPTED, move.element, (came,), visit)
            if is_last:
                self.clear(move.cut, (came,))
            if event.attached_to:
                visit = self.visits[event.id]
                self._leave(event.id, firing.flows, (came,), visit, firing.produced)
            else:
                self.put(firing.produced, (came,))
        return meanwhile

    def _leave(
        self, node: ElementId, flows: Ways, causes: Causes, visit: int, produced: tuple[int, ...]
    ) -> None:
        """Take the flows on from a node, or end the token there."""
        if node in self.demands.asking:
            self.ask(self.demands.of_flows(node, flows), node, visit, causes[-1])
            aside = self.demands.aside(node, flows)
            self.aside.extend(self._told(aside, node, visit, causes[-1]))
        taken = {flow: (self.happen(Passage.TAKEN, flow, causes),) for flow in flows}
        for place in produced:
            self.tokens[place].append(taken.get(self._places[place].element, causes))
        if all(self._places[place].kind is PlaceKind.DONE for place in produced):
            for scope in self.active.get(self._graph.nodes[node].scope, ()):
                scope.ends.extend(causes)


class _EventTeller(_Teller):
    """Tells also what is asked of data where events come, and where they do not."""

    def __init__(self, game: TokenGame, defaults: AbstractSet[int]) -> None:
        super().__init__(game, defaults)
        self._met: set[tuple[ElementId, int]] = set()

    def happen(self, passage: Passage, element: ElementId, causes: Causes, visit: int = 0) -> int:
        """Note a moment, and what it asks of data that an event comes to it or does not."""
        moment = super().happen(passage, element, causes, visit)
        if passage is Passage.ENTERED:
            self._come(element, moment)
        elif passage is not Passage.TAKEN:
            self.end(element, visit, moment)
        return moment

    def _come(self, event: ElementId, moment: int) -> None:
        """An event comes, if it is one with a condition."""
        node = self._graph.nodes[event]
        host = node.attached_to or node.scope
        if event in self.demands.hosted.get(host, ()):
            visit = self.visits[host] or 1
            self._met.add((event, visit))
            self.ask([Ask(event, holds=True)], host, visit, moment)

    def end(self, host: ElementId, visit: int, moment: int) -> None:
        """A visit of a host ends; what has not come to it does so no more."""
        events = self.demands.hosted.get(host, ())
        asks = [Ask(event, holds=False) for event in events if (event, visit) not in self._met]
        self.ask(asks, host, visit, moment)


def _undoers(game: TokenGame) -> dict[ElementId, list[int]]:
    """Return, by handler, the places of the throws that wait for it."""
    undoers: defaultdict[ElementId, list[int]] = defaultdict(list)
    for throw, activities in game.compensation.undone.items():
        for activity in activities:
            undoers[game.compensation.handlers[activity]].append(game.places.thrown[throw])
    return undoers
