"""A small process and its suite, written into pytester's folder."""

import http.server
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from textwrap import dedent

# pytester forgets what a run in this process imported: C extensions cannot be imported twice, and
# httpx remembers the classes of the first httpcore that it saw
import asyncpg  # noqa: F401
import httpcore  # noqa: F401
import jsonschema
import pytest

import pytest_orchestra.plugin.collection
import pytest_orchestra.plugin.driving
import pytest_orchestra.protocols.http  # noqa: F401
from pytest_orchestra.reports.sessions import read_session, session_document, session_schema

PROCESS = """\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="order" name="Order">
    <startEvent id="start" name="Placed"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="check"/>
    <task id="check" name="Check order"/>
    <sequenceFlow id="f2" sourceRef="check" targetRef="amount"/>
    <exclusiveGateway id="amount" name="Amount?" default="low"/>
    <sequenceFlow id="low" name="low" sourceRef="amount" targetRef="ship"/>
    <sequenceFlow id="high" name="high" sourceRef="amount" targetRef="approve"/>
    <userTask id="approve" name="Approve order"/>
    <sequenceFlow id="f3" sourceRef="approve" targetRef="ship"/>
    <task id="ship" name="Ship order"/>
    <sequenceFlow id="f4" sourceRef="ship" targetRef="end"/>
    <endEvent id="end" name="Done"/>
  </process>
</definitions>
"""

STEPS = """\
import pytest_orchestra as orchestra


@orchestra.step("Check order", alias="check")
def check_the_order(orchestra_data):
    return {"amount": orchestra_data.get("amount", 0)}


@orchestra.step("Approve order")
async def approve_the_order(orchestra_context):
    assert orchestra_context.step_values["check"]["amount"] > 100
"""

SUITE = """\
name: Orders
process: order.bpmn
tags: [orders]
python: [shop_steps.py]
data: {files: data.yaml}
scenarios:
  mark:
    main: {data: small}
    amount-high: {data: large, tags: [slow]}
"""

DATA = """\
- {name: small, values: {amount: 5}}
- {name: large, values: {amount: 500}}
"""


SCHEMA = jsonschema.Draft202012Validator(session_schema())


@pytest.fixture
def not_ours() -> list[bytes]:
    """Lines that a test itself puts into a session's log."""
    return []


@pytest.fixture(autouse=True)
def logs_are_as_published(pytester: pytest.Pytester, not_ours: list[bytes]) -> Iterator[None]:
    """Whatever sessions of a test log: every line can be read, the document is as published."""
    yield
    logs = pytester.path.glob(".orchestra/*/events.jsonl")
    reports = [read_session(path) for path in logs if path.is_file()]
    for report in reports:
        SCHEMA.validate(json.loads(session_document(report)))
    assert sum(len(report.unreadable_lines) for report in reports) == len(not_ours)


@pytest.fixture
def write(pytester: pytest.Pytester) -> Callable[..., None]:
    """Write files into the folder: names with ``__`` for a dot, dedented."""

    def write_files(**files: str) -> None:
        for name, text in files.items():
            path = pytester.path / name.replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")

    return write_files


@pytest.fixture
def shop(
    pytester: pytest.Pytester, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """A folder with a process of two scenarios and a suite of Python steps that pass."""
    foreign = ("randomly", "hypothesispytest", "pytest_cov", "rerunfailures")
    for name in ("CI", "BUILD_NUMBER"):  # there pytest prints whole texts twice
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in foreign))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    write(order__bpmn=PROCESS, shop_steps__py=STEPS, order__suite__yaml=SUITE, data__yaml=DATA)
    return pytester


@dataclass
class System:
    """A service that answers every call and takes down what it was asked.

    Attributes:
        url: where it is.
        asked: ``POST /orders``, in order; ``bodies``: what came with each.
        answers: by ``POST /orders``: statuses, of the next calls; then 200.
        holds: by the same: a call waits for its event before it is answered.
        reply: what every call gets, beside the number of calls so far.
    """

    url: str = ""
    asked: list[str] = field(default_factory=list)
    bodies: list[object] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    holds: dict[str, threading.Event] = field(default_factory=dict)
    reply: dict[str, object] = field(default_factory=dict)

    def answer(self, call: str, body: bytes) -> tuple[int, bytes]:
        """Take one call down."""
        self.asked.append(call)
        self.bodies.append(json.loads(body) if body else None)
        number = len(self.asked)
        if call in self.holds:
            self.holds[call].wait(60)
        statuses = self.answers.get(call)
        status = statuses.pop(0) if statuses else 200
        return status, json.dumps({"number": number, **self.reply}).encode()


@pytest.fixture
def system() -> Iterator[System]:
    """A service over HTTP, in this process."""
    system = System()

    class Calls(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, reply = system.answer(f"{self.command} {self.path}", body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Calls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        system.url = f"http://127.0.0.1:{server.server_port}"
        yield system
        for hold in system.holds.values():
            hold.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def wide(
    shop: pytest.Pytester, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """A process of four ways: ``main``, and to ``T1``, ``T2``, ``T3``; they may be twins."""
    options = os.environ["PYTEST_ADDOPTS"]
    monkeypatch.setenv("PYTEST_ADDOPTS", f"{options} -W ignore::pytest.PytestWarning")
    ways = "".join(
        f'<sequenceFlow id="f{n}" name="w{n}" sourceRef="g" targetRef="t{n}"/>'
        f'<task id="t{n}" name="T{n}"/><sequenceFlow id="e{n}" sourceRef="t{n}" targetRef="end"/>'
        for n in range(4)
    )
    write(
        order__bpmn='<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' targetNamespace="t"><process id="order"><startEvent id="s"/>'
        '<sequenceFlow id="a" sourceRef="s" targetRef="check"/>'
        '<task id="check" name="Check order"/>'
        '<sequenceFlow id="b" sourceRef="check" targetRef="g"/>'
        f'<exclusiveGateway id="g" name="Way?" default="f0"/>{ways}<endEvent id="end"/>'
        "</process></definitions>",
        order__suite__yaml="process: order.bpmn\npython: [shop_steps.py]\n",
    )
    return shop
