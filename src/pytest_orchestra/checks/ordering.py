"""Several messages expected in the order of their patterns, as far as they are of one key."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pytest_orchestra.checks.matching import show
from pytest_orchestra.checks.sequences import NOTHING, Anyhow, Closest, Fits
from pytest_orchestra.spi import Observation

MOST_STEPS = 10_000
"""Tries to put observations into the patterns' order, each time that one more arrives."""


@dataclass(slots=True)
class _Series:
    """What met any pattern, of one key, in the order of arrival.

    Attributes:
        meets: for each pattern the indexes of ``observations`` that meet it.
        fits: of the last one; ``alike``: so many at the end are like it.
    """

    meets: tuple[list[int], ...]
    observations: list[Observation] = field(default_factory=list)
    fits: Fits = ()
    alike: int = 0

    def add(self, observation: Observation, fits: Fits) -> None:
        """Take in the next one, unless so many like it came before it that it cannot help."""
        self.alike = self.alike + 1 if fits == self.fits else 1
        self.fits = fits
        if self.alike > len(self.meets):
            return
        for pattern, indexes in enumerate(self.meets):
            if fits[pattern]:
                indexes.append(len(self.observations))
        self.observations.append(observation)

    def after(self, index: int, pattern: int) -> int | None:
        """The first that meets the pattern after ``index``."""
        indexes = self.meets[pattern]
        place = bisect_right(indexes, index)
        return indexes[place] if place < len(indexes) else None

    def before(self, index: int, pattern: int) -> int | None:
        """The last that meets the pattern before ``index``."""
        indexes = self.meets[pattern]
        place = bisect_left(indexes, index)
        return indexes[place - 1] if place else None


_Step = tuple[str | None, int]
"""What meets a pattern: its key, and its index in that key's series."""


@dataclass(slots=True)
class InOrder(Anyhow):
    """Each pattern is met by an observation of its own; those of one key in the patterns' order.

    Between two keys there is no order: topics promise none. What has no key is of one series.
    """

    _series: dict[str | None, _Series] = field(default_factory=dict)
    _keys: dict[Fits, set[str | None]] = field(default_factory=dict)
    _way: tuple[_Step, ...] = ()
    _steps: int = 0

    def found(self) -> tuple[Observation, ...]:
        """What met the patterns, in their order; where that is wrong, in the order of arrival."""
        if self._unmet:
            return Anyhow.found(self)
        if self._is_done:
            return tuple(self._series[key].observations[index] for key, index in self._way)
        return tuple(self._kept[index][0] for index in sorted(self._given))

    def missing(self) -> str:
        """Which is not met, or not in order, in words; empty: none."""
        if self._unmet or self._is_done:
            return Anyhow.missing(self)
        number = len(self._way)
        text = f"message {number + 1} of {len(self.patterns)}"
        for earlier, (key, index) in reversed([*enumerate(self._way)]):
            series = self._series[key]
            if (early := series.before(index, number)) is not None:
                found, then = series.observations[early].id, series.observations[index].id
                which = f": {found}, then {then}" if found and then else ""
                of_key = f", both of key {show(key)}" if key is not None else ""
                return f"{text} came before message {earlier + 1}{which}{of_key}"
        return f"{text} was not seen after those before it"

    def closest(self) -> Closest:
        """What comes nearest to the first pattern that is not met at all."""
        return Anyhow.closest(self) if self._unmet else NOTHING

    @property
    def _is_done(self) -> bool:
        return len(self._way) == len(self.patterns)

    def keep(self, observation: Observation, fits: Fits) -> None:
        """Note it in its key's series, too, and see whether all are met in order now."""
        if self._is_done:
            return
        Anyhow.keep(self, observation, fits)
        keys = self._keys.setdefault(fits, set())
        if observation.key not in keys and len(keys) == len(self.patterns):
            return  # of so many keys the other patterns leave one alone, which does as well
        keys.add(observation.key)
        if observation.key not in self._series:
            self._series[observation.key] = _Series(tuple([] for _ in self.patterns))
        self._series[observation.key].add(observation, fits)
        if not self._unmet:
            self._search()

    def _search(self) -> None:
        """Find what meets the patterns in order; else keep the way that leads farthest."""
        self._way, self._steps = (), 0
        way: list[_Step] = []
        tries = [self._next(way)]
        while tries and not self._is_done:
            if (step := next(tries[-1], None)) is None:
                tries.pop()
                del way[-1:]
                continue
            way.append(step)
            if len(way) > len(self._way):
                self._way = tuple(way)
            tries.append(self._next(way))

    def _next(self, way: Sequence[_Step]) -> Iterator[_Step]:
        """What may meet the pattern after ``way``, of keys that are on it already first."""
        last, pattern = dict(way), len(way)
        for key in (*reversed(last), *(key for key in self._series if key not in last)):
            index = self._series[key].after(last.get(key, -1), pattern)
            if index is not None and self._steps < MOST_STEPS:
                self._steps += 1
                yield key, index
