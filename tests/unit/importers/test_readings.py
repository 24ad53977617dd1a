"""What attributes and inner elements mean."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.model import EventKind, FlowNode, Loop, LoopKind

ReadNode = Callable[..., FlowNode]

ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
MULTI = "multiInstanceLoopCharacteristics"
STANDARD = "standardLoopCharacteristics"
COLLECTION = f'<zeebe:loopCharacteristics {ZEEBE} inputCollection="= items"/>'


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("true", True), (" TRUE ", True), ("1", True), ("false", False), ("0", False), ("x", False)],
)
def test_a_value_that_is_no_boolean_counts_as_absent(
    node: ReadNode, value: str, *, meaning: bool
) -> None:
    assert node(f'<task id="a" isForCompensation="{value}"/>').for_compensation is meaning


@pytest.mark.parametrize(
    ("element", "expression"),
    [
        ("timeDate", "2026-11-21T12:00:00Z"),
        ("timeDuration", "PT5M"),
        ("timeCycle", "R3/PT10H"),
    ],
)
def test_a_timer_has_its_expression(node: ReadNode, element: str, expression: str) -> None:
    timer = f"<timerEventDefinition><{element}> {expression}\n</{element}></timerEventDefinition>"
    (event,) = node(f'<startEvent id="e">{timer}</startEvent>').events
    assert (event.kind, event.expression) == (EventKind.TIMER, expression)


def test_a_conditional_event_has_its_condition(node: ReadNode) -> None:
    condition = "<conditionalEventDefinition><condition>a > 1</condition>"
    body = f'<startEvent id="e">{condition}</conditionalEventDefinition></startEvent>'
    (event,) = node(body).events
    assert (event.kind, event.expression) == (EventKind.CONDITIONAL, "a > 1")


@pytest.mark.parametrize(
    ("definition", "name"), [('name="to\nB"', "to B"), ("", "Event"), ('name=""', "Event")]
)
def test_a_link_is_named_by_its_definition_or_else_by_its_event(
    node: ReadNode, definition: str, name: str
) -> None:
    body = f'<intermediateThrowEvent id="e" name="Event"><linkEventDefinition {definition}/>'
    (event,) = node(f"{body}</intermediateThrowEvent>").events
    assert (event.kind, event.name) == (EventKind.LINK, name)


def test_only_links_take_the_name_of_their_event(node: ReadNode) -> None:
    body = '<endEvent id="e" name="Event"><messageEventDefinition/></endEvent>'
    assert node(body).events[0].name == ""


def test_several_definitions_of_an_event_are_kept_in_order(node: ReadNode) -> None:
    body = '<startEvent id="e"><signalEventDefinition/><messageEventDefinition/></startEvent>'
    assert [event.kind for event in node(body).events] == [EventKind.SIGNAL, EventKind.MESSAGE]


@pytest.mark.parametrize(
    ("marker", "loop"),
    [
        (f"<{STANDARD}/>", Loop(kind=LoopKind.STANDARD)),
        (
            f'<{STANDARD} testBefore="true" loopMaximum="3"/>',
            Loop(kind=LoopKind.STANDARD, test_before=True, maximum=3),
        ),
        (
            f"<{STANDARD}><loopCondition>more</loopCondition></{STANDARD}>",
            Loop(kind=LoopKind.STANDARD, expression="more"),
        ),
        (f"<{MULTI}/>", Loop(kind=LoopKind.PARALLEL)),
        (f'<{MULTI} isSequential="true"/>', Loop(kind=LoopKind.SEQUENTIAL)),
        (
            f"<{MULTI}><loopCardinality> 5 </loopCardinality></{MULTI}>",
            Loop(kind=LoopKind.PARALLEL, maximum=5, expression="5"),
        ),
        (
            f"<{MULTI}><loopCardinality>${{n}}</loopCardinality></{MULTI}>",
            Loop(kind=LoopKind.PARALLEL, expression="${n}"),
        ),
        (
            f"<{MULTI}><loopDataInputRef>items</loopDataInputRef></{MULTI}>",
            Loop(kind=LoopKind.PARALLEL, expression="items"),
        ),
        (
            f'<{MULTI} xmlns:c="http://camunda.org/schema/1.0/bpmn" c:collection="items"/>',
            Loop(kind=LoopKind.PARALLEL, expression="items"),
        ),
        (
            f"<{MULTI}><extensionElements>{COLLECTION}</extensionElements></{MULTI}>",
            Loop(kind=LoopKind.PARALLEL, expression="= items"),
        ),
        (
            f"<{MULTI}><loopCardinality>{'9' * 5000}</loopCardinality></{MULTI}>",
            Loop(kind=LoopKind.PARALLEL, expression="9" * 5000),
        ),
    ],
)
def test_the_marker_of_an_activity_is_read(node: ReadNode, marker: str, loop: Loop) -> None:
    assert node(f'<task id="a">{marker}</task>').loop == loop


@pytest.mark.parametrize(
    ("attributes", "inner", "called"),
    [
        ('calledElement="pay"', "", "pay"),
        ('calledElement="${choose()}"', "", "${choose()}"),
        ("", "", ""),
        (ZEEBE, '<zeebe:calledElement processId="pay"/>', "pay"),
        (f'{ZEEBE} calledElement="own"', '<zeebe:calledElement processId="pay"/>', "own"),
        (ZEEBE, "<zeebe:calledElement/>", ""),
    ],
)
def test_a_call_says_what_it_calls(
    node: ReadNode, attributes: str, inner: str, called: str
) -> None:
    extension = f"<extensionElements>{inner}</extensionElements>"
    body = f'<callActivity id="c" {attributes}>{extension}</callActivity>'
    assert node(body).called_element == called


CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


def test_a_node_says_which_names_it_writes(node: ReadNode) -> None:
    """Output mappings, form fields, results, its marker's words; all that a call hands back."""
    mappings = (
        '<camunda:inputOutput><camunda:outputParameter name="a">x</camunda:outputParameter>'
        '<camunda:inputParameter name="no">x</camunda:inputParameter></camunda:inputOutput>'
        '<camunda:formData><camunda:formField id="b"/></camunda:formData>'
        '<camunda:out source="x" target="c"/><camunda:out variables="all"/>'
    )
    marker = f'<{MULTI} camunda:elementVariable="d"><extensionElements>{COLLECTION}'.replace(
        "inputCollection", 'inputElement="e" inputCollection'
    )
    body = (
        f'<callActivity id="n" {CAMUNDA} camunda:resultVariable="f">'
        f"<extensionElements>{mappings}</extensionElements>"
        f"{marker}</extensionElements></{MULTI}></callActivity>"
    )
    assert node(body).writes == ("a", "b", "c", "*", "e", "f", "d")


def test_a_node_has_the_texts_of_its_scripts(node: ReadNode) -> None:
    """Its own, and those of listeners."""
    body = (
        f'<scriptTask id="n" {CAMUNDA}><extensionElements><camunda:executionListener event="end">'
        "<camunda:script>b = 2</camunda:script></camunda:executionListener></extensionElements>"
        "<script><![CDATA[a = 1]]></script></scriptTask>"
    )
    assert node(body).script == "a = 1\nb = 2"
    assert node('<task id="n"/>').script == ""
