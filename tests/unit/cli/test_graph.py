"""``orchestra plan --graph``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_orchestra.cli import main

Captured = pytest.CaptureFixture[str]

GRAPH = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
<process id="shop" name="Shop">
<startEvent id="s"/>
<callActivity id="c" name="Order" calledElement="order">
<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality>
</multiInstanceLoopCharacteristics></callActivity>
<boundaryEvent id="b" attachedToRef="c" cancelActivity="false">
<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
<sequenceFlow id="f" sourceRef="s" targetRef="c">
<conditionExpression>amount &gt; 5</conditionExpression></sequenceFlow>
</process>
</definitions>
"""


def test_a_graph_has_every_node_and_flow(folder: Path, capsys: Captured) -> None:
    (folder / "shop.bpmn").write_text(GRAPH, encoding="utf-8")
    assert main(["plan", "--graph", "shop.bpmn"]) == 0
    (graph,) = json.loads(capsys.readouterr().out)["processes"]
    assert {key: graph[key] for key in ("process_file", "process_id", "name")} == {
        "process_file": "shop.bpmn",
        "process_id": "shop",
        "name": "Shop",
    }
    start, call, boundary = graph["nodes"]
    assert start == {
        "id": "s",
        "kind": "startEvent",
        "name": "",
        "scope": "shop",
        "events": [],
        "attached_to": None,
        "interrupting": True,
        "triggered_by_event": False,
        "for_compensation": False,
        "default_flow": None,
        "loop": None,
        "called_element": "",
        "line": 4,
    }
    assert call["loop"] == {"kind": "sequential", "test_before": False, "maximum": 3}
    assert call["called_element"] == "order"
    assert (boundary["attached_to"], boundary["interrupting"]) == ("c", False)
    (timer,) = boundary["events"]
    assert (timer["kind"], timer["expression"]) == ("timer", "PT1H")
    assert graph["flows"] == [
        {
            "id": "f",
            "source": "s",
            "target": "c",
            "name": "",
            "condition": "amount > 5",
            "line": 10,
        }
    ]


def test_a_suite_gives_its_process_and_those_that_it_calls(
    folder: Path, change: Callable[..., None], capsys: Captured
) -> None:
    (folder / "shop.bpmn").write_text(GRAPH, encoding="utf-8")
    change("order.suite.yaml", ("process: order.bpmn", "process: [shop.bpmn, order.bpmn]"))
    assert main(["plan", "--graph", "order.suite.yaml", "gone.bpmn"]) == 2
    out, err = capsys.readouterr()
    shop, order = json.loads(out)["processes"]
    assert (shop["process_file"], order["process_file"]) == ("shop.bpmn", "order.bpmn")
    assert len(order["flows"]) == 5
    assert err.startswith("gone.bpmn: ")


@pytest.mark.usefixtures("folder")
def test_a_graph_and_a_lock_are_not_asked_for_at_once(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(["plan", "--graph", "--lock", "order.bpmn"])
    assert "not allowed with" in capsys.readouterr().err
