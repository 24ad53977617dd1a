"""What a suite calls the elements of the tested process and of those that it calls."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_orchestra.documents.problems import mistake, shortened, suggestion
from pytest_orchestra.errors import BindingError
from pytest_orchestra.model import (
    ElementId,
    FlowNode,
    Problem,
    Process,
    ProcessModel,
    SequenceFlow,
    SourceLocation,
)
from pytest_orchestra.suite.elements import Element, ProcessElements, folded, splits


class Elements:
    """All elements that steps can stand at.

    Args:
        process: the process that the suite tests.
        model: the file that holds it; its other processes are named in hints.
        called: the processes that it calls.
    """

    def __init__(
        self, process: Process, model: ProcessModel, called: Iterable[Process] = ()
    ) -> None:
        self._own = ProcessElements(process)
        self._called = [ProcessElements(each, is_called=True) for each in called]
        self._all = {
            element.id: element
            for names in reversed((self._own, *self._called))
            for element in reversed(names.listed)
        }
        known = {process.id, *(names.process.id for names in self._called)}
        self._others = tuple(other for other in model.processes if other.id not in known)

    def __getitem__(self, element: ElementId) -> Element:
        return self._all[element]

    @property
    def process(self) -> Process:
        """The tested one."""
        return self._own.process

    def name_of(self, element: ElementId) -> str:
        """What people call an element."""
        return self._all[element].name if element in self._all else element

    def find(self, text: str, at: SourceLocation | None) -> Element:
        """The element that ``text`` calls, by id, by name, or as ``Gateway/flow``.

        One of a called process has ``PROCESS/`` before it where its name is also another's.

        Args:
            text: as written; white space is folded.
            at: where it is written.

        Raises:
            BindingError: nothing is called so, or several things are; one problem.
        """
        wanted = folded(text)
        found = self._own.find(wanted) or self._in_called(wanted)
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(wanted, found, at)
        raise BindingError([self._unknown(wanted, at)])

    def _in_called(self, text: str) -> list[Element]:
        found = [element for names in self._called for element in names.find(text)]
        return list({element.id: element for element in found}.values())

    def _unknown(self, text: str, at: SourceLocation | None) -> Problem:
        for names in (self._own, *self._called):
            for owner, name in splits(text):
                for node in names.called(owner):
                    flows = [flow.own_name for flow in names.flows_of(node)]
                    if not node.is_process:
                        return mistake(
                            "unknown-element",
                            f"{node.kind} '{owner}' has no flow '{shortened(name)}' that leaves it",
                            at=at,
                            hint=suggestion(name, flows, "Its flows"),
                        )
        here = f"process '{self._own.process.id}'"
        message = f"{here} has no element called '{shortened(text)}'"
        return mistake("unknown-element", message, at=at, hint=self._hint(text))

    def _hint(self, text: str) -> str:
        """What to write instead of a name that nothing has."""
        tested = self._own.process.id
        for names in self._called:
            if names.is_called_so(text):
                return f"It is a process that '{tested}' calls: write the name of the call."
        for other in self._others:
            if text in (other.id, folded(other.name)) or text in _names_in(other):
                return f"It is in process '{other.id}'; this suite tests '{tested}'."
        known = [name for names in (self._own, *self._called) for name in names.known()]
        return suggestion(text, known, "Known places")


class UnknownElements:
    """Stands for those of a process that cannot be read: whatever a step names is there."""

    def name_of(self, element: ElementId) -> str:
        """Its id."""
        return element

    def find(self, text: str, at: SourceLocation | None) -> Element:
        """Something that is called so."""
        del at
        return Element(id=ElementId(text), name=text, kind="process")


def _ambiguous(text: str, found: list[Element], at: SourceLocation | None) -> BindingError:
    ids = ", ".join(f"{element.id} ({element.kind})" for element in found)
    return BindingError(
        [
            mistake(
                "ambiguous-element",
                f"{len(found)} elements are called '{shortened(text)}': {ids}",
                at=at,
                hint="Write the id of the one that is meant.",
            )
        ]
    )


def _names_in(process: Process) -> frozenset[str]:
    parts: list[FlowNode | SequenceFlow] = [*process.nodes, *process.flows]
    return frozenset(name for part in parts for name in (part.id, folded(part.name)) if name)
