"""The names that templates and rules of one run may use."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.results import JsonLike
from pytest_orchestra.suite.each import items_of
from pytest_orchestra.suite.expectations import EVERY_RESULT


@dataclass(slots=True, kw_only=True)
class RunContext:
    """What a run knows so far.

    Attributes:
        data: the values of its data set.
        variables: the environment's ``vars``.
        read_file: what ``file('x.json')`` does.
        step_values: of each alias its latest result, and under ``all`` every one.
        items: of each list of the data the one that the step which runs has.
        undelivered: aliases whose latest visit gave no values, to the step's name.
    """

    run_id: str
    session_id: str
    worker: str
    data: Mapping[str, JsonLike]
    variables: Mapping[str, JsonLike]
    read_file: Callable[[str, Mapping[str, object]], object]
    step_values: dict[str, dict[str, JsonLike]] = field(default_factory=dict)
    items: Mapping[str, JsonLike] = field(default_factory=dict)
    undelivered: dict[str, str] = field(default_factory=dict)

    def names(self, visit: int, items: Mapping[str, int]) -> dict[str, object]:
        """Everything that a template may use.

        Args:
            visit: of the element.
            items: of each list of the data which item its visit has, from 1.
        """
        names: dict[str, object] = {
            "data": self.data,
            "each": items_of(self.data, items),
            "step": self.step_values,
            "visit": visit,
            "vars": self.variables,
            "run": {"id": self.run_id, "worker": self.worker},
            "session": {"id": self.session_id},
            "uuid": _new_uuid,
            "now": _now,
        }
        names["file"] = lambda path: self.read_file(path, names)
        return names

    def deliver(self, alias: str, values: Mapping[str, JsonLike], *, failed: str = "") -> None:
        """Keep what a step delivered.

        Args:
            alias: of the step.
            values: by name.
            failed: the step's name, if it failed in spite of them: other values are missing.
        """
        self.step_values[alias] = {**values, EVERY_RESULT: [*self._every(alias), dict(values)]}
        if failed:
            self.undelivered[alias] = failed
        else:
            self.undelivered.pop(alias, None)

    def withhold(self, alias: str, name: str) -> None:
        """Forget what an earlier visit delivered, as the latest did not; ``name`` is the step's."""
        self.step_values[alias] = {EVERY_RESULT: self._every(alias)}
        self.undelivered[alias] = name

    def missing(self, references: Iterable[Reference]) -> str | None:
        """The first step that delivered not what a reference needs: its alias and its name."""
        for reference in references:
            if reference.root != "step" or not reference.path or reference.optional:
                continue
            alias, *rest = reference.path
            if alias in self.undelivered and self._lacks(alias, rest):
                return f"{alias!r} ({self.undelivered[alias]})"
        return None

    def _lacks(self, alias: str, path: list[str]) -> bool:
        values = self.step_values[alias]
        if not path:
            return len(values) == 1
        return path[0] == EVERY_RESULT or path[0] not in values

    def _every(self, alias: str) -> list[JsonLike]:
        values = self.step_values.get(alias, {}).get(EVERY_RESULT)
        return values if isinstance(values, list) else []


def _new_uuid() -> str:
    return str(uuid.uuid4())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
