"""When a throw that compensates may go on: one handler after the other, then its own way."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_orchestra.flow.compensation import Compensation
from pytest_orchestra.flow.graph import ProcessGraph
from pytest_orchestra.flow.joins import State
from pytest_orchestra.flow.places import Places
from pytest_orchestra.model import ElementId


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """The rule of one throw.

    Attributes:
        thrown: its place.
        memories: what it undoes, the first one first; each with the places that must be empty,
            since what still runs is not undone.
        running: the places of the handlers while they run.
    """

    thrown: int
    memories: tuple[tuple[int, frozenset[int]], ...]
    running: frozenset[int]

    def consume(self, state: State) -> tuple[int, ...] | None:
        """Return the throw's token, with what it undoes next; None while a handler runs."""
        if not self.running.isdisjoint(state):
            return None
        for memory, active in reversed(self.memories):
            if memory in state and active.isdisjoint(state):
                return tuple(sorted((memory, self.thrown)))
        return (self.thrown,)


def rule_of_throw(
    graph: ProcessGraph, places: Places, compensation: Compensation, throw: ElementId
) -> Undoing:
    """Return the rule of a throw that has something to undo."""
    own = set(graph.scopes_around(graph.nodes[throw]))
    undone = sorted((places.done[activity], activity) for activity in compensation.undone[throw])
    handlers = [compensation.handlers[activity] for _, activity in undone]
    return Undoing(
        thrown=places.thrown[throw],
        memories=tuple(
            (done, _active(places, set(graph.scopes_around(graph.nodes[activity])) - own))
            for done, activity in undone
        ),
        running=_active(places, set(handlers)),
    )


def _active(places: Places, scopes: set[ElementId]) -> frozenset[int]:
    return frozenset(n for s in scopes & places.active.keys() for n in places.active[s].values())
