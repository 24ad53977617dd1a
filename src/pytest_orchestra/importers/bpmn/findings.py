"""What the checker can find, as a table of codes, and how it says it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orchestra.importers.bpmn.metamodel import NAMESPACE
from pytest_orchestra.model import ElementId, Problem, Severity, SourceLocation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orchestra.importers.bpmn.reader import RawElement
    from pytest_orchestra.importers.bpmn.tag_places import Place

SHOWN_CHARACTERS = 60
"""How much of an id or of another text of the file a message shows."""

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

CODES: Mapping[str, tuple[Severity, str]] = MappingProxyType(
    {
        "attached-dangling": (_WARNING, "Attach the event to an activity of the same process"),
        "call-without-target": (_INFO, "Name the called process, or bind steps at the call itself"),
        "default-dangling": (_WARNING, "Mark a flow that leaves this element as its default"),
        "definition-repeated": (_WARNING, "Give each definition an id of its own"),
        "element-foreign": (_INFO, "Move it to <extensionElements>, where others' elements belong"),
        "element-misplaced": (_WARNING, "Move it to where BPMN 2.0 allows it"),
        "element-unknown": (_WARNING, "Replace it, or move it to <extensionElements>"),
        "element-unsupported": (_WARNING, "Draw what is to be tested as a process"),
        "event-dangling": (
            _WARNING,
            "Add the definition beside the processes, or remove the reference",
        ),
        "event-sub-process-without-start": (_WARNING, "Give it a start event with a trigger"),
        "flow-crosses-border": (_WARNING, "Let the flow end at the sub-process's border"),
        "flow-crosses-process": (_WARNING, "Draw it as a message flow, or store it in its process"),
        "flow-dangling": (_WARNING, "Connect both its ends, or remove it"),
        "flow-id-duplicate": (_WARNING, "Give each flow an id of its own"),
        "id-duplicate": (_ERROR, "Give each element an id of its own"),
        "id-missing": (_WARNING, "Give the element an id; flows cannot reach it without"),
        "id-shared": (_WARNING, "Write PROCESS/ELEMENT where a suite means one of them"),
        "link-without-catch": (_WARNING, "Draw a catching link event of this name in this scope"),
        "message-flow-dangling": (_WARNING, "Connect both its ends to pools, activities or events"),
        "namespace-missing": (_WARNING, f'Declare xmlns="{NAMESPACE}" on the root element'),
        "namespace-outdated": (_WARNING, f"Replace the namespace by {NAMESPACE}"),
        "process-empty": (_INFO, "Nothing to do, unless it should have a flow"),
        "process-missing": (_WARNING, "Draw the flow in a process, or in a pool that has one"),
        "quantity-ignored": (_WARNING, "Draw several tokens by a parallel gateway"),
        "reference-dangling": (_INFO, "Add what it refers to, or correct the reference"),
    }
)
"""Severity and hint of each code; an ERROR means that the model cannot be trusted."""


class Findings:
    """Collects the problems of one file.

    Args:
        file: as given by the user.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[tuple[Place, Problem]] = []

    def add(self, code: str, message: str, *, place: Place, at: str = "", hint: str = "") -> None:
        """Notes a problem.

        Args:
            code: one of ``CODES``.
            message: what is wrong, one line, no full stop.
            place: in the file.
            at: id of the element; empty if there is none.
            hint: where there is better advice than the code's own.
        """
        severity, advice = CODES[code]
        problem = Problem(
            severity=severity,
            code=code,
            message=message,
            hint=hint or advice,
            location=SourceLocation(file=self._file, line=place.line, column=place.column),
            element_id=ElementId(at) if at else None,
        )
        self._found.append((place, problem))

    def problems(self) -> tuple[Problem, ...]:
        """All of them in file order."""
        return tuple(problem for _, problem in sorted(self._found, key=lambda found: found[0]))


def shortened(text: str) -> str:
    """A text of the file for a message: on one line, cut."""
    folded = " ".join(text.split())
    return folded if len(folded) <= SHOWN_CHARACTERS else folded[: SHOWN_CHARACTERS - 1] + "…"


def described(raw: RawElement, element_id: str) -> str:
    """``userTask 'Approve' (Task_1)``, or ``userTask Task_1`` where it has no name."""
    name = shortened(raw.attributes.get("name", ""))
    shown = shortened(element_id)
    return f"{raw.type.name} '{name}' ({shown})" if name else f"{raw.type.name} {shown}"
