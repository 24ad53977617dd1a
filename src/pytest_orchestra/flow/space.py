"""The states that a process can be in and the moves between them, explored as far as asked.

Its size is bounded; what is cut off is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import pairwise
from typing import NamedTuple

from pytest_orchestra.flow.joins import State
from pytest_orchestra.flow.move import Move
from pytest_orchestra.flow.tokens import TokenGame

MAX_STATES = 20_000
"""States that are looked at in one process."""

MAX_TOKENS = 500
"""Tokens in one state; a sound process has as many as it has branches at the same time."""


class Edge(NamedTuple):
    """A move from one state to another.

    Attributes:
        number: in order of discovery; ways of equal cost are compared by it.
        consumed: the tokens that the move takes.
    """

    number: int
    source: int
    target: int
    move: Move
    consumed: tuple[int, ...]


Run = tuple[Edge, ...]
"""A way from the start to the end."""


def run_key(run: Run) -> tuple[int, ...]:
    """Return what tells a run from all others of its game, in whichever space it was found.

    A game makes each of its moves once.
    """
    return tuple([id(edge.move) for edge in run])


def leaving(edges: Iterable[Edge]) -> dict[int, list[Edge]]:
    """Return edges by the state from which they lead."""
    found: dict[int, list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.source, []).append(edge)
    return found


def is_single(move: Move) -> bool:
    """Whether a move is one for every criterion: an inclusive split takes one flow, or all."""
    return not move.combined


def is_placed(move: Move) -> bool:
    """Whether events that may come at any time come but where they are placed."""
    return not move.misplaced


class StateSpace:
    """The states of one process.

    Args:
        game: the rules.
        max_states: how many states are looked at.
        takes: which of the moves that the rules allow are looked at.

    Attributes:
        states: by number; the start is 0, the end, once it was reached, the empty one.
        stuck: states in which tokens are left and none can go on.
        is_barred: whether somewhere there is no way on but what the suite leaves out.
        piled: places at which several tokens were at once.
        growing: places at which tokens pile up without end; such states are not followed.
        is_cut: whether something was left unexplored for its size.
    """

    START = 0

    def __init__(
        self,
        game: TokenGame,
        max_states: int = MAX_STATES,
        takes: Callable[[Move], bool] = is_single,
    ) -> None:
        self.game = game
        self._takes = takes
        self.states: list[State] = [game.start()]
        self.stuck: list[int] = []
        self.piled: set[int] = set()
        self.growing: set[int] = set()
        self.is_cut = False
        self.is_barred = False
        self._max_states = max_states
        self._numbers: dict[Hashable, int] = {self.states[0]: 0}
        self._origins: list[int] = [-1]
        self._bits: list[int] = [_bits(self.states[0])]
        self._edges: dict[int, tuple[Edge, ...]] = {}
        self._size = 0

    def edges_from(self, state: int) -> tuple[Edge, ...]:
        """Return what may happen next; nothing at the end, where stuck and where cut off."""
        edges = self._edges.get(state)
        if edges is None:
            edges = self._edges[state] = self._explore(state)
        return edges

    def _explore(self, number: int) -> tuple[Edge, ...]:
        state = self.states[number]
        if not state:
            return ()
        moves, consumed = self.game.moves(state)
        if not moves:
            self.stuck.append(number)
        allowed = [move for move in moves if not self.game.is_left_out(move)]
        self.is_barred |= bool(moves) and not allowed
        edges = []
        for move in allowed:
            if not self._takes(move):
                continue
            if self.game.cuts_off_turns(state, move):
                continue
            target = self.target(number, move, self.game.after(state, move, consumed))
            if target is None:
                continue
            edges.append(Edge(self._size, number, target, move, consumed))
            self._size += 1
        return tuple(edges)

    def again(self, max_states: int, takes: Callable[[Move], bool]) -> StateSpace:
        """Return a space of the same kind with other bounds."""
        return StateSpace(self.game, max_states, takes)

    def target(self, origin: int, move: Move, state: State) -> int | None:
        """Return the number of the state to which a move leads; None where it is not followed.

        Args:
            origin: the state before.
            move: one that the rules allow.
            state: what the rules make of it.
        """
        del move
        return self.number(state, state, origin)

    def number(self, key: Hashable, state: State, origin: int) -> int | None:
        """Return the number of a state, a new one where it was not come to before.

        Args:
            key: what tells it from others.
            state: its tokens.
            origin: from where it was come to.
        """
        known = self._numbers.get(key)
        if known is None:
            if self._is_too_much(state, origin):
                return None
            known = self._numbers[key] = len(self.states)
            self.states.append(state)
            self._bits.append(_bits(state))
            self._origins.append(origin)
        return known

    def why_no_end(self) -> str:
        """Return why a run that was begun may not come to its end."""
        if not self.is_barred:
            return "every run that takes it gets stuck before the end"
        stuck = "gets stuck, or " if self.stuck else ""
        return f"every run that takes it {stuck}comes where the suite leaves out all ways on"

    def _is_too_much(self, state: State, origin: int) -> bool:
        if len(self.states) >= self._max_states or len(state) > MAX_TOKENS:
            self.is_cut = True
            return True
        if len(set(state)) == len(state):
            return False
        self.piled.update(place for place, other in pairwise(state) if place == other)
        others = ~_bits(state)
        while origin >= 0:
            if not self._bits[origin] & others:
                more = self.game.tokens_of(_more(state, self.states[origin]))
                if more:
                    self.growing.update(more)
                    return True
            origin = self._origins[origin]
        return False


def _bits(state: State) -> int:
    """Return the places where a state has tokens, as bits of a number."""
    bits = 0
    for place in state:
        bits |= 1 << place
    return bits


def _more(state: State, earlier: State) -> State:
    """Return the tokens that a state has beyond all those of an earlier one, else nothing."""
    if len(state) <= len(earlier):
        return ()
    found = 0
    more: list[int] = []
    for place in state:
        if found == len(earlier) or place < earlier[found]:
            more.append(place)
        elif place == earlier[found]:
            found += 1
        else:
            return ()
    return tuple(more) if found == len(earlier) else ()
