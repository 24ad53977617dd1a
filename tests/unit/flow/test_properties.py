"""What holds for any process: legal runs, keys that live, covered flows, order that has no say."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, product
from math import prod

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pytest_orchestra.flow.catching import match_catches
from pytest_orchestra.flow.concurrency import concurrent_decisions
from pytest_orchestra.flow.decisions import find_decisions
from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.graph import index_process
from pytest_orchestra.flow.lock import lock_scenarios, signature
from pytest_orchestra.flow.precedence import Precedence
from pytest_orchestra.flow.scenario import Criterion, Scenario, ScenarioSet
from pytest_orchestra.flow.tokens import TokenGame
from pytest_orchestra.flow.turns import allowed_turns, is_parallel
from pytest_orchestra.importers.bpmn import read_bpmn
from pytest_orchestra.model import (
    ElementId,
    EventDefinition,
    EventKind,
    FlowNode,
    Loop,
    LoopKind,
    NodeKind,
    Process,
    ProcessModel,
    SequenceFlow,
)

Judge = Callable[[Process, Scenario], None]
Block = tuple[str, tuple["Block", ...]]

CALM = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

MARKERS = {
    "while": Loop(kind=LoopKind.STANDARD, test_before=True),
    "each": Loop(kind=LoopKind.SEQUENTIAL),
    "three": Loop(kind=LoopKind.SEQUENTIAL, maximum=3),
    "all": Loop(kind=LoopKind.PARALLEL),
}


def blocks(*markers: str) -> st.SearchStrategy[Block]:
    """Blocks one inside the other; some activities have one of these markers."""
    marked = [f"{marker} {kind}" for marker in markers for kind in ("task", "sub", "cut sub")]
    leaves = ["task", "user", "call", *(kind for kind in marked if "task" in kind)]
    holders = ["loop", "sub", *(kind for kind in marked if "sub" in kind)]
    hosts = ["cut", "beside", "cut sub", "beside sub", *(f"cut {each}" for each in markers)]
    return st.recursive(
        st.sampled_from(leaves).map(lambda kind: (kind, ())),
        lambda inner: st.one_of(
            st.tuples(
                st.sampled_from(["row", "xor", "and", "events", "or"]),
                st.lists(inner, min_size=2, max_size=3).map(tuple),
            ),
            st.tuples(st.sampled_from(holders), st.tuples(inner)),
            st.tuples(st.sampled_from(hosts), st.tuples(inner)),
        ),
        max_leaves=8,
    )


BLOCKS = blocks(*MARKERS)
IN_TURN = blocks("while", "each", "three")
"""Without instances at the same time: the judge sees but one of them."""


class Builder:
    """Draws blocks one inside the other; ids are numbered, names unique."""

    def __init__(self) -> None:
        self.nodes: list[FlowNode] = []
        self.flows: list[SequenceFlow] = []

    def node(self, kind: NodeKind, scope: str, **fields: object) -> ElementId:
        number = len(self.nodes)
        made = FlowNode(
            id=ElementId(f"n{number:03}"),
            kind=kind,
            scope=ElementId(scope),
            name=f"{kind.name.lower()} {number}",
        )
        self.nodes.append(replace(made, **fields))  # type: ignore[arg-type]  # made up by tests
        return made.id

    def flow(self, source: ElementId, target: ElementId) -> None:
        number = len(self.flows)
        self.flows.append(
            SequenceFlow(
                id=ElementId(f"f{number:03}"), source=source, target=target, name=f"way {number}"
            )
        )

    def draw(self, block: Block, scope: str, before: ElementId) -> ElementId:
        """Draws a block behind a node, and returns the node at its end."""
        kind, inner = block
        if kind in ("xor", "and", "events", "or"):
            return self._split(kind, inner, scope, before)
        if kind == "row":
            for part in inner:
                before = self.draw(part, scope, before)
            return before
        if kind == "loop":
            return self._loop(inner[0], scope, before)
        if kind.split()[-1] in ("task", "user", "call"):
            return self._activity(kind, scope, before)
        return self._hosted(kind, inner[0], scope, before)

    def _activity(self, kind: str, scope: str, before: ElementId) -> ElementId:
        kinds = {"task": NodeKind.TASK, "user": NodeKind.USER_TASK, "call": NodeKind.CALL_ACTIVITY}
        node = self.node(kinds[kind.rsplit(maxsplit=1)[-1]], scope, loop=marker(kind))
        self.flow(before, node)
        return node

    def _split(
        self, kind: str, inner: tuple[Block, ...], scope: str, before: ElementId
    ) -> ElementId:
        kinds = {
            "xor": (NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EXCLUSIVE_GATEWAY),
            "and": (NodeKind.PARALLEL_GATEWAY, NodeKind.PARALLEL_GATEWAY),
            "or": (NodeKind.INCLUSIVE_GATEWAY, NodeKind.INCLUSIVE_GATEWAY),
            "events": (NodeKind.EVENT_BASED_GATEWAY, NodeKind.EXCLUSIVE_GATEWAY),
        }[kind]
        split = self.node(kinds[0], scope)
        self.flow(before, split)
        ends = []
        for part in inner:
            first = split
            if kind == "events":
                first = self.node(NodeKind.INTERMEDIATE_CATCH_EVENT, scope)
                self.flow(split, first)
            ends.append(self.draw(part, scope, first))
        join = self.node(kinds[1], scope)
        for end in ends:
            self.flow(end, join)
        return join

    def _loop(self, body: Block, scope: str, before: ElementId) -> ElementId:
        head = self.node(NodeKind.EXCLUSIVE_GATEWAY, scope)
        self.flow(before, head)
        end = self.draw(body, scope, head)
        tail = self.node(NodeKind.EXCLUSIVE_GATEWAY, scope)
        self.flow(end, tail)
        self.flow(tail, head)
        return tail

    def _hosted(self, kind: str, inner: Block, scope: str, before: ElementId) -> ElementId:
        """Draws an activity, and an event at its border that ends it or goes on beside it."""
        if "sub" in kind:
            host = self.node(NodeKind.SUB_PROCESS, scope, loop=marker(kind))
            start = self.node(NodeKind.START_EVENT, host)
            end = self.node(NodeKind.END_EVENT, host)
            self.flow(self.draw(inner, host, start), end)
        else:
            host = self.node(NodeKind.USER_TASK, scope, loop=marker(kind))
        self.flow(before, host)
        if "cut" not in kind and "beside" not in kind:
            return host
        event = self.node(
            NodeKind.BOUNDARY_EVENT,
            scope,
            attached_to=host,
            interrupting="cut" in kind,
            events=(EventDefinition(kind=EventKind.TIMER),),
        )
        aside = event if "sub" in kind else self.draw(inner, scope, event)
        if "cut" not in kind:
            self.flow(aside, self.node(NodeKind.END_EVENT, scope))
            return host
        merge = self.node(NodeKind.EXCLUSIVE_GATEWAY, scope)
        self.flow(host, merge)
        self.flow(aside, merge)
        return merge


def marker(kind: str) -> Loop | None:
    return next((MARKERS[word] for word in kind.split() if word in MARKERS), None)


def drawn(block: Block) -> Process:
    """The process that starts, goes through a block, and ends."""
    builder = Builder()
    start = builder.node(NodeKind.START_EVENT, "P")
    end = builder.draw(block, "P", start)
    builder.flow(end, builder.node(NodeKind.END_EVENT, "P"))
    return Process(id=ElementId("P"), nodes=tuple(builder.nodes), flows=tuple(builder.flows))


KINDS = [kind for kind in NodeKind if kind is not NodeKind.COMPLEX_GATEWAY]
KINDS = [kind for kind in KINDS if kind not in (NodeKind.TRANSACTION, NodeKind.AD_HOC_SUB_PROCESS)]
LOOPS = st.one_of(st.none(), st.none(), st.sampled_from(list(MARKERS.values())))
EVENTS = {
    NodeKind.END_EVENT: [(), ("terminate",), ("error",), ("escalation",)],
    NodeKind.INTERMEDIATE_THROW_EVENT: [(), ("escalation",), ("message",)],
    NodeKind.BOUNDARY_EVENT: [("timer",), ("error",), ("escalation",)],
}


@st.composite
def tangles(pick: st.DrawFn) -> Process:
    """Any nodes in any scopes, any flows: most of these make no sense."""
    nodes: list[FlowNode] = []
    for n, kind in enumerate(pick(st.lists(st.sampled_from(KINDS), min_size=1, max_size=10))):
        scopes = [node.id for node in nodes if node.kind.is_sub_process]
        scope = pick(st.sampled_from([ElementId("P"), *scopes]))
        hosts = [node.id for node in nodes if node.kind.is_activity and node.scope == scope]
        is_boundary = kind is NodeKind.BOUNDARY_EVENT
        if is_boundary and not hosts:
            continue
        events = pick(st.sampled_from(EVENTS.get(kind, [()])))
        nodes.append(
            FlowNode(
                id=ElementId(f"n{n}"),
                kind=kind,
                scope=scope,
                events=tuple(EventDefinition(kind=EventKind(event)) for event in events),
                attached_to=pick(st.sampled_from(hosts)) if is_boundary else None,
                interrupting="error" in events or pick(st.booleans()),
                loop=pick(LOOPS) if kind.is_activity else None,
            )
        )
    kinds = {node.id: node.kind for node in nodes}
    sources = [node.id for node in nodes if node.kind is not NodeKind.END_EVENT]
    ends = st.tuples(st.sampled_from(sources or [ElementId("")]), st.sampled_from(list(kinds)))
    scopes_of = {node.id: node.scope for node in nodes}
    pairs = pick(st.lists(ends, max_size=14)) if sources and nodes else []
    flows = [
        SequenceFlow(id=ElementId(f"f{n}"), source=source, target=target)
        for n, (source, target) in enumerate(pairs)
        if scopes_of[source] == scopes_of[target] and kinds[target] is not NodeKind.BOUNDARY_EVENT
    ]
    return Process(id=ElementId("P"), nodes=tuple(nodes), flows=tuple(flows))


MOST = 60
PROCESSES = st.one_of(BLOCKS.map(drawn), tangles())
ONE_INSTANCE = st.one_of(
    IN_TURN.map(drawn),
    tangles().filter(lambda process: not any(map(is_parallel, process.nodes))),
)
CRITERIA = st.sampled_from(list(Criterion))


@CALM
@given(process=PROCESSES, criterion=CRITERIA, loops=st.integers(0, 3))
def test_every_scenario_is_a_legal_run(
    judge: Judge, process: Process, criterion: Criterion, loops: int
) -> None:
    """Whatever the process, each scenario is a complete run, and its key its own."""
    found = generate_scenarios(
        process, criterion=criterion, max_loop_iterations=loops, max_scenarios=MOST
    )
    for scenario in found.scenarios:
        judge(process, scenario)
    assert len({scenario.key for scenario in found.scenarios}) == len(found.scenarios)


def at_their_own_pace(scenario: Scenario, before: list[int], rolls: random.Random) -> Scenario:
    """The way in another order of those that are legal, with its visits numbered anew."""
    over, order, left = 0, [], list(range(len(before)))
    while left:
        index = rolls.choice([each for each in left if not before[each] & ~over])
        left.remove(index)
        order.append(index)
        over |= 1 << index
    place = {index: number for number, index in enumerate(order)}
    return replace(
        scenario,
        moments=tuple(
            scenario.moments[index]._replace(
                causes=tuple(sorted(place[cause] for cause in scenario.moments[index].causes))
            )
            for index in order
        ),
    )


@CALM
@given(process=ONE_INSTANCE, criterion=CRITERIA, rolls=st.randoms(use_true_random=False))
def test_branches_may_go_at_their_own_pace(
    judge: Judge, process: Process, criterion: Criterion, rolls: random.Random
) -> None:
    """Every order of a way's moments that keeps to its precedence is a legal run."""
    model = ProcessModel(file="", digest="", processes=(process,))
    precedence = Precedence(process, (), model)
    for scenario in generate_scenarios(process, criterion=criterion, max_scenarios=MOST).scenarios:
        judge(process, at_their_own_pace(scenario, precedence.before(scenario), rolls))


