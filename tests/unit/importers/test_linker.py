"""How references of real files are resolved: flows, defaults, hosts, events, lanes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.model import EventKind, FlowNode, Process, ProcessModel

Read = Callable[..., ProcessModel]
ReadProcess = Callable[..., Process]
ReadNode = Callable[..., FlowNode]

TASKS = '<task id="a"/><task id="b"/>'


def test_nodes_and_flows_stand_in_file_order_with_those_of_sub_processes(
    process: ReadProcess,
) -> None:
    got = process(
        '<sequenceFlow id="f1" sourceRef="b" targetRef="s"/><subProcess id="s">'
        '<task id="c"/><sequenceFlow id="f2" sourceRef="c" targetRef="d"/><task id="d"/>'
        '</subProcess><task id="b"/><sequenceFlow id="f3" sourceRef="s" targetRef="b"/>'
    )
    assert [(node.id, node.scope) for node in got.nodes] == [
        ("s", "p"),
        ("c", "s"),
        ("d", "s"),
        ("b", "p"),
    ]
    assert [flow.id for flow in got.flows] == ["f1", "f2", "f3"]


def test_only_the_ends_of_the_flow_are_believed(process: ReadProcess) -> None:
    """``incoming`` and ``outgoing`` contradict the flows in real files."""
    got = process(
        '<task id="a"><incoming>f</incoming></task><task id="b"><outgoing>f</outgoing></task>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    )
    assert [(flow.source, flow.target) for flow in got.flows] == [("a", "b")]


def test_flows_without_an_id_are_called_by_their_ends(process: ReadProcess) -> None:
    got = process(TASKS + '<sequenceFlow sourceRef="a" targetRef="b"/>' * 3)
    assert [flow.id for flow in got.flows] == ["a->b", "a->b#2", "a->b#3"]


def test_the_second_flow_of_an_id_is_numbered(process: ReadProcess) -> None:
    got = process(TASKS + '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>' * 2)
    assert [flow.id for flow in got.flows] == ["f", "f#2"]


def test_a_dangling_flow_takes_no_number(process: ReadProcess) -> None:
    got = process(
        TASKS + '<sequenceFlow id="f" sourceRef="a" targetRef="x"/>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    )
    assert [flow.id for flow in got.flows] == ["f"]


def test_two_flows_between_the_same_nodes_and_a_self_loop_are_kept(process: ReadProcess) -> None:
    got = process(
        TASKS + '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
        '<sequenceFlow id="g" sourceRef="a" targetRef="b"/>'
        '<sequenceFlow id="h" sourceRef="a" targetRef="a"/>'
    )
    assert [(flow.source, flow.target) for flow in got.flows] == [
        ("a", "b"),
        ("a", "b"),
        ("a", "a"),
    ]


def test_a_flow_stored_in_another_scope_than_its_nodes_is_theirs(process: ReadProcess) -> None:
    got = process(
        '<subProcess id="s"><task id="a"/><task id="b"/></subProcess>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    )
    assert [flow.id for flow in got.flows] == ["f"]


def test_prefixes_of_references_are_stripped_where_the_plain_id_exists(
    process: ReadProcess,
) -> None:
    got = process(
        '<task id="a" default="tns:f"/><task id="n:b"/>'
        '<sequenceFlow id="f" sourceRef="tns:a" targetRef="n:b"/>'
        '<boundaryEvent id="e" attachedToRef="tns:a"/>'
    )
    assert [(flow.source, flow.target) for flow in got.flows] == [("a", "n:b")]
    assert got.nodes[0].default_flow == "f"
    assert got.nodes[2].attached_to == "a"


def test_ids_with_blanks_and_umlauts_are_ids(process: ReadProcess) -> None:
    got = process(
        '<task id="Prüfe Ware"/><task id="b"/>'
        '<sequenceFlow id="f" sourceRef="Prüfe Ware" targetRef="b"/>'
    )
    assert got.flows[0].source == "Prüfe Ware"


def test_a_default_is_a_flow_that_leaves_the_node(process: ReadProcess) -> None:
    got = process(
        '<exclusiveGateway id="g" default="f2"/><exclusiveGateway id="h" default="f1"/>'
        '<sequenceFlow id="f1" sourceRef="g" targetRef="h"/>'
        '<sequenceFlow id="f2" sourceRef="g" targetRef="h"/>'
    )
    assert [node.default_flow for node in got.nodes] == ["f2", None]


def test_a_default_among_flows_of_one_id_is_the_one_that_leaves_the_node(
    process: ReadProcess,
) -> None:
    got = process(
        '<task id="a"/><exclusiveGateway id="g" default="f"/>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="g"/>'
        '<sequenceFlow id="f" sourceRef="g" targetRef="a"/>'
    )
    assert got.nodes[1].default_flow == "f#2"


def test_the_second_node_of_an_id_is_numbered_and_keeps_its_content(process: ReadProcess) -> None:
    got = process(
        '<task id="a"/><subProcess id="a"><task id="b"/></subProcess>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    )
    assert [(node.id, node.scope) for node in got.nodes] == [
        ("a", "p"),
        ("a#2", "p"),
        ("b", "a#2"),
    ]
    assert got.flows[0].source == "a"


def test_nodes_without_an_id_get_one_and_hold_their_content(process: ReadProcess) -> None:
    got = process('<subProcess><task id="b"/></subProcess>')
    assert [(node.id, node.scope) for node in got.nodes] == [
        ("subProcess-1", "p"),
        ("b", "subProcess-1"),
    ]


def test_a_node_never_takes_the_id_of_its_process(process: ReadProcess) -> None:
    """Its content would seem to stand in the process itself."""
    got = process('<subProcess id="p"><task id="a"/></subProcess>')
    assert [(node.id, node.scope) for node in got.nodes] == [("p#2", "p"), ("a", "p#2")]


def test_copies_of_a_process_keep_their_ids_and_their_own_flows(read: Read) -> None:
    """A reference never means a node of another process."""
    body = TASKS + '<sequenceFlow sourceRef="a" targetRef="b"/>'
    model = read(f'<process id="p">{body}</process><process id="q">{body}</process>')
    assert [[node.id for node in process.nodes] for process in model.processes] == [["a", "b"]] * 2
    assert [[flow.id for flow in process.flows] for process in model.processes] == [["a->b"]] * 2


def test_processes_of_one_id_and_of_none_are_told_apart(read: Read) -> None:
    model = read('<process id="p"/><process id="p"/><process/>')
    assert [process.id for process in model.processes] == ["p", "p#2", "process-1"]


def test_a_boundary_event_without_a_host_is_attached_to_nothing(process: ReadProcess) -> None:
    got = process('<boundaryEvent id="e"/><boundaryEvent id="f" attachedToRef="x"/>')
    assert [node.attached_to for node in got.nodes] == [None, None]


ITEMS = (
    '<message id="m" name="Order\nplaced"/><signal id="s" name="Stop"/>'
    '<error id="x" name="Declined" errorCode=" E1 "/>'
    '<escalation id="c" name="Late" escalationCode="L1"/>'
)


@pytest.mark.parametrize(
    ("definition", "event"),
    [
        ('message{} messageRef="tns:m"', (EventKind.MESSAGE, "Order placed", "m", "")),
        ('signal{} signalRef="s"', (EventKind.SIGNAL, "Stop", "s", "")),
        ('error{} errorRef="x"', (EventKind.ERROR, "Declined", "x", "E1")),
        ('escalation{} escalationRef="c"', (EventKind.ESCALATION, "Late", "c", "L1")),
        ('message{} messageRef="x2"', (EventKind.MESSAGE, "", "x2", "")),
        ("message{}", (EventKind.MESSAGE, "", "", "")),
        ("terminate{}", (EventKind.TERMINATE, "", "", "")),
        ("cancel{}", (EventKind.CANCEL, "", "", "")),
    ],
)
def test_an_event_knows_what_it_speaks_of(
    node: ReadNode, definition: str, event: tuple[EventKind, str, str, str]
) -> None:
    body = f'<endEvent id="e"><{definition.format("EventDefinition")}/></endEvent>'
    (got,) = node(body, ITEMS).events
    assert (got.kind, got.name, got.reference, got.code) == event


def test_a_compensation_names_an_activity_of_its_process(process: ReadProcess) -> None:
    got = process(
        '<task id="a"/><intermediateThrowEvent id="e">'
        '<compensateEventDefinition activityRef="tns:a"/></intermediateThrowEvent>',
        '<message id="a" name="not meant"/>',
    )
    (event,) = got.nodes[1].events
    assert (event.kind, event.reference, event.name) == (EventKind.COMPENSATE, "a", "")


def test_an_item_without_an_id_is_nobodys(node: ReadNode) -> None:
    body = '<endEvent id="e"><messageEventDefinition messageRef=""/></endEvent>'
    assert node(body, '<message name="x"/>').events[0].name == ""


def test_the_first_item_of_an_id_is_meant(node: ReadNode) -> None:
    body = '<endEvent id="e"><messageEventDefinition messageRef="m"/></endEvent>'
    beside = '<message id="m" name="one"/><message id="m" name="two"/>'
    assert node(body, beside).events[0].name == "one"


def test_event_definitions_by_reference_count_like_own_ones(node: ReadNode) -> None:
    body = (
        '<intermediateCatchEvent id="e"><eventDefinitionRef> tns:t </eventDefinitionRef>'
        '<messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    )
    beside = (
        '<message id="m" name="Paid"/><timerEventDefinition id="t">'
        "<timeDuration>PT1H</timeDuration></timerEventDefinition>"
    )
    got = node(body, beside)
    assert [(event.kind, event.expression) for event in got.events] == [
        (EventKind.TIMER, "PT1H"),
        (EventKind.MESSAGE, ""),
    ]


def test_a_lost_event_definition_leaves_a_none_event(node: ReadNode) -> None:
    body = '<startEvent id="e"><eventDefinitionRef>t</eventDefinitionRef></startEvent>'
    assert node(body).events == ()


def test_lanes_know_their_nodes_also_in_inner_lanes_and_sub_processes(
    process: ReadProcess,
) -> None:
    got = process(
        "<laneSet><documentation>by role</documentation>"
        '<lane id="l1" name="Shop\nfloor"><flowNodeRef>tns:a</flowNodeRef>'
        '<childLaneSet><lane id="l2"><flowNodeRef>\n a </flowNodeRef></lane></childLaneSet></lane>'
        '<lane/></laneSet><task id="a"/><subProcess id="s"><laneSet><lane id="l3">'
        "<flowNodeRef>b</flowNodeRef><flowNodeRef>x</flowNodeRef></lane></laneSet>"
        '<task id="b"/></subProcess>'
    )
    assert [(lane.id, lane.name, lane.nodes) for lane in got.lanes] == [
        ("l1", "Shop floor", ("a",)),
        ("l2", "", ("a",)),
        ("lane-1", "", ()),
        ("l3", "", ("b",)),
    ]


def test_associations_are_kept_wherever_they_stand(process: ReadProcess) -> None:
    """An end that is no node stays as written."""
    got = process(
        '<task id="a"/><subProcess id="s"><task id="b"/>'
        '<association id="x" sourceRef="t:a" targetRef="b"/></subProcess>'
        '<association sourceRef="b" targetRef="note"/>'
    )
    assert [(line.id, line.source, line.target) for line in got.associations] == [
        ("x", "a", "b"),
        ("association-1", "b", "note"),
    ]


def test_data_and_annotations_are_kept_with_their_scope(read: Read) -> None:
    """So are the associations of activities with data; none is any business of the way."""
    model = read(
        '<process id="p"><dataObject id="o"/><dataObjectReference id="r" name="Order" '
        'dataObjectRef="o"/><textAnnotation id="n"><text>Mind the gap</text></textAnnotation>'
        '<subProcess id="s"><dataStoreReference id="d" name="Stock"/><task id="t">'
        '<ioSpecification><dataInput id="i"/></ioSpecification>'
        '<dataInputAssociation id="x"><sourceRef>r</sourceRef><targetRef>i</targetRef>'
        "</dataInputAssociation><dataOutputAssociation><targetRef>d</targetRef>"
        "<transformation/><assignment><from/><to/></assignment></dataOutputAssociation></task>"
        "</subProcess></process><collaboration><textAnnotation/><association/></collaboration>"
    )
    (got,) = model.processes
    assert [(o.id, o.kind, o.name, o.scope) for o in got.data_objects] == [
        ("o", "dataObject", "", "p"),
        ("r", "dataObjectReference", "Order", "p"),
        ("d", "dataStoreReference", "Stock", "s"),
    ]
    assert [(note.id, note.text) for note in got.annotations] == [("n", "Mind the gap")]
    assert [
        (line.id, line.source, line.target, line.carries_data) for line in got.associations
    ] == [
        ("x", "r", "t", True),
        ("dataOutputAssociation-1", "t", "d", True),
    ]
    assert model.problems == ()


@pytest.mark.parametrize("kind", ["sendTask", "receiveTask"])
def test_a_task_knows_its_message(read: Read, kind: str) -> None:
    """As an event does; what the file does not have is told."""
    model = read(
        f'<process id="p"><{kind} id="a" messageRef="m"/><{kind} id="b" messageRef="gone"/>'
        f'<{kind} id="c" name="C"/></process><message id="m" name="Order"/>'
    )
    events = {
        node.id: [(e.kind.value, e.name, e.reference) for e in node.events]
        for node in model.processes[0].nodes
    }
    assert events == {"a": [("message", "Order", "m")], "b": [("message", "", "gone")], "c": []}
    assert [problem.code for problem in model.problems] == ["reference-dangling"]
