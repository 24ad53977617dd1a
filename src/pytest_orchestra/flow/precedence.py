"""Which moments of a way are over before another, where its branches go at their own pace.

What caused a moment is; where it is not certain that nothing else must be, so is all before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pytest_orchestra.flow.scenario import Moment, Passage, Scenario
from pytest_orchestra.flow.turns import is_parallel
from pytest_orchestra.model import ElementId, EventKind, FlowNode, NodeKind, Process, ProcessModel

_JOINS = frozenset({NodeKind.INCLUSIVE_GATEWAY, NodeKind.COMPLEX_GATEWAY})
"""They wait for what may still come, and so for tokens that in the end go elsewhere."""
_SPEAKERS = frozenset({NodeKind.INTERMEDIATE_THROW_EVENT, NodeKind.END_EVENT, NodeKind.SEND_TASK})
_WORDS = frozenset({EventKind.SIGNAL, EventKind.MESSAGE})
_UNDOING = frozenset({EventKind.CANCEL, EventKind.COMPENSATE})
_FAR = _UNDOING | {
    EventKind.CONDITIONAL,
    EventKind.ERROR,
    EventKind.ESCALATION,
    EventKind.TERMINATE,
}
"""Events that end, undo or look at what is on other branches."""

Word = tuple[object, str]
"""What one node says and another hears: the name of a signal or message, or the pool between."""


@dataclass(slots=True)
class _Seen:
    """The moments of a way so far.

    Attributes:
        sets: of each what is over before it.
        latest: the last one of each element; ``entered``: when it was last entered.
        whole: of each element all its moments, and what was over before them.
    """

    sets: list[int] = field(default_factory=list)
    latest: dict[ElementId, int] = field(default_factory=dict)
    entered: dict[ElementId, Moment] = field(default_factory=dict)
    whole: dict[ElementId, int] = field(default_factory=dict)

    def take(self, moment: Moment, before: int) -> None:
        """Take one in, with what is over before it."""
        index, element = len(self.sets), moment.element
        self.sets.append(before)
        self.latest[element] = index
        self.whole[element] = self.whole.get(element, 0) | before | 1 << index
        if moment.passage is Passage.ENTERED:
            self.entered[element] = moment


class Precedence:
    """The order of the ways of one process.

    Args:
        process: the tested one.
        called: those that it calls; their elements are ``PROCESS/ELEMENT``.
        model: has the message flows.
    """

    def __init__(self, process: Process, called: Iterable[Process], model: ProcessModel) -> None:
        self._nodes = {node.id: node for node in process.nodes}
        self._nodes |= {
            ElementId(f"{other.id}/{node.id}"): node for other in called for node in other.nodes
        }
        self._heard = _heard(self._nodes, model)

    def before(self, scenario: Scenario) -> list[int]:
        """Of each moment, as bits, the moments that are over before it.

        Every order of the moments that keeps to this is a legal order of the way. The visits of
        an element follow each other, so that no token overtakes another. Events that come to
        what is active part all that lies before them from all that follows.
        """
        free = {each.moment for each in (*scenario.conditions, *scenario.aside) if each.free}
        seen = _Seen()
        undoes, parted = False, 0
        for index, moment in enumerate(scenario.moments):
            undoes = undoes or self._undoes(moment)
            if undoes or index in free or self._is_uncertain(moment):
                before = (1 << index) - 1
            else:
                before = parted | self._led_to(moment, seen)
            seen.take(moment, before)
            if self._comes_meanwhile(moment):
                parted = (1 << index + 1) - 1
        return seen.sets

    def _led_to(self, moment: Moment, seen: _Seen) -> int:
        """What brought a moment about, the visit before, and what was said to it."""
        element, before = moment.element, 0
        causes = list(moment.causes)
        if element in seen.latest and self._is_in_turn(seen.entered.get(element), moment):
            causes.append(seen.latest[element])
        for cause in causes:
            before |= seen.sets[cause] | 1 << cause
        for speaker in self._heard.get(element, ()):
            before |= seen.whole.get(speaker, 0)
        return before

    def _undoes(self, moment: Moment) -> bool:
        """Whether something is undone: what is completed before would be undone, too."""
        node = self._nodes.get(moment.element)
        return node is not None and (node.for_compensation or bool(_kinds(node) & _UNDOING))

    def _is_uncertain(self, moment: Moment) -> bool:
        """Whether more may have to be over than what caused the moment."""
        node = self._nodes.get(moment.element)
        if moment.passage is not Passage.ENTERED or node is None:
            return moment.passage is Passage.INTERRUPTED
        is_far = node.kind in _JOINS or bool(_kinds(node) & _FAR)
        return is_far or self._comes_meanwhile(moment)

    def _comes_meanwhile(self, moment: Moment) -> bool:
        """Whether an event comes to what is active, and so before that has come to its end."""
        node = self._nodes.get(moment.element)
        return (
            moment.passage is Passage.ENTERED
            and node is not None
            and (node.kind is NodeKind.BOUNDARY_EVENT or node.triggered_by_event)
        )

    def _is_in_turn(self, earlier: Moment | None, moment: Moment) -> bool:
        """Whether a moment follows the visit before; instances at the same time do not."""
        if earlier is None or moment.passage is not Passage.ENTERED:
            return moment.passage is Passage.TAKEN
        node = self._nodes.get(moment.element)
        is_beside = node is not None and is_parallel(node) and earlier.causes == moment.causes
        return not is_beside


def _kinds(node: FlowNode) -> AbstractSet[EventKind]:
    return {event.kind for event in node.events}


def _heard(
    nodes: Mapping[ElementId, FlowNode], model: ProcessModel
) -> Mapping[ElementId, AbstractSet[ElementId]]:
    """By element, those that may say what it waits for, also by way of another pool."""
    speakers: defaultdict[Word, set[ElementId]] = defaultdict(set)
    hearers: defaultdict[ElementId, set[Word]] = defaultdict(set)
    for element, node in nodes.items():
        words: set[Word] = {
            (each.kind, each.reference or each.name) for each in node.events if each.kind in _WORDS
        }
        if node.kind in _SPEAKERS:
            for word in words:
                speakers[word].add(element)
        else:
            hearers[element] |= words
    for element, pool, is_said in _exchanges(nodes, model):
        if is_said:
            speakers[None, pool].add(element)
        else:
            hearers[element].add((None, pool))
    heard = {
        element: frozenset[ElementId]().union(*(speakers.get(word, ()) for word in words))
        for element, words in hearers.items()
    }
    return {element: others - {element} for element, others in heard.items() if others - {element}}


def _exchanges(
    nodes: Mapping[ElementId, FlowNode], model: ProcessModel
) -> Iterator[tuple[ElementId, str, bool]]:
    """Elements at message flows, the pool at the other end, and whether they send to it."""
    pools: dict[str, str] = {node.id: each.id for each in model.processes for node in each.nodes}
    pools |= {each.id: each.process_id for each in model.participants if each.process_id}
    elements: defaultdict[str, list[ElementId]] = defaultdict(list)
    for element, node in nodes.items():
        elements[node.id].append(element)
    for flow in model.message_flows:
        for element in elements.get(flow.source, ()):
            yield element, pools.get(flow.target, flow.target), True
        for element in elements.get(flow.target, ()):
            yield element, pools.get(flow.source, flow.source), False
