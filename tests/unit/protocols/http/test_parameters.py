"""Values of parameters in every style of OpenAPI 3.1, 4.8.12, against its own table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from pytest_orchestra.documents.schemas.references import Node
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.openapi.description import Parameter
from pytest_orchestra.protocols.http.parameters import (
    cookie_text,
    header_text,
    path_text,
    query_text,
    text_of,
)

COLORS = ["blue", "black"]
RGB = {"R": 100, "G": 200}


def parameter(style: str, *, reserved: bool = False, media_type: str = "") -> Parameter:
    """Make a parameter; a star after the style says ``explode``, as in RFC 6570."""
    return Parameter(
        name="color",
        place="query",
        required=False,
        style=style.removesuffix("*"),
        explode=style.endswith("*"),
        reserved=reserved,
        schema=Node(None, Path()),
        media_type=media_type,
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (5, "5"),
        (Decimal("12.10"), "12.10"),
        (None, ""),
        (dt.date(2026, 11, 21), "2026-11-21"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"a": [1]}, '{"a":[1]}'),
    ],
)
def test_scalars_have_one_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_what_has_no_text_is_refused() -> None:
    with pytest.raises(EvaluationError, match="cannot be sent"):
        text_of(object())


@pytest.mark.parametrize(
    ("style", "scalar", "array", "mapping"),
    [
        ("simple", "blue", "blue,black", "R,100,G,200"),
        ("simple*", "blue", "blue,black", "R=100,G=200"),
        ("label", ".blue", ".blue,black", ".R,100,G,200"),
        ("label*", ".blue", ".blue.black", ".R=100.G=200"),
        ("matrix", ";color=blue", ";color=blue,black", ";color=R,100,G,200"),
        ("matrix*", ";color=blue", ";color=blue;color=black", ";R=100;G=200"),
    ],
)
def test_path_styles(style: str, scalar: str, array: str, mapping: str) -> None:
    how = parameter(style)
    assert path_text("color", "blue", how) == scalar
    assert path_text("color", COLORS, how) == array
    assert path_text("color", RGB, how) == mapping


@pytest.mark.parametrize(
    ("style", "array", "mapping"),
    [
        ("form", "color=blue,black", "color=R,100,G,200"),
        ("form*", "color=blue&color=black", "R=100&G=200"),
        ("spaceDelimited", "color=blue%20black", "color=R%20100%20G%20200"),
        ("pipeDelimited", "color=blue%7Cblack", "color=R%7C100%7CG%7C200"),
        ("deepObject*", "color=blue&color=black", "color%5BR%5D=100&color%5BG%5D=200"),
    ],
)
def test_query_styles(style: str, array: str, mapping: str) -> None:
    how = parameter(style)
    assert "&".join(query_text("color", COLORS, how)) == array
    assert "&".join(query_text("color", RGB, how)) == mapping


def test_without_a_description_lists_repeat_and_mappings_nest() -> None:
    assert list(query_text("q", ["a b", 1], None)) == ["q=a%20b", "q=1"]
    assert list(query_text("q", {"a": {"b": [1, 2]}}, None)) == [
        "q%5Ba%5D%5Bb%5D=1",
        "q%5Ba%5D%5Bb%5D=2",
    ]


def test_null_is_left_out_of_a_query() -> None:
    assert list(query_text("q", None, parameter("form"))) == []
    assert list(query_text("q", "", parameter("form"))) == ["q="]


def test_reserved_signs_stay_where_the_description_allows_them() -> None:
    assert list(query_text("q", "a/b?c", parameter("form"))) == ["q=a%2Fb%3Fc"]
    assert list(query_text("q", "a/b?c d", parameter("form", reserved=True))) == ["q=a/b?c%20d"]


def test_a_parameter_with_content_is_json_in_the_url() -> None:
    how = parameter("form", media_type="application/json")
    assert list(query_text("q", {"a": 1}, how)) == ["q=%7B%22a%22%3A1%7D"]
    assert header_text({"a": 1}, how) == '{"a":1}'
    with pytest.raises(EvaluationError, match="cannot be sent"):
        header_text(object(), how)


def test_headers_are_of_style_simple() -> None:
    assert header_text(COLORS, None) == "blue,black"
    assert header_text(RGB, parameter("simple*")) == "R=100,G=200"
    assert header_text(" 5 ", None) == "5"


def test_a_header_cannot_end_itself() -> None:
    with pytest.raises(EvaluationError, match="line end"):
        header_text("a\r\nX-Evil: 1", None)


def test_a_cookie_cannot_end_itself() -> None:
    assert cookie_text("s", "a; b\n") == "s=a%3B%20b%0A"
    assert cookie_text("s", [1, 2]) == "s=1%2C2"
