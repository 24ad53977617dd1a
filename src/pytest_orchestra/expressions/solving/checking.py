"""Whether constraints are met by values, as the language's own evaluation says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pytest_orchestra.expressions.conditions.evaluation import Evaluation
from pytest_orchestra.expressions.conditions.java import JavaEvaluation
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.tree import NamePath
from pytest_orchestra.expressions.conditions.values import Value
from pytest_orchestra.expressions.solving.constraints import Constraint


def are_met(constraints: Iterable[Constraint], values: Mapping[NamePath, Value]) -> bool:
    """Whether values make each constraint as it has to be."""
    given = nested(values)
    return given is not None and all(is_met(each, given) for each in constraints)


def is_met(constraint: Constraint, given: Mapping[str, Value]) -> bool:
    """Whether values by their first names make a constraint as it has to be."""
    kind = JavaEvaluation if constraint.language == "juel" else Evaluation
    try:
        value = kind(given).value(constraint.tree)
    except (Refused, RecursionError):
        return False
    return value is True if constraint.holds else value is False or value is None


def nested(values: Mapping[NamePath, Value]) -> Mapping[str, Value] | None:
    """Values by their first names, contexts around those with a path; None if they collide."""
    given: dict[str, Value] = {}
    for path in sorted(values, key=len):
        if values[path] is None and any(
            values.get(path[:size], 0) is None for size in range(1, len(path))
        ):
            continue
        within = given
        for key in path[:-1]:
            inner = within.setdefault(key, {})
            if not isinstance(inner, dict):
                return None
            within = inner
        if path[-1] in within:
            return None
        value = values[path]
        within[path[-1]] = dict(value) if isinstance(value, Mapping) else value
    return given