@CALM
@given(process=PROCESSES, criterion=CRITERIA, rolls=st.randoms())
def test_element_order_has_no_say(
    process: Process, criterion: Criterion, rolls: random.Random
) -> None:
    """Shuffled nodes and flows give the very same scenarios."""
    nodes, flows = list(process.nodes), list(process.flows)
    rolls.shuffle(nodes)
    rolls.shuffle(flows)
    shuffled = replace(process, nodes=tuple(nodes), flows=tuple(flows))
    one = generate_scenarios(process, criterion=criterion, max_scenarios=MOST)
    other = generate_scenarios(shuffled, criterion=criterion, max_scenarios=MOST)
    assert tuple(one.scenarios) == tuple(other.scenarios)
    assert (one.coverage, one.infeasible, one.left_out, one.problems) == (
        other.coverage,
        other.infeasible,
        other.left_out,
        other.problems,
    )


def written(process: Process, rolls: random.Random | None = None) -> bytes:
    """A process as a file; with ``rolls`` its elements are shuffled and drawn."""
    at = {node.id: node.scope for node in process.nodes}

    def inside(scope: str) -> str:
        parts = [element(node) for node in process.nodes if node.scope == scope]
        parts += [
            f'<sequenceFlow id="{flow.id}" name="{flow.name}" sourceRef="{flow.source}"'
            f' targetRef="{flow.target}"/>'
            for flow in process.flows
            if at[flow.source] == scope
        ]
        if rolls is not None:
            rolls.shuffle(parts)
        return "".join(parts)

    def element(node: FlowNode) -> str:
        host = f' attachedToRef="{node.attached_to}"' if node.attached_to else ""
        cut = "" if node.interrupting else ' cancelActivity="false"'
        events = "".join(f"<{each.kind.value}EventDefinition/>" for each in node.events)
        return (
            f'<{node.kind.value} id="{node.id}" name="{node.name}"{host}{cut}>{events}'
            f"{looped(node.loop)}{inside(node.id)}</{node.kind.value}>"
        )

    picture = "" if rolls is None else picture_of(process, rolls)
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<process id="{process.id}">{inside(process.id)}</process>{picture}</definitions>'
    ).encode()


