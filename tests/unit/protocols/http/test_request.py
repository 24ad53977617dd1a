"""Calls become requests."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.openapi.parser import OpenApi
from pytest_orchestra.protocols.http.request import Request, read_back, request_of
from pytest_orchestra.spi import Call, Endpoint


@pytest.fixture
def made(call_of: Callable[..., Call]) -> Callable[..., Request]:
    def request(endpoint: str, spec: OpenApi | None = None, **given: dict[str, object]) -> Request:
        return request_of(call_of(endpoint, spec, **given), "http://h/api", {}, {})

    return request


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (42, "42"),
        ("a/b", "a%2Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        (["a", "b"], "a,b"),
        (True, "true"),
    ],
)
def test_path_fields_are_filled_and_cannot_leave_their_place(
    made: Callable[..., Request], value: object, path: str
) -> None:
    assert made("orders GET /x/{id}/y", path={"id": value}).url == f"http://h/api/x/{path}/y"


def test_a_value_that_looks_like_a_field_stays_a_value(made: Callable[..., Request]) -> None:
    found = made("orders GET /{a}/{b}", path={"a": "{b}", "b": "1"})
    assert found.url == "http://h/api/%7Bb%7D/1"


def test_paths_as_written_are_percent_encoded_once(made: Callable[..., Request]) -> None:
    assert made("orders GET /a b/%20/ü").url == "http://h/api/a%20b/%20/%C3%BC"


@pytest.mark.parametrize(
    "given", [{}, {"path": None}, {"path": {"id": None}}, {"path": {"id": ""}}]
)
def test_a_missing_path_field_says_what_to_add(
    made: Callable[..., Request], given: dict[str, object]
) -> None:
    with pytest.raises(EvaluationError, match=r"gives no 'id'.*Add 'path: \{id: …\}'"):
        made("orders GET /x/{id}", **given)


def test_a_path_field_that_is_not_there_is_refused(made: Callable[..., Request]) -> None:
    with pytest.raises(EvaluationError, match="'ID', but GET /x has no such field"):
        made("orders GET /x", path={"ID": 1})


def test_the_style_of_the_description_is_used(
    made: Callable[..., Request], describe: Callable[..., OpenApi]
) -> None:
    parameters = [
        {"name": "id", "in": "path", "required": True, "style": "label", "schema": {}},
        {"name": "q", "in": "query", "style": "pipeDelimited", "explode": False},
        {"name": "X-List", "in": "header", "explode": True},
    ]
    spec = describe({"/x/{id}": {"get": {"parameters": parameters}}})
    given = {"path": {"id": 1}, "query": {"q": [1, 2]}, "headers": {"x-list": {"a": 1}}}
    found = made("orders GET /x/{id}", spec, **given)
    assert found.url == "http://h/api/x/.1?q=1%7C2"
    assert found.headers["x-list"] == "a=1"


def test_the_calls_headers_come_before_the_connections(call_of: Callable[..., Call]) -> None:
    given = {"Accept": "text/csv", "X-A": None, "Authorization": "mine"}
    found = request_of(
        call_of("orders GET /x", headers=given),
        "http://h",
        {"accept": "*/*", "x-a": "1"},
        {"authorization": "Bearer s", "x-key": "k"},
    )
    assert found.headers == {"accept": "text/csv", "authorization": "mine", "x-key": "k"}
    assert found.evidence()["headers"] == {**found.headers, "x-key": "***"}


def test_no_body_is_not_the_same_as_null(made: Callable[..., Request]) -> None:
    assert made("orders POST /x").content is None
    assert "body" not in made("orders POST /x").evidence()
    assert made("orders POST /x", body=None).content == b"null"


def test_evidence_shows_the_body_as_it_was_sent(made: Callable[..., Request]) -> None:
    assert made("orders POST /x", body={"a": Decimal("1.10")}).evidence() == {
        "method": "POST",
        "url": "http://h/api/x",
        "headers": {"content-type": "application/json"},
        "body": {"a": Decimal("1.10")},
    }


def test_read_back_gives_text_for_what_is_no_json() -> None:
    assert read_back(b"{", "application/json") == "{"
    assert read_back(b"[" * 100_000, "application/json") == "[" * 100_000
    assert read_back(b"a=1", "text/plain") == "a=1"
    assert read_back(b"[1.10]", "application/x+json; v=1") == [Decimal("1.10")]


@pytest.mark.parametrize("part", ["path", "query", "headers", "cookies"])
def test_parts_of_the_input_are_mappings(made: Callable[..., Request], part: str) -> None:
    with pytest.raises(EvaluationError, match=f"input.{part} is 'text', not a mapping"):
        made("orders GET /x", **{part: "text"})


def test_an_input_that_is_no_mapping_is_refused(call_of: Callable[..., Call]) -> None:
    call = Call(fields={"input": [1]}, endpoint=call_of("orders GET /x").endpoint)
    with pytest.raises(EvaluationError, match=r"input is \[1\], not a mapping"):
        request_of(call, "http://h", {}, {})


def test_a_call_without_an_endpoint_of_http_is_refused() -> None:
    call = Call(fields={}, endpoint=Endpoint(service="orders", name="x"))
    with pytest.raises(EvaluationError, match="no 'endpoint' of http"):
        request_of(call, "http://h", {}, {})
