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
