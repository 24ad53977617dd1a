"""Writes one and the same set of tests twice: as suites of ours, and by hand for pytest-asyncio.

Every scenario is five calls of the service in ``server``: place an order, see it, pay, ship, see
it shipped; each has an order of its own.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from processes import split_process

PRICES = ("12.50", "7.25", "180.00", "0.99")

SPEC = """\
openapi: 3.1.0
info: {title: Orders, version: 1.0.0}
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/NewOrder"}}}
      responses:
        "201":
          description: The order is placed.
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
  /orders/{order_id}:
    parameters: [{$ref: "#/components/parameters/OrderId"}]
    get:
      operationId: getOrder
      responses: {"200": {$ref: "#/components/responses/Order"}}
  /orders/{order_id}/payment:
    parameters: [{$ref: "#/components/parameters/OrderId"}]
    post:
      operationId: payOrder
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Payment"}}}
      responses: {"202": {$ref: "#/components/responses/Order"}}
  /orders/{order_id}/shipment:
    parameters: [{$ref: "#/components/parameters/OrderId"}]
    post:
      operationId: shipOrder
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Shipment"}}}
      responses: {"202": {$ref: "#/components/responses/Order"}}
components:
  parameters:
    OrderId: {name: order_id, in: path, required: true, schema: {type: string, format: uuid}}
  responses:
    Order:
      description: The order as it stands.
      content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
  schemas:
    Sku: {type: string, pattern: "^[a-z]+-[0-9]{4}$"}
    NewOrder:
      type: object
      required: [customer, sku, quantity, price]
      additionalProperties: false
      properties:
        customer: {type: string, minLength: 1, maxLength: 100}
        sku: {$ref: "#/components/schemas/Sku"}
        quantity: {type: integer, minimum: 1, maximum: 1000}
        price: {type: number, exclusiveMinimum: 0}
    Payment:
      type: object
      required: [card]
      additionalProperties: false
      properties: {card: {type: string, minLength: 4}}
    Shipment:
      type: object
      required: [carrier]
      additionalProperties: false
      properties: {carrier: {enum: [post, van]}}
    Order:
      type: object
      required: [id, customer, sku, quantity, price, total, status]
      additionalProperties: false
      properties:
        id: {type: string, format: uuid}
        customer: {type: string, minLength: 1, maxLength: 100}
        sku: {$ref: "#/components/schemas/Sku"}
        quantity: {type: integer, minimum: 1, maximum: 1000}
        price: {type: number, exclusiveMinimum: 0}
        total: {type: number, exclusiveMinimum: 0}
        status: {enum: [NEW, PAID, SHIPPED]}
        card: {type: string}
        carrier: {enum: [post, van]}
"""

_STEPS = """\
steps:
  - name: The customer places an order
    at: Place order
    alias: order
    action:
      channel: http
      endpoint: orders.createOrder
      input:
        body:
          customer: "{{data.customer}}"
          sku: "{{data.sku}}"
          quantity: "{{data.quantity}}"
          price: "{{data.price}}"
    expect:
      status: 201
      rules: |
        response.body.status == 'NEW'
        response.body.total == data.total
    save: {id: response.body.id}

  - name: The order can be seen
    at: See order
    action: {channel: http, endpoint: orders.getOrder, input: {path: *this_order}}
    expect:
      status: 200
      rules: |
        response.body.status == 'NEW'
        response.body.sku == data.sku

  - name: The customer pays
    at: Pay order
    action:
      channel: http
      endpoint: orders.payOrder
      input: {path: *this_order, body: {card: "{{data.card}}"}}
    expect:
      status: 202
      rules: |
        response.body.status == 'PAID'
        response.body.card == data.card

  - name: The parcel is sent
    at: Ship order
    action:
      channel: http
      endpoint: orders.shipOrder
      input: {path: *this_order, body: {carrier: post}}
    expect:
      status: 202
      rules: response.body.status == 'SHIPPED'

  - name: The order is shipped
    at: Order shipped
    assertion: {channel: http, endpoint: orders.getOrder, input: {path: *this_order}}
    expect:
      rules: |
        response.body.status == 'SHIPPED'
        response.body.total == data.total
"""

_BY_HAND = """\
from pathlib import Path

import httpx
import jsonschema_rs
import pytest
import pytest_asyncio
import yaml

HERE = Path(__file__).parent
SPEC = yaml.load((HERE / "orders.openapi.yaml").read_text(), Loader=yaml.CSafeLoader)
ORDER = jsonschema_rs.validator_for(
    {{"$ref": "#/components/schemas/Order", "components": SPEC["components"]}},
    validate_formats=True,
)

