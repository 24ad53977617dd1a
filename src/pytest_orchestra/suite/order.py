"""Whether what a step reads of other steps has surely been delivered when it runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.model import Problem
from pytest_orchestra.suite.bound import BoundStep, Step
from pytest_orchestra.suite.names import delivered_names, references_of
from pytest_orchestra.suite.ways import Way


@dataclass(slots=True)
class _Breach:
    """What is wrong in some scenarios; ``why`` is of the first one."""

    reference: Reference
    why: str
    scenarios: list[str]


class OrderCheck:
    """Looks at one scenario after the other and gathers what is wrong in any of them.

    Args:
        steps: of the suite.
        roots: by channel, what a step delivers beside what it saves.
    """

    def __init__(self, steps: Iterable[Step], roots: Mapping[str, Collection[str]]) -> None:
        self._steps = tuple(steps)
        self._aliases = frozenset(step.alias for step in self._steps if step.alias)
        self._needs = {id(step): self._needs_of(step) for step in self._steps}
        self._names = {id(step): delivered_names(step, roots) for step in self._steps}
        self._breaches: dict[tuple[int, str], _Breach] = {}
        self._others: dict[object, Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong in the scenarios that were looked at."""
        return (*(_unsure(breach) for breach in self._breaches.values()), *self._others.values())

    def look_at(self, way: Way, steps: Sequence[BoundStep]) -> None:
        """Check the steps that one scenario runs."""
        runs: dict[str, list[int]] = {}
        for index, bound in enumerate(steps):
            if bound.step.alias:
                runs.setdefault(bound.step.alias, []).append(index)
        self._check_shared(way, steps, runs)
        for index, bound in enumerate(steps):
            for alias, references in self._needs[id(bound.step)].items():
                candidates = runs.get(alias, ())
                ran = _surely_run(way, steps, candidates, index)
                if ran is None:
                    self._breach(way, steps, candidates, index, references[0])
                else:
                    self._check_names(ran, references)

    def _needs_of(self, step: Step) -> Mapping[str, Sequence[Reference]]:
        """What it reads of other steps, by alias; unknown aliases are told elsewhere."""
        needs: dict[str, list[Reference]] = {}
        for each in references_of(step):
            if each.root == "step" and each.path and each.path[0] in self._aliases:
                needs.setdefault(each.path[0], []).append(each)
        return needs

    def _check_shared(
        self, way: Way, steps: Sequence[BoundStep], runs: Mapping[str, Sequence[int]]
    ) -> None:
        for alias, indices in runs.items():
            own = {id(steps[index].step): steps[index].step for index in indices}
            if len(own) > 1 and alias not in self._others:
                first, second, *_ = own.values()
                self._others[alias] = mistake(
                    "alias-twice",
                    f"scenario '{way.scenario.key}' runs two steps with the alias '{alias}'",
                    at=second.location,
                    hint=f"Rename this one or that of {first.location}.",
                )

    def _check_names(self, ran: BoundStep, references: Sequence[Reference]) -> None:
        names = self._names[id(ran.step)]
        if names is None:
            return
        for each in references:
            if len(each.path) > 1 and not each.optional and each.path[1] not in names:
                key = (id(ran.step), each)
                if key not in self._others:
                    self._others[key] = mistake(
                        "unknown-name",
                        f"the step '{each.path[0]}' delivers no '{each.path[1]}'",
                        at=each.location,
                        hint=suggestion(each.path[1], names, "It delivers"),
                    )

    def _breach(
        self,
        way: Way,
        steps: Sequence[BoundStep],
        candidates: Sequence[int],
        index: int,
        reference: Reference,
    ) -> None:
        key = (id(steps[index].step), reference.path[0])
        known = self._breaches.get(key)
        scenario = way.scenario.key
        if known is None:
            why = _why(way, steps, candidates, index, reference.path[0])
            self._breaches[key] = _Breach(reference, why, [scenario])
        elif known.scenarios[-1] != scenario:
            known.scenarios.append(scenario)


def _surely_run(
    way: Way, steps: Sequence[BoundStep], candidates: Sequence[int], index: int
) -> BoundStep | None:
    """The latest of ``candidates`` that has run before ``steps[index]`` in every legal order."""
    for candidate in reversed(candidates):
        if _comes_before(way, steps, candidate, index):
            return steps[candidate]
    return None


def _comes_before(way: Way, steps: Sequence[BoundStep], earlier: int, later: int) -> bool:
    first, second = steps[earlier].moment, steps[later].moment
    return earlier < later if first == second else way.surely_before(first, second)


def _why(
    way: Way, steps: Sequence[BoundStep], candidates: Sequence[int], index: int, alias: str
) -> str:
    if not candidates:
        return f"the step '{alias}' is not on this way"
    if any(steps[each].step is steps[index].step for each in candidates):
        return "the step reads its own result"
    if any(_comes_before(way, steps, index, each) for each in candidates):
        return f"the step '{alias}' runs later"
    return f"the step '{alias}' runs on a concurrent branch"


def _unsure(breach: _Breach) -> Problem:
    first, *others = breach.scenarios
    more = f" and {len(others)} more" if others else ""
    return mistake(
        "step-not-surely-run",
        f"'{breach.reference}' has no sure value in scenario '{first}'{more}: {breach.why}",
        at=breach.reference.location,
        hint="Stand where that step has surely run, or narrow this one with 'when'.",
    )
