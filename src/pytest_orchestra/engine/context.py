"""The names that templates and rules of one run may use."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.results import JsonLike


@dataclass(slots=True, kw_only=True)
class RunContext:
    """What a run knows so far.

    Attributes:
        data: the values of its data set.
        variables: the environment's ``vars``.
        read_file: what ``file('x.json')`` does.
        step_values: of each alias its latest result, and under ``all`` every one.
    """

    run_id: str
    session_id: str
    worker: str
    data: Mapping[str, JsonLike]
    variables: Mapping[str, JsonLike]
    read_file: Callable[[str, Mapping[str, object]], object]
    step_values: dict[str, dict[str, JsonLike]] = field(default_factory=dict)

    def names(self, visit: int) -> dict[str, object]:
        """Everything that a template may use at an element's ``visit``."""
        names: dict[str, object] = {
            "data": self.data,
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

    def deliver(self, alias: str | None, values: Mapping[str, JsonLike]) -> None:
        """Keep what a step delivered, under its alias."""
        if alias is None:
            return
        before = self.step_values.get(alias)
        every = [*(before["all"] if before else ())]  # type: ignore[misc]  # always a list
        self.step_values[alias] = {**values, "all": [*every, dict(values)]}

    def missing(self, references: tuple[Reference, ...]) -> str | None:
        """The alias of the first step that a reference needs and that delivered nothing."""
        for reference in references:
            if reference.root == "step" and reference.path and not reference.optional:
                delivered = self.step_values.get(reference.path[0])
                if delivered is None or (
                    len(reference.path) > 1 and reference.path[1] not in delivered
                ):
                    return reference.path[0]
        return None


def _new_uuid() -> str:
    return str(uuid.uuid4())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
