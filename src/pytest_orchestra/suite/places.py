"""The names by which a suite calls a process and its elements: id, name, ``Gateway/flow``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_orchestra.documents.problems import mistake, shortened, suggestion
from pytest_orchestra.errors import BindingError
from pytest_orchestra.model import (
    ElementId,
    FlowNode,
    NodeKind,
    Problem,
    Process,
    ProcessModel,
    SequenceFlow,
    SourceLocation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Something in a process that a step can stand at.

    Attributes:
        name: its name, of a flow with its source's, ``Amount?/high``; else its id.
        kind: as messages speak of it, ``gateway``.
        node, flow: what the model says of it, if it is one.
    """

    id: ElementId
    name: str
    kind: str
    node: FlowNode | None = None
    flow: SequenceFlow | None = None

    @property
    def own_name(self) -> str:
        """Its name without another's."""
        return self.name if self.flow is None else self.flow.name or self.id

    @property
    def is_process(self) -> bool:
        """Whether it is the process itself."""
        return self.kind == "process"

    @property
    def is_flow(self) -> bool:
        """Whether it is a sequence flow."""
        return self.kind == "flow"

    @property
    def can_be_left(self) -> bool:
        """Whether it lasts, so that it completes: the process, or an activity."""
        return self.is_process or (self.node is not None and self.node.kind.is_activity)


class Elements:
    """All elements of one process by everything they are called.

    Args:
        process: the process that the suite tests.
        model: the file that holds it; its other processes are named in hints.
    """

    def __init__(self, process: Process, model: ProcessModel) -> None:
        self._process = process
        self._others = tuple(other for other in model.processes if other.id != process.id)
        self._by_id: dict[str, Element] = {}
        self._by_name: dict[str, list[Element]] = {}
        self._flows: dict[str, list[Element]] = {}
        self._add(_process_element(process), process.name)
        for node in process.nodes:
            self._add(_node_element(node), node.name)
        names = {node.id: node.name for node in process.nodes}
        for flow in process.flows:
            element = _flow_element(flow, names.get(flow.source, ""))
            self._add(element, flow.name)
            self._flows.setdefault(flow.source, []).append(element)

    def __getitem__(self, element: ElementId) -> Element:
        return self._by_id[element]

    def find(self, text: str, at: SourceLocation | None) -> Element:
        """The element that ``text`` calls, by id, by name, or as ``Gateway/flow``.

        Args:
            text: as written; white space is folded.
            at: where it is written.

        Raises:
            BindingError: nothing is called so, or several things are; one problem.
        """
        wanted = _folded(text)
        found = self._called(wanted) or self._below(wanted)
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(wanted, found, at)
        raise BindingError([self._unknown(wanted, at)])

    def _add(self, element: Element, name: str) -> None:
        self._by_id.setdefault(element.id, element)
        if name:
            self._by_name.setdefault(_folded(name), []).append(element)

    def _called(self, name: str) -> list[Element]:
        by_id = self._by_id.get(name)
        return [by_id] if by_id else self._by_name.get(name, [])

    def _below(self, text: str) -> list[Element]:
        """What ``OWNER/ELEMENT`` calls: a flow out of a node, or anything in the process."""
        found: dict[ElementId, Element] = {}
        for owner, name in _splits(text):
            for element in self._called(owner):
                inside = self._called(name) if element.is_process else self._out_of(element, name)
                found.update((each.id, each) for each in inside)
        return list(found.values())

    def _out_of(self, node: Element, name: str) -> list[Element]:
        flows = self._flows.get(node.id, [])
        return [flow for flow in flows if name in (flow.id, _folded(flow.own_name))]

    def _known(self) -> list[str]:
        """Every name, and the ids that are more than names in other letters."""
        names = {name.casefold() for name in self._by_name}
        return [*self._by_name, *(each for each in self._by_id if each.casefold() not in names)]

    def _unknown(self, text: str, at: SourceLocation | None) -> Problem:
        for owner, name in _splits(text):
            for node in self._called(owner):
                flows = [flow.own_name for flow in self._flows.get(node.id, [])]
                if not node.is_process:
                    return mistake(
                        "unknown-element",
                        f"{node.kind} '{owner}' has no flow '{shortened(name)}' that leaves it",
                        at=at,
                        hint=suggestion(name, flows, "Its flows"),
                    )
        here = f"process '{self._process.id}'"
        for other in self._others:
            if text in (other.id, _folded(other.name)) or text in _names_in(other):
                hint = f"It is in process '{other.id}'; this suite tests '{self._process.id}'."
                break
        else:
            hint = suggestion(text, self._known(), "Known places")
        message = f"{here} has no element called '{shortened(text)}'"
        return mistake("unknown-element", message, at=at, hint=hint)


class UnknownElements:
    """Stands for those of a process that cannot be read: whatever a step names is there."""

    def find(self, text: str, at: SourceLocation | None) -> Element:
        """Something that is called so."""
        del at
        return Element(id=ElementId(text), name=text, kind="process")


def _folded(text: str) -> str:
    return " ".join(text.split())


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Every way to read ``text`` as OWNER/NAME; names may have slashes of their own."""
    for index, character in enumerate(text):
        if character == "/":
            yield text[:index].strip(), text[index + 1 :].strip()


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
    return frozenset(name for part in parts for name in (part.id, _folded(part.name)) if name)


def _process_element(process: Process) -> Element:
    return Element(id=process.id, name=process.name or process.id, kind="process")


def _node_element(node: FlowNode) -> Element:
    kind = node.kind
    word = (
        "gateway"
        if kind.is_gateway
        else "event"
        if kind.is_event
        else "sub-process"
        if kind.is_sub_process
        else "call activity"
        if kind is NodeKind.CALL_ACTIVITY
        else "task"
    )
    return Element(id=node.id, name=node.name or node.id, kind=word, node=node)


def _flow_element(flow: SequenceFlow, source: str) -> Element:
    """A flow is called as a suite calls it, ``Amount?/high``: ``high`` alone says little."""
    name = f"{source}/{flow.name}" if source and flow.name else flow.name or flow.id
    return Element(id=flow.id, name=name, kind="flow", flow=flow)
