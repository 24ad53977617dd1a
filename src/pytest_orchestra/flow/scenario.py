"""What the flow floor hands on: scenarios, what they cover, and what could not be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_orchestra.model import ElementId, Problem

if TYPE_CHECKING:
    from pytest_orchestra.expressions.conditions.conditions import Condition


class Criterion(Enum):
    """Which scenarios are chosen; each covers what the one before covers."""

    FLOWS = "flows"
    BRANCHES = "branches"
    PAIRS = "pairs"
    PATHS = "paths"


class Passage(Enum):
    """What happens to an element at a moment of the way."""

    ENTERED = "entered"
    """A node starts (activity) or occurs (event, gateway)."""
    TAKEN = "taken"
    """A sequence flow is taken."""
    LEFT = "left"
    """An activity completes; an interrupted one never does."""
    INTERRUPTED = "interrupted"
    """An activity is ended by an event."""


class Moment(NamedTuple):
    """One thing that happens on a scenario's way; a suite has tens of thousands.

    Attributes:
        visit: which time this element is passed, from 1; a LEFT or INTERRUPTED has the number
            of the visit that it ends. 0: the way comes by an activity whose marker takes no turn;
            it is ENTERED so, nothing of it happens, and it is not left.
        causes: indices of the moments that led directly here (several at a join). A moment that
            is not among the transitive causes of another is not sure to come before it.
        caller: of a moment of a called process: index of the moment that entered the call; its
            element is ``PROCESS/ELEMENT``.
    """

    passage: Passage
    element: ElementId
    visit: int
    causes: tuple[int, ...] = ()
    caller: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOutcome:
    """An outcome that the way takes at one visit of a decision.

    Attributes:
        at: the node where ways part: a split, an event gateway, a boundary event's host.
        flows: the flows taken there; of a boundary event that fires the event's own outgoing ones.
        event: the boundary event or event sub-process that fired, if one did.
        default: whether it is the decision's default outcome.
        turns: of an activity with a loop or multi-instance marker: how many it takes.
        visit: which time the decision is met on this way, from 1.
    """

    at: ElementId
    flows: tuple[ElementId, ...]
    event: ElementId | None = None
    turns: int | None = None
    default: bool = False
    visit: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WayCondition:
    """What a way demands of data: that a condition is true, or that it is not.

    Attributes:
        element: the flow or event that the condition decides; ``at`` is the node where it does,
            the flow's source or the event's host, and ``visit`` that node's visit.
        text: as written, in the model or in the suite.
        language: as the model declares it.
        holds: False: it must not be true, for the outcome is not taken here.
        moment: index of the moment at which it was decided.
        condition: the same, parsed; None where it cannot be read.
        free: names in it (first parts of paths) that need not have the data's value any more:
            something on the way has written them.
    """

    element: ElementId
    at: ElementId
    visit: int
    text: str
    language: str = ""
    holds: bool = True
    moment: int = 0
    condition: Condition | None = None
    free: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledWay:
    """The way of a called process at one visit of a call activity.

    Attributes:
        at: the call activity.
        nodes, flows: as of a scenario, by the called process's own ids; none where something
            ends the call before the process begins.
        calls: what it calls itself.
    """

    at: ElementId
    process_id: ElementId
    nodes: tuple[ElementId, ...] = ()
    flows: tuple[ElementId, ...] = ()
    calls: tuple[CalledWay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One legal complete way through a process (``TestScenario``).

    Attributes:
        key: unique among the scenarios of its process (design: keys that live).
        name: the key's words as a person would write them, ``Amount: high``.
        moments: the way in one legal order.
        decisions: every outcome taken, in the order of the way.
        conditions: what the way demands of data, in the order of the way.
        aside: what should not be so besides: conditions of flows that it leaves aside at exclusive
            splits. Where one is, it depends on the system's order which flow is taken.
        calls: the ways of called processes, in order of their visits; a call whose process is not
            known has none.
    """

    key: str
    name: str
    process_id: ElementId
    moments: tuple[Moment, ...]
    decisions: tuple[TakenOutcome, ...] = ()
    conditions: tuple[WayCondition, ...] = ()
    aside: tuple[WayCondition, ...] = ()
    calls: tuple[CalledWay, ...] = ()

    @property
    def nodes(self) -> tuple[ElementId, ...]:
        """Every node visit in order, as the token checkers read it."""
        return self._passed(Passage.ENTERED)

    @property
    def flows(self) -> tuple[ElementId, ...]:
        """Every sequence flow in the order taken, repeats included."""
        return self._passed(Passage.TAKEN)

    def _passed(self, passage: Passage) -> tuple[ElementId, ...]:
        return tuple(
            moment.element
            for moment in self.moments
            if moment.passage is passage and moment.caller is None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A flow that no scenario takes, and why: unreachable, only with a deadlock, left out."""

    id: ElementId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of a process's sequence flows the scenarios take."""

    total: int
    reachable: int
    covered: int
    uncovered: tuple[Uncovered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Infeasible:
    """Outcomes that no legal way takes together, and why."""

    decisions: tuple[TakenOutcome, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Scenarios past ``max_scenarios``; a lower bound unless ``exact``."""

    number: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SteeringFault:
    """Something that the suite wants and cannot have.

    Attributes:
        name: the element of ``main``, or the key of ``add``.
        why: one line, no full stop.
    """

    part: Literal["main", "add"]
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioSet:
    """The scenarios of one process by one criterion, ``main`` first, else by key's way.

    Attributes:
        faults: what the suite wants and cannot have.
    """

    process_id: ElementId
    criterion: Criterion
    scenarios: Sequence[Scenario]
    coverage: Coverage
    infeasible: tuple[Infeasible, ...] = ()
    left_out: LeftOut = LeftOut()
    problems: tuple[Problem, ...] = ()
    faults: tuple[SteeringFault, ...] = ()
