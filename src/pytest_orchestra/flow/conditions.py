"""Which outcomes ask for data, and what is known of the names in their conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_orchestra.model import ElementId

if TYPE_CHECKING:
    from pytest_orchestra.expressions.conditions.conditions import Condition


VISIT = "visit"
"""The name of a visit's number, from 1, in every condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeConditions:
    """The conditions of a process, of the model and of the suite, and what their names stand for.

    Attributes:
        by_element: by the id of the flow or event that is taken where the condition is true. One
            of an event is false at each visit of its host that the event does not end.
        constants: names (first parts of paths) that a data set holds and no ``each``: they have
            one value along the way. All other names are the system's, and so free at each moment;
            ``visit`` is the visit of the condition's source.
        writes: names that are free again from where an element was passed.
    """

    by_element: Mapping[ElementId, Condition] = field(default_factory=dict)
    constants: frozenset[str] = frozenset()
    writes: Mapping[ElementId, frozenset[str]] = field(default_factory=dict)

    @property
    def ask_of_data(self) -> bool:
        """Whether any reads a constant or the visit: else each can be so wherever it is asked."""
        known = {VISIT, *self.constants}
        return any(not known.isdisjoint(each.all_names) for each in self.by_element.values())


NO_CONDITIONS = OutcomeConditions()
"""Where nothing asks for data."""