def looped(loop: Loop | None) -> str:
    if loop is None:
        return ""
    if loop.kind is LoopKind.STANDARD:
        return f'<standardLoopCharacteristics testBefore="{str(loop.test_before).lower()}"/>'
    number = f"<loopCardinality>{loop.maximum}</loopCardinality>" if loop.maximum else ""
    in_turn = str(loop.kind is LoopKind.SEQUENTIAL).lower()
    name = "multiInstanceLoopCharacteristics"
    return f'<{name} isSequential="{in_turn}">{number}</{name}>'


def picture_of(process: Process, rolls: random.Random) -> str:
    shapes = "".join(
        f'<BPMNShape bpmnElement="{node.id}"><dc:Bounds x="{rolls.randrange(999)}"'
        f' y="{rolls.randrange(999)}" width="9" height="9"/></BPMNShape>'
        for node in process.nodes
    )
    space = "http://www.omg.org/spec"
    return (
        f'<BPMNDiagram xmlns="{space}/BPMN/20100524/DI" xmlns:dc="{space}/DD/20100524/DC">'
        f'<BPMNPlane bpmnElement="{process.id}">{shapes}</BPMNPlane></BPMNDiagram>'
    )


@CALM
@given(block=BLOCKS, criterion=CRITERIA, rolls=st.randoms())
def test_order_and_drawing_of_a_file_have_no_say(
    block: Block, criterion: Criterion, rolls: random.Random
) -> None:
    """A file gives the scenarios of its process, shuffled and drawn or not."""
    process = drawn(block)
    told = generate_scenarios(process, criterion=criterion, max_scenarios=MOST)
    for data in (written(process), written(process, rolls)):
        model = read_bpmn(data, "order.bpmn")
        assert {each.code for each in model.problems} <= {"call-without-target"}
        (read,) = model.processes
        found = generate_scenarios(read, criterion=criterion, max_scenarios=MOST)
        assert tuple(found.scenarios) == tuple(told.scenarios)


