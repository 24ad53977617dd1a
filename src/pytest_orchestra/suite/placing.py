"""Steps at their places: which of them a scenario's way runs, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_orchestra.flow.scenario import Passage
from pytest_orchestra.model import ElementId
from pytest_orchestra.suite.bound import BoundStep, Step
from pytest_orchestra.suite.elements import Element
from pytest_orchestra.suite.ways import BEFORE_ALL, Way

FINALLY = "finally"
"""The place of a step that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedStep:
    """A step and where it stands.

    Attributes:
        places: the elements, each once; none: it is of ``finally``.
        passage: ENTERED for ``at`` (of flows too), LEFT for ``leaving``.
        when: only at visits whose stretch passes all of these; of ``finally``: only in scenarios
            that do.
    """

    step: Step
    places: tuple[Element, ...]
    passage: Passage = Passage.ENTERED
    when: tuple[ElementId, ...] = ()

    def runs_at(self, way: Way, element: ElementId, visit: int) -> bool:
        """Whether a visit of ``element`` runs it."""
        return not self.when or way.stretch_passes(element, visit, self.when)


class Placing:
    """Finds the steps of a way.

    Args:
        steps: in the order in which they run where they stand at one place.
    """

    def __init__(self, steps: Iterable[PlacedStep]) -> None:
        self._around: dict[Passage, list[PlacedStep]] = {Passage.ENTERED: [], Passage.LEFT: []}
        self._at: dict[ElementId, list[tuple[Passage, PlacedStep, Element]]] = {}
        self._cleanup: list[PlacedStep] = []
        for placed in steps:
            if not placed.places:
                self._cleanup.append(placed)
            for element in placed.places:
                self._place(placed, element)

    def _place(self, placed: PlacedStep, element: Element) -> None:
        if element.is_process:
            self._around[placed.passage].append(placed)
            return
        passage = Passage.TAKEN if element.is_flow else placed.passage
        self._at.setdefault(element.id, []).append((passage, placed, element))

    def bind(self, way: Way) -> tuple[BoundStep, ...]:
        """The steps that ``way`` runs, visit by visit, in order."""
        return (
            *self._bind_process(way, Passage.ENTERED, BEFORE_ALL),
            *self._bind_elements(way),
            *self._bind_process(way, Passage.LEFT, way.after_all),
        )

    def bind_cleanup(self, way: Way) -> tuple[BoundStep, ...]:
        """The steps of ``finally`` that follow ``way``, in order."""
        return tuple(
            BoundStep(
                step=placed.step,
                element=way.scenario.process_id,
                place=FINALLY,
                passage=Passage.LEFT,
                visit=1,
                moment=way.after_all,
                is_finally=True,
            )
            for placed in self._cleanup
            if way.passes(placed.when)
        )

    def _bind_elements(self, way: Way) -> Iterable[BoundStep]:
        at = self._at
        for position, moment in enumerate(way.moments):
            standing = at.get(moment.element)
            if standing is None or not moment.visit:
                continue
            for passage, placed, element in standing:
                if passage is moment.passage and placed.runs_at(way, element.id, moment.visit):
                    yield BoundStep(
                        step=placed.step,
                        element=element.id,
                        place=element.name,
                        passage=passage,
                        visit=moment.visit,
                        moment=position,
                    )

    def _bind_process(self, way: Way, passage: Passage, position: int) -> Iterable[BoundStep]:
        for placed in self._around[passage]:
            process = next(element for element in placed.places if element.is_process)
            if way.passes(placed.when):
                yield BoundStep(
                    step=placed.step,
                    element=process.id,
                    place=process.name,
                    passage=passage,
                    visit=1,
                    moment=position,
                )
