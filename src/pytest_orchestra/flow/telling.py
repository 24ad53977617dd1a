"""A run is told as a way: what happens, in which order, because of what."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.moves import Firing, Move, MoveKind
from pytest_orchestra.flow.places import PlaceKind
from pytest_orchestra.flow.scenario import Moment, Passage, TakenOutcome, WayCondition
from pytest_orchestra.flow.space import Edge, Run
from pytest_orchestra.flow.splits import Ways
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId, NodeKind, SequenceFlow

_Causes = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldWay:
    """What a run is, moment by moment."""

    moments: tuple[Moment, ...]
    decisions: tuple[TakenOutcome, ...]
    conditions: tuple[WayCondition, ...]


def tell_run(game: TokenGame, run: Run, defaults: AbstractSet[int]) -> ToldWay:
    """Tell a run.

    Args:
        game: the rules by which the run was found.
        run: a complete run.
        defaults: indices of the default outcomes.
    """
    teller = _Teller(game, defaults)
    for edge in run:
        teller.tell(edge)
    return ToldWay(
        moments=tuple(teller.moments),
        decisions=tuple(teller.decisions),
        conditions=tuple(teller.conditions),
    )


@dataclass(slots=True, kw_only=True)
class _ActiveScope:
    """A scope that is active: which visit it is, and the ends of tokens in it so far."""

    visit: int
    entered: _Causes
    ends: list[int] = field(default_factory=list)


class _Teller:
    def __init__(self, game: TokenGame, defaults: AbstractSet[int]) -> None:
        self.moments: list[Moment] = []
        self.decisions: list[TakenOutcome] = []
        self.conditions: list[WayCondition] = []
        self._graph: ProcessGraph = game.graph
        self._places = game.places.listed
        self._outcomes = game.decisions.outcomes
        self._defaults = defaults
        self._activities = self._graph.activities
        self._conditional = self._graph.conditional
        self._visits: defaultdict[ElementId, int] = defaultdict(int)
        self._tokens: defaultdict[int, deque[_Causes]] = defaultdict(deque)
        self._active: defaultdict[ElementId, list[_ActiveScope]] = defaultdict(list)
        self._put(game.places.opening(self._graph, self._graph.process.id), ())

    def tell(self, edge: Edge) -> None:
        move = edge.move
        causes = self._take(edge.consumed)
        if move.is_plain:
            self._pass(move, causes)
        elif move.kind is MoveKind.START:
            self._decide(move.outcomes)
            self._put(move.produced, causes)
        elif move.kind is MoveKind.CLOSE:
            self._close(move)
        else:
            self._visit(move, causes)

    # -- what a move is made of ----------------------------------------------------------------

    def _pass(self, move: Move, causes: _Causes) -> None:
        """Enter a node and leave it, as nearly all moves do."""
        node = move.element
        here = self._happen(Passage.ENTERED, node, causes)
        visit = self._visits[node]
        if move.outcomes:
            self._decide(move.outcomes)
        if node in self._activities:
            here = self._happen(Passage.LEFT, node, (here,), visit)
        self._leave(node, move.flows, here, visit, move.produced)

    def _close(self, move: Move) -> None:
        scope = self._active[move.element].pop(0)
        if move.element in self._graph.nodes:
            causes = tuple(sorted(set(scope.ends))) or scope.entered
            left = self._happen(Passage.LEFT, move.element, causes, scope.visit)
            self._decide(move.outcomes)
            self._leave(move.element, move.flows, left, scope.visit, move.produced)

    def _visit(self, move: Move, causes: _Causes) -> None:
        node = self._graph.nodes[move.element]
        came = self._fire(move, causes) if move.fired_first else []
        here = causes
        if move.entered:
            if move.cut and not move.fired:
                here = self._with_last_of(move.cut, here)
            here = (self._happen(Passage.ENTERED, node.id, here),)
        visit = self._visits[node.id]
        if not move.fired_first:
            came = self._fire(move, here)
        self.decisions.extend(self._brought_about(f) for f in move.fired if not f.outcomes)
        self._decide(move.outcomes)
        if move.kind is MoveKind.OPEN:
            self._put(move.produced, here)
        elif move.entered and not move.interrupts and not (move.fired and move.cut):
            if node.id in self._activities:
                here = (self._happen(Passage.LEFT, node.id, (*here, *came), visit),)
            self._clear(move.cut, here)
            self._leave(node.id, move.flows, here[0], visit, move.produced)

    def _fire(self, move: Move, causes: _Causes) -> list[int]:
        """Let the events of a move come; the last of them may end what is active.

        Returns:
            The moments of those that come while the node itself runs, and so before it is left.
        """
        meanwhile: list[int] = []
        for firing in move.fired:
            event = self._graph.nodes[firing.event]
            is_last = firing is move.fired[-1]
            before = self._with_last_of(move.cut, causes) if is_last else causes
            came = self._happen(Passage.ENTERED, event.id, before)
            if event.attached_to == move.element:
                meanwhile.append(came)
            for scope in self._active.get(event.attached_to or ElementId(""), ()):
                scope.ends.append(came)
            if is_last and move.interrupts:
                visit = self._visits[move.element]
                self._happen(Passage.INTERRUPTED, move.element, (came,), visit)
            if is_last:
                self._clear(move.cut, (came,))
            if event.attached_to:
                visit = self._visits[event.id]
                self._leave(event.id, firing.flows, came, visit, firing.produced)
            else:
                self._put(firing.produced, (came,))
        return meanwhile

    def _leave(
        self, node: ElementId, flows: Ways, cause: int, visit: int, produced: tuple[int, ...]
    ) -> None:
        """Take the flows on from a node, or end the token there."""
        if node in self._conditional:
            self._note_conditions(node, flows, visit, cause)
        causes = (cause,)
        taken = {flow: (self._happen(Passage.TAKEN, flow, causes),) for flow in flows}
        for place in produced:
            self._tokens[place].append(taken.get(self._places[place].element, causes))
        if not produced:
            for scope in self._active.get(self._graph.nodes[node].scope, ()):
                scope.ends.append(cause)

    def _with_last_of(self, cut: frozenset[int], causes: _Causes) -> _Causes:
        """Add the last that happened in what is about to be ended: nothing of it comes later."""
        last = set(causes)
        for number in cut:
            place = self._places[number]
            last.update(*self._tokens.get(number, ()))
            if place.kind is PlaceKind.ACTIVE:
                last.update(*(scope.ends for scope in self._active.get(place.element, ())))
        return tuple(sorted(last)) if cut else causes

    def _clear(self, cut: frozenset[int], causes: _Causes) -> None:
        """Remove the tokens of places, and interrupt the scopes that were active there."""
        for number in sorted(cut):
            place = self._places[number]
            if place.kind is PlaceKind.ACTIVE:
                for scope in self._active.pop(place.element, ()):
                    self._happen(Passage.INTERRUPTED, place.element, causes, scope.visit)
            else:
                self._tokens.pop(number, None)

    # -- tokens, moments, decisions, conditions ------------------------------------------------

    def _take(self, places: tuple[int, ...]) -> _Causes:
        if len(places) == 1 and self._tokens[places[0]]:
            return self._tokens[places[0]].popleft()
        queues = [self._tokens[place] for place in places]
        return tuple(sorted(set().union(*(queue.popleft() for queue in queues if queue))))

    def _put(self, places: Iterable[int], causes: _Causes) -> None:
        for number in places:
            place = self._places[number]
            if place.kind is PlaceKind.ACTIVE:
                visit = self._visits[place.element]
                self._active[place.element].append(_ActiveScope(visit=visit, entered=causes))
            else:
                self._tokens[number].append(causes)

    def _happen(self, passage: Passage, element: ElementId, causes: _Causes, visit: int = 0) -> int:
        """Note a moment and return its index; without a visit it is the element's next one."""
        if not visit:
            self._visits[element] = visit = self._visits[element] + 1
        self.moments.append(Moment(passage, element, visit, causes))
        return len(self.moments) - 1

    def _brought_about(self, firing: Firing) -> TakenOutcome:
        """Return the outcome of an event that a throw brings about: there is no other there."""
        event = self._graph.nodes[firing.event]
        at = event.attached_to or event.scope
        return TakenOutcome(
            at=at, flows=firing.flows, event=event.id, default=True, visit=self._visits[at] or 1
        )

    def _decide(self, outcomes: Iterable[int]) -> None:
        for index in outcomes:
            outcome = self._outcomes[index]
            self.decisions.append(
                TakenOutcome(
                    at=outcome.at,
                    flows=outcome.flows,
                    event=outcome.event,
                    default=index in self._defaults,
                    visit=self._visits[outcome.at] or 1,
                )
            )

    def _note_conditions(self, node: ElementId, taken: Ways, visit: int, moment: int) -> None:
        for flow, holds in _demands(self._graph, node, taken):
            if flow.condition and flow.condition.text.strip():
                self.conditions.append(
                    WayCondition(
                        flow=flow.id,
                        at=node,
                        visit=visit,
                        text=flow.condition.text,
                        language=flow.condition.language,
                        holds=holds,
                        moment=moment,
                    )
                )


def _demands(
    graph: ProcessGraph, node: ElementId, taken: Ways
) -> Iterator[tuple[SequenceFlow, bool]]:
    """Yield the flows whose conditions decide that these are taken, and what they must be.

    An exclusive split takes one flow whose condition holds, others may hold too; only for a flow
    without a condition must no other hold (BPMN 2.0, 13.4.2). Elsewhere each decides for itself.
    """
    kind = graph.nodes[node].kind
    if kind in (NodeKind.PARALLEL_GATEWAY, NodeKind.EVENT_BASED_GATEWAY):
        return
    flows = graph.outgoing.get(node, ())
    if kind is NodeKind.EXCLUSIVE_GATEWAY:
        conditional = [flow for flow in flows if flow.id in taken and flow.condition]
        flows = tuple(conditional) or flows
    for flow in flows:
        yield flow, flow.id in taken
