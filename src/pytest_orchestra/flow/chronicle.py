"""What a way has been so far: its moments, who is active, and what each token came from."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pytest_orchestra.flow.move import Firing
from pytest_orchestra.flow.places import PlaceKind
from pytest_orchestra.flow.scenario import Moment, Passage, TakenOutcome
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.model import ElementId

Causes = tuple[int, ...]
"""The moments because of which another happens."""


@dataclass(slots=True, kw_only=True)
class ActiveScope:
    """A scope that is active: which visit it is, and the ends of tokens in it so far.

    Attributes:
        turns: how many turns it has taken, this one included.
        left: of parallel instances the ends of the earlier ones.
    """

    visit: int
    entered: Causes
    ends: list[int] = field(default_factory=list)
    turns: int = 1
    left: list[int] = field(default_factory=list)


class Chronicle:
    """Moments and outcomes noted one by one, with the tokens that lead to the next.

    Args:
        game: the rules by which the way was found.
        defaults: indices of the default outcomes.

    Attributes:
        moments: so far.
        decisions: the outcomes taken so far.
        visits: how often each element was entered.
        tokens: by place, what each token there came from, the first to go on first.
        active: by element, its scopes that are active.
    """

    def __init__(self, game: TokenGame, defaults: AbstractSet[int]) -> None:
        self.moments: list[Moment] = []
        self.decisions: list[TakenOutcome] = []
        self.visits: defaultdict[ElementId, int] = defaultdict(int)
        self.tokens: defaultdict[int, deque[Causes]] = defaultdict(deque)
        self.active: defaultdict[ElementId, list[ActiveScope]] = defaultdict(list)
        self._nodes = game.graph.nodes
        self._places = game.places.listed
        self._outcomes = game.decisions.outcomes
        self._defaults = defaults
        self._counted: defaultdict[ElementId, int] = defaultdict(int)

    def take(self, places: tuple[int, ...]) -> Causes:
        """Let the first token at each of some places go, and return what they came from."""
        if len(places) == 1 and self.tokens[places[0]]:
            return self.tokens[places[0]].popleft()
        queues = [self.tokens[place] for place in places]
        return tuple(sorted(set().union(*(queue.popleft() for queue in queues if queue))))

    def put(self, places: Iterable[int], causes: Causes) -> None:
        """Put a token, or make a scope active, at each of some places."""
        for number in places:
            place = self._places[number]
            if place.kind is PlaceKind.ACTIVE:
                visit = self.visits[place.element]
                self.active[place.element].append(ActiveScope(visit=visit, entered=causes))
            else:
                self.tokens[number].append(causes)

    def happen(self, passage: Passage, element: ElementId, causes: Causes, visit: int = 0) -> int:
        """Note a moment and return its index; without a visit it is the element's next one."""
        if not visit:
            self.visits[element] = visit = self.visits[element] + 1
        return self.note(passage, element, visit, causes)

    def note(self, passage: Passage, element: ElementId, visit: int, causes: Causes) -> int:
        """Note a moment and return its index."""
        self.moments.append(Moment(passage, element, visit, causes))
        return len(self.moments) - 1

    def brought_about(self, firing: Firing) -> TakenOutcome:
        """Return the outcome of an event that a throw brings about: there is no other there."""
        event = self._nodes[firing.event]
        at = event.attached_to or event.scope
        return TakenOutcome(
            at=at, flows=firing.flows, event=event.id, default=True, visit=self.visits[at] or 1
        )

    def decide(self, outcomes: Iterable[int]) -> None:
        """Note outcomes that are taken."""
        for index in outcomes:
            outcome = self._outcomes[index]
            visit = self.visits[outcome.at] or 1
            if outcome.turns is not None:
                self._counted[outcome.at] = visit = self._counted[outcome.at] + 1
            self.decisions.append(
                TakenOutcome(
                    at=outcome.at,
                    flows=outcome.flows,
                    event=outcome.event,
                    turns=outcome.turns,
                    default=index in self._defaults,
                    visit=visit,
                )
            )

    def with_last_of(self, cut: frozenset[int], causes: Causes) -> Causes:
        """Add the last that happened in what is about to be ended: nothing of it comes later."""
        last = set(causes)
        for number in cut:
            place = self._places[number]
            last.update(*self.tokens.get(number, ()))
            if place.kind is PlaceKind.ACTIVE:
                for scope in self.active.get(place.element, ()):
                    last.update(scope.ends, scope.left)
        return tuple(sorted(last)) if cut else causes

    def clear(self, cut: frozenset[int], causes: Causes) -> None:
        """Remove the tokens of places, and interrupt the scopes that were active there."""
        for number in sorted(cut):
            place = self._places[number]
            if place.kind is PlaceKind.ACTIVE:
                for scope in self.active.pop(place.element, ()):
                    self.happen(Passage.INTERRUPTED, place.element, causes, scope.visit)
            else:
                self.tokens.pop(number, None)
