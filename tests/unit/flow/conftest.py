"""Processes drawn as text, and a judge of scenarios that shares nothing with the product."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion, Moment, Passage, Scenario, ScenarioSet
from pytest_orchestra.model import (
    Association,
    ElementId,
    EventDefinition,
    EventKind,
    Expression,
    FlowNode,
    Loop,
    LoopKind,
    NodeKind,
    Process,
    SequenceFlow,
)

KINDS = {
    "start": NodeKind.START_EVENT,
    "end": NodeKind.END_EVENT,
    "catch": NodeKind.INTERMEDIATE_CATCH_EVENT,
    "throw": NodeKind.INTERMEDIATE_THROW_EVENT,
    "boundary": NodeKind.BOUNDARY_EVENT,
    "xor": NodeKind.EXCLUSIVE_GATEWAY,
    "and": NodeKind.PARALLEL_GATEWAY,
    "or": NodeKind.INCLUSIVE_GATEWAY,
    "complex": NodeKind.COMPLEX_GATEWAY,
    "events": NodeKind.EVENT_BASED_GATEWAY,
    "task": NodeKind.TASK,
    "user": NodeKind.USER_TASK,
    "service": NodeKind.SERVICE_TASK,
    "receive": NodeKind.RECEIVE_TASK,
    "call": NodeKind.CALL_ACTIVITY,
    "sub": NodeKind.SUB_PROCESS,
    "transaction": NodeKind.TRANSACTION,
    "adhoc": NodeKind.AD_HOC_SUB_PROCESS,
}
MARKERS = {
    "loop": LoopKind.STANDARD,
    "while": LoopKind.STANDARD,
    "each": LoopKind.SEQUENTIAL,
    "all": LoopKind.PARALLEL,
}
EVENTS = {kind.value: kind for kind in EventKind}
NODE = re.compile(r'(?P<id>\S+): (?P<kind>\w+)(?: "(?P<name>.*)")?(?P<rest>.*)')
FLOW = re.compile(
    r'(?:(?P<id>\S+): )?(?P<source>\S+) -> (?P<target>\S+)(?: "(?P<name>.*)")?'
    r"(?: if (?P<condition>.+))?"
)


def draw_process(text: str, process_id: str = "P") -> Process:
    """Makes a process of lines.

    ``ID: KIND "name" [in SCOPE] [on HOST] [EVENT[=name]] [calm] [default=FLOW] [by-event]
    [calls=PROCESS] [loop|while|each|all] [most=N]`` is a node,
    ``[ID:] A -> B "name" [if CONDITION]`` a flow, ``A .. B`` an association.
    """
    lines: list[Association] = []
    nodes: list[FlowNode] = []
    flows: list[SequenceFlow] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if " -> " in line:
            flows.append(_flow(line))
        elif " .. " in line:
            source, target = line.split(" .. ")
            lines.append(Association(id=ElementId(line), source=source, target=target))
        else:
            nodes.append(_node(line, process_id))
    return Process(
        id=ElementId(process_id),
        nodes=tuple(nodes),
        flows=tuple(flows),
        associations=tuple(lines),
    )


def _node(line: str, process_id: str) -> FlowNode:
    match = NODE.fullmatch(line)
    assert match, line
    words = match["rest"].split()
    values = dict(word.split("=") for word in words if "=" in word)
    events = [word.partition("=") for word in words if word.partition("=")[0] in EVENTS]
    return FlowNode(
        id=ElementId(match["id"]),
        kind=KINDS[match["kind"]],
        name=match["name"] or "",
        scope=ElementId(_after(words, "in") or process_id),
        attached_to=_after(words, "on"),
        events=tuple(
            EventDefinition(kind=EVENTS[kind], name=name, reference=name)
            for kind, _, name in events
        ),
        interrupting="calm" not in words,
        default_flow=ElementId(values["default"]) if "default" in values else None,
        triggered_by_event="by-event" in words,
        called_element=values.get("calls", ""),
        for_compensation="handler" in words,
        loop=_loop(words, values.get("most")),
    )


def _loop(words: list[str], most: str | None) -> Loop | None:
    """A marker: ``loop``, ``while`` (tests before), ``each`` and ``all`` (at the same time)."""
    for word, kind in MARKERS.items():
        if word in words:
            maximum = None if most is None else int(most)
            return Loop(kind=kind, test_before=word == "while", maximum=maximum)
    return None


def _after(words: list[str], word: str) -> ElementId | None:
    return ElementId(words[words.index(word) + 1]) if word in words else None


def _flow(line: str) -> SequenceFlow:
    match = FLOW.fullmatch(line)
    assert match, line
    return SequenceFlow(
        id=ElementId(match["id"] or f"{match['source']}->{match['target']}"),
        source=ElementId(match["source"]),
        target=ElementId(match["target"]),
        name=match["name"] or "",
        condition=Expression(text=match["condition"]) if match["condition"] else None,
    )


@pytest.fixture(scope="session")
def draw() -> Callable[[str], Process]:
    """Draws a process from text."""
    return draw_process


@pytest.fixture(scope="session")
def plan(judge: Callable[[Process, Scenario], None]) -> Callable[..., ScenarioSet]:
    """Generates the scenarios of a process drawn as text; each of them is judged."""

    def generate(
        text: str, criterion: Criterion = Criterion.BRANCHES, **given: object
    ) -> ScenarioSet:
        process = draw_process(text)
        found = generate_scenarios(process, criterion=criterion, **given)
        for scenario in found.scenarios:
            judge(process, scenario)
        assert len({scenario.key for scenario in found.scenarios}) == len(found.scenarios)
        return found

    return generate


@dataclass(kw_only=True)
class Judge:
    """Replays moments one by one: who is active, where tokens are.

    It knows tasks, sub-processes, their boundary events, event sub-processes and all gateways but
    the complex one. An inclusive join is believed.
    """

    process: Process
    tokens: Counter[str] = field(default_factory=Counter)
    active: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    taking: dict[str, set[str]] = field(default_factory=dict)
    has_thrown: bool = False
    turning: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.nodes = {node.id: node for node in self.process.nodes}
        self.flows = {flow.id: flow for flow in self.process.flows}
        self.outgoing = {n: {f.id for f in self.process.flows if f.source == n} for n in self.nodes}
        self.incoming = {n: [f.id for f in self.process.flows if f.target == n] for n in self.nodes}
        self.open_scope(self.process.id)

    def replay(self, moments: list[Moment]) -> None:
        for moment in moments:
            element = moment.element
            if moment.passage is Passage.ENTERED:
                self.enter(self.nodes[element], moment.visit)
            elif moment.passage is Passage.TAKEN:
                source = self.flows[element].source
                assert element in self.taking[source], f"{element} cannot be taken"
                self.taking[source].remove(element)
                self.turning.discard(source)
                self.tokens[element] += 1
            elif moment.passage is Passage.LEFT:
                assert self.active[element], f"{element} is left but not active"
                assert not self.inner(element), f"{element} is left with something inside"
                self.active[element] -= 1
                if self.nodes[element].loop:
                    self.turning.add(element)
                self.leave(self.nodes[element])
            else:
                assert moment.passage is Passage.INTERRUPTED
        self.finish()

    def open_scope(self, scope: str) -> None:
        inner = [node for node in self.nodes.values() if node.scope == scope]
        starts = [node for node in inner if node.kind is NodeKind.START_EVENT]
        if starts and self.is_ad_hoc(scope):
            return
        if starts:
            self.opened[scope] += 1
        for node in inner:
            lonely = not (self.incoming[node.id] or node.attached_to or node.triggered_by_event)
            if lonely and not starts and not node.for_compensation and not self.is_link(node):
                self.tokens[f"at {node.id}"] += 1

    def is_ad_hoc(self, scope: str) -> bool:
        return scope in self.nodes and self.nodes[scope].kind is NodeKind.AD_HOC_SUB_PROCESS

    def is_link(self, node: FlowNode) -> bool:
        return any(event.kind is EventKind.LINK for event in node.events)

    def enter(self, node: FlowNode, visit: int) -> None:
        if node.id in self.turning and not self.has_token(node):
            self.taking.pop(node.id, None)
        else:
            self.check_split(node)
            self.begin(node)
        if not visit:
            assert may_be_skipped(node), f"{node.id} takes a turn at least"
        if node.kind.is_activity and visit:
            self.active[node.id] += 1
            if any(inner.scope == node.id for inner in self.nodes.values()):
                self.open_scope(node.id)
        else:
            self.leave(node)

    def begin(self, node: FlowNode) -> None:
        """Take what makes a node begin."""
        if node.attached_to:
            self.come(node)
        elif node.triggered_by_event:
            starts = [n for n in self.nodes.values() if n.scope == node.id]
            if any(n.interrupting for n in starts if n.kind is NodeKind.START_EVENT):
                self.end_inner(node.scope)
        elif node.kind is NodeKind.START_EVENT and not self.incoming[node.id]:
            assert self.opened[node.scope], f"{node.scope} does not start with {node.id}"
            self.opened[node.scope] -= 1
        elif node.for_compensation:
            assert self.has_thrown, f"nothing compensates by {node.id}"
        elif self.tokens[f"at {node.id}"]:
            self.tokens[f"at {node.id}"] -= 1
        else:
            self.consume(node)

    def has_token(self, node: FlowNode) -> bool:
        places = [f"at {node.id}", *self.incoming[node.id]]
        return any(self.tokens[place] for place in places)

    def come(self, event: FlowNode) -> None:
        host = event.attached_to
        assert host
        if any(d.kind is EventKind.COMPENSATE for d in event.events):
            assert self.has_thrown, f"nothing compensates by {event.id}"
            return
        assert self.active[host], f"{event.id} comes while {host} does not run"
        assert self.nodes[host].scope == event.scope
        is_fatal = any(d.kind in (EventKind.ERROR, EventKind.CANCEL) for d in event.events)
        if event.interrupting or is_fatal:
            self.active[host] -= 1
            self.end_inner(host)

    def consume(self, node: FlowNode) -> None:
        have = [flow for flow in self.incoming[node.id] if self.tokens[flow]]
        assert have, f"no token comes to {node.id}"
        if node.kind is NodeKind.PARALLEL_GATEWAY:
            assert len(have) == len(self.incoming[node.id]), f"{node.id} does not wait"
        elif node.kind is not NodeKind.INCLUSIVE_GATEWAY:
            have = have[:1]
        for flow in have:
            self.tokens[flow] -= 1

    def leave(self, node: FlowNode) -> None:
        flows = set(self.outgoing[node.id])
        self.has_thrown |= any(
            e.kind in (EventKind.COMPENSATE, EventKind.CANCEL) for e in node.events
        )
        if node.kind is NodeKind.END_EVENT and any(
            event.kind is EventKind.TERMINATE for event in node.events
        ):
            self.end_inner(node.scope)
        if self.is_link(node) and node.kind is not NodeKind.INTERMEDIATE_CATCH_EVENT:
            name = node.events[0].name
            for other in self.nodes.values():
                is_catch = other.kind is NodeKind.INTERMEDIATE_CATCH_EVENT
                if is_catch and self.is_link(other) and other.events[0].name == name:
                    self.tokens[f"at {other.id}"] += 1
        if flows:
            self.taking[node.id] = flows

    def check_split(self, node: FlowNode) -> None:
        """Before a node is entered again, what its last visit took must have been enough."""
        left = self.taking.pop(node.id, None)
        if left is None:
            return
        out = self.outgoing[node.id]
        taken = out - left
        if node.kind in (NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EVENT_BASED_GATEWAY):
            assert len(taken) == 1, f"{node.id} takes {taken}"
        elif node.kind is NodeKind.PARALLEL_GATEWAY:
            assert not left, f"{node.id} does not take {left}"
        else:
            assert taken, f"{node.id} takes nothing"
            if node.default_flow in taken:
                others = {f for f in taken - {node.default_flow} if self.flows[f].condition}
                assert not others, f"{node.id} takes its default with others"

    def inner(self, scope: str) -> list[str]:
        """What is going on inside a scope."""
        return [
            *(f for f in self.tokens if self.tokens[f] and self.is_inside(self.scope_of(f), scope)),
            *(
                node
                for node in self.active
                if self.active[node] and self.is_inside(self.nodes[node].scope, scope)
            ),
            *(s for s in self.opened if self.opened[s] and self.is_inside(s, scope)),
        ]

    def scope_of(self, token: str) -> str:
        node = token[3:] if token.startswith("at ") else self.flows[token].source
        return self.nodes[node].scope

    def is_inside(self, scope: str, outer: str) -> bool:
        while scope != outer and scope in self.nodes:
            scope = self.nodes[scope].scope
        return scope == outer

    def end_inner(self, scope: str) -> None:
        for name in self.inner(scope):
            for counter in (self.tokens, self.active, self.opened):
                counter.pop(name, None)

    def finish(self) -> None:
        for node in list(self.taking):
            self.check_split(self.nodes[node])
        assert not +self.tokens, f"tokens are left: {+self.tokens}"
        assert not +self.active, f"active at the end: {+self.active}"
        assert not +self.opened, f"never started: {+self.opened}"


def may_be_skipped(node: FlowNode) -> bool:
    loop = node.loop
    if loop and loop.kind is LoopKind.STANDARD:
        return loop.test_before
    return bool(loop) and not loop.maximum


@pytest.fixture(scope="session")
def judge() -> Callable[[Process, Scenario], None]:
    """Fails for a scenario that is no legal complete run."""

    def check(process: Process, scenario: Scenario) -> None:
        moments = list(scenario.moments)
        for index, moment in enumerate(moments):
            assert all(cause < index for cause in moment.causes)
        try:
            Judge(process=process).replay(moments)
        except AssertionError as error:
            story = " ".join(f"{m.passage.value}:{m.element}" for m in moments)
            message = f"{scenario.key}: {error}\n{story}"
            raise AssertionError(message) from error

    return check
