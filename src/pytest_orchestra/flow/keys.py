"""Keys that live: a scenario is called by the outcomes on its way that are not the default."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pytest_orchestra.flow.decisions import Outcome
from pytest_orchestra.flow.labels import Label, outcome_id
from pytest_orchestra.flow.space import Run

MAIN_KEY = "main"
MAX_KEY = 60
_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioName:
    """How a scenario is called: in machines' lists, and by people."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRun:
    """What a scenario is named by.

    Attributes:
        changed: its changed outcomes in the order of the way.
        key: where it is given: ``main``, or what the suite calls a run that it adds.
    """

    run: Run
    changed: tuple[int, ...]
    key: str | None = None

    def flows(self) -> list[str]:
        """Return what tells this run from others that change the same outcomes."""
        return [flow for edge in self.run for flow in edge.move.taken]

    def story(self) -> list[str]:
        """Return what tells this run also from those that take the same flows: where and how."""
        moves = [edge.move for edge in self.run]
        return [
            " ".join((m.element, str(m.turns), *(f.event for f in m.fired), *m.taken))
            for m in moves
        ]


_TELLS: tuple[tuple[Callable[[NamedRun], list[str]], int | None], ...] = (
    (NamedRun.flows, _DIGITS),
    (NamedRun.flows, 2 * _DIGITS),
    (NamedRun.story, _DIGITS),
    (NamedRun.story, None),
)


def changed_outcomes(run: Run, defaults: AbstractSet[int]) -> tuple[int, ...]:
    """Return the outcomes of a run that are not the default, in the order of the way."""
    return tuple(
        outcome for edge in run for outcome in edge.move.outcomes if outcome not in defaults
    )


def name_scenarios(
    runs: Sequence[NamedRun], outcomes: Sequence[Outcome], labels: Sequence[Label]
) -> list[ScenarioName]:
    """Name scenarios so that no two have one key, unless one is given that others have.

    Args:
        runs: what they are named by.
        outcomes: all outcomes, by index.
        labels: their labels.
    """
    plain = [run.key or _key(run.changed, labels) for run in runs]
    alike = Counter(key for key, run in zip(plain, runs, strict=True) if not run.key)
    alike[MAIN_KEY] += 2
    keys = list(plain)
    for n, run in enumerate(runs):
        if not run.key and (alike[plain[n]] > 1 or len(plain[n]) > MAX_KEY):
            keys[n] = _cut(plain[n], [outcome_id(outcomes[index]) for index in run.changed])
    for tell, digits in _TELLS:
        alike = Counter(key for key, run in zip(keys, runs, strict=True) if not run.key)
        for n, run in enumerate(runs):
            if alike[keys[n]] > 1 and not run.key:
                keys[n] = _cut(plain[n], tell(run), digits)
    names = [_name(run.changed, labels) for run in runs]
    return [ScenarioName(key=key, name=name) for key, name in zip(keys, names, strict=True)]


def _cut(key: str, ids: Iterable[str], digits: int | None = _DIGITS) -> str:
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    return f"{key[:MAX_KEY].removesuffix('-')}-{digest[:digits]}"


def _key(run: tuple[int, ...], labels: Sequence[Label]) -> str:
    parts = [
        labels[outcome].slug + (f"-x{times}" if times > 1 else "")
        for outcome, times in Counter(run).items()
    ]
    return "-".join(parts) or MAIN_KEY


def _name(run: tuple[int, ...], labels: Sequence[Label]) -> str:
    parts = [
        labels[outcome].name + (f" x{times}" if times > 1 else "")
        for outcome, times in Counter(run).items()
    ]
    return ", ".join(parts) or MAIN_KEY.capitalize()
