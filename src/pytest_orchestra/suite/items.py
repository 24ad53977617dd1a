"""Which item of each list a step has, and whether it has what the step reads of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.model import ElementId, Problem
from pytest_orchestra.suite.bound import BoundStep, Step
from pytest_orchestra.suite.each import EACH, Each, items_of
from pytest_orchestra.suite.names import references_of
from pytest_orchestra.suite.ways import Way


@dataclass(slots=True)
class _Breach:
    """A reference without a sure item, in some scenarios."""

    reference: Reference
    scenarios: list[str]


class ItemBinder:
    """Gives steps their items, one scenario after the other, and gathers what is wrong.

    Args:
        each: as the suite says.
        steps: of the suite.
        name_of: what people call an element.
    """

    def __init__(
        self, each: Each, steps: Iterable[Step], name_of: Callable[[ElementId], str] = str
    ) -> None:
        self._each = each
        self._name_of = name_of
        self._reads: Mapping[int, tuple[Reference, ...]] = {
            id(step): tuple(
                reference
                for reference in references_of(step)
                if reference.root == EACH and reference.path and reference.path[0] in each.elements
            )
            for step in (steps if each.elements else ())
        }
        self._breaches: dict[tuple[int, object], _Breach] = {}
        self._lacks: dict[object, Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong in the scenarios that were looked at."""
        return (*map(self._unsure, self._breaches.values()), *self._lacks.values())

    def bind(self, way: Way, steps: Sequence[BoundStep]) -> tuple[BoundStep, ...]:
        """The steps of a way, each with the numbers of its items."""
        if not self._each.elements:
            return tuple(steps)
        bound = []
        for step in steps:
            items = self._each.numbers_at(way, step.moment)
            self._judge(way, step, items)
            bound.append(replace(step, items=items))
        return tuple(bound)

    def look_at(self, data: DataSet | None, steps: Sequence[BoundStep]) -> None:
        """Check that the items of a set have what the steps of a scenario read of them."""
        if data is None or not self._each.elements:
            return
        for bound in steps:
            items = items_of(data.values, bound.items)
            for reference in self._reads[id(bound.step)]:
                self._check(reference, data, bound, items)

    def _judge(self, way: Way, bound: BoundStep, items: Mapping[str, int]) -> None:
        for reference in self._reads[id(bound.step)]:
            if reference.path[0] in items or reference.optional:
                continue
            key = (id(bound.step), reference.path[0])
            breach = self._breaches.setdefault(key, _Breach(reference, []))
            if way.scenario.key not in breach.scenarios[-1:]:
                breach.scenarios.append(way.scenario.key)

    def _unsure(self, breach: _Breach) -> Problem:
        first, *others = breach.scenarios
        more = f" and {len(others)} more" if others else ""
        elements = self._each.elements[breach.reference.path[0]]
        names = " or ".join(f"'{self._name_of(each)}'" for each in elements)
        return mistake(
            "item-not-sure",
            f"'{breach.reference}' has no sure item in scenario '{first}'{more}:"
            f" it is not sure which visit of {names} came last, or that any did",
            at=breach.reference.location,
            hint="Stand where one has surely been, or narrow the step with 'when'.",
        )

    def _check(
        self,
        reference: Reference,
        data: DataSet,
        bound: BoundStep,
        items: Mapping[str, object],
    ) -> None:
        name, *path = reference.path
        if reference.optional or name not in items:
            return
        value = items[name]
        for depth, key in enumerate(path, start=1):
            if not isinstance(value, Mapping) or key not in value:
                number, known = bound.items[name], value if isinstance(value, Mapping) else ()
                self._lacks[reference, data.name, number] = mistake(
                    "data-lacks",
                    f"item {number} of '{name}' in data set '{data.name}' has no"
                    f" '{'.'.join(path[:depth])}'",
                    at=reference.location,
                    hint=suggestion(key, known, "It has"),
                )
                return
            value = value[key]