@CALM
@given(block=BLOCKS, criterion=CRITERIA)
def test_every_flow_of_a_sound_process_is_covered(block: Block, criterion: Criterion) -> None:
    """Blocks one inside the other leave nothing uncovered and have nothing wrong."""
    found = generate_scenarios(drawn(block), criterion=criterion, max_scenarios=MOST)
    assert found.coverage.covered == found.coverage.reachable == found.coverage.total
    assert criterion is Criterion.PAIRS or not found.infeasible
    assert {problem.code for problem in found.problems} <= {"call-opaque", "event-without-trigger"}
    assert criterion is Criterion.FLOWS or found.scenarios[0].key == "main"


@CALM
@given(block=IN_TURN, rolls=st.randoms())
def test_causes_tell_the_whole_order(judge: Judge, block: Block, rolls: random.Random) -> None:
    """Any order of the moments that keeps to their causes is a legal run as well."""
    process = drawn(block)
    for scenario in generate_scenarios(process).scenarios:
        left = dict(enumerate(scenario.moments))
        order: list[int] = []
        while left:
            ready = [n for n, moment in left.items() if not left.keys() & set(moment.causes)]
            order.append(rolls.choice(ready))
            del left[order[-1]]
        moments = [scenario.moments[n]._replace(causes=()) for n in order]
        judge(process, replace(scenario, moments=tuple(moments)))


