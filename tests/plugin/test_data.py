"""Data sets while a session runs."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator

import pytest

Write = Callable[..., None]

PLAIN = '<task id="check" name="Check order"/>'


@pytest.fixture
def looped(shop: pytest.Pytester, write: Write) -> pytest.Pytester:
    """The shop, which checks each item of an order in turn."""
    process = shop.path / "order.bpmn"
    marked = PLAIN.replace("/>", "><multiInstanceLoopCharacteristics isSequential='true'/></task>")
    text = process.read_text(encoding="utf-8").replace(PLAIN, marked)
    process.write_text(text, encoding="utf-8")
    write(
        order__suite__yaml="""
        process: order.bpmn
        python: [shop_steps.py]
        data: {files: data.yaml, each: {Check order: items}}
        scenarios:
          mark:
            main: {data: one}
            "*-x2": {data: two}
            "*-x0": {active: false}
            "*amount*": {active: false}
        """,
        data__yaml="""
        - {name: one, values: {items: [{sku: mug}]}}
        - {name: two, extends: one, values: {items: [{sku: pen}, {sku: desk}]}}
        """,
        shop_steps__py="""
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def check(orchestra_context):
            print("checked", orchestra_context.items["items"]["sku"])

        @orchestra.step("Ship order")
        def ship(orchestra_context, orchestra_data):
            print("shipped after", orchestra_context.items, "of", len(orchestra_data["items"]))
        """,
    )
    return shop


def test_each_visit_has_an_item_of_its_own(looped: pytest.Pytester) -> None:
    result = looped.runpytest("-rP")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "checked mug",
            "shipped after {'items': {'sku': 'mug'}} of 1",
            "checked pen",
            "checked desk",
            "shipped after {'items': {'sku': 'desk'}} of 2",
        ]
    )


def test_sets_are_chosen_by_the_length_of_their_lists(
    looped: pytest.Pytester, write: Write
) -> None:
    """And by what their items are, where a condition asks for it."""
    suite = (looped.path / "order.suite.yaml").read_text(encoding="utf-8")
    begin = suite.index("scenarios:")
    write(
        order__suite__yaml=f"{suite[:begin]}conditions: {{Amount?/high: weight > 30}}\n",
        data__yaml="""
        - {name: none, values: {items: []}}
        - {name: light, values: {items: [{sku: mug, weight: 1}]}}
        - {name: heavy, values: {items: [{sku: desk, weight: 31}]}}
        - {name: two, values: {items: [{sku: desk, weight: 31}, {sku: mug, weight: 1}]}}
        """,
    )
    looped.runpytest()
    assert {item: data for item, (data, _) in runs(looped).items()} == {
        "main": "light",
        "amount-high": "heavy",
        "check-order-x0": "none",
        "check-order-x2": "two",
    }


# -- negative sets -----------------------------------------------------------------------------

SPEC = """
openapi: 3.0.3
info: {title: Orders, version: "1"}
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties: {quantity: {type: integer, minimum: 1}}
      responses:
        "201": {description: created}
        "422": {description: refused}
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        "200": {description: there}
        "404": {description: not there}
"""

NEGATIVE_SUITE = """
name: Orders
process: order.bpmn
specs: {orders: orders.openapi.yaml}
environment: local
data: {files: data.yaml}
scenarios: {mark: {"amount-high": {active: false}}}
steps:
  - name: The customer orders
    at: Check order
    alias: order
    action: {channel: http, endpoint: orders.createOrder, input: {body: {quantity: "{{data.quantity}}"}}}
    expect: {status: 201}
    save: {id: response.body.id}
  - name: The order is there
    at: Check order
    assertion: {channel: http, endpoint: orders.getOrder, input: {path: {id: "{{step.order.id}}"}}}
  - name: No order is stored
    at: Ship order
    assertion: {channel: http, endpoint: orders.getOrder, input: {path: {id: "{{data.quantity}}"}}}
    expect: {absent: true, within: 50ms, status: 200}
"""  # noqa: E501 - as people write it


class Orders(http.server.BaseHTTPRequestHandler):
    """Takes orders, but for some quantities."""

    def do_POST(self) -> None:
        """Store an order, or refuse it."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_refused = self.server.refuses(body["quantity"])  # type: ignore[attr-defined]
        self._answer(422 if is_refused else 201)

    def do_GET(self) -> None:
        """Only the order 7 is there."""
        self._answer(200 if self.path == "/orders/7" else 404)

    def _answer(self, status: int) -> None:
        content = b'{"id": 7}'
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[http.server.ThreadingHTTPServer]:
    """A service that refuses quantities below 1."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Orders) as server:
        server.refuses = lambda quantity: quantity < 1  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def refusing(
    shop: pytest.Pytester, write: Write, service: http.server.ThreadingHTTPServer
) -> pytest.Pytester:
    """The shop, with steps over HTTP and a negative data set."""
    url = f"http://127.0.0.1:{service.server_port}"
    write(
        order__suite__yaml=NEGATIVE_SUITE,
        orders__openapi__yaml=SPEC,
        data__yaml="""
        - {name: none, refused_by: order, values: {quantity: 0}}
        - {name: one, values: {quantity: 1}}
        """,
        orchestra__environments__yaml=f"local: {{http: {{orders: {{url: '{url}'}}}}}}",
    )
    return shop


def runs(folder: pytest.Pytester) -> dict[str, tuple[str, list[str]]]:
    """By item its data set and what became of its steps."""
    (log,) = folder.path.glob(".orchestra/*/events.jsonl")
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    steps = [event for event in events if event["event"] == "step_finished"]
    return {
        run["item"]: (
            run["data_set"],
            [each["step"]["status"] for each in steps if each["run_id"] == run["id"]],
        )
        for run in (event["run"] for event in events if event["event"] == "run_started")
    }


def test_a_negative_set_passes_where_it_is_refused(refusing: pytest.Pytester) -> None:
    """Though its request breaks the description; and what must be absent is looked at."""
    result = refusing.runpytest("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*::main PASSED*", "*::main[[]none[]] PASSED*"])
    assert runs(refusing) == {
        "main": ("one", ["PASSED", "PASSED", "PASSED"]),
        "main[none]": ("none", ["PASSED", "PASSED"]),
    }


def test_a_negative_set_that_is_accepted_is_red(
    refusing: pytest.Pytester, service: http.server.ThreadingHTTPServer
) -> None:
    service.refuses = lambda _: False  # type: ignore[attr-defined]
    result = refusing.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*the system accepted what data set 'none' says it refuses: status 201*"]
    )


def test_what_needs_the_refused_order_is_skipped(refusing: pytest.Pytester, write: Write) -> None:
    """It was never made."""
    text = NEGATIVE_SUITE.replace('id: "{{data.quantity}}"', 'id: "{{step.order.id}}9"')
    write(order__suite__yaml=text)
    refusing.runpytest().assert_outcomes(passed=2)
    assert runs(refusing)["main[none]"] == ("none", ["PASSED", "SKIPPED"])


def test_a_refusal_may_need_a_status_of_its_own(refusing: pytest.Pytester, write: Write) -> None:
    write(
        data__yaml="""
        - {name: none, refused_by: order, expect: {status: 409}, values: {quantity: 0}}
        - {name: one, values: {quantity: 1}}
        """
    )
    result = refusing.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*status*409*422*"])


def test_negative_sets_are_selected_by_name(refusing: pytest.Pytester) -> None:
    result = refusing.runpytest("--collect-only", "-q", "--orchestra-data=one")
    assert [line for line in result.outlines if "::" in line] == ["order.suite.yaml::main"]
