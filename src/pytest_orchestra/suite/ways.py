"""A scenario's way, indexed: which visits there are, what lies around one, what surely came before.

It is built anew for each scenario of a suite, so everything costly waits until it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pytest_orchestra.flow.scenario import Moment, Passage, Scenario
from pytest_orchestra.model import ElementId

BEFORE_ALL = -1
"""The moment of a step at the process: before the first node."""


class Way:
    """The moments of one scenario and the questions that binding asks of them."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.moments: tuple[Moment, ...] = scenario.moments

    @property
    def after_all(self) -> int:
        """The moment of a step that leaves the process: after the last token."""
        return len(self.moments)

    @cached_property
    def passed(self) -> dict[ElementId, list[int]]:
        """Where each node was entered and each flow taken, in order; one entry for each visit."""
        positions: dict[ElementId, list[int]] = {}
        for position, moment in enumerate(self.moments):
            if moment.visit and moment.passage in (Passage.ENTERED, Passage.TAKEN):
                positions.setdefault(moment.element, []).append(position)
        return positions

    def stretch_passes(self, element: ElementId, visit: int, others: Iterable[ElementId]) -> bool:
        """Whether the stretch of a visit passes all of ``others``.

        The stretch is the way from the visit to the element's next one, and for every visit also
        what lies before the first one.
        """
        visits = self.passed[element]
        first, begin = visits[0], visits[visit - 1]
        end = visits[visit] if visit < len(visits) else len(self.moments)
        return all(
            any(
                position < first or begin <= position < end
                for position in self.passed.get(other, ())
            )
            for other in others
        )

    def passes(self, others: Iterable[ElementId]) -> bool:
        """Whether the whole way passes all of ``others``."""
        return all(other in self.passed for other in others)

    def surely_before(self, earlier: int, later: int) -> bool:
        """Whether the moment ``earlier`` comes before ``later`` in every legal order of the way."""
        if earlier == BEFORE_ALL:
            return later != BEFORE_ALL
        if later in (BEFORE_ALL, self.after_all):
            return earlier < later
        return earlier < self.after_all and bool(self._causes[later] >> earlier & 1)

    @cached_property
    def _causes(self) -> list[int]:
        """Of each moment the set of all moments that led to it, as bits."""
        sets: list[int] = []
        for moment in self.moments:
            causes = 0
            for cause in moment.causes:
                causes |= sets[cause] | 1 << cause
            sets.append(causes)
        return sets
