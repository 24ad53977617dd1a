"""Calls and replies against descriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from uuid import UUID

import pytest

from pytest_orchestra.protocols.http import plugin
from pytest_orchestra.protocols.http.openapi.parser import OpenApi
from pytest_orchestra.protocols.http.reply import HttpObservation
from pytest_orchestra.spi import Breach, Call, Observation

ORDER = {
    "type": "object",
    "required": ["id", "customer", "total"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "readOnly": True},
        "customer": {"type": "string", "minLength": 1},
        "total": {"type": "number", "multipleOf": 0.01},
        "password": {"type": "string", "writeOnly": True},
    },
    "additionalProperties": False,
}
JSON_ORDER = {"application/json": {"schema": ORDER}}
PATHS = {
    "/orders": {
        "post": {
            "operationId": "create",
            "requestBody": {"required": True, "content": JSON_ORDER},
            "responses": {
                "201": {
                    "content": JSON_ORDER,
                    "headers": {
                        "Location": {"required": True, "schema": {"type": "string"}},
                        "X-Left": {"schema": {"type": "integer"}},
                        "X-Tags": {"schema": {"type": "array", "items": {"enum": ["a", "b"]}}},
                        "X-Meta": {"content": {"application/json": {"schema": {"type": "object"}}}},
                        "X-Free": {},
                        "X-Pairs": {"schema": {"type": "object"}},
                    },
                },
                "204": {"content": JSON_ORDER},
                "4XX": {"content": {"application/problem+json": {}, "text/*": {}}},
            },
        },
    },
    "/orders/{id}": {
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        ],
        "get": {
            "operationId": "get",
            "parameters": [
                {
                    "name": "limit",
                    "in": "query",
                    "required": True,
                    "schema": {"maximum": 5, "type": "integer"},
                },
                {
                    "name": "X-Trace",
                    "in": "header",
                    "required": True,
                    "schema": {"format": "uuid", "type": "string"},
                },
                {"name": "s", "in": "cookie", "schema": {"type": "string", "maxLength": 2}},
                {
                    "name": "filter",
                    "in": "query",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                },
            ],
            "responses": {"default": {}},
        },
        "head": {"operationId": "head", "responses": {"200": {"content": JSON_ORDER}}},
    },
    "/forms": {
        "post": {
            "operationId": "form",
            "requestBody": {
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": {
                            "required": ["n"],
                            "properties": {"n": {"type": "integer"}, "b": {"type": "boolean"}},
                        }
                    },
                    "multipart/form-data": {},
                    "text/plain": {"schema": {"type": "string"}},
                }
            },
        }
    },
    "/broken": {"get": {"operationId": "broken", "responses": {"200": {"$ref": "#/x-loop"}}}},
}


@pytest.fixture
def spec(describe: Callable[..., OpenApi]) -> OpenApi:
    return describe(PATHS, **{"x-loop": {"$ref": "#/x-loop"}})


def lines(breaches: Sequence[Breach]) -> list[str]:
    return [f"{each.path}: {each.message}" if each.path else each.message for each in breaches]


@pytest.fixture
def check_request(call_of: Callable[..., Call], spec: OpenApi) -> Callable[..., list[str]]:
    return lambda endpoint, **given: lines(
        plugin.contract_validator.check_request(call_of(endpoint, spec, **given))
    )


@pytest.fixture
def check_reply(
    call_of: Callable[..., Call], spec: OpenApi, reply_of: Callable[..., HttpObservation]
) -> Callable[..., list[str]]:
    return lambda endpoint, *reply, **more: lines(
        plugin.contract_validator.check_reply(call_of(endpoint, spec), reply_of(*reply, **more))
    )


def test_a_right_request_breaks_nothing(check_request: Callable[..., list[str]]) -> None:
    """What the server adds need not be sent, and fractions are compared exactly."""
    assert check_request("orders.create", body={"customer": "a", "total": Decimal("4.35")}) == []
    assert check_request("orders.get", path={"id": "7"}, query={"limit": "5"}) == []


def test_a_request_is_checked_as_it_is_sent(check_request: Callable[..., list[str]]) -> None:
    """A UUID is text by then, and a float a fraction."""
    body = {"id": UUID(int=1), "customer": "a", "total": 4.35}
    assert check_request("orders.create", body=body) == []


def test_everything_that_a_request_breaks_is_told(check_request: Callable[..., list[str]]) -> None:
    body = {"customer": "", "total": Decimal("4.351"), "coupon": 1}
    assert sorted(check_request("orders.create", body=body)) == [
        "body.coupon: is not allowed",
        "body.customer: '' is shorter than 1 characters",
        "body.total: 4.351 is not a multiple of 0.01",
    ]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"path": {"id": "x"}, "query": {"limit": 1}}, "path.id: 'x' is not an integer"),
        ({"path": {"id": 1}}, "query.limit: is missing"),
        ({"path": {"id": 1}, "query": {"limit": None}}, "query.limit: is missing"),
        ({"path": {"id": 1}, "query": {"limit": "6"}}, "query.limit: 6 is more than 5"),
        ({"query": {"limit": 1}}, "path.id: is missing"),
        (
            {"path": {"id": 1}, "query": {"limit": 1}, "headers": {"x-trace": "1"}},
            "headers.X-Trace: '1' is not a uuid",
        ),
        (
            {"path": {"id": 1}, "query": {"limit": 1}, "cookies": {"s": 123}},
            "cookies.s: '123' is longer than 2 characters",
        ),
        (
            {"path": {"id": 1}, "query": {"limit": 1, "filter": "x"}},
            "query.filter: 'x' is not an object",
        ),
        (
            {"path": {"id": 1}, "query": {"limit": 1}, "body": 1},
            "body: is not allowed: the operation takes none",
        ),
    ],
)
def test_parameters_are_checked_where_they_stand(
    check_request: Callable[..., list[str]], given: dict[str, object], line: str
) -> None:
    assert check_request("orders.get", **given) == [line]


def test_a_value_written_into_the_path_is_checked_too(
    check_request: Callable[..., list[str]],
) -> None:
    assert check_request("orders GET /orders/x", query={"limit": 1}) == [
        "path.id: 'x' is not an integer"
    ]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, "body: is missing"),
        (
            {"body": "<a/>", "headers": {"Content-Type": "application/xml"}},
            "body: application/xml is not declared, application/json is",
        ),
        (
            {"body": "{", "headers": {"content-type": "application/json"}},
            "body: '{' is not an object",
        ),
        ({"body": object()}, "the value cannot be written as JSON: JSON has no object"),
    ],
)
def test_bodies_are_checked_by_their_media_type(
    check_request: Callable[..., list[str]], given: dict[str, object], line: str
) -> None:
    assert check_request("orders.create", **given) == [line]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"body": {"n": "5", "b": "true"}}, []),
        ({"body": {"n": "x", "b": None}}, ["body.n: 'x' is not an integer"]),
        ({"body": {"b": 1}}, ["body.n: is missing", "body.b: '1' is not a boolean"]),
        ({"body": "n=x"}, []),
        ({"body": {"x": 1}, "headers": {"content-type": "multipart/form-data"}}, []),
        ({"body": "x", "headers": {"content-type": "text/plain"}}, []),
        ({}, []),
    ],
)
def test_forms_are_checked_by_what_their_fields_can_be_read_as(
    check_request: Callable[..., list[str]], given: dict[str, object], found: list[str]
) -> None:
    assert sorted(check_request("orders.form", **given)) == sorted(found)


def order(**more: object) -> dict[str, object]:
    return {"id": "9f0b1e6e-0000-4000-8000-000000000000", "customer": "a", "total": 1, **more}


def test_a_right_reply_breaks_nothing(check_reply: Callable[..., list[str]]) -> None:
    headers = {"location": "/1", "X-Left": "5", "x-tags": "a, b", "X-Meta": "{}", "X-Pairs": "a,1"}
    assert check_reply("orders.create", 201, order(), headers=headers) == []


def test_everything_that_a_reply_breaks_is_told(check_reply: Callable[..., list[str]]) -> None:
    headers = {"X-Left": "x", "X-Tags": "a,c", "X-Meta": "[]", "X-Free": "?"}
    assert sorted(check_reply("orders.create", 201, {"id": 5, "total": 1}, headers=headers)) == [
        "body.customer: is missing",
        "body.id: 5 is not a string",
        "headers.Location: is missing",
        "headers.X-Left: 'x' is not an integer",
        "headers.X-Meta: an array is not an object",
        "headers.X-Tags[1]: 'c' is none of 'a', 'b'",
    ]


def test_what_only_requests_have_is_not_missed_in_a_reply(
    check_reply: Callable[..., list[str]],
) -> None:
    assert check_reply("orders.create", 201, order(), headers={"Location": "/"}) == []


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        ((200, None), "status: 200 is not declared for create, which has 201, 204, 4XX"),
        ((204, None), ""),
        ((400, "x", "application/problem+json"), ""),
        ((404, "x", "text/html"), ""),
        (
            (400, {}, "application/json"),
            "body: application/json is not declared, application/problem+json, text/* is",
        ),
        (
            (400, "x", ""),
            (
                "body: a body without content-type is not declared,"
                " application/problem+json, text/* is"
            ),
        ),
    ],
)
def test_status_and_media_type_must_be_declared(
    check_reply: Callable[..., list[str]], reply: tuple[object, ...], line: str
) -> None:
    status, value, *media_type = reply
    more = {"media_type": media_type[0]} if media_type else {}
    assert check_reply("orders.create", status, value, **more) == ([line] if line else [])


def test_an_empty_reply_where_json_is_declared_is_a_breach(
    check_reply: Callable[..., list[str]],
) -> None:
    found = check_reply("orders.create", 201, empty=True, headers={"Location": "/"})
    assert found == ["body: is missing, application/json is declared"]
    found = check_reply("orders.create", 201, None, headers={"Location": "/"})
    assert found == ["body: null is not an object"]


def test_a_reply_to_head_has_no_body_to_check(check_reply: Callable[..., list[str]]) -> None:
    assert check_reply("orders.head", 200, None) == []


def test_json_that_is_none_is_a_breach(check_reply: Callable[..., list[str]]) -> None:
    more = {"headers": {"Location": "/"}, "unreadable": "Expecting value"}
    found = check_reply("orders.create", 201, "<html>", **more)
    assert found == ["body: is not JSON: Expecting value"]


def test_what_declares_nothing_lets_everything_pass(check_reply: Callable[..., list[str]]) -> None:
    assert check_reply("orders.get", 599, "x") == []


def test_a_reply_without_a_status_is_not_declared(
    call_of: Callable[..., Call], spec: OpenApi
) -> None:
    call = call_of("orders.create", spec)
    assert lines(plugin.contract_validator.check_reply(call, Observation())) == [
        "status: 0 is not declared for create, which has 201, 204, 4XX"
    ]


def test_without_a_description_nothing_is_checked(
    call_of: Callable[..., Call], reply_of: Callable[..., HttpObservation]
) -> None:
    call = call_of("bank POST /pay", body={"anything": 1})
    assert plugin.contract_validator.check_request(call) == ()
    assert plugin.contract_validator.check_reply(call, reply_of(599, "x")) == ()


def test_a_broken_description_is_a_breach_and_no_crash(
    check_reply: Callable[..., list[str]],
) -> None:
    assert check_reply("orders.broken", 200, {}) == [
        "the description cannot be used: the reference leads back to itself"
    ]


def test_a_call_of_another_channel_is_a_breach_and_no_crash() -> None:
    assert lines(plugin.contract_validator.check_request(Call(fields={}))) == [
        "the step has no 'endpoint' of http"
    ]
