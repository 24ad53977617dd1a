"""A suite whose process calls others: where steps stand, what is counted, what is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.suite.binding import bind_with_scenarios
from pytest_orchestra.suite.plan import plan_suite

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

FILE = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
    "{}</definitions>"
)
ORDER = FILE.format(
    '<process id="order">'
    '<startEvent id="s"/><callActivity id="c" name="Get goods" calledElement="stock"/>'
    '<userTask id="pack" name="Pack"/><callActivity id="bill" name="Bill"/>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="c"/>'
    '<sequenceFlow id="f2" sourceRef="c" targetRef="pack"/>'
    '<sequenceFlow id="f3" sourceRef="pack" targetRef="bill"/>'
    "</process>"
)
STOCK = FILE.format(
    '<process id="stock" name="Stock">'
    '<startEvent id="s"/><task id="fetch" name="Fetch"/><task id="pack" name="Pack"/>'
    '<sequenceFlow id="g1" sourceRef="s" targetRef="fetch"/>'
    '<sequenceFlow id="g2" sourceRef="fetch" targetRef="pack"/>'
    "</process>"
)
CALL = "assertion: {channel: store, sql: select 1}"
STEPS = f"""process: [calling.bpmn, stock.bpmn]
steps:
  - {{name: packed, at: Pack, {CALL}}}
  - {{name: fetched, alias: fetched, at: Fetch, {CALL}}}
  - {{name: wrapped, leaving: stock/Pack, {CALL}}}
  - {{name: got, leaving: Get goods, when: stock/fetch, {CALL}}}
"""


@pytest.fixture
def calling(bench: Bench) -> Bench:
    bench.write("calling.bpmn", ORDER)
    bench.write("stock.bpmn", STOCK)
    return bench


def test_steps_of_called_elements_run_in_the_order_of_the_way(calling: Bench) -> None:
    """By the names of the called process; ``bound`` counts its tasks, not the call of them."""
    (main,) = calling.bind(STEPS).scenarios
    assert [(step.step.name, step.element, step.place) for step in main.steps] == [
        ("fetched", "stock/fetch", "Fetch"),
        ("wrapped", "stock/pack", "Pack"),
        ("got", "c", "Get goods"),
        ("packed", "pack", "Pack"),
    ]
    assert main.bound == (3, 4)


def test_strict_wants_a_step_at_every_called_task(calling: Bench) -> None:
    """And at a call whose process is not known."""
    text = f"process: [calling.bpmn, stock.bpmn]\nstrict: true\nsteps: [{{at: Fetch, {CALL}}}]\n"
    assert calling.errors(text) == [
        (
            "3:1: [task-unbound] no step stands at the task 'Pack' (pack)."
            " Bind a step to it, or leave 'strict' out."
        ),
        (
            "3:1: [task-unbound] no step stands at the task 'Bill' (bill)."
            " Bind a step to it, or leave 'strict' out."
        ),
        (
            "3:1: [task-unbound] no step stands at the task 'Pack' (stock/pack)."
            " Bind a step to it, or leave 'strict' out."
        ),
    ]


def test_the_plan_has_the_ways_of_calls_apart(calling: Bench) -> None:
    """Nodes and flows are the caller's own; steps say where they stand."""
    suite = calling.suite(STEPS)
    bound, scenarios = bind_with_scenarios(suite, protocols=calling.protocols, environment=None)
    (main,) = plan_suite(bound, scenarios)["scenarios"]  # type: ignore[misc]
    assert main["nodes"] == ["s", "c", "pack", "bill"]  # type: ignore[has-type]
    assert main["calls"] == {  # type: ignore[has-type]
        "c": [{"process_id": "stock", "nodes": ["s", "fetch", "pack"], "flows": ["g1", "g2"]}]
    }
    assert next(step["element"] for step in main["steps"]) == "stock/fetch"  # type: ignore[has-type]


def test_outcomes_of_called_processes_cannot_be_steered(calling: Bench) -> None:
    """They go their own main."""
    text = "process: [calling.bpmn, stock.bpmn]\nscenarios: {main: [stock/g1]}\n"
    (problem,) = calling.errors(text)
    assert problem == (
        "3:20: [not-an-outcome] the flow 'g1' is in a called process, which goes its own 'main'."
        " Name outcomes of the tested process only."
    )


def test_calls_of_calls_are_planned_inside(calling: Bench) -> None:
    """Each below the call that it is of."""
    outer = '<process id="shop"><callActivity id="o" calledElement="order"/></process>'
    calling.write("shop.bpmn", FILE.format(outer))
    suite = calling.suite("process: [shop.bpmn, calling.bpmn, stock.bpmn]\n")
    bound, scenarios = bind_with_scenarios(suite, protocols=calling.protocols, environment=None)
    (main,) = plan_suite(bound, scenarios)["scenarios"]  # type: ignore[misc]
    assert main["calls"] == {  # type: ignore[has-type]
        "o": [
            {
                "process_id": "order",
                "nodes": ["s", "c", "pack", "bill"],
                "flows": ["f1", "f2", "f3"],
                "calls": {
                    "c": [
                        {
                            "process_id": "stock",
                            "nodes": ["s", "fetch", "pack"],
                            "flows": ["g1", "g2"],
                        }
                    ]
                },
            }
        ]
    }
    assert main["bound"] == {"tasks": 0, "of": 4}  # type: ignore[has-type]
