"""Problems of single flow nodes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.model import Problem

Problems = Callable[..., list[Problem]]

LINK = '<{0} id="{1}" name="{2}"><linkEventDefinition/></{0}>'


def found(problems: list[Problem]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.element_id) for problem in problems]


@pytest.mark.parametrize(
    ("attribute", "what"),
    [
        ("", "attached to nothing"),
        ('attachedToRef="x"', "'x', which its process does not have"),
        ('attachedToRef="g"', "'g', which is no activity"),
    ],
)
def test_a_boundary_event_needs_an_activity(problems: Problems, attribute: str, what: str) -> None:
    body = f'<exclusiveGateway id="g"/><boundaryEvent id="e" {attribute}/>'
    (problem,) = problems(body)
    assert found([problem]) == [("attached-dangling", "e")]
    assert what in problem.message


def test_a_boundary_event_of_an_activity_is_sound(problems: Problems) -> None:
    assert problems('<task id="a"/><boundaryEvent id="e" attachedToRef="a"/>') == []


def test_a_default_that_does_not_leave_its_gateway_is_told(problems: Problems) -> None:
    body = (
        '<exclusiveGateway id="g" default="f"/><task id="a"/>'
        '<sequenceFlow id="f" sourceRef="a" targetRef="g"/>'
    )
    (problem,) = problems(body)
    assert found([problem]) == [("default-dangling", "g")]
    assert "'f', which does not leave it" in problem.message


def test_a_missing_event_definition_is_told(problems: Problems) -> None:
    body = '<startEvent id="e"><eventDefinitionRef>t</eventDefinitionRef></startEvent>'
    assert found(problems(body)) == [("event-dangling", "e")]


@pytest.mark.parametrize(
    ("definition", "attribute"),
    [
        ("message", "messageRef"),
        ("error", "errorRef"),
        ("signal", "signalRef"),
        ("escalation", "escalationRef"),
        ("compensate", "activityRef"),
    ],
)
def test_an_event_that_speaks_of_nothing_in_the_file_is_told(
    problems: Problems, definition: str, attribute: str
) -> None:
    body = f'<endEvent id="e"><{definition}EventDefinition {attribute}="x"/></endEvent>'
    (problem,) = problems(body)
    assert found([problem]) == [("reference-dangling", "e")]
    assert f"{attribute} 'x'" in problem.message


@pytest.mark.parametrize("attribute", ["startQuantity", "completionQuantity"])
def test_several_tokens_at_an_activity_are_told(problems: Problems, attribute: str) -> None:
    assert problems(f'<task id="a" {attribute}="1"/>') == []
    assert found(problems(f'<task id="a" {attribute}="2"/>')) == [("quantity-ignored", "a")]


def test_a_call_that_calls_nothing_is_told(problems: Problems) -> None:
    assert found(problems('<callActivity id="c"/>')) == [("call-without-target", "c")]
    assert problems('<callActivity id="c" calledElement="pay"/>') == []


@pytest.mark.parametrize("inner", ["", '<task id="a"/>'])
def test_an_event_sub_process_without_a_start_is_told(problems: Problems, inner: str) -> None:
    body = f'<subProcess id="s" triggeredByEvent="true">{inner}</subProcess>'
    assert found(problems(body)) == [("event-sub-process-without-start", "s")]


def test_an_event_sub_process_with_a_start_is_sound(problems: Problems) -> None:
    start = '<startEvent id="e"><timerEventDefinition/></startEvent>'
    assert problems(f'<subProcess id="s" triggeredByEvent="true">{start}</subProcess>') == []


def test_links_pair_by_name_and_several_throws_share_a_catch(problems: Problems) -> None:
    throws = LINK.format("intermediateThrowEvent", "t", "A") + LINK.format(
        "intermediateThrowEvent", "u", "A"
    )
    assert problems(throws + LINK.format("intermediateCatchEvent", "c", "A")) == []


def test_links_pair_in_their_own_scope_only(problems: Problems) -> None:
    catch = LINK.format("intermediateCatchEvent", "c", "A")
    body = (
        LINK.format("intermediateThrowEvent", "t", "A") + f'<subProcess id="s">{catch}</subProcess>'
    )
    (problem,) = problems(body)
    assert found([problem]) == [("link-without-catch", "t")]
    assert "'A'" in problem.message


def test_a_throw_event_that_is_no_link_needs_no_catch(problems: Problems) -> None:
    assert problems('<intermediateThrowEvent id="t"/>') == []
