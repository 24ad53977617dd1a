"""Which elements of a file are read, whatever its prefixes and vendors are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.importers.bpmn import read_bpmn
from pytest_orchestra.importers.bpmn.reader import MAX_DEPTH, MAX_ELEMENTS, StrayReason, read
from pytest_orchestra.model import FlowNode, Problem, Process, ProcessModel

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'

Read = Callable[..., ProcessModel]
ReadProcess = Callable[..., Process]
ReadNode = Callable[..., FlowNode]
Refuse = Callable[[bytes], Problem]


@pytest.mark.parametrize("prefix", ["bpmn", "bpmn2", "semantic", "sem", "model", "ü"])
def test_the_prefix_means_nothing(prefix: str) -> None:
    data = (
        f'<{prefix}:definitions xmlns:{prefix}="{NAMESPACE}"><{prefix}:process id="p">'
        f'<{prefix}:task id="a"/></{prefix}:process></{prefix}:definitions>'
    )
    assert [node.id for node in read_bpmn(data.encode(), "f").processes[0].nodes] == ["a"]


def test_two_prefixes_of_one_namespace_mix() -> None:
    data = (
        f'<a:definitions xmlns:a="{NAMESPACE}" xmlns="{NAMESPACE}">'
        '<process id="p"><a:task id="x"/><task id="y"/></process></a:definitions>'
    )
    assert [node.id for node in read_bpmn(data.encode(), "f").processes[0].nodes] == ["x", "y"]


def test_lines_count_from_one(read: Read) -> None:
    model = read('<process id="p">\n  <task id="a"/>\n</process>')
    (process,) = model.processes
    assert str(process.location) == "shop.bpmn:2:1"
    assert str(process.nodes[0].location) == "shop.bpmn:3:3"


def test_comments_and_processing_instructions_are_no_content(node: ReadNode) -> None:
    body = '<!-- a --><?b c?><task id="a"><documentation>x<!-- y -->z</documentation></task>'
    assert node(body).documentation == "xz"


def test_text_is_read_with_the_text_of_markup_inside_it(node: ReadNode) -> None:
    markup = '<p xmlns="http://www.w3.org/1999/xhtml">Send it <b>now</b></p>'
    body = f'<task id="a"><documentation> {markup} </documentation></task>'
    assert node(body).documentation == "Send it now"


def test_character_data_is_text(process: ReadProcess) -> None:
    body = (
        '<task id="a"/><sequenceFlow id="f" sourceRef="a" targetRef="a">'
        "<conditionExpression><![CDATA[ a < b ]]></conditionExpression></sequenceFlow>"
    )
    condition = process(body).flows[0].condition
    assert condition
    assert condition.text == "a < b"


def test_attributes_of_vendors_are_kept_under_their_usual_prefix(node: ReadNode) -> None:
    body = '<userTask xmlns:c="http://camunda.org/schema/1.0/bpmn" id="a" c:assignee="ada"/>'
    assert node(body).vendor == {"camunda:assignee": "ada"}


def test_attributes_of_unknown_vendors_are_kept_under_the_files_prefix(node: ReadNode) -> None:
    body = '<task xmlns:acme="urn:acme" id="a" acme:cost="3"/>'
    assert node(body).vendor == {"acme:cost": "3"}


def test_attributes_for_schema_validators_are_no_vendors(process: ReadProcess) -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    assert node_vendor(process(f'<task {xsi} id="a" xsi:type="tTask"/>')) == {}


def node_vendor(process: Process) -> dict[str, str]:
    return dict(process.nodes[0].vendor)


def test_a_process_keeps_its_vendors_attributes(read: Read) -> None:
    model = read(f'<process {CAMUNDA} id="p" camunda:versionTag="7"/>')
    assert model.processes[0].vendor == {"camunda:versionTag": "7"}


def test_what_zeebe_keeps_in_extension_elements_is_kept_as_an_attribute(node: ReadNode) -> None:
    body = (
        f'<serviceTask {ZEEBE} id="a"><extensionElements><zeebe:taskDefinition type="pay"/>'
        "<zeebe:taskDefinition/><zeebe:ioMapping/></extensionElements></serviceTask>"
    )
    assert node(body).vendor == {"zeebe:taskDefinition/type": "pay"}


def test_flow_nodes_inside_extension_elements_are_not_the_processs(process: ReadProcess) -> None:
    body = '<extensionElements><task id="x"/></extensionElements><task id="a"/>'
    assert [node.id for node in process(body).nodes] == ["a"]


def test_the_drawing_is_no_stray() -> None:
    data = (
        f'<definitions xmlns="{NAMESPACE}" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI">'
        '<di:BPMNDiagram><di:BPMNPlane bpmnElement="p"/></di:BPMNDiagram></definitions>'
    )
    assert read(data.encode(), "f").strays == ()


def test_elements_without_a_namespace_are_read_where_their_name_is_beyond_doubt() -> None:
    data = '<definitions><process id="p"><task id="a"/></process></definitions>'
    document = read(data.encode(), "f")
    assert [stray.name for stray in document.strays] == ["definitions", "process", "task"]
    assert {stray.reason for stray in document.strays} == {StrayReason.NO_NAMESPACE}
    assert document.root.children[0].children[0].attributes == {"id": "a"}


def test_the_draft_of_the_standard_is_read() -> None:
    beta = "http://schema.omg.org/spec/BPMN/2.0"
    data = f'<definitions xmlns="{beta}"><process id="p"><task id="a"/></process></definitions>'
    document = read(data.encode(), "f")
    assert {stray.reason for stray in document.strays} == {StrayReason.BETA}
    assert document.root.children[0].children[0].attributes == {"id": "a"}


@pytest.mark.parametrize(
    ("root", "what"),
    [
        ('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN"),
        ('<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>', "CMMN"),
        ('<Package xmlns="http://www.wfmc.org/2008/XPDL2.1"/>', "XPDL"),
        ('<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', "WSDL"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "HTML"),
        ("<project/>", "<project>"),
        ('<definitions xmlns="urn:other"/>', "<definitions>"),
        (f'<process xmlns="{NAMESPACE}"/>', "fragment"),
        (f'<nonsense xmlns="{NAMESPACE}"/>', "fragment"),
    ],
)
def test_other_xml_is_refused_and_called_what_it_is(refuse: Refuse, root: str, what: str) -> None:
    problem = refuse(b"\n" + root.encode())
    assert problem.code == "not-bpmn"
    assert what in problem.message
    assert str(problem.location) == "shop.bpmn:2"


def nested(depth: int) -> bytes:
    """Sub-processes that stand ``depth`` elements deep, the root included."""
    count = depth - 2
    body = "".join(f'<subProcess id="s{n}">' for n in range(count)) + "</subProcess>" * count
    text = f'<definitions xmlns="{NAMESPACE}"><process id="p">{body}</process></definitions>'
    return text.encode()


def test_elements_are_read_down_to_the_limit() -> None:
    assert len(read_bpmn(nested(MAX_DEPTH), "f").processes[0].nodes) == MAX_DEPTH - 2


def test_elements_below_the_limit_are_refused(refuse: Refuse) -> None:
    problem = refuse(nested(MAX_DEPTH + 1))
    assert problem.code == "model-too-large"
    assert str(MAX_DEPTH) in problem.message


@pytest.mark.parametrize("element", ["<task/>", '<mxCell xmlns=""/>'], ids=["read", "unread"])
def test_too_many_elements_are_refused(refuse: Refuse, element: str) -> None:
    body = element * (MAX_ELEMENTS - 1)
    text = f'<definitions xmlns="{NAMESPACE}"><process id="p">{body}</process></definitions>'
    problem = refuse(text.encode())
    assert problem.code == "model-too-large"
    assert str(MAX_ELEMENTS) in problem.message
