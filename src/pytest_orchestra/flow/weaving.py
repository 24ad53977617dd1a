"""The ways of called processes, told inside the moments of the calls.

What enters a call leads to the first moments of the called way, its last ones to what leaves the
call; a throw that the caller catches leads to the event that catches it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from pytest_orchestra.flow.graph import ProcessGraph, has_event
from pytest_orchestra.flow.scenario import CalledWay, Moment, Passage
from pytest_orchestra.model import ElementId, EventKind, FlowNode, NodeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnd:
    """How a visit of a call ends.

    Attributes:
        catches: boundary events that take what the called process throws.
        is_cut: whether the last of them ends the call, and so the called process.
        is_ended: whether something else ends it, as a timer does.
    """

    catches: tuple[FlowNode, ...] = ()
    is_cut: bool = False
    is_ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Woven:
    """A way with the ways of what it calls.

    Attributes:
        moments: of both; those of called processes have a ``caller``.
        calls: what was called, in order.
        places: where each of the way's own moments stands now.
        thrown: what a called way throws that an event at its call, or further out, takes: its
            moment, by the event and the moment that enters the call.
    """

    moments: tuple[Moment, ...]
    calls: tuple[CalledWay, ...] = ()
    places: Sequence[int] = ()
    thrown: Mapping[tuple[ElementId, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerWay:
    """How a called process is gone through at a visit.

    Attributes:
        woven: its moments by its own elements' ids; none where the call ends before it begins.
        throws: the moments of ``woven`` that throw what the call's events catch, by event.
    """

    process_id: ElementId
    woven: Woven = Woven(moments=())
    throws: tuple[tuple[ElementId, int], ...] = ()


GoThrough = Callable[[FlowNode, CallEnd], InnerWay | None]
"""Tells how what a call activity calls is gone through; None: it is not looked into."""


def weave(
    graph: ProcessGraph,
    moments: Sequence[Moment],
    go_through: GoThrough,
    handed: Mapping[int, CallEnd] = MappingProxyType({}),
) -> Woven:
    """Tell called ways inside a way.

    Args:
        graph: of the calling process.
        moments: its way.
        go_through: chooses the called ways.
        handed: how calls end that throw out of this process too, by the moment of their entry.
    """
    if not graph.has_calls:
        return Woven(moments=tuple(moments), places=range(len(moments)))
    weaver = _Weaver(graph, moments, go_through, handed)
    for moment in moments:
        weaver.add(moment)
    return Woven(
        moments=tuple(weaver.woven),
        calls=tuple(weaver.calls),
        places=tuple(weaver.places),
        thrown=weaver.thrown,
    )


class _Weaver:
    def __init__(
        self,
        graph: ProcessGraph,
        moments: Sequence[Moment],
        go_through: GoThrough,
        handed: Mapping[int, CallEnd],
    ) -> None:
        self.woven: list[Moment] = []
        self.calls: list[CalledWay] = []
        self.places: list[int] = []
        self.thrown: dict[tuple[ElementId, int], int] = {}
        self._graph = graph
        self._moments = moments
        self._go_through = go_through
        self._handed = handed
        self._lasts: dict[tuple[ElementId, int], tuple[int, ...]] = {}
        self._visits: Counter[ElementId] = Counter()

    def add(self, moment: Moment) -> None:
        """Add a moment of the way itself, and what is called there."""
        index = len(self.places)
        causes = {self.places[cause] for cause in moment.causes}
        if moment.passage is Passage.LEFT:
            causes.update(self._lasts.get((moment.element, moment.visit), ()))
        for cause in moment.causes:
            thrown = self.thrown.get((moment.element, self.places[cause]))
            causes.update(() if thrown is None else (thrown,))
        self.places.append(len(self.woven))
        self.woven.append(moment._replace(causes=tuple(sorted(causes))))
        node = self._graph.nodes.get(moment.element) if moment.visit else None
        if node and node.kind is NodeKind.CALL_ACTIVITY and moment.passage is Passage.ENTERED:
            end = self._handed.get(index) or _end_of(self._graph, self._moments, index)
            inner = self._go_through(node, end)
            if inner is not None:
                self._insert(moment, inner)

    def _insert(self, call: Moment, inner: InnerWay) -> None:
        entered = len(self.woven) - 1
        begin = entered + 1
        before = self._visits.copy()
        for moment in inner.woven.moments:
            element = moment.element
            if moment.caller is None:
                element = ElementId(f"{inner.process_id}/{element}")
            visit = before[element] + moment.visit if moment.visit else 0
            self._visits[element] = max(self._visits[element], visit)
            self.woven.append(
                moment._replace(
                    element=element,
                    visit=visit,
                    causes=tuple(begin + cause for cause in moment.causes) or (entered,),
                    caller=entered if moment.caller is None else begin + moment.caller,
                )
            )
        lasts = _without_effect(inner.woven.moments)
        self._lasts[call.element, call.visit] = tuple(begin + last for last in lasts)
        self.thrown |= {(event, entered): begin + place for event, place in inner.throws}
        own = [moment for moment in inner.woven.moments if moment.caller is None]
        self.calls.append(
            CalledWay(
                at=call.element,
                process_id=inner.process_id,
                nodes=tuple(m.element for m in own if m.passage is Passage.ENTERED),
                flows=tuple(m.element for m in own if m.passage is Passage.TAKEN),
                calls=inner.woven.calls,
            )
        )


def _end_of(graph: ProcessGraph, moments: Sequence[Moment], entered: int) -> CallEnd:
    """Tell how the call ends that is entered at a moment."""
    call = moments[entered]
    came: list[FlowNode] = []
    for moment in moments[entered + 1 :]:
        node = graph.nodes.get(moment.element)
        if node and node.attached_to == call.element and entered in moment.causes:
            came.append(node)
        if (moment.element, moment.visit) != (call.element, call.visit):
            continue
        if moment.passage is Passage.LEFT:
            return CallEnd(catches=tuple(filter(catches_throws, came)))
        if moment.passage is Passage.INTERRUPTED:
            ender = moments[moment.causes[0]].element if moment.causes else ""
            catches = tuple(node for node in came if node.id == ender and catches_throws(node))
            return CallEnd(catches=catches, is_cut=True, is_ended=not catches)
    return CallEnd()


def catches_throws(event: FlowNode) -> bool:
    """Whether an event takes what is thrown inside its host."""
    return has_event(event, EventKind.ERROR, EventKind.ESCALATION)


def _without_effect(moments: Iterable[Moment]) -> list[int]:
    """Return the moments that lead to no other."""
    moments = tuple(moments)
    leading = {cause for moment in moments for cause in moment.causes}
    return [index for index in range(len(moments)) if index not in leading]
