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


SPEC = """openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    post:
      operationId: order
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [customer, amount, card]
              additionalProperties: false
              properties:
                customer: {type: string, minLength: 1}
                amount: {type: integer, minimum: 1, maximum: 5000}
                note: {type: string, maxLength: 20}
                card: {type: string, pattern: "^[a-z]{1,9}$"}
      responses: {"201": {description: ok}, "422": {description: no}}
  /reviews/{number}:
    post:
      operationId: review
      parameters: [{name: number, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {note: {type: string}}}
      responses: {"200": {description: ok}}
"""

DESCRIBED = """process: order.bpmn
specs: {shop: shop.openapi.yaml}
data: {files: d.yaml}
conditions: {Amount?/high: amount > 1000}
steps:
  - name: The order is sent
    at: Ordered
    alias: sent
    action:
      channel: http
      endpoint: shop.order
      input:
        body:
          customer: "{{data.customer}}"
          amount: "{{data.amount}}"
          note: "{{data.note}}"
          card: "{{data.cards[visit - 1]}}"
    save: {id: response.body.id}
  - name: Reviewed
    at: Amount?/high
    action:
      channel: http
      endpoint: shop.review
      input: {path: {number: "{{step.sent.id}}"}, body: {note: "{{data.note}}"}}
  - name: It has its label
    at: Done
    assertion: {channel: kafka, topic: orders}
    expect: {value: {label: "{{data.label}}"}}
"""


@pytest.fixture
def described(folder: Path) -> Path:
    """The working folder with a suite whose endpoints have a description, and no data."""
    (folder / "d.yaml").write_text("[]\n", encoding="utf-8")
    (folder / "order.suite.yaml").write_text(DESCRIBED, encoding="utf-8")
    (folder / "shop.openapi.yaml").write_text(SPEC, encoding="utf-8")
    return folder
