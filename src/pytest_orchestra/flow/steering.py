"""What a suite says of the scenarios that it wants: elements by id, nothing is checked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_orchestra.model import ElementId


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """How the choice of scenarios is led; an outcome is named by its flow's or event's id.

    Attributes:
        main: outcomes that are their decisions' default.
        without: outcomes that no scenario takes, with the reason.
        add: keys of scenarios to add, with the outcomes that the way takes.
        max_loop_iterations: of single loops: by the activity with a marker, or by the flow that
            turns back, its source or its target.
    """

    main: tuple[ElementId, ...] = ()
    without: Mapping[ElementId, str] = field(default_factory=dict)
    add: Mapping[str, tuple[ElementId, ...]] = field(default_factory=dict)
    max_loop_iterations: Mapping[ElementId, int] = field(default_factory=dict)


UNSTEERED = Steering()
"""Where the suite says nothing."""
