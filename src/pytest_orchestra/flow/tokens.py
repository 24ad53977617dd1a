"""The token game of BPMN 2.0, clause 13: a state, what may happen next, the state after.

The token that goes next is fixed by the canonical order, so that a run is nothing but its
choices, and the interleavings of parallel branches count once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from pytest_orchestra.flow.catching import Catching, Escape, match_catches
from pytest_orchestra.flow.compensation import Compensation, match_compensation
from pytest_orchestra.flow.conditions import NO_CONDITIONS, OutcomeConditions
from pytest_orchestra.flow.decisions import Decisions, Outcome, find_decisions
from pytest_orchestra.flow.defaults import ShortestWays, measure_ways
from pytest_orchestra.flow.demands import Demands
from pytest_orchestra.flow.graph import ProcessGraph, has_event
from pytest_orchestra.flow.joins import State, join_at
from pytest_orchestra.flow.move import Move, Watch
from pytest_orchestra.flow.moves import MoveMaker
from pytest_orchestra.flow.order import TokenOrder, order_tokens
from pytest_orchestra.flow.places import Place, PlaceKind, Places, lay_places
from pytest_orchestra.flow.steering import UNSTEERED, Steering
from pytest_orchestra.flow.turns import NO_TURNS, Turns
from pytest_orchestra.flow.undoing import rule_of_throw
from pytest_orchestra.flow.watches import place_watches
from pytest_orchestra.model import ElementId, EventKind, FlowNode, NodeKind

_Rule = Callable[[State], tuple[int, ...] | None]

_BEFORE_NODES = frozenset({PlaceKind.FLOW, PlaceKind.NODE})
"""Places whose tokens do the same as any other before the same node."""


class TokenGame:
    """The rules of one process.

    Args:
        graph: the process.
        turns: how many turns activities may take.
        is_patient: whether all tokens that turn back wait for what ends others; so a run ends in
            which one branch would turn back for ever and another ends the whole.
        steering: what the suite says of outcomes.
        is_combining: whether inclusive splits take their flows in every combination.
        conditions: what outcomes ask of data; the rules do not look at it.

    Attributes:
        steering: the same, less what it wants as default that turns back or is left out.
        demands: what its ways ask of data.
        back: the flows that turn back.
        ways: how far it is to the end from every node.
    """

    def __init__(
        self,
        graph: ProcessGraph,
        turns: Turns = NO_TURNS,
        *,
        is_patient: bool = False,
        steering: Steering = UNSTEERED,
        is_combining: bool = False,
        conditions: OutcomeConditions = NO_CONDITIONS,
    ) -> None:
        self.graph = graph
        self.demands = Demands(graph, conditions)
        self.catching: Catching = match_catches(graph)
        self.decisions: Decisions = find_decisions(
            graph, self.catching, turns, is_combining=is_combining
        )
        order: TokenOrder = order_tokens(graph, _late(graph, self.catching))
        self.back = order.back
        unfit = order.back.union(steering.without)
        main = tuple(element for element in steering.main if element not in unfit)
        self.steering = steering = replace(steering, main=main)
        self._position = order.position
        self.ways: ShortestWays = measure_ways(graph, order.back, steering)
        parked = [
            flow
            for flow in order.back
            if is_patient or not self.ways.leads_to_end(graph.flows[flow].target)
        ]
        self.compensation: Compensation = match_compensation(graph)
        self.places: Places = lay_places(
            graph, order, self.decisions.events, parked, self.compensation, turns=turns
        )
        self._memories = frozenset(self.places.done.values())
        self._to_come = frozenset(chain.from_iterable(self.places.again.values()))
        self._maker = MoveMaker(graph, self.catching, self.decisions, self.places)
        self._watches: Mapping[ElementId, tuple[Watch, ...]] = place_watches(graph, self.decisions)
        self._rules: list[_Rule] = [
            self._rule(number, place) for number, place in enumerate(self.places.listed)
        ]
        self._made: dict[tuple[int | ElementId, tuple[Watch, ...]], tuple[Move, ...]] = {}
        self._made_of_throws: dict[tuple[ElementId, ElementId | None], tuple[Move, ...]] = {}

    def start(self) -> State:
        """Return the state at the start; empty where nothing can start."""
        scope = self.graph.process.id
        if not self.graph.entries(scope):
            return ()
        return tuple(sorted(self.places.opening(self.graph, scope)))

    def rank(self, outcome: Outcome) -> tuple[int, str, tuple[ElementId, ...], int]:
        """Return where an outcome stands in the order of the way."""
        position = self._position.get(outcome.at, 0)
        return position, outcome.event or "", outcome.flows, outcome.turns or 0

    def open_outcomes(self) -> list[Outcome]:
        """Return the outcomes of any criterion that the suite does not leave out.

        They are in the order of the way.
        """
        outcomes = sorted(self.decisions.outcomes, key=self.rank)
        return [o for o in outcomes if not (o.combined or self.why_without(o))]

    def why_without(self, outcome: Outcome) -> str:
        """Return the reason why the suite leaves an outcome out; empty if it does not."""
        without = self.steering.without
        elements = (*outcome.flows, outcome.event or outcome.at)
        return next((without[each] for each in elements if each in without), "")

    def is_left_out(self, move: Move) -> bool:
        """Whether a move takes an outcome that the suite leaves out."""
        without = self.steering.without
        return bool(without) and (
            any(flow in without for flow in move.taken)
            or any(firing.event in without for firing in move.fired)
            or any(self.why_without(self.decisions.outcomes[index]) for index in move.outcomes)
        )

    def cuts_off_turns(self, state: State, move: Move) -> bool:
        """Whether a move ends turns that have not begun; nobody could tell that they were to come.

        The same happens where the turn that is cut is the last one.
        """
        to_come = self._to_come & move.cut
        return bool(to_come) and not to_come.isdisjoint(state)

    def moves(self, state: State) -> tuple[tuple[Move, ...], tuple[int, ...]]:
        """Return what the next token may do, and the tokens that any of these moves takes.

        Nothing where the run is complete (the state is empty) or stuck.
        """
        last = -1
        for place in state:
            if place != last:
                last = place
                consumed = self._rules[place](state)
                if consumed is not None:
                    return self._moves_at(place, state, consumed), consumed
        return (), ()

    def after(self, state: State, move: Move, consumed: tuple[int, ...]) -> State:
        """Return the state after a move."""
        tokens = list(state)
        for place in consumed + move.spent:
            tokens.remove(place)
        if move.cut:
            tokens = [place for place in tokens if place not in move.cut]
        tokens.extend(move.added)
        if self._memories:
            tokens = self._remember(tokens)
        tokens.sort()
        return tuple(tokens)

    def tokens_of(self, state: State) -> State:
        """Return a state without what is only remembered."""
        return tuple(place for place in state if place not in self._memories)

    def _remember(self, tokens: list[int]) -> list[int]:
        """Return tokens with each memory once, and none where there is nothing else."""
        others = [place for place in tokens if place not in self._memories]
        return others + list(self._memories.intersection(tokens)) if others else []

    def _moves_at(self, number: int, state: State, consumed: tuple[int, ...]) -> tuple[Move, ...]:
        place = self.places.listed[number]
        if place.kind is PlaceKind.THROWN:
            return self._moves_of_throw(place.element, consumed)
        watches = self._watches.get(place.target, ())
        if watches:
            active = self.places.active
            watches = tuple(w for w in watches if active[w.scope][w.stage] in state)
        key = (place.target if place.kind in _BEFORE_NODES else number, watches)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = tuple(self._make(place, watches))
        return made

    def _moves_of_throw(self, throw: ElementId, consumed: tuple[int, ...]) -> tuple[Move, ...]:
        """Return how the last that is still to be undone is, or the ways on."""
        done = [self.places.listed[n].element for n in consumed if n in self._memories]
        handler = self.compensation.handlers[done[0]] if done else None
        made = self._made_of_throws.get((throw, handler))
        if made is None:
            undo = self._maker.compensate(throw, handler) if handler else self._maker.resume(throw)
            made = self._made_of_throws[throw, handler] = tuple(undo)
        return made

    def _make(self, place: Place, watches: tuple[Watch, ...]) -> list[Move]:
        if place.kind is PlaceKind.ENTRY:
            return self._maker.start(place.element)
        if place.kind is PlaceKind.ACTIVE:
            return self._maker.close(place.element)
        if place.kind is PlaceKind.AGAIN:
            return self._maker.again(place.element, place.turns)
        return self._maker.visit(self.graph.nodes[place.target], watches)

    def _rule(self, number: int, place: Place) -> _Rule:
        """Return what tells which tokens are taken when one at this place goes on."""
        if place.kind is PlaceKind.ENTRY:
            return partial(_alone, (number,))
        if place.kind in (PlaceKind.ACTIVE, PlaceKind.AGAIN):
            inside = self.places.inside.get(place.element, frozenset())
            return partial(_when_none_of, inside, (number,))
        if place.kind is PlaceKind.THROWN:
            undoing = rule_of_throw(self.graph, self.places, self.compensation, place.element)
            return undoing.consume
        return _never if place.kind is PlaceKind.DONE else self._rule_before(number, place)

    def _rule_before(self, number: int, place: Place) -> _Rule:
        """Return the same of a token before a node."""
        node = self.graph.nodes[place.target]
        if not self._can_occur(node, place):
            return _never
        if self.graph.is_opened(node):
            active = frozenset(self.places.active[node.id].values())
            return partial(_when_none_of, active, (number,))
        join = join_at(self.graph, self.places, node)
        if join is None or place.kind is PlaceKind.NODE:
            return partial(_alone, (number,))
        return join.consume

    def _can_occur(self, node: FlowNode, place: Place) -> bool:
        """Whether a token that comes to a node may go on from there at all."""
        if place.kind is PlaceKind.NODE and is_unfed_catch(self.graph, node):
            return False
        if node.for_compensation or node.triggered_by_event:
            return False
        escape = self.catching.escapes.get(node.id)
        return node.kind is not NodeKind.BOUNDARY_EVENT and escape is not Escape.HAS_NO_WAY_ON


def is_unfed_catch(graph: ProcessGraph, node: FlowNode) -> bool:
    """Whether an intermediate catch event stands where only a start event can (10.5.4)."""
    in_ad_hoc = node.scope in graph.nodes and (
        graph.nodes[node.scope].kind is NodeKind.AD_HOC_SUB_PROCESS
    )
    return (
        node.kind is NodeKind.INTERMEDIATE_CATCH_EVENT
        and node.id not in graph.incoming
        and node.id not in graph.links.values()
        and not in_ad_hoc
    )


def _late(graph: ProcessGraph, catching: Catching) -> dict[ElementId, ElementId]:
    """Return the events that end other tokens: they wait until nothing else can go on.

    So does an error that nothing catches: in some engines it ends the rest as well.
    """
    ends = {
        node.id: node.scope
        for node in graph.nodes.values()
        if node.kind is NodeKind.END_EVENT
        and (has_event(node, EventKind.TERMINATE) or node.id in catching.escapes)
    }
    return ends | catching.ends_others()


def _alone(taken: tuple[int, ...], _state: State) -> tuple[int, ...]:
    return taken


def _when_none_of(
    awaited: frozenset[int], taken: tuple[int, ...], state: State
) -> tuple[int, ...] | None:
    return taken if awaited.isdisjoint(state) else None


def _never(_state: State) -> None:
    return None
