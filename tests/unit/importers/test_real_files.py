"""The twenty ways in which real files trip an importer; the numbers are those of the list.

Each test reads a small file as a modeller exports it, and looks at its scenarios.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.flow.generation import generate_scenarios
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.importers.bpmn import read_bpmn
from pytest_orchestra.model import Process, ProcessModel

Read = Callable[..., ProcessModel]
ReadProcess = Callable[..., Process]

FLOW = '<sequenceFlow id="{0}{1}" sourceRef="{0}" targetRef="{1}"/>'

ZEEBE = (
    '<extensionElements><z:calledElement xmlns:z="http://camunda.org/schema/zeebe/1.0" '
    'processId="pay"/></extensionElements>'
)


def flows(*pairs: str) -> str:
    """Flows between nodes with ids of one letter."""
    return "".join(FLOW.format(*pair) for pair in pairs)


def ways(process: Process) -> list[str]:
    found = generate_scenarios(process, criterion=Criterion.FLOWS)
    return [" ".join(scenario.nodes) for scenario in found.scenarios]


def codes(process: Process) -> set[str]:
    return {problem.code for problem in generate_scenarios(process).problems}


def told(model: ProcessModel) -> set[str]:
    return {problem.code for problem in model.problems}


def test_01_incoming_and_outgoing_are_not_believed(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"><outgoing>other</outgoing></startEvent>'
        '<task id="t"><incoming>no such flow</incoming></task>' + flows("st")
    )
    assert ways(got) == ["s t"]


def test_02_what_has_no_id_of_its_own_gets_one(read: Read) -> None:
    flow = '<sequenceFlow sourceRef="{}" targetRef="{}"/>'
    model = read(
        '<process id="p"><startEvent id="s"/><task id="Prüfung A"/><task id="t"/><task id="t"/>'
        f"<task/>{flow.format('s', 'Prüfung A') * 2}</process>"
    )
    assert [node.id for node in model.processes[0].nodes] == [
        "s",
        "Prüfung A",
        "t",
        "t#2",
        "task-1",
    ]
    assert [f.id for f in model.processes[0].flows] == ["s->Prüfung A", "s->Prüfung A#2"]
    assert told(model) == {"id-duplicate", "id-missing"}


def test_03_dangling_ends_are_told_and_left_out(read: Read) -> None:
    model = read(
        '<process id="p"><startEvent id="s"/><task id="t" default="none"/>'
        '<boundaryEvent id="b" attachedToRef="gone"/>'
        + flows("st")
        + '<sequenceFlow id="f" sourceRef="t" targetRef="nowhere"/></process>'
    )
    assert ways(model.processes[0]) == ["s t"]
    assert told(model) == {"flow-dangling", "attached-dangling", "default-dangling"}


def test_04_two_flows_between_two_nodes_and_self_loops(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><exclusiveGateway id="g"/><task id="t"/><endEvent id="k"/>'
        + flows("sg", "tk")
        + '<sequenceFlow id="yes" sourceRef="g" targetRef="t"/>'
        '<sequenceFlow id="no" sourceRef="g" targetRef="t"/>'
        '<sequenceFlow id="self" sourceRef="g" targetRef="g"/>'
    )
    found = generate_scenarios(got, criterion=Criterion.FLOWS)
    taken = {flow for scenario in found.scenarios for flow in scenario.flows}
    assert taken == {"sg", "tk", "yes", "no", "self"}


def test_05_flows_across_borders_and_in_other_scopes(read: Read) -> None:
    model = read(
        '<process id="p"><startEvent id="s"/>'
        f'<subProcess id="x"><task id="i"/>{flows("sx", "xe")}</subProcess><endEvent id="e"/>'
        '<endEvent id="o"/><sequenceFlow id="out" sourceRef="i" targetRef="o"/></process>'
    )
    assert told(model) == {"flow-crosses-border"}
    assert len(model.processes[0].flows) == 3
    assert ways(model.processes[0])


def test_06_implicit_merges_and_splits(process: ReadProcess) -> None:
    """A merge lets each token pass, a split takes all, conditional flows any of them."""
    got = process(
        '<startEvent id="s"/><task id="a"/><task id="b"/><task id="c"/>'
        + flows("sa", "sb", "ac", "bc")
    )
    assert ways(got) == ["s a b c c"]
    condition = '<sequenceFlow id="a{0}" sourceRef="a" targetRef="{0}">{1}</sequenceFlow>'
    some = "<conditionExpression>x</conditionExpression>"
    chosen = process(
        '<startEvent id="s"/><task id="a" default="ad"/><task id="b"/><task id="c"/><task id="d"/>'
        + flows("sa")
        + "".join(condition.format(target, some) for target in "bc")
        + condition.format("d", "")
    )
    assert sorted(ways(chosen)) == ["s a b c", "s a d"]


def test_06_a_gateway_may_join_and_split_at_once(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/>'
        '<parallelGateway id="g"/><task id="c"/><task id="d"/><inclusiveGateway id="z"/>'
        + flows("sf", "fa", "fb", "ag", "bg", "gc", "gd", "cz", "dz")
    )
    assert ways(got) == ["s f a b g c d z"]
    assert codes(got) == set()


def test_07_dead_ends_missing_starts_and_empty_sub_processes(process: ReadProcess) -> None:
    assert ways(process('<task id="a"/><task id="b"/>' + flows("ab"))) == ["a b"]
    several = '<startEvent id="s"/><startEvent id="t"/><task id="a"/>' + flows("sa", "ta")
    assert ways(process(several)) == ["s a", "t a"]
    empty = process(
        '<startEvent id="s"/><subProcess id="x"/><endEvent id="e"/>' + flows("sx", "xe")
    )
    assert ways(empty) == ["s x e"]
    lost = process('<startEvent id="s"/><task id="a"/><task id="b"/>' + flows("ab", "ba"))
    assert ways(lost) == ["s"]
    assert codes(lost) == {"unreachable"}


def test_08_splits_without_conditions_go_by_name_or_target(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><exclusiveGateway id="g" name="OK?"/><task id="a" name="Ship"/>'
        '<task id="b" name="Refund"/>'
        + flows("sg", "ga")
        + '<sequenceFlow id="z" name="no" sourceRef="g" targetRef="b">'
        "<conditionExpression/></sequenceFlow>"
    )
    assert [s.key for s in generate_scenarios(got).scenarios] == ["main", "ok-no"]
    plain = process(
        '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a" name="Ship"/>'
        '<task id="b" name="Refund"/>' + flows("sg", "ga", "gb")
    )
    assert [s.key for s in generate_scenarios(plain).scenarios] == ["main", "refund"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("", "${amount &gt; 10}"),
        ("http://www.java.com/java", "return amount &gt; 10;"),
        ("https://www.omg.org/spec/DMN/20191111/FEEL/", "= amount &gt; 10"),
        ("http://www.w3.org/1999/XPath", "/order/amount &gt; 10"),
        ("groovy", "<![CDATA[amount > 10]]>"),
    ],
)
def test_08_conditions_are_kept_as_written(process: ReadProcess, language: str, text: str) -> None:
    got = process(
        '<exclusiveGateway id="g"/><task id="a"/><sequenceFlow id="f" sourceRef="g" targetRef="a">'
        f'<conditionExpression language="{language}">\n{text}\n</conditionExpression>'
        "</sequenceFlow>"
    )
    condition = got.flows[0].condition
    assert condition
    assert condition.language == language
    assert "amount > 10" in condition.text


def test_09_names_are_missing_broken_over_lines_and_alike(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a" name="Check&#10;order"/>'
        '<task id="b" name="Check order"/><task id="c"/>' + flows("sg", "ga", "gb", "gc")
    )
    assert [node.name for node in got.nodes] == ["", "", "Check order", "Check order", ""]
    keys = [scenario.key for scenario in generate_scenarios(got).scenarios]
    assert len(set(keys)) == 3


def test_09_the_direction_of_a_gateway_is_ignored(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><exclusiveGateway id="g" gatewayDirection="Converging"/>'
        '<task id="a"/><task id="b"/>' + flows("sg", "ga", "gb")
    )
    assert len(ways(got)) == 2


def test_10_several_processes_and_pools_without_one(read: Read) -> None:
    model = read(
        '<collaboration id="c"><participant id="A" name="Shop" processRef="p"/>'
        '<participant id="B" name="Bank"/></collaboration>'
        '<process id="p"><task id="a"/></process><process id="q"/>'
    )
    assert [(p.id, p.name) for p in model.processes] == [("p", "Shop"), ("q", "")]
    assert [pool.process_id for pool in model.participants] == ["p", None]
    assert told(model) == {"process-empty"}


def test_11_message_flows_hold_up_no_ordinary_task(read: Read) -> None:
    model = read(
        '<collaboration id="c"><participant id="A" processRef="p"/><participant id="B"/>'
        '<messageFlow id="m" sourceRef="B" targetRef="t"/>'
        '<messageFlow id="n" sourceRef="t" targetRef="B"/>'
        '<messageFlow id="o" sourceRef="t" targetRef="gone"/></collaboration>'
        f'<process id="p"><startEvent id="s"/><task id="t"/>{flows("st")}</process>'
    )
    assert ways(model.processes[0]) == ["s t"]
    assert told(model) == {"message-flow-dangling"}


@pytest.mark.parametrize("value", ["true", "false", ""])
def test_12_executable_filters_nothing(read: Read, value: str) -> None:
    (got,) = read(f'<process id="p" isExecutable="{value}"><task id="t"/></process>').processes
    assert ways(got) == ["t"]


def test_13_event_definitions_by_reference_several_and_none(process: ReadProcess) -> None:
    got = process(
        '<intermediateCatchEvent id="a"><eventDefinitionRef>d</eventDefinitionRef>'
        '</intermediateCatchEvent><startEvent id="b"><messageEventDefinition/>'
        '<timerEventDefinition/></startEvent><intermediateCatchEvent id="c"/>',
        beside='<signalEventDefinition id="d" signalRef="g"/><signal id="g" name="Go"/>',
    )
    kinds = {node.id: [event.kind.value for event in node.events] for node in got.nodes}
    assert kinds == {"a": ["signal"], "b": ["message", "timer"], "c": []}
    assert got.nodes[0].events[0].name == "Go"


def test_13_typed_starts_inside_and_boundary_events_without_flow(read: Read) -> None:
    model = read(
        '<process id="p"><startEvent id="s"/><subProcess id="x">'
        '<startEvent id="i"><timerEventDefinition/></startEvent></subProcess>'
        '<boundaryEvent id="b" attachedToRef="x"><timerEventDefinition/></boundaryEvent>'
        f'{flows("sx")}<subProcess id="h" triggeredByEvent="true"><task id="t"/></subProcess>'
        "</process>"
    )
    assert told(model) == {"event-sub-process-without-start"}
    found = generate_scenarios(model.processes[0])
    assert [s.nodes for s in found.scenarios] == [("s", "x", "i"), ("s", "x", "b")]


def test_14_events_interrupt_unless_they_say_otherwise(process: ReadProcess) -> None:
    got = process(
        '<task id="t"/><boundaryEvent id="a" attachedToRef="t"/>'
        '<boundaryEvent id="b" attachedToRef="t" cancelActivity="false"/>'
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="i"/></subProcess>'
    )
    interrupting = {node.id: node.interrupting for node in got.nodes}
    assert interrupting["a"]
    assert interrupting["i"]
    assert not interrupting["b"]


@pytest.mark.parametrize("start", ["receiveTask", "eventBasedGateway"])
def test_14_what_instantiates_is_a_start(process: ReadProcess, start: str) -> None:
    got = process(
        f'<{start} id="r" instantiate="true"/><receiveTask id="a"/><task id="b"/>'
        + flows("ra", "ab")
    )
    assert got.nodes[0].instantiate
    assert ways(got) == ["r a b"]


def test_14_an_event_gateway_may_lead_to_plain_tasks(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><eventBasedGateway id="g"/><task id="a"/><receiveTask id="b"/>'
        + flows("sg", "ga", "gb")
    )
    assert ways(got) == ["s g a", "s g b"]


@pytest.mark.parametrize(
    ("attributes", "inside", "called"),
    [
        ('calledElement="pay"', "", "pay"),
        ('calledElement="t:pay"', "", "t:pay"),
        ('calledElement="${which}"', "", "${which}"),
        (
            "",
            ZEEBE,
            "pay",
        ),
        ("", "", ""),
    ],
)
def test_15_what_a_call_calls(
    process: ReadProcess, attributes: str, inside: str, called: str
) -> None:
    got = process(f'<callActivity id="c" {attributes}>{inside}</callActivity>')
    assert got.nodes[0].called_element == called
    assert ways(got) == ["c"]


def test_16_what_has_no_incoming_flow_is_not_always_a_start(process: ReadProcess) -> None:
    """Neither is it dead: handlers, event sub-processes, what an ad-hoc sub-process holds."""
    got = process(
        '<startEvent id="s"/><task id="t"/><adHocSubProcess id="x"><task id="a"/><task id="b"/>'
        '</adHocSubProcess><boundaryEvent id="c" attachedToRef="t"><compensateEventDefinition/>'
        '</boundaryEvent><task id="u" isForCompensation="true"/>'
        '<association id="l" sourceRef="c" targetRef="u"/>'
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="i"><messageEventDefinition/>'
        '</startEvent></subProcess><endEvent id="e"><compensateEventDefinition/></endEvent>'
        + flows("st", "tx", "xe")
    )
    assert ways(got)[0] == "s t x a b e u"
    assert codes(got) == {"ad-hoc-once"}


def test_17_links_pair_by_name_within_a_scope(read: Read) -> None:
    link = '<{0} id="{1}" name="{2}"><linkEventDefinition{3}/></{0}>'
    throw, catch = "intermediateThrowEvent", "intermediateCatchEvent"
    model = read(
        '<process id="p"><startEvent id="s"/><exclusiveGateway id="g"/>'
        + link.format(throw, "a", "", ' name="A"')
        + link.format(throw, "b", "", ' name="A"')
        + link.format(catch, "c", "A", "")
        + link.format(throw, "d", "", ' name="B"')
        + '<task id="t"/>'
        + flows("sg", "ga", "gb", "gd", "ct")
        + "</process>"
    )
    assert sorted(ways(model.processes[0])) == ["s g a c t", "s g b c t", "s g d"]
    assert told(model) == {"link-without-catch"}


def test_18_a_terminate_end_ends_its_own_sub_process_only(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><subProcess id="x"><startEvent id="i"/><task id="a"/>'
        '<userTask id="b"/>'
        '<endEvent id="k"><terminateEventDefinition/></endEvent>'
        + flows("ia", "ib", "ak")
        + '</subProcess><task id="t"/>'
        + flows("sx", "xt")
    )
    (way,) = ways(got)
    assert way.startswith("s x i")
    assert way.endswith("k t")


def test_18_an_error_that_nobody_catches_is_told(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><endEvent id="k"><errorEventDefinition/></endEvent>' + flows("sk")
    )
    assert ways(got) == ["s k"]
    assert codes(got) == {"throw-uncaught"}


def test_19_joins_of_another_kind_than_the_split(process: ReadProcess) -> None:
    """An inclusive join is a merge there, a parallel one a deadlock."""
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g"/><{0} id="j"/><endEvent id="e"/>'
        '<task id="a"/><task id="b"/>' + flows("sg", "ga", "gb", "aj", "bj", "je")
    )
    merge = process(body.format("inclusiveGateway"))
    assert ways(merge) == ["s g a j e", "s g b j e"]
    assert codes(merge) == set()
    dead = process(body.format("parallelGateway"))
    assert ways(dead) == []
    assert codes(dead) == {"deadlock", "no-end"}


def test_19_a_parallel_join_at_a_loop_entry_is_a_deadlock(process: ReadProcess) -> None:
    got = process(
        '<startEvent id="s"/><parallelGateway id="j"/><task id="a"/><exclusiveGateway id="g"/>'
        '<endEvent id="e"/>' + flows("sj", "ja", "ag", "gj", "ge")
    )
    assert ways(got) == []
    assert "deadlock" in codes(got)


def test_20_few_scenarios_where_there_are_very_many_ways(process: ReadProcess) -> None:
    """Twenty diamonds have a million of them."""
    nodes = ['<startEvent id="g0"/>', *(f'<exclusiveGateway id="g{n}"/>' for n in range(1, 22))]
    arcs = [
        f'<sequenceFlow id="f{n}{side}" sourceRef="g{n}" targetRef="g{n + 1}"/>'
        for n in range(21)
        for side in ("a", "b")[: 2 if n else 1]
    ]
    got = process("".join(nodes + arcs))
    assert len(ways(got)) == 2
    assert len(generate_scenarios(got).scenarios) == 21


@pytest.mark.parametrize("prefix", ["", "bpmn", "bpmn2", "semantic", "sem", "model", "bpmn20"])
def test_files_prefixes_mean_nothing(prefix: str) -> None:
    colon, namespace = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    text = (
        f'<{colon}definitions {namespace}="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<{colon}process id="p"><{colon}task id="t"/></{colon}process></{colon}definitions>'
    )
    model = read_bpmn(text.encode(), "shop.bpmn")
    assert ways(model.processes[0]) == ["t"]
    assert model.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_files_every_encoding_is_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = (
        f'<?xml version="1.0" encoding="{declared}"?>\r\n<definitions '
        'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">\r\n'
        '<task id="t" name="Prüfe&#xD;&#xA;die Größe"/></process></definitions>'
    )
    model = read_bpmn(text.encode(encoding), "shop.bpmn")
    assert model.processes[0].nodes[0].name == "Prüfe die Größe"
    assert model.problems == ()
