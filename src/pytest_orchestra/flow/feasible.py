"""The states that data allows, and what finds runs where these are too many to look at."""

from __future__ import annotations

from collections.abc import Callable

from pytest_orchestra.flow.clashes import Clashes
from pytest_orchestra.flow.feasibility import Feasibility, Known
from pytest_orchestra.flow.joins import State
from pytest_orchestra.flow.move import Move
from pytest_orchestra.flow.search import Demand, Finding, RunFinder
from pytest_orchestra.flow.space import Edge, Run, StateSpace, is_single
from pytest_orchestra.flow.tokens import TokenGame

MAX_STATES = 20_000
"""States that are looked at in one process, one with other things asked counted as another."""


class FeasibleSpace(StateSpace):
    """The states of one process with what was asked of data on the way to them.

    A state may stand there several times, with other things asked. The end is one state.
    """

    def __init__(
        self,
        game: TokenGame,
        max_states: int = MAX_STATES,
        takes: Callable[[Move], bool] = is_single,
        feasibility: Feasibility | None = None,
    ) -> None:
        super().__init__(game, max_states, takes)
        self._feasibility = feasibility or Feasibility(game)
        self._known: list[Known] = [self._feasibility.start()]

    def again(self, max_states: int, takes: Callable[[Move], bool]) -> StateSpace:
        """Return a space of the same kind with other bounds."""
        return FeasibleSpace(self.game, min(max_states, MAX_STATES), takes, self._feasibility)

    def target(self, origin: int, move: Move, state: State) -> int | None:
        """Return the number of the state to which a move leads; None where data forbids it."""
        known = self._feasibility.after(self._known[origin], self.states[origin], move, state)
        self.is_cut |= self._feasibility.literals.is_spent
        if known is None:
            return None
        number = self.number((state, known), state, origin)
        if number == len(self._known):
            self._known.append(known)
        return number


class CheckedFinder(RunFinder):
    """Finds runs in the plain space and checks each; there are too many states with what is asked.

    Args:
        plain: finds runs whatever data says.
        feasible: finds some of those that data allows.
        clashes: tells whether data allows a run.
    """

    def __init__(self, plain: RunFinder, feasible: RunFinder, clashes: Clashes) -> None:
        super().__init__(plain.routes, plain.back, plain.max_turns, bounds=plain.bounds)
        self._feasible = feasible
        self.clashes = self._clashes = clashes
        self.is_possible = clashes.is_possible
        self.space = feasible.routes.space

    def find(self, demand: Demand) -> Finding:
        """Find a cheap run that meets a demand and that data allows; none is proved."""
        finding = super().find(demand)
        if finding.run is None or self._clashes.is_possible(finding.run):
            return finding
        found = self._feasible.find(demand).run
        return Finding(run=found and self.in_plain(found))

    def in_plain(self, run: Run) -> Run:
        """Return the same run with the states of the plain space."""
        edges: list[Edge] = []
        state = StateSpace.START
        for step in run:
            known = self.routes.space.edges_from(state)
            edges.append(next(edge for edge in known if edge.move is step.move))
            state = edges[-1].target
        return tuple(edges)


def find_feasible(
    plain: RunFinder, settle: Callable[[StateSpace], tuple[RunFinder, Run]]
) -> tuple[RunFinder, Run]:
    """Return what finds the runs that data allows, and ``main``, empty where there is none.

    Args:
        plain: finds runs whatever data says.
        settle: explores a space.
    """
    game = plain.routes.space.game
    clashes = Clashes(plain)
    finder, own = settle(FeasibleSpace(game))
    if finder.routes.space.is_cut and not plain.routes.space.is_cut:
        checked = CheckedFinder(plain, finder, clashes)
        return checked, checked.main().run or checked.in_plain(own)
    finder.clashes = clashes
    if clashes.counts_visits:
        finder.is_possible = clashes.is_possible
    return finder, own
