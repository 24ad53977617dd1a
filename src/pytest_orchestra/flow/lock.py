"""What is kept of scenarios to see later what became of them, and what did."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pytest_orchestra.flow.scenario import Criterion, Scenario, ScenarioSet
from pytest_orchestra.model import ElementId

_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLock:
    """The scenarios of a process at one time.

    Attributes:
        signatures: by scenario's key.
    """

    process_id: ElementId
    criterion: Criterion
    signatures: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What became of scenarios: their keys, sorted.

    Attributes:
        changed: another way under the same key.
        renamed: the same way under another key: old and new one.
    """

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything did."""
        return bool(self.new or self.gone or self.changed or self.renamed)


def lock_scenarios(scenarios: ScenarioSet) -> ProcessLock:
    """Return what a lock file keeps of scenarios."""
    return ProcessLock(
        process_id=scenarios.process_id,
        criterion=scenarios.criterion,
        signatures={each.key: signature(each) for each in scenarios.scenarios},
    )


def signature(scenario: Scenario) -> str:
    """Return 12 hex digits that stand for a way: what it passes, and what led there.

    Names have no say in it, and neither has the order in which concurrent branches are told.
    """
    moments = scenario.moments
    lines = []
    for moment in moments:
        caller = moments[moment.caller].element if moment.caller is not None else ""
        causes = sorted(moments[cause].element for cause in moment.causes)
        lines.append("\t".join((moment.passage.value, caller, moment.element, *causes)))
    return digits_of(*sorted(lines))


def digits_of(*lines: str) -> str:
    """Return 12 hex digits that stand for lines of text."""
    text = "\n".join(lines).encode("utf-8", "backslashreplace")
    return hashlib.sha256(text).hexdigest()[:_DIGITS]


def find_drift(old: ProcessLock, new: ProcessLock) -> Drift:
    """Return what became of the scenarios of a process, both chosen by the same criterion."""
    before, after = old.signatures, new.signatures
    came = sorted(after.keys() - before.keys())
    by_way: defaultdict[str, list[str]] = defaultdict(list)
    for key in reversed(came):
        by_way[after[key]].append(key)
    went = sorted(before.keys() - after.keys())
    renamed = [(key, by_way[before[key]].pop()) for key in went if by_way[before[key]]]
    moved = {key for pair in renamed for key in pair}
    return Drift(
        new=tuple(key for key in came if key not in moved),
        gone=tuple(key for key in went if key not in moved),
        changed=tuple(
            key for key in sorted(before.keys() & after.keys()) if before[key] != after[key]
        ),
        renamed=tuple(renamed),
    )