CASES = [
{cases}]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client():
    async with httpx.AsyncClient(base_url="{url}", timeout=10) as client:
        yield client


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("customer", "sku", "quantity", "price", "total", "card"), CASES)
async def test_order(client, customer, sku, quantity, price, total, card):
    order = {{"customer": customer, "sku": sku, "quantity": quantity, "price": price}}
    response = await client.post("/orders", json=order)
    assert response.status_code == 201
    body = response.json()
    ORDER.validate(body)
    assert body["status"] == "NEW"
    assert body["total"] == total
    path = f"/orders/{{body['id']}}"

    response = await client.get(path)
    assert response.status_code == 200
    body = response.json()
    ORDER.validate(body)
    assert body["status"] == "NEW"
    assert body["sku"] == sku

    response = await client.post(f"{{path}}/payment", json={{"card": card}})
    assert response.status_code == 202
    body = response.json()
    ORDER.validate(body)
    assert body["status"] == "PAID"
    assert body["card"] == card

    response = await client.post(f"{{path}}/shipment", json={{"carrier": "post"}})
    assert response.status_code == 202
    body = response.json()
    ORDER.validate(body)
    assert body["status"] == "SHIPPED"

    response = await client.get(path)
    assert response.status_code == 200
    body = response.json()
    ORDER.validate(body)
    assert body["status"] == "SHIPPED"
    assert body["total"] == total
"""


_PLAIN = """\
import pytest


@pytest.mark.parametrize("way", range({cases}))
def test_way(way):
    assert way >= 0
"""


def write_suites(folder: Path, *, suites: int, scenarios: int, url: str) -> None:
    """Write ``suites`` suite files of ``scenarios`` scenarios each, with processes and data.

    Args:
        folder: made.
        suites: how many, with a process and a file of data sets each.
        scenarios: of each suite: the ways of a split.
        url: of the service.
    """
    folder.mkdir(parents=True)
    _write(folder / "pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    _write(
        folder / "orchestra.environments.yaml", f"local: {{http: {{orders: {{url: '{url}'}}}}}}\n"
    )
    _write(folder / "orders.openapi.yaml", SPEC)
    for number in range(suites):
        name = f"order{number:02}"
        process = split_process(
            ways=scenarios,
            before=("Place order", "See order"),
            after=("Pay order", "Ship order"),
            start="Order wanted",
            end="Order shipped",
        )
        _write(folder / f"{name}.bpmn", process)
        _write(folder / f"{name}.data.yaml", _data(number, scenarios))
        _write(folder / f"{name}.suite.yaml", _suite(name, scenarios))


def write_by_hand(folder: Path, *, modules: int, cases: int, url: str) -> None:
    """Write the same tests as modules of parametrised functions."""
    folder.mkdir(parents=True)
    _write(folder / "pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    _write(folder / "orders.openapi.yaml", SPEC)
    for number in range(modules):
        lines = (
            f'    pytest.param("{customer}", "{sku}", {quantity}, {price}, {total},'
            f' "{card}", id="way-{way:04}"),\n'
            for way, (customer, sku, quantity, price, total, card) in enumerate(
                _order(number, way) for way in range(cases)
            )
        )
        text = _BY_HAND.format(cases="".join(lines), url=url)
        _write(folder / f"test_order{number:02}.py", text)


def write_plain(folder: Path, *, modules: int, cases: int) -> None:
    """Write modules of parametrised functions that import and do next to nothing."""
    folder.mkdir(parents=True)
    _write(folder / "pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    for number in range(modules):
        _write(folder / f"test_plain{number:02}.py", _PLAIN.format(cases=cases))


def _order(suite: int, way: int) -> tuple[str, str, int, str, str, str]:
    quantity, price = 1 + way % 9, PRICES[way % len(PRICES)]
    total = f"{quantity * float(price):.2f}"
    return f"Customer {suite}-{way}", f"mug-{way:04}", quantity, price, total, f"tok_{way:04}"


def _data(suite: int, scenarios: int) -> str:
    lines: list[str] = []
    for way in range(scenarios):
        customer, sku, quantity, price, total, card = _order(suite, way)
        lines.append(
            f"- {{name: order-{way:04}, values: {{customer: {customer}, sku: {sku},"
            f" quantity: {quantity}, price: {price}, total: {total}, card: {card}}}}}\n"
        )
    return "".join(lines)


def _suite(name: str, scenarios: int) -> str:
    keys = ["main", *(f"way-{way:04}" for way in range(1, scenarios))]
    marks = "".join(f"    {key}: {{data: order-{way:04}}}\n" for way, key in enumerate(keys))
    head = dedent(f"""\
        name: Orders of {name}
        process: {name}.bpmn
        environment: local
        tags: [orders]
        specs: {{orders: orders.openapi.yaml}}
        data: {{files: {name}.data.yaml}}
        x-this-order: &this_order {{order_id: "{{{{step.order.id}}}}"}}
        scenarios:
          max_scenarios: {scenarios}
          mark:
        """)
    return head + marks + _STEPS


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
