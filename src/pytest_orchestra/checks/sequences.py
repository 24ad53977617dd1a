"""Several messages that are each expected once, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_orchestra.checks.expectation import Expected, mismatches_of
from pytest_orchestra.checks.matching import Mismatch, lacking
from pytest_orchestra.spi import Observation

Closest = tuple[Observation | None, tuple[Mismatch, ...]]
"""What comes nearest to a pattern, and what it lacks; None: nothing does."""

NOTHING: Closest = (None, ())

Fits = tuple[bool, ...]
"""Which of the patterns an observation meets."""


@dataclass(slots=True)
class Anyhow:
    """Each pattern is met by an observation of its own, in any order.

    Where patterns overlap, observations are given out so that as many as possible are met.
    """

    patterns: Sequence[Expected]
    _unmet: list[int] = field(default_factory=list)
    _kept: list[tuple[Observation, Fits]] = field(default_factory=list)
    _alike: Counter[Fits] = field(default_factory=Counter)
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
                    self._closest.get(number, NOTHING), (observation, mismatches[number])
                )
        else:
            self.keep(observation, fits)

    @property
    def is_short(self) -> bool:
        """Whether any pattern is not met."""
        return bool(self._unmet)

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
        return self._closest.get(self._unmet[0], NOTHING) if self._unmet else NOTHING

    def keep(self, observation: Observation, fits: Fits) -> None:
        """Give it to a pattern, or others to other patterns, if that helps."""
        if self._alike[fits] == len(self.patterns):  # more of the same kind cannot help
            return
        self._alike[fits] += 1
        self._kept.append((observation, fits))
        met = next((number for number in self._unmet if self._give(number, set())), None)
        if met is not None:
            self._unmet.remove(met)

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


def _closer(one: Closest, other: Closest) -> Closest:
    """The one that lacks less; of equals the later."""
    return other if one[0] is None or lacking(other[1]) <= lacking(one[1]) else one


def _were(many: bool) -> str:  # noqa: FBT001 - a word's number
    return "were" if many else "was"