Taken = tuple[str, tuple[str, ...], str | None]


def taken_by(scenario: Scenario) -> set[Taken]:
    return {(taken.at, taken.flows, taken.event) for taken in scenario.decisions}


def pairs_of(found: ScenarioSet) -> set[frozenset[Taken]]:
    """Each two outcomes, or one alone, that a scenario takes."""
    return {
        frozenset(pair)
        for scenario in found.scenarios
        for pair in product(taken_by(scenario), repeat=2)
    }


@CALM
@given(block=BLOCKS, loops=st.integers(1, 2))
def test_each_criterion_covers_what_the_one_before_covers(block: Block, loops: int) -> None:
    """``paths`` is every way: it takes no pair that ``pairs`` misses, and misses none."""
    process = drawn(block)
    flows, branches, pairs, paths = (
        generate_scenarios(process, criterion=criterion, max_loop_iterations=loops)
        for criterion in Criterion
    )
    assume(not paths.left_out.number)
    assert pairs_of(flows) <= pairs_of(paths)
    assert pairs_of(branches) <= pairs_of(pairs) <= pairs_of(paths)
    single = {pair for pair in pairs_of(paths) if not any(map(is_combined(process), pair))}
    assert single <= pairs_of(pairs)


def is_combined(process: Process) -> Callable[[Taken], bool]:
    """Whether an outcome takes some of an inclusive split's flows, but not all."""
    count = Counter(flow.source for flow in process.flows)
    return lambda taken: taken[2] is None and 1 < len(taken[1]) < count[ElementId(taken[0])]


@CALM
@given(block=BLOCKS, loops=st.integers(0, 2))
def test_paths_are_all_ways_and_each_once(block: Block, loops: int) -> None:
    """What is chosen and what is left out is the same in sum, however many there is room for."""
    process = drawn(block)
    numbers: set[int] = set()
    for most in (3, 400):
        found = generate_scenarios(
            process, criterion=Criterion.PATHS, max_loop_iterations=loops, max_scenarios=most
        )
        ways = {(each.nodes, each.flows, each.decisions) for each in found.scenarios}
        assert len(ways) == len(found.scenarios) <= most
        if found.left_out.exact:
            numbers.add(len(ways) + found.left_out.number)
    assert len(numbers) == 1


