"""One move of the token game: what happens in one go, and the tokens that it takes and makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import chain

from pytest_orchestra.flow.places import Stage
from pytest_orchestra.flow.splits import Ways
from pytest_orchestra.model import ElementId


class MoveKind(Enum):
    """What happens."""

    VISIT = auto()
    """A node is passed: a task, a gateway, an event."""
    OPEN = auto()
    """A sub-process with something inside is entered."""
    CLOSE = auto()
    """Nothing is left inside a scope: it is completed."""
    AGAIN = auto()
    """Nothing is left inside a sub-process: its next turn begins."""
    START = auto()
    """One of several start events is chosen."""
    RESUME = auto()
    """What a throw compensates has been: it is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A boundary event or event sub-process that comes.

    Attributes:
        flows: the flows taken from a boundary event.
        outcomes: the index of its outcome; none where a throw brings it about.
    """

    event: ElementId
    flows: Ways = ()
    produced: tuple[int, ...] = ()
    outcomes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move.

    Attributes:
        element: the node or scope that it is about.
        entered: whether the node itself occurs; a wait for an event may be cut off before.
        flows: the flows taken on leaving it.
        produced: tokens that this makes.
        fired: events that come meanwhile; ``fired_first``: before the node occurs.
        interrupts: whether the last of them ends the node itself, an activity.
        cut: places that are emptied.
        spent, settled: markers of scopes that pass to another stage.
        outcomes: all outcomes taken, in order.
        misplaced: whether an event comes at another place than it should, for want of it.
        turns: how many turns an activity takes; events come in the last one.
        combined: whether only ``paths`` takes these flows together.
        visits: how many nodes are entered.
        taken: all flows taken, the events' own included.
        added: all tokens made.
        is_plain: whether a node is entered and passed, and no more.
    """

    kind: MoveKind
    element: ElementId
    entered: bool = False
    flows: Ways = ()
    produced: tuple[int, ...] = ()
    fired: tuple[Firing, ...] = ()
    fired_first: bool = False
    interrupts: bool = False
    cut: frozenset[int] = frozenset()
    spent: tuple[int, ...] = ()
    settled: tuple[int, ...] = ()
    outcomes: tuple[int, ...] = ()
    misplaced: bool = False
    turns: int = 1
    combined: bool = False
    visits: int = field(init=False)
    taken: Ways = field(init=False)
    added: tuple[int, ...] = field(init=False)
    is_plain: bool = field(init=False)

    def __post_init__(self) -> None:
        flows = chain.from_iterable(firing.flows for firing in self.fired)
        tokens = chain.from_iterable(firing.produced for firing in self.fired)
        object.__setattr__(self, "visits", int(self.entered) + len(self.fired))
        object.__setattr__(self, "taken", (*flows, *self.flows))
        object.__setattr__(self, "added", (*tokens, *self.produced, *self.settled))
        is_visit = self.kind is MoveKind.VISIT and self.entered
        object.__setattr__(self, "is_plain", is_visit and not self.fired and not self.cut)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A scope around a node to which an event may come there.

    Attributes:
        stage: the scope's stage before.
        after: its stage once the node is passed.
        misplaced: whether there was or may be a better place.
    """

    scope: ElementId
    stage: Stage
    after: Stage
    misplaced: bool = False
