"""The elements of one process by everything they are called: id, name, ``Gateway/flow``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_orchestra.model import ElementId, FlowNode, NodeKind, Process, SequenceFlow


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Something in a process that a step can stand at.

    Attributes:
        id: of an element of a called process ``PROCESS/ELEMENT``, as in a scenario's moments.
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
        return self.name if self.flow is None else self.flow.name or self.flow.id

    @property
    def is_process(self) -> bool:
        """Whether it is the process itself."""
        return self.kind == "process"

    @property
    def is_flow(self) -> bool:
        """Whether it is a sequence flow."""
        return self.kind == "flow"

    @property
    def is_called(self) -> bool:
        """Whether it is in a called process."""
        own = self.node or self.flow
        return own is not None and own.id != self.id

    @property
    def can_be_left(self) -> bool:
        """Whether it lasts, so that it completes: the process, or an activity."""
        return self.is_process or (self.node is not None and self.node.kind.is_activity)


class ProcessElements:
    """All elements of one process.

    Args:
        process: the tested one, or one that it calls.
        is_called: whether it is called; then it is no place itself.
    """

    def __init__(self, process: Process, *, is_called: bool = False) -> None:
        self.process = process
        self.listed: list[Element] = []
        self._by_id: dict[str, Element] = {}
        self._by_name: dict[str, list[Element]] = {}
        self._flows: dict[str, list[Element]] = {}
        prefix = f"{process.id}/" if is_called else ""
        if not is_called:
            self._add(process.id, process.name, _process_element(process))
        for node in process.nodes:
            self._add(node.id, node.name, _node_element(node, prefix))
        names = {node.id: node.name for node in process.nodes}
        for flow in process.flows:
            element = _flow_element(flow, names.get(flow.source, ""), prefix)
            self._add(flow.id, flow.name, element)
            self._flows.setdefault(flow.source, []).append(element)

    def find(self, text: str) -> list[Element]:
        """What is called so: by id, else by name, else as ``OWNER/ELEMENT``."""
        return self.called(text) or self._below(text)

    def called(self, name: str) -> list[Element]:
        """What has this id, else what has this name."""
        by_id = self._by_id.get(name)
        return [by_id] if by_id else self._by_name.get(name, [])

    def is_called_so(self, name: str) -> bool:
        """Whether the process itself has this id or name."""
        return name in (self.process.id, folded(self.process.name))

    def flows_of(self, element: Element) -> list[Element]:
        """The flows out of a node."""
        return self._flows.get(element.node.id, []) if element.node else []

    def known(self) -> list[str]:
        """Every name, and the ids that are more than names in other letters."""
        names = {name.casefold() for name in self._by_name}
        return [*self._by_name, *(each for each in self._by_id if each.casefold() not in names)]

    def _add(self, element_id: ElementId, name: str, element: Element) -> None:
        self.listed.append(element)
        self._by_id.setdefault(element_id, element)
        if name:
            self._by_name.setdefault(folded(name), []).append(element)

    def _below(self, text: str) -> list[Element]:
        """What ``OWNER/ELEMENT`` calls: a flow out of a node, or anything in the process."""
        found: dict[ElementId, Element] = {}
        for owner, name in splits(text):
            inside = self.find(name) if self.is_called_so(owner) else []
            for element in self.called(owner):
                inside = [*inside, *self._out_of(element, name)]
            found.update((each.id, each) for each in inside)
        return list(found.values())

    def _out_of(self, node: Element, name: str) -> list[Element]:
        flows = self.flows_of(node)
        return [f for f in flows if f.flow and name in (f.flow.id, folded(f.own_name))]


def folded(text: str) -> str:
    """``text`` with its white space folded."""
    return " ".join(text.split())


def splits(text: str) -> Iterator[tuple[str, str]]:
    """Every way to read ``text`` as OWNER/NAME; names may have slashes of their own."""
    for index, character in enumerate(text):
        if character == "/":
            yield text[:index].strip(), text[index + 1 :].strip()


def _process_element(process: Process) -> Element:
    return Element(id=process.id, name=process.name or process.id, kind="process")


def _node_element(node: FlowNode, prefix: str) -> Element:
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
    named = node.name or node.id
    return Element(id=ElementId(f"{prefix}{node.id}"), name=named, kind=word, node=node)


def _flow_element(flow: SequenceFlow, source: str, prefix: str) -> Element:
    """A flow is called as a suite calls it, ``Amount?/high``: ``high`` alone says little."""
    name = f"{source}/{flow.name}" if source and flow.name else flow.name or flow.id
    return Element(id=ElementId(f"{prefix}{flow.id}"), name=name, kind="flow", flow=flow)