@CALM
@given(block=BLOCKS)
def test_branches_are_few(block: Block) -> None:
    """One, the outcomes that are not default, the loops, and the pairs of concurrent ones."""
    process = drawn(block)
    graph = index_process(process)
    turns = allowed_turns(graph, 2, {})
    decisions = find_decisions(graph, match_catches(graph), turns).decisions
    others = {id(each): len(each.outcomes) - 1 + each.may_pass for each in decisions}
    pairs = {frozenset(map(id, pair)) for pair in concurrent_decisions(graph, decisions)}
    loops = len(TokenGame(graph).back)
    bound = 1 + sum(others.values()) + loops + sum(prod(map(others.get, pair)) for pair in pairs)
    assert len(generate_scenarios(process).scenarios) <= bound


def by_way(found: ScenarioSet) -> dict[tuple[tuple[str, ...], ...], Scenario]:
    return {(scenario.nodes, scenario.flows): scenario for scenario in found.scenarios}


@CALM
@given(block=BLOCKS, data=st.data())
def test_renaming_a_branch_changes_no_other_key(block: Block, data: st.DataObject) -> None:
    """Only scenarios that take the renamed way, or another of its decision, change their key."""
    process = drawn(block)
    number = data.draw(st.integers(0, len(process.flows) - 1))
    renamed = process.flows[number]
    flows = [
        replace(flow, name="something else") if flow is renamed else flow for flow in process.flows
    ]
    before = generate_scenarios(process)
    after = by_way(generate_scenarios(replace(process, flows=tuple(flows))))
    for way, scenario in by_way(before).items():
        assert signature(after[way]) == signature(scenario)
        if not any(renamed.id in taken.flows for taken in scenario.decisions if not taken.default):
            assert after[way].key == scenario.key


@CALM
@given(block=blocks("each"), data=st.data())
def test_adding_a_branch_changes_no_key(block: Block, data: st.DataObject) -> None:
    """A new longer way beside an old one adds scenarios; others keep their key and way."""
    process = drawn(block)
    splits = [node.id for node in process.nodes if node.kind is NodeKind.EXCLUSIVE_GATEWAY]
    ways = [flow for flow in process.flows if flow.source in splits]
    ways = [way for way in ways if sum(other.source == way.source for other in ways) > 1]
    assume(ways)
    beside = data.draw(st.sampled_from(ways))
    at = {node.id: node for node in process.nodes}
    assume(at[beside.target].kind not in (NodeKind.PARALLEL_GATEWAY, NodeKind.INCLUSIVE_GATEWAY))
    scope = at[beside.source].scope
    new = [FlowNode(id=ElementId(f"z{n}"), kind=NodeKind.TASK, scope=scope) for n in range(3)]
    chain = [beside.source, *(node.id for node in new), beside.target]
    flows = [
        SequenceFlow(id=ElementId(f"zf{n}"), source=source, target=target, name=f"new {n}")
        for n, (source, target) in enumerate(pairwise(chain))
    ]
    wider = replace(process, nodes=(*process.nodes, *new), flows=(*process.flows, *flows))
    before, after = (lock_scenarios(generate_scenarios(each)) for each in (process, wider))
    assert before.signatures.items() <= after.signatures.items()


@pytest.mark.parametrize("criterion", list(Criterion))
def test_the_strategies_draw_what_they_should(criterion: Criterion) -> None:
    """A block with everything in it is sound."""
    task: Block = ("task", ())
    block: Block = (
        "row",
        (
            ("xor", (task, ("loop", (task,)))),
            ("and", (("cut", (task,)), ("beside sub", (task,)))),
            ("events", (task, ("or", (task, task)))),
        ),
    )
    found = generate_scenarios(drawn(block), criterion=criterion)
    assert found.coverage.covered == found.coverage.total
