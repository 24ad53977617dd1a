"""Draws processes whose ways are too many to walk: what must be chosen in time and memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_orchestra.model import (
    ElementId,
    EventDefinition,
    EventKind,
    FlowNode,
    NodeKind,
    Process,
    SequenceFlow,
)

_PROCESS = ElementId("process")


class _Drawing:
    """Nodes and flows, numbered as they come."""

    def __init__(self) -> None:
        self._nodes: list[FlowNode] = []
        self._flows: list[SequenceFlow] = []

    def node(
        self,
        kind: NodeKind,
        *before: ElementId,
        scope: ElementId = _PROCESS,
        host: ElementId | None = None,
    ) -> ElementId:
        """Add a node behind others; an event at the border of a host is a timer."""
        made = FlowNode(
            id=ElementId(f"n{len(self._nodes):05}"),
            kind=kind,
            scope=scope,
            attached_to=host,
            events=(EventDefinition(kind=EventKind.TIMER),) if host else (),
        )
        self._nodes.append(made)
        for source in before:
            self.flow(source, made.id)
        return made.id

    def flow(self, source: ElementId, target: ElementId) -> None:
        number = f"f{len(self._flows):05}"
        self._flows.append(SequenceFlow(id=ElementId(number), source=source, target=target))

    def row(self, before: ElementId, length: int) -> ElementId:
        """Add tasks one after the other and return the last."""
        for _ in range(length):
            before = self.node(NodeKind.TASK, before)
        return before

    def diamonds(self, before: ElementId, number: int) -> ElementId:
        """Add exclusive splits with two ways, one after the other."""
        for _ in range(number):
            split = self.node(NodeKind.EXCLUSIVE_GATEWAY, before)
            before = self.node(NodeKind.EXCLUSIVE_GATEWAY, self.row(split, 1), self.row(split, 1))
        return before

    def loop(self, before: ElementId, body: Callable[[ElementId], ElementId]) -> ElementId:
        """Add a body that may be passed again."""
        head = self.node(NodeKind.EXCLUSIVE_GATEWAY, before)
        tail = self.node(NodeKind.EXCLUSIVE_GATEWAY, body(head))
        self.flow(tail, head)
        return tail

    def block(
        self, kind: NodeKind, before: ElementId, *branches: Callable[[ElementId], ElementId]
    ) -> ElementId:
        """Add a split and a join of a kind with branches between."""
        split = self.node(kind, before)
        return self.node(kind, *[branch(split) for branch in branches])

    def process(self) -> Process:
        return Process(id=_PROCESS, nodes=tuple(self._nodes), flows=tuple(self._flows))


def _drawn(body: Callable[[_Drawing, ElementId], ElementId]) -> Process:
    drawing = _Drawing()
    end = body(drawing, drawing.node(NodeKind.START_EVENT))
    drawing.node(NodeKind.END_EVENT, end)
    return drawing.process()


def diamonds(number: int) -> Process:
    """A chain of exclusive splits: 2 ** number ways."""
    return _drawn(lambda drawing, start: drawing.diamonds(start, number))


def inclusive(ways: int) -> Process:
    """An inclusive split and its join: 2 ** ways - 1 ways."""

    def body(drawing: _Drawing, start: ElementId) -> ElementId:
        branches = [lambda split: drawing.row(split, 1)] * ways
        return drawing.block(NodeKind.INCLUSIVE_GATEWAY, start, *branches)

    return _drawn(body)


def nested_loops(depth: int) -> Process:
    """Loops one inside the other around a task."""

    def body(drawing: _Drawing, before: ElementId, left: int = depth) -> ElementId:
        if not left:
            return drawing.row(before, 1)
        return drawing.loop(before, lambda head: body(drawing, head, left - 1))

    return _drawn(body)


def parallel_rows(branches: int, length: int) -> Process:
    """A parallel block of tasks: one way."""

    def body(drawing: _Drawing, start: ElementId) -> ElementId:
        rows = [lambda split: drawing.row(split, length)] * branches
        return drawing.block(NodeKind.PARALLEL_GATEWAY, start, *rows)

    return _drawn(body)


def parallel_diamonds(branches: int, length: int) -> Process:
    """A parallel block of chains of exclusive splits: 2 ** (branches * length) ways."""

    def body(drawing: _Drawing, start: ElementId) -> ElementId:
        chains = [lambda split: drawing.diamonds(split, length)] * branches
        return drawing.block(NodeKind.PARALLEL_GATEWAY, start, *chains)

    return _drawn(body)


def parallel_ends(branches: int) -> Process:
    """Parallel branches, each with an exclusive split between two ends: 2 ** branches ways."""
    drawing = _Drawing()
    split = drawing.node(NodeKind.PARALLEL_GATEWAY, drawing.node(NodeKind.START_EVENT))
    for _ in range(branches):
        choice = drawing.node(NodeKind.EXCLUSIVE_GATEWAY, split)
        for _ in range(2):
            drawing.node(NodeKind.END_EVENT, drawing.row(choice, 1))
    return drawing.process()


def parallel_loops(branches: int) -> Process:
    """A parallel block of loops: (N + 1) ** branches ways with N turns."""

    def body(drawing: _Drawing, start: ElementId) -> ElementId:
        loops = [lambda split: drawing.loop(split, lambda head: drawing.row(head, 1))] * branches
        return drawing.block(NodeKind.PARALLEL_GATEWAY, start, *loops)

    return _drawn(body)


def nested_blocks(depth: int) -> Process:
    """Parallel blocks one inside the other, a loop around each."""

    def body(drawing: _Drawing, before: ElementId, left: int = depth) -> ElementId:
        if not left:
            return drawing.row(before, 1)

        def block(head: ElementId) -> ElementId:
            return drawing.block(
                NodeKind.PARALLEL_GATEWAY,
                head,
                lambda split: body(drawing, split, left - 1),
                lambda split: drawing.row(split, 1),
            )

        return drawing.loop(before, block)

    return _drawn(body)


def boundary_events(number: int) -> Process:
    """A sub-process that each of many events may end: number + 1 ways."""
    drawing = _Drawing()
    host = drawing.node(NodeKind.SUB_PROCESS, drawing.node(NodeKind.START_EVENT))
    task = drawing.node(
        NodeKind.USER_TASK, drawing.node(NodeKind.START_EVENT, scope=host), scope=host
    )
    drawing.node(NodeKind.END_EVENT, task, scope=host)
    events = [drawing.node(NodeKind.BOUNDARY_EVENT, host=host) for _ in range(number)]
    merge = drawing.node(NodeKind.EXCLUSIVE_GATEWAY, host, *events)
    drawing.node(NodeKind.END_EVENT, merge)
    return drawing.process()


def growth() -> Process:
    """A loop that leaves a token behind at every turn, all of which wait for its end."""
    drawing = _Drawing()
    head = drawing.node(NodeKind.EXCLUSIVE_GATEWAY, drawing.node(NodeKind.START_EVENT))
    fork = drawing.node(NodeKind.PARALLEL_GATEWAY, head)
    tail = drawing.node(NodeKind.EXCLUSIVE_GATEWAY, drawing.row(fork, 1))
    drawing.flow(tail, head)
    join = drawing.node(NodeKind.PARALLEL_GATEWAY, drawing.row(fork, 1), tail)
    drawing.node(NodeKind.END_EVENT, join)
    return drawing.process()


SHAPES: Mapping[str, Callable[[], Process]] = {
    "30 diamonds": lambda: diamonds(30),
    "12-way inclusive": lambda: inclusive(12),
    "5 nested loops": lambda: nested_loops(5),
    "10 x 10 parallel tasks": lambda: parallel_rows(10, 10),
    "10 x 10 parallel diamonds": lambda: parallel_diamonds(10, 10),
    "500 nodes": lambda: diamonds(125),
    "500 diamonds": lambda: diamonds(500),
    "40 parallel splits": lambda: parallel_ends(40),
    "10 parallel loops": lambda: parallel_loops(10),
    "8 nested parallel blocks": lambda: nested_blocks(8),
    "20 boundary events": lambda: boundary_events(20),
    "growing tokens": growth,
}
