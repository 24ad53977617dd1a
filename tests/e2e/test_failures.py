"""What people read of each type of violation, as it is printed, against real and embedded servers.

The texts are in ``failures/``; ``ORCHESTRA_WRITE_FAILURES=1`` writes them anew, to be read.
"""

from __future__ import annotations

import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from pytest_orchestra.results import ViolationType

TEXTS = Path(__file__).with_name("failures")
WITHIN_S = 240

PROCESS = """\
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="order" name="Order">
    <startEvent id="start" name="Ordered"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="place"/>
    <userTask id="place" name="Place order"/>
    <sequenceFlow id="f2" sourceRef="place" targetRef="charge"/>
    <serviceTask id="charge" name="Charge card"/>
    <sequenceFlow id="f3" sourceRef="charge" targetRef="end"/>
    <endEvent id="end" name="Done"/>
  </process>
</definitions>
"""
SPEC = """\
openapi: 3.1.0
info: {title: Orders, version: "1"}
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        content: {application/json: {schema: {properties: {amount: {type: number, minimum: 1}}}}}
      responses:
        "201":
          description: placed
          content:
            application/json: {schema: {required: [id], properties: {total: {type: number}}}}
        "409": {description: no stock}
  /orders/7:
    get: {operationId: getOrder, responses: {"200": {description: the order}}}
"""
ENVIRONMENT = """\
local:
  http:
    orders:
      url: "${env:SHOP_URL}"
      credentials: {clerk: {bearer: "${env:SHOP_TOKEN}"}}
  db: {main: {embedded: true}}
  kafka: {main: {embedded: true}}
  queue: {main: {embedded: true}}
"""
PLACE = """
- name: The customer places an order
  at: Place order
  action: {channel: http, endpoint: orders.createOrder, as: clerk, input: {body: {amount: AMOUNT}}}
"""
SAY = """
- at: Place order
  action: {channel: CHANNEL, WHERE: orders, key: o-1, value: {type: OrderPaid, total: 12}}
- at: Place order
  action: {channel: CHANNEL, WHERE: orders, key: o-2, value: {type: OrderPaid, total: 12.5}}
"""
HEAR = """
- name: The payment is announced
  at: Charge card
  assertion: {channel: CHANNEL, WHERE: orders, key: KEY}
  expect: {value: {type: OrderPaid, total: 12.5, lines: [{sku: mug}]}, within: 400ms}
"""

STEPS: Mapping[str, str] = {
    "VALIDATION_ERROR": PLACE.replace("AMOUNT", "0"),
    "HTTP_ERROR": PLACE.replace("AMOUNT", "409"),
    "CONTRACT_VIOLATION": PLACE.replace("AMOUNT", "666"),
    "BUSINESS_RULE_VIOLATION": PLACE.replace("AMOUNT", "12.5")
    + """\
  expect:
    status: 201
    rules: |
      response.body.total == 12.5 * 2 and response.body.state in ['NEW', 'PAID']
      response.body.lines | map(attribute='sku') == ['mug', 'lamp']
""",
    "TIMEOUT": """
- name: The order is paid
  at: Charge card
  assertion: {channel: http, endpoint: orders.getOrder, as: clerk}
  expect: {rules: [response.body.state == 'PAID'], within: 400ms}
""",
    "DB_ASSERTION_FAILED": """
- name: The invoice is stored
  at: Charge card
  assertion:
    channel: db
    sql: select * from (values (1, 'DRAFT'), (2, 'ISSUED')) as invoice (id, status) where id = {{1}}
  expect: {rules: ["row.status == 'ISSUED'"], within: 400ms}
""",
    "KAFKA_MESSAGE_NOT_FOUND": (SAY + HEAR.replace("KEY", "o-1"))
    .replace("CHANNEL", "kafka")
    .replace("WHERE", "topic"),
    "QUEUE_MESSAGE_NOT_FOUND": (SAY + HEAR.replace("KEY", "o-3"))
    .replace(", key: o-1, value", ", headers: {key: o-1}, value")
    .replace(", key: o-2, value", ", headers: {key: o-2}, value")
    .replace("key: o-3", "headers: {key: o-3}")
    .replace("CHANNEL", "queue")
    .replace("WHERE", "queue"),
}
ORDER = {"id": 7, "total": 12.5, "state": "NEW", "lines": [{"sku": "mug"}]}
REPLIES = {409: (409, {"detail": "no stock"}), 666: (201, {"total": "much"})}

_VARYING = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,27}"), "RUN"),
    (re.compile(r"took [\d.]+ s, \d+ attempts?"), "took …"),
    (re.compile(r"\d\d:\d\d:\d\d\.\d{3} UTC"), "TIME"),
    (re.compile(r"\d{13}-\d+"), "ENTRY"),
    (re.compile(r"\d+(?= replies to| looks)"), "4"),
    (re.compile(r"postgresql://\S+"), "postgresql://SERVER"),
    (re.compile(r"redis://\S+"), "redis://SERVER"),
)


class Shop(http.server.BaseHTTPRequestHandler):
    """Answers by the amount that it is asked for."""

    def do_GET(self) -> None:
        self._answer(200, ORDER)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(*REPLIES.get(body["amount"], (201, ORDER)))

    def _answer(self, status: int, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop_url() -> Iterator[str]:
    """A service that does what it should not."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def steady(text: str) -> str:
    """What is the same each time."""
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text


def test_each_type_of_violation_is_told_so_that_people_can_read_it(
    tmp_path: Path, shop_url: str
) -> None:
    """One scenario for each, in one session; no text shows the secret or is too long."""
    files = {"order.bpmn": PROCESS, "orders.yaml": SPEC, "orchestra.environments.yaml": ENVIRONMENT}
    for kind, steps in STEPS.items():
        files[f"{kind.lower()}.suite.yaml"] = dedent(
            """\
            name: Orders
            process: order.bpmn
            environment: local
            specs: {orders: orders.yaml}
            steps:
            """
        ) + steps.lstrip("\n")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    left_out = ("PYTEST_", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", "--orchestra-suite=."],
        cwd=tmp_path,
        env={**kept, "SHOP_URL": shop_url, "SHOP_TOKEN": "to-be-hidden"},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert f"{len(ViolationType)} failed" in done.stdout, done.stdout + done.stderr
    assert "to-be-hidden" not in done.stdout
    told = re.findall(
        r"^_+ Orders: Main _+\n(.*?)(?=^_{3,} |^={3,} )", done.stdout, re.DOTALL | re.MULTILINE
    )
    texts = {
        kind: next(each for each in told if f"{kind.lower()}.suite.yaml" in each) for kind in STEPS
    }
    assert texts.keys() == {kind.value for kind in ViolationType}
    for kind, text in texts.items():
        assert len(text.splitlines()) <= 25
        path = TEXTS / f"{kind}.txt"
        if os.environ.get("ORCHESTRA_WRITE_FAILURES"):
            path.write_text(steady(text), encoding="utf-8")
        assert steady(text) == path.read_text("utf-8"), kind
