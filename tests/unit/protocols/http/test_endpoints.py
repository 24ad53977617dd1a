"""How the ``endpoint:`` of a step is read, and what is said when it names nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.endpoints import HttpEndpoint, HttpEndpointMatcher
from pytest_orchestra.protocols.http.openapi.parser import OpenApi

PATHS = {
    "/orders": {"get": {"operationId": "listOrders"}, "post": {"operationId": "createOrder"}},
    "/orders/{order_id}": {"get": {"operationId": "getOrder"}, "delete": {}},
    "/orders/last": {"get": {"operationId": "last order"}},
    "/orders/{order_id}/items/{item}": {"get": {"operationId": "twice"}},
    "/items/{item}": {"get": {"operationId": "twice"}},
    "/{kind}/new": {"get": {"operationId": "newThing"}},
    "/items/{item}.json": {"get": {"operationId": "itemJson"}},
}


@pytest.fixture
def match(describe: Callable[..., OpenApi]) -> Callable[[str], HttpEndpoint]:
    specs = {"orders": describe(PATHS), "orders.v2": describe({}, name="b.json")}
    return lambda endpoint: HttpEndpointMatcher().match(endpoint, specs)


@pytest.mark.parametrize(
    ("endpoint", "method", "template"),
    [
        ("orders.createOrder", "POST", "/orders"),
        ("orders.last order", "GET", "/orders/last"),
        ("orders GET /orders", "GET", "/orders"),
        ("orders get  /orders", "GET", "/orders"),
        ("orders DELETE /orders/{order_id}", "DELETE", "/orders/{order_id}"),
        ("orders GET /orders/{id}", "GET", "/orders/{order_id}"),
        ("orders GET /orders/last", "GET", "/orders/last"),
    ],
)
def test_an_operation_is_found_by_id_and_by_path(
    match: Callable[[str], HttpEndpoint], endpoint: str, method: str, template: str
) -> None:
    found = match(endpoint)
    assert found.service == "orders"
    assert (found.method, found.path, str(found.operation)) == (
        method,
        template,
        f"{method} {template}",
    )
    assert found.safe is (method == "GET")


def test_a_path_with_values_in_it_finds_its_operation(match: Callable[[str], HttpEndpoint]) -> None:
    found = match("orders GET /orders/42")
    assert (str(found.operation), found.path) == ("GET /orders/{order_id}", "/orders/42")
    assert found.values == {"order_id": "42"}
    assert hash(found) == hash(match("orders GET /orders/42"))


def test_the_name_of_an_endpoint_is_as_written(match: Callable[[str], HttpEndpoint]) -> None:
    assert match("orders.createOrder").name == "createOrder"
    assert match("orders POST /orders").name == "POST /orders"


def test_a_service_without_a_description_needs_a_method_and_path(
    match: Callable[[str], HttpEndpoint],
) -> None:
    found = match("bank post /reset/{id}")
    assert (found.service, found.method, found.path) == ("bank", "POST", "/reset/{id}")
    assert (found.spec, found.operation, found.safe) == (None, None, False)
    assert match("bank HEAD /").safe


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [
        ("orders.createOder", "no operation 'createOder'. Did you mean 'createOrder'?"),
        ("orders POST /order", "no POST /order. Did you mean 'POST /orders'?"),
        ("orders PUT /orders", "no PUT /orders. This path has GET, POST."),
        ("ordrs.createOrder", "no description of 'ordrs'. Did you mean 'orders'?"),
        ("bank POST", "'bank POST' has no path that begins with '/'. Write service"),
        ("createOrder", "'createOrder' is no endpoint. Write service.operationId or"),
        ("", "'' is no endpoint"),
        ("orders GET orders", "has no path that begins with '/'"),
        ("orders GET /orders?x=1", "has a query. Put the query under"),
        ("bank GET /orders/{}", "hold no name"),
        ("bank GET /orders/{id", "hold no name"),
        ("orders.v2.createOrder", "'orders.v2' has no operation 'createOrder'"),
        ("orders.twice", "any of GET /orders/{order_id}/items/{item}, GET /items/{item}"),
        ("orders GET /items/new", "any of GET /items/{item}, GET /{kind}/new"),
    ],
)
def test_what_names_nothing_says_what_to_write(
    match: Callable[[str], HttpEndpoint], endpoint: str, message: str
) -> None:
    with pytest.raises(EvaluationError) as caught:
        match(endpoint)
    assert message in str(caught.value)


def test_without_any_description_the_suite_is_named() -> None:
    with pytest.raises(EvaluationError, match="Add it under 'specs:'"):
        HttpEndpointMatcher().match("orders.createOrder", {})
