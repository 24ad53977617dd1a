"""Which moves data allows: what a way has asked so far goes with each state of the token game.

What no condition ahead has to do with is forgotten, so that there are few states more.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from pytest_orchestra.flow.demands import Ask
from pytest_orchestra.flow.horizon import names_ahead
from pytest_orchestra.flow.joins import State
from pytest_orchestra.flow.literals import Group, Literal, Literals, last_visit, reads_visit
from pytest_orchestra.flow.move import Move, MoveKind
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId


class Known(NamedTuple):
    """What a way has asked, as far as it matters for what comes.

    Attributes:
        asked: of data.
        written: names that are the data's no more.
        visits: of nodes whose conditions read the visit, in order of ids.
        met: events that came to the present visit of their hosts.
    """

    asked: frozenset[Group] = frozenset()
    written: frozenset[str] = frozenset()
    visits: tuple[int, ...] = ()
    met: frozenset[ElementId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trace:
    """What a move does, as far as data is concerned.

    Attributes:
        written, written_after: names that it writes before it asks, and then.
        visits: how many visits of counted nodes it begins, by their place in ``Known.visits``.
        asks: by node what its flows, or the choice of a start event, ask.
        came: the events with conditions that come.
        ended: hosts of such events whose visits it ends, and how many visits ago each began.
        cut: other hosts with the places that it empties where they are active.
    """

    written: frozenset[str]
    written_after: frozenset[str]
    visits: tuple[tuple[int, int], ...]
    asks: tuple[tuple[ElementId, tuple[Ask, ...]], ...]
    came: tuple[ElementId, ...]
    ended: tuple[tuple[ElementId, range], ...]
    cut: tuple[tuple[ElementId, frozenset[int]], ...]

    @property
    def is_idle(self) -> bool:
        """Whether it neither asks nor writes nor counts."""
        is_still = not (self.written or self.written_after or self.visits)
        return is_still and not (self.asks or self.came or self.ended or self.cut)


class Feasibility:
    """What is known in each state of a game whose outcomes have conditions.

    Attributes:
        literals: what they ask.
    """

    def __init__(self, game: TokenGame) -> None:
        self._game = game
        self._graph = game.graph
        self._demands = game.demands
        conditions = game.demands.conditions
        self.literals = Literals(conditions)
        limits = _visit_limits(game)
        self._counted = {node: n for n, node in enumerate(sorted(limits))}
        self._limits = [limits[node] for node in self._counted]
        self._bits = {name: 1 << n for n, name in enumerate(sorted(conditions.constants))}
        first = len(self._bits)
        self._visit_bits = [1 << first + n for n in range(len(self._counted))]
        self._ahead = names_ahead(game.graph, game.places, self._asked_at())
        self._traces: dict[int, _Trace] = {}
        self._still: dict[tuple[frozenset[Group], frozenset[str], int], frozenset[Group]] = {}
        self._zero = (0,) * len(self._counted)

    def start(self) -> Known:
        """Return what is known before anything happens."""
        return Known(written=self._demands.written_first, visits=self._zero)

    def after(self, known: Known, state: State, move: Move, after: State) -> Known | None:
        """Return what is known after a move; None where data does not allow it.

        Args:
            known: what is known in the state before.
            state: that state.
            move: one that the rules allow.
            after: the state to which it leads.
        """
        trace = self._trace(move)
        if trace.is_idle and not (known.asked or known.written or known.met or any(known.visits)):
            return Known(visits=self._zero)
        written = known.written | trace.written
        visits = list(known.visits)
        for place, number in trace.visits:
            visits[place] = min(visits[place] + number, self._limits[place])
        groups = list(self._groups(trace, known, state, visits, written))
        asked = self._with(known.asked, groups)
        if asked is None:
            return None
        met = self._met(known.met, trace, state)
        return self._forgotten(asked, written | trace.written_after, visits, met, after)

    def _with(self, asked: frozenset[Group], groups: list[Group]) -> frozenset[Group] | None:
        """Return what is asked with more of it; None where that cannot be."""
        literals = self.literals
        binding = [group for group in groups if literals.constants_in(group)]
        for group in groups:
            if group not in binding and not literals.are_possible(frozenset({group})):
                return None
        together = asked.union(binding)
        for group in binding:
            if group not in asked:
                names = literals.constants_in(group)
                if not literals.are_possible(literals.connected(together, names)):
                    return None
        return together

    def _forgotten(
        self,
        asked: frozenset[Group],
        written: frozenset[str],
        visits: list[int],
        met: frozenset[ElementId],
        after: State,
    ) -> Known:
        """Return what is known less what does not matter any more."""
        if not after:
            return Known(visits=self._zero)
        ahead = 0
        for place in after:
            ahead |= self._ahead[place]
        return Known(
            asked=self._alive(asked, written, ahead) if asked else asked,
            written=frozenset(name for name in written if self._bits.get(name, 0) & ahead),
            visits=tuple(
                number if bit & ahead else 0
                for number, bit in zip(visits, self._visit_bits, strict=True)
            ),
            met=met,
        )

    def _alive(
        self, asked: frozenset[Group], written: frozenset[str], ahead: int
    ) -> frozenset[Group]:
        """Return what is asked and has to do with what may be asked later."""
        key = (asked, written, ahead)
        known = self._still.get(key)
        if known is None:
            names = frozenset[str]().union(*map(self.literals.constants_in, asked)) - written
            alive = {name for name in names if self._bits[name] & ahead}
            known = self._still[key] = self.literals.connected(asked, alive)
        return known

    def _met(self, met: frozenset[ElementId], trace: _Trace, state: State) -> frozenset[ElementId]:
        """Return the events that came to visits which go on."""
        if not (met or trace.came):
            return met
        ended = {host for host, _ in self._ended(trace, state)}
        return frozenset(event for event in met.union(trace.came) if self._host(event) not in ended)

    # -- what a move asks ----------------------------------------------------------------------

    def _groups(
        self,
        trace: _Trace,
        known: Known,
        state: State,
        visits: list[int],
        written: frozenset[str],
    ) -> Iterator[Group]:
        for node, asks in trace.asks:
            visit = self._visit(node, visits, 0)
            found = (self._literal(ask, node, visit, written) for ask in asks)
            yield from self.literals.parted([each for each in found if each])
        for ask, host, back in self._event_asks(trace, known, state):
            literal = self._literal(ask, host, self._visit(host, visits, back), written)
            if literal:
                yield frozenset({literal})

    def _event_asks(
        self, trace: _Trace, known: Known, state: State
    ) -> Iterator[tuple[Ask, ElementId, int]]:
        """Yield what is asked of events, with the host and how many visits ago it is."""
        for event in trace.came:
            yield Ask(event, holds=True), self._host(event), 0
        for host, ended in self._ended(trace, state):
            for event in self._demands.hosted[host]:
                is_met = event in trace.came or event in known.met
                for back in ended[int(is_met) :]:
                    yield Ask(event, holds=False), host, back

    def _ended(self, trace: _Trace, state: State) -> Iterator[tuple[ElementId, range]]:
        yield from trace.ended
        yield from ((host, range(1)) for host, places in trace.cut if not places.isdisjoint(state))

    def _literal(
        self, ask: Ask, at: ElementId, visit: int, written: AbstractSet[str]
    ) -> Literal | None:
        freed = self._demands.freed(ask.element, at, written)
        return self.literals.literal(ask.element, holds=ask.holds, visit=visit, freed=freed)

    def _visit(self, node: ElementId, visits: list[int], back: int) -> int:
        """Return the visit of a node, or below 0 that it is this one at least."""
        place = self._counted.get(node)
        if place is None:
            return 1
        number = visits[place]
        if number >= self._limits[place]:
            return -(number - back)
        return max(1, number - back)

    def _host(self, event: ElementId) -> ElementId:
        node = self._graph.nodes[event]
        return node.attached_to or node.scope

    # -- what a move is ------------------------------------------------------------------------

    def _trace(self, move: Move) -> _Trace:
        trace = self._traces.get(id(move))
        if trace is None:
            trace = self._traces[id(move)] = self._traced(move)
        return trace

    def _traced(self, move: Move) -> _Trace:
        hosted = self._demands.hosted
        fired = [firing.event for firing in move.fired]
        ended = _visits_ended(move)
        active = self._game.places.active
        own = move.element if move.kind in (MoveKind.CLOSE, MoveKind.AGAIN) else None
        return _Trace(
            written=self._demands.written_by(move),
            written_after=self._demands.written_after(move),
            visits=tuple(
                (self._counted[node], number)
                for node, number in _visits_begun(move)
                if node in self._counted
            ),
            asks=tuple((node, asks) for node, asks in self._asks(move) if asks),
            came=tuple(event for event in fired if event in hosted.get(self._host(event), ())),
            ended=((move.element, ended),) if ended and move.element in hosted else (),
            cut=tuple(
                (host, places)
                for host in sorted(hosted.keys() & active.keys())
                if host != own and (places := move.cut.intersection(active[host].values()))
            ),
        )

    def _asks(self, move: Move) -> Iterator[tuple[ElementId, tuple[Ask, ...]]]:
        demands = self._demands
        if move.kind is MoveKind.START and move.element in demands.starts:
            start = self._game.places.listed[move.produced[0]].element
            yield move.element, demands.of_start(move.element, start)
        for firing in move.fired:
            if firing.event in demands.asking and self._graph.nodes[firing.event].attached_to:
                yield firing.event, demands.of_flows(firing.event, firing.flows)
        if move.element in demands.asking and _is_left(move):
            yield move.element, demands.of_flows(move.element, move.flows)

    def _asked_at(self) -> dict[ElementId, int]:
        """Return what may be asked where a node is left, or a host's visit ends."""
        found: dict[ElementId, int] = {}
        for element, condition in self._demands.conditions.by_element.items():
            at = self._demands.place_of(element)
            bits = sum(self._bits.get(name, 0) for name in condition.all_names)
            if reads_visit(condition):
                bits |= self._visit_bits[self._counted[at]]
            found[at] = found.get(at, 0) | bits
        return found


