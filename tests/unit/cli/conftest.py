"""Files to plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
<process id="order" name="Order">
<startEvent id="start" name="Ordered"/>
<exclusiveGateway id="amount" name="Amount?" default="low"/>
<userTask id="review" name="Prüfen 审核"/>
<serviceTask id="ship" name="Ship"/>
<endEvent id="end" name="Done"/>
<sequenceFlow id="f1" sourceRef="start" targetRef="amount"/>
<sequenceFlow id="low" name="low" sourceRef="amount" targetRef="ship"/>
<sequenceFlow id="high" name="high" sourceRef="amount" targetRef="review"/>
<sequenceFlow id="f2" sourceRef="review" targetRef="ship"/>
<sequenceFlow id="f3" sourceRef="ship" targetRef="end"/>
</process>
</definitions>
"""

SUITE = """process: order.bpmn
data: {files: d.yaml}
python: steps.py
scenarios: {criterion: flows, mark: {main: {data: poor}}}
steps:
  - name: The order is sent
    at: Ordered
    alias: sent
    action: {channel: http, endpoint: shop POST /orders, input: {body: "{{data.a}}"}}
    save: {id: response.body.id}
  - {at: Amount?/high, action: {channel: http, endpoint: shop GET /reviews}}
  - name: It is announced
    at: Done
    assertion: {channel: kafka, topic: "orders.{{step.sent.id}}"}
"""

STEPS = """from pytest_orchestra import step

@step("Ship")
def look():
    pass
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a process, a suite and what that names."""
    monkeypatch.chdir(tmp_path)
    texts = {
        "order.bpmn": BPMN,
        "order.suite.yaml": SUITE,
        "steps.py": STEPS,
        "d.yaml": "- {name: rich, values: {a: 1}}\n- {name: poor, values: {a: 2}}\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def change(folder: Path) -> Callable[..., None]:
    """Replace words in a file."""

    def replace(name: str, *pairs: tuple[str, str]) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")

    return replace
