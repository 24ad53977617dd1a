"""Goes through the ways in which formulas can be met, one span for each sum of variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pytest_orchestra.expressions.solving.formulas import All, Claim, Formula, Sides, Some
from pytest_orchestra.expressions.solving.spans import EVERYTHING, Span, narrowed

MAX_STEPS = 20_000
"""Formulas that one search looks at."""
MAX_SPLITS = 150
"""Choices that lie in each other."""

Spans = Mapping[Sides, Span]


class Exhausted(Exception):  # noqa: N818 - caught by the solver, which then does not know
    """A search has taken as many steps as it may."""


class Search:
    """One bounded search; its order is fixed.

    Args:
        steps: how many formulas it may look at.
    """

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self._left = steps

    def ways(self, goals: Iterable[Formula]) -> Iterator[Spans]:
        """Each way on which all goals are met as far as spans can tell.

        Raises:
            Exhausted: the steps are used up.
        """
        return self._ways(list(goals), {}, [], 0)

    def charge(self, steps: int = 1) -> None:
        """Use up steps.

        Raises:
            Exhausted: there are none left.
        """
        self._left -= steps
        if self._left < 0:
            raise Exhausted

    def _ways(
        self,
        goals: list[Formula],
        spans: dict[Sides, Span],
        choices: list[tuple[Formula, ...]],
        splits: int,
    ) -> Iterator[Spans]:
        found = self._settled(goals, spans, choices)
        if found is None:
            return
        spans, choices = found
        if not choices:
            yield spans
            return
        if splits > MAX_SPLITS:
            raise Exhausted
        choice = min(choices, key=len)
        rest = [each for each in choices if each is not choice]
        for part in choice:
            yield from self._ways([part], spans, rest, splits + 1)

    def _settled(
        self,
        goals: list[Formula],
        before: dict[Sides, Span],
        choices: list[tuple[Formula, ...]],
    ) -> tuple[dict[Sides, Span], list[tuple[Formula, ...]]] | None:
        """What follows without a choice, and the choices that are left; None if nothing can."""
        spans = dict(before)
        while True:
            more = self._claimed(goals, spans)
            if more is None:
                return None
            goals, left = [], []
            for choice in (*choices, *more):
                parts = self._open(choice, spans)
                if parts is None:
                    continue
                if not parts:
                    return None
                if len(parts) == 1:
                    goals.append(parts[0])
                else:
                    left.append(parts)
            choices = left
            if not goals:
                return spans, choices

    def _claimed(
        self, goals: list[Formula], spans: dict[Sides, Span]
    ) -> list[tuple[Formula, ...]] | None:
        """Narrow spans by what is claimed; the choices among it, None if nothing can be met."""
        choices: list[tuple[Formula, ...]] = []
        stack = goals[::-1]
        while stack:
            self.charge()
            goal = stack.pop()
            match goal:
                case All(parts=parts):
                    stack.extend(parts[::-1])
                case Some(parts=parts):
                    choices.append(parts)
                case Claim(sides=sides, operator=operator, limit=limit):
                    span = narrowed(spans.get(sides, EVERYTHING), operator, limit)
                    if span is None:
                        return None
                    spans[sides] = span
        return choices

    def _open(self, choice: tuple[Formula, ...], spans: Spans) -> tuple[Formula, ...] | None:
        """The parts that can still be met; None if one of them is met already."""
        parts: list[Formula] = []
        for part in choice:
            self.charge()
            state = _state(part, spans)
            if state is True:
                return None
            if state is None:
                parts.append(part)
        return tuple(parts)


def _state(part: Formula, spans: Spans) -> bool | None:
    """Whether a formula is met, or cannot be; None if that is open."""
    match part:
        case Claim(sides=sides, operator=operator, limit=limit):
            span = spans.get(sides, EVERYTHING)
            left = narrowed(span, operator, limit)
            return False if left is None else (True if left is span else None)
        case All(parts=parts):
            states = {_state(each, spans) for each in parts}
            return False if False in states else (None if None in states else True)
        case Some(parts=parts):
            states = {_state(each, spans) for each in parts}
            return True if True in states else (None if None in states else False)