def _is_left(move: Move) -> bool:
    """Whether flows out of the element of a move are taken."""
    if move.kind in (MoveKind.CLOSE, MoveKind.RESUME):
        return True
    is_cut = move.interrupts or bool(move.fired and move.cut)
    return move.kind is MoveKind.VISIT and move.entered and not is_cut


def _visits_begun(move: Move) -> Iterator[tuple[ElementId, int]]:
    """Yield how many visits of which nodes a move begins."""
    if move.entered:
        yield move.element, 1 if move.kind is MoveKind.OPEN else move.turns
    yield from ((firing.event, 1) for firing in move.fired)


def _visits_ended(move: Move) -> range:
    """Return which visits of its own element a move ends: how many visits ago they began.

    The last comes first. A next turn begins as the one before ends.
    """
    if move.kind is MoveKind.AGAIN:
        return range(1, 2)
    if move.kind is MoveKind.CLOSE:
        return range(1)
    return range(move.turns if move.kind is MoveKind.VISIT and move.entered else 0)


def _visit_limits(game: TokenGame) -> dict[ElementId, int]:
    """Return how many visits are told apart of each node whose conditions read their number."""
    found: dict[ElementId, int] = {}
    for element, condition in game.demands.conditions.by_element.items():
        if reads_visit(condition):
            at = game.demands.place_of(element)
            ended = max(game.decisions.turns.get(at, (1,)))  # visits that are told apart at once
            found[at] = max(found.get(at, 0), last_visit(condition) + ended)
    return found
