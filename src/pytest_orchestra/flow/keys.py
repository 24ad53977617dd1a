"""Keys that live: a scenario is called by the outcomes on its way that are not the default."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
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


def changed_outcomes(run: Run, defaults: AbstractSet[int]) -> tuple[int, ...]:
    """Return the outcomes of a run that are not the default, in the order of the way."""
    return tuple(
        outcome for edge in run for outcome in edge.move.outcomes if outcome not in defaults
    )


def name_scenarios(
    runs: Sequence[tuple[int, ...]], outcomes: Sequence[Outcome], labels: Sequence[Label]
) -> list[ScenarioName]:
    """Name scenarios so that no two have one key.

    Args:
        runs: the changed outcomes of each, in the order of the way; none: ``main``.
        outcomes: all outcomes, by index.
        labels: their labels.
    """
    plain = [_key(run, labels) for run in runs]
    alike = Counter(plain)
    alike[MAIN_KEY] += 1
    keys: list[str] = []
    taken: Counter[str] = Counter()
    for run, key in zip(runs, plain, strict=True):
        unique = key
        if run and (alike[key] > 1 or len(key) > MAX_KEY):
            unique = f"{key[:MAX_KEY].removesuffix('-')}-{_digest(run, outcomes)}"
        taken[unique] += 1
        keys.append(unique if taken[unique] == 1 else f"{unique}-{taken[unique]}")
    names = [_name(run, labels) for run in runs]
    return [ScenarioName(key=key, name=name) for key, name in zip(keys, names, strict=True)]


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


def _digest(run: tuple[int, ...], outcomes: Sequence[Outcome]) -> str:
    ids = "\n".join(outcome_id(outcomes[index]) for index in run)
    return hashlib.sha256(ids.encode()).hexdigest()[:_DIGITS]
