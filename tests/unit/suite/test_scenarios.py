"""Scenarios with their steps, marks and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.model import ElementId, FlowNode, NodeKind, Process
from pytest_orchestra.suite.bound import BoundScenario, BoundSuite
from pytest_orchestra.suite.scenarios import NO_STEP, tasks_of

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

ACT = "action: {channel: bus, topic: t, value: 1}"


def by_key(bound: BoundSuite) -> dict[str, BoundScenario]:
    return {scenario.scenario.key: scenario for scenario in bound.scenarios}


def test_every_scenario_says_how_many_of_its_tasks_have_a_step(bench: Bench) -> None:
    text = f"""steps:
  - {{at: Place order, {ACT}}}
  - {{at: Place order, {ACT}}}
  - {{leaving: Review, {ACT}}}
  - {{at: [Amount?, Amount?/high, Done, order], {ACT}}}
"""
    found = by_key(bench.bind(text))
    assert found["main"].bound == (1, 3)
    assert found["amount-high"].bound == (2, 4)
    assert found["amount-high-fine-no-x2"].bound == (2, 4)
    assert found["declined"].bound == (1, 3)


def test_a_sub_process_is_a_task_only_where_nothing_is_in_it() -> None:
    def node(name: str, kind: NodeKind, scope: str = "p") -> FlowNode:
        return FlowNode(id=ElementId(name), kind=kind, scope=ElementId(scope))

    process = Process(
        id=ElementId("p"),
        nodes=(
            node("full", NodeKind.SUB_PROCESS),
            node("inner", NodeKind.TASK, "full"),
            node("collapsed", NodeKind.SUB_PROCESS),
            node("call", NodeKind.CALL_ACTIVITY),
            node("start", NodeKind.START_EVENT),
        ),
    )
    assert tasks_of(process) == ("inner", "collapsed", "call")


def test_marks_name_and_expect_failure(bench: Bench) -> None:
    text = f"""tags: [orders]
scenarios: {{mark: {{main: {{name: Plain order, tags: smoke, xfail: BUG-7}}}}}}
steps: [{{at: Place order, {ACT}}}]
"""
    found = by_key(bench.bind(text))
    main = found["main"]
    assert (main.name, main.marks, main.xfail) == ("Plain order", ("orders", "smoke"), "BUG-7")
    assert main.item == "main"
    assert found["declined"].name == "Declined"
    assert (found["declined"].marks, found["declined"].xfail) == (("orders",), None)


def test_inactive_scenarios_are_left_out(bench: Bench) -> None:
    text = f"""scenarios: {{mark: {{"*-x2": {{active: false}}}}}}
steps: [{{at: Place order, {ACT}}}]
"""
    assert "amount-high-fine-no-x2" not in by_key(bench.bind(text))


def test_a_scenario_without_a_step_is_skipped_and_says_so(bench: Bench) -> None:
    found = by_key(bench.bind(f"steps: [{{at: Review, {ACT}}}]"))
    assert found["main"].skip == NO_STEP
    assert found["main"].steps == ()
    assert found["amount-high"].skip == ""


def test_a_scenario_that_needs_a_disabled_connection_is_skipped(bench: Bench) -> None:
    environment = bench.environment(
        'local: {bus: {main: {enabled: false}, other: {enabled: "${env:X}"}}}'
    )
    text = f"""steps:
  - {{at: Review, {ACT[:-1]}, via: main}}}}
  - {{at: Done, {ACT[:-1]}, via: other}}}}
"""
    found = by_key(bench.bind(text, environment=environment))
    assert found["amount-high"].skip == "bus connection 'main' of environment 'local' is disabled"
    assert found["main"].skip == ""


PARCELS_BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
<process id="parcels">
<startEvent id="start" name="Ordered"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="pack"/>
<task id="pack" name="Pack item"><multiInstanceLoopCharacteristics isSequential="true"/></task>
<sequenceFlow id="f2" sourceRef="pack" targetRef="parcel"/>
<subProcess id="parcel" name="Parcel"><standardLoopCharacteristics/>
  <startEvent id="begin"/>
  <sequenceFlow id="f3" sourceRef="begin" targetRef="weigh"/>
  <task id="weigh" name="Weigh"/>
  <sequenceFlow id="f4" sourceRef="weigh" targetRef="heavy"/>
  <exclusiveGateway id="heavy" name="Heavy?" default="no"/>
  <sequenceFlow id="no" name="no" sourceRef="heavy" targetRef="light"/>
  <sequenceFlow id="yes" name="yes" sourceRef="heavy" targetRef="wrap"/>
  <endEvent id="light"/>
  <task id="wrap" name="Wrap"/>
</subProcess>
</process>
</definitions>
"""


def ran(scenario: BoundScenario) -> list[str]:
    return [f"{step.place} {step.visit}" for step in scenario.steps]


def test_each_turn_of_a_marker_is_a_visit(bench: Bench) -> None:
    """A task without a turn runs no step and does not count among those to be bound."""
    bench.write("parcels.bpmn", PARCELS_BPMN)
    text = f"""process: parcels.bpmn
scenarios: {{max_loop_iterations: {{default: 2, Pack item: 3}}}}
steps: [{{at: Pack item, {ACT}}}, {{leaving: Pack item, {ACT}}}, {{at: Weigh, {ACT}}}]
"""
    found = by_key(bench.bind(text))
    once, weighed = ["Pack item 1", "Pack item 1"], ["Weigh 1"]
    assert ran(found["main"]) == once + weighed
    assert ran(found["pack-item-x0"]) == weighed
    turns = [f"Pack item {n}" for n in (1, 1, 2, 2, 3, 3)]
    assert ran(found["pack-item-x3"]) == turns + weighed
    assert ran(found["parcel-x2"]) == [*once, "Weigh 1", "Weigh 2"]
    assert {key: scenario.bound for key, scenario in found.items()} == {
        "main": (2, 2),
        "pack-item-x0": (1, 1),
        "pack-item-x3": (2, 2),
        "parcel-x2": (2, 2),
        "heavy-yes": (2, 3),
    }


def test_when_looks_at_the_turn_of_the_visit(bench: Bench) -> None:
    """What another turn of the sub-process passes does not count."""
    bench.write("parcels.bpmn", PARCELS_BPMN)
    text = f"""process: parcels.bpmn
scenarios: {{add: {{twice: [Heavy?/yes, Heavy?/no]}}}}
steps:
  - {{at: Weigh, when: Heavy?/yes, {ACT}}}
  - {{at: Heavy?/no, when: Pack item, {ACT}}}
"""
    found = by_key(bench.bind(text))
    (heavy,) = (bound for bound in found["twice"].steps if bound.place == "Weigh")
    order = [m.element for m in found["twice"].scenario.moments if m.element in ("yes", "no")]
    assert heavy.visit == 1 + order.index(ElementId("yes"))
    assert ran(found["pack-item-x0"]) == []
    assert ran(found["main"]) == ["Heavy?/no 1"]
