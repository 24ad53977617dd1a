"""What the model says of a file without problems."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.model import Expression, FlowNode, NodeKind, Process, ProcessModel

Read = Callable[..., ProcessModel]
ReadProcess = Callable[..., Process]
ReadNode = Callable[..., FlowNode]

FLOW = '<task id="a"/><sequenceFlow id="f" sourceRef="a" targetRef="a" name="{}">{}</sequenceFlow>'


@pytest.mark.parametrize("kind", NodeKind)
def test_every_kind_of_node_is_read(node: ReadNode, kind: NodeKind) -> None:
    got = node(f'<{kind.value} id="x" name="X"/>')
    assert (got.id, got.kind, got.name, got.scope) == ("x", kind, "X", "p")


def test_white_space_of_names_is_folded(process: ReadProcess) -> None:
    got = process('<task id="a" name=" Check&#10;the&#9; order "/>' + FLOW.format("is&#10;ok", ""))
    assert got.nodes[0].name == "Check the order"
    assert got.flows[0].name == "is ok"


def test_what_is_absent_has_the_standards_defaults(node: ReadNode) -> None:
    got = node('<task id="a"/>')
    assert got == FlowNode(id=got.id, kind=NodeKind.TASK, scope=got.scope, location=got.location)


@pytest.mark.parametrize(
    ("element", "attribute"),
    [("boundaryEvent", "cancelActivity"), ("startEvent", "isInterrupting")],
)
@pytest.mark.parametrize(
    ("value", "interrupting"), [("true", True), ("false", False), ("0", False), (None, True)]
)
def test_an_event_interrupts_unless_it_says_otherwise(
    node: ReadNode, element: str, attribute: str, value: str | None, *, interrupting: bool
) -> None:
    written = f'{attribute}="{value}"' if value else ""
    assert node(f'<{element} id="e" {written}/>').interrupting is interrupting


def test_the_flags_of_nodes_are_read(process: ReadProcess) -> None:
    got = process(
        '<subProcess id="a" triggeredByEvent="true"/><task id="b" isForCompensation="true"/>'
        '<receiveTask id="c" instantiate="true"/><eventBasedGateway id="d" instantiate="1"/>'
        '<startEvent id="e" parallelMultiple="true"/>'
        '<eventBasedGateway id="g" eventGatewayType="Parallel"/>'
    )
    assert [node.id for node in got.nodes if node.triggered_by_event] == ["a"]
    assert [node.id for node in got.nodes if node.for_compensation] == ["b"]
    assert [node.id for node in got.nodes if node.instantiate] == ["c", "d"]
    assert [node.id for node in got.nodes if node.parallel_multiple] == ["e", "g"]


def test_a_condition_has_its_own_language_or_the_files(process: ReadProcess) -> None:
    feel = "https://www.omg.org/spec/DMN/20191111/FEEL/"
    plain = process(
        FLOW.format("", "<conditionExpression>a</conditionExpression>"),
        attributes=f'expressionLanguage="{feel}"',
    )
    own = process(FLOW.format("", '<conditionExpression language="juel">a</conditionExpression>'))
    conditions = [got.flows[0].condition for got in (plain, own)]
    assert [condition and (condition.text, condition.language) for condition in conditions] == [
        ("a", feel),
        ("a", "juel"),
    ]


def test_an_empty_condition_is_a_condition(process: ReadProcess) -> None:
    """A flow of an activity is conditional by having the element, whatever stands in it."""
    got = process(FLOW.format("", "\n<conditionExpression/>")).flows[0].condition
    assert isinstance(got, Expression)
    assert got.text == got.language == ""
    assert str(got.location) == "shop.bpmn:3:1"


def test_a_flow_without_a_condition_has_none(process: ReadProcess) -> None:
    assert process(FLOW.format("", "<documentation>x</documentation>")).flows[0].condition is None


@pytest.mark.parametrize(
    ("written", "executable"),
    [('isExecutable="true"', True), ('isExecutable="false"', False), ("", False)],
)
def test_whether_a_process_is_executable_filters_nothing(
    read: Read, written: str, *, executable: bool
) -> None:
    (process,) = read(f'<process id="p" {written}><task id="a"/></process>').processes
    assert process.executable is executable
    assert len(process.nodes) == 1


def test_a_process_has_its_name_and_documentation(read: Read) -> None:
    (process,) = read(
        '<process id="p" name="Order\nto cash"><documentation>From order</documentation>'
        "<documentation>to cash.</documentation></process>"
    ).processes
    assert process.name == "Order to cash"
    assert process.documentation == "From order\nto cash."


def test_a_file_without_problems_has_none(read: Read) -> None:
    model = read(
        '<process id="p"><startEvent id="s"/><task id="a"/><endEvent id="e"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        '<sequenceFlow id="g" sourceRef="a" targetRef="e"/></process>'
    )
    assert model.problems == ()


def test_the_same_file_gives_an_equal_model(read: Read) -> None:
    body = '<process id="p"><task id="a"/><task/><task id="a"/></process>'
    assert read(body) == read(body)
