"""What a suite calls outcomes becomes flows and events, or a problem with its place."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_orchestra.documents.document import Document, PartPath
from pytest_orchestra.documents.problems import mistake, suggestion
from pytest_orchestra.flow.outcomes import NamedOutcomes
from pytest_orchestra.model import ElementId, Problem, SourceLocation
from pytest_orchestra.suite.collecting import collecting
from pytest_orchestra.suite.elements import Element
from pytest_orchestra.suite.places import Elements


class OutcomeReader:
    """Reads names of outcomes in one part of a suite.

    Args:
        elements: what the suite calls the elements of its process.
        document: where the suite is written.

    Attributes:
        problems: what makes no sense.
    """

    def __init__(self, elements: Elements, document: Document) -> None:
        self.problems: list[Problem] = []
        self._elements = elements
        self._document = document

    def outcomes(self, name: str, path: PartPath, named: NamedOutcomes) -> list[ElementId]:
        """The outcome that is called so, as the flow floor knows it; empty where there is none."""
        found: list[ElementId] = []
        for element in self._found(name, path):
            if element.id in named.outcomes:
                found.append(named.outcomes[element.id])
                continue
            if element.is_called:
                self._say(
                    "not-an-outcome",
                    f"the {element.kind} '{element.name}' is in a called process, which goes its"
                    " own 'main'",
                    path,
                    "Name outcomes of the tested process only.",
                )
                continue
            own = [each for each in named.outcomes if self._leaves(each, element)]
            self._say(
                "not-an-outcome",
                f"the {element.kind} '{element.name}' is no outcome: that is a flow where ways"
                " part, or an event that may come",
                path,
                suggestion(name, self._names(own or named.outcomes), "Outcomes"),
            )
        return found

    def _leaves(self, outcome: ElementId, element: Element) -> bool:
        """Whether an outcome is a flow out of an element, or an event at it."""
        other = self._elements[outcome]
        ends = (other.flow.source if other.flow else None, other.node and other.node.attached_to)
        return element.id in ends

    def _names(self, elements: Iterable[ElementId]) -> list[str]:
        return [self._elements[each].name for each in elements]

    def _found(self, name: str, path: PartPath) -> list[Element]:
        """The element that is called so, as a list; empty, and told, where there is none."""
        with collecting(self.problems):
            return [self._elements.find(name, self._at(path))]
        return []

    def _say(self, code: str, message: str, path: PartPath, hint: str) -> None:
        self.problems.append(mistake(code, message, at=self._at(path), hint=hint))

    def _at(self, path: PartPath) -> SourceLocation:
        """Where the key of a part is written."""
        return self._document.key_location(path)
