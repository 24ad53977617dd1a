"""Runs with names, told as scenarios when they are asked for.

A thousand long ways told at once would fill the memory of whoever wants but their keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import overload

from pytest_orchestra.flow.calls import Calls
from pytest_orchestra.flow.keys import NamedRun, ScenarioName
from pytest_orchestra.flow.scenario import Scenario, WayCondition
from pytest_orchestra.flow.telling import tell_run
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.flow.weaving import Woven


class ScenarioCatalogue(Sequence[Scenario]):
    """The scenarios of a process; equal to any sequence of equal scenarios.

    Args:
        game: the rules by which the runs were found.
        defaults: indices of the default outcomes.
        runs: one for each scenario.
        names: theirs.
        calls: the ways of called processes.
    """

    def __init__(
        self,
        game: TokenGame,
        defaults: AbstractSet[int],
        runs: Sequence[NamedRun],
        names: Sequence[ScenarioName],
        calls: Calls,
    ) -> None:
        self._game = game
        self._defaults = defaults
        self._runs = runs
        self._names = names
        self._calls = calls

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, without telling anything."""
        return tuple(name.key for name in self._names)

    @overload
    def __getitem__(self, index: int) -> Scenario: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Scenario, ...]: ...

    def __getitem__(self, index: int | slice) -> Scenario | tuple[Scenario, ...]:
        if isinstance(index, slice):
            return tuple(self[n] for n in range(*index.indices(len(self))))
        name = self._names[index]
        way = tell_run(self._game, self._runs[index].run, self._defaults)
        woven = self._calls.weave(self._game.graph, way.moments)
        return Scenario(
            key=name.key,
            name=name.name,
            process_id=self._game.graph.process.id,
            moments=woven.moments,
            decisions=way.decisions,
            conditions=_moved(way.conditions, woven) if woven.calls else way.conditions,
            aside=_moved(way.aside, woven) if woven.calls else way.aside,
            calls=woven.calls,
        )

    def __len__(self) -> int:
        return len(self._runs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self.keys)

    def __repr__(self) -> str:
        return f"ScenarioCatalogue({', '.join(self.keys)})"

    def __reduce__(self) -> tuple[type[tuple[Scenario, ...]], tuple[tuple[Scenario, ...]]]:
        return tuple, (tuple(self),)


def _moved(conditions: Iterable[WayCondition], woven: Woven) -> tuple[WayCondition, ...]:
    """Conditions at the moments that they have among those of called processes."""
    return tuple(replace(each, moment=woven.places[each.moment]) for each in conditions)
