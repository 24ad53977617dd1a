"""Several messages that are each expected once: in any order, or in that of their patterns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_orchestra.checks.expectation import Expected, mismatches_of
from pytest_orchestra.checks.matching import Mismatch, lacking
from pytest_orchestra.spi import Observation

Closest = tuple[Observation | None, tuple[Mismatch, ...]]
"""What comes nearest to a pattern, and what it lacks; None: nothing does."""

_NOTHING: Closest = (None, ())


@dataclass(slots=True)
class Anyhow:
    """Each pattern is met by an observation of its own, in any order.

    Where patterns overlap, observations are given out so that as many as possible are met.
    """

    patterns: Sequence[Expected]
    _unmet: list[int] = field(default_factory=list)
    _kept: list[tuple[Observation, tuple[bool, ...]]] = field(default_factory=list)
    _alike: Counter[tuple[bool, ...]] = field(default_factory=Counter)
    _given: dict[int, int] = field(default_factory=dict)
    _closest: dict[int, Closest] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with every pattern unmet."""
        self._unmet = list(range(len(self.patterns)))

    def take(self, observation: Observation) -> None:
        """Take in one observation."""
        mismatches = [mismatches_of(pattern, observation) for pattern in self.patterns]
        fits = tuple(not each for each in mismatches)
        if not any(fits):
            for number in self._unmet:
                self._closest[number] = _closer(
                    self._closest.get(number, _NOTHING), (observation, mismatches[number])
                )
        elif self._alike[fits] < len(self.patterns):  # more of the same kind cannot help
            self._alike[fits] += 1
            self._kept.append((observation, fits))
            met = next((number for number in self._unmet if self._give(number, set())), None)
            if met is not None:
                self._unmet.remove(met)

    def found(self) -> tuple[Observation, ...]:
        """What met the patterns, in the patterns' order."""
        by_pattern = {pattern: self._kept[index][0] for index, pattern in self._given.items()}
        return tuple(by_pattern[pattern] for pattern in sorted(by_pattern))

    def missing(self) -> str:
        """Which are not met, in words; empty: none."""
        if not self._unmet:
            return ""
        numbers = ", ".join(str(number + 1) for number in self._unmet)
        many = len(self._unmet) > 1
        return f"message{'s' * many} {numbers} of {len(self.patterns)} {_were(many)} not seen"

    def closest(self) -> Closest:
        """What comes nearest to the first pattern that is not met."""
        return self._closest.get(self._unmet[0], _NOTHING) if self._unmet else _NOTHING

    def _give(self, pattern: int, tried: set[int]) -> bool:
        """Give the pattern an observation, moving others on if need be (Kuhn's matching)."""
        free: list[int] = []
        held: list[int] = []
        for index, (_, fits) in enumerate(self._kept):
            if fits[pattern] and index not in tried:
                (held if index in self._given else free).append(index)
        for index in (*free, *held):
            tried.add(index)
            if index not in self._given or self._give(self._given[index], tried):
                self._given[index] = pattern
                return True
        return False


@dataclass(slots=True)
class InOrder:
    """Each pattern is met by an observation after that of the pattern before it."""

    patterns: Sequence[Expected]
    _found: list[Observation] = field(default_factory=list)
    _early: dict[int, Observation] = field(default_factory=dict)
    _closest: Closest = _NOTHING

    def take(self, observation: Observation) -> None:
        """Take in the next observation."""
        number = len(self._found)
        if number == len(self.patterns):
            return
        mismatches = mismatches_of(self.patterns[number], observation)
        if not mismatches:
            self._found.append(observation)
            self._closest = _NOTHING
            return
        self._closest = _closer(self._closest, (observation, mismatches))
        for later in range(number + 1, len(self.patterns)):
            if later not in self._early and not mismatches_of(self.patterns[later], observation):
                self._early[later] = observation

    def found(self) -> tuple[Observation, ...]:
        """What met the patterns so far."""
        return tuple(self._found)

    def missing(self) -> str:
        """Which is not met, in words; empty: none."""
        number = len(self._found)
        if number == len(self.patterns):
            return ""
        text = f"message {number + 1} of {len(self.patterns)} was not seen"
        if number:
            text += " after the one before it"
        early = self._early.get(number)
        return f"{text}; it came earlier, as {early.id}" if early is not None else text

    def closest(self) -> Closest:
        """What comes nearest to the pattern that is not met."""
        return self._closest


def _closer(one: Closest, other: Closest) -> Closest:
    """The one that lacks less; of equals the later."""
    return other if one[0] is None or lacking(other[1]) <= lacking(one[1]) else one


def _were(many: bool) -> str:  # noqa: FBT001 - a word's number
    return "were" if many else "was"
