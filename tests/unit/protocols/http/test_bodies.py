"""Bodies as bytes, by the step's content-type, the description, or JSON."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pytest_orchestra.documents.schemas.references import Node
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.protocols.http.bodies import media_type_of, sent
from pytest_orchestra.protocols.http.openapi.description import Body

FORM = "application/x-www-form-urlencoded"


def declared(**content: bytes) -> Body:
    nodes = {kind: Node(media, Path()) for kind, media in content.items()}
    return Body(required=False, content=nodes)


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        ((), "application/json"),
        (("text/csv",), "text/csv"),
        (("text/csv", "application/problem+json"), "application/problem+json"),
        (("*/*",), "application/json"),
        (("application/*", "text/csv"), "text/csv"),
    ],
)
def test_the_description_chooses_where_the_step_does_not(
    kinds: tuple[str, ...], chosen: str
) -> None:
    assert media_type_of(declared(**dict.fromkeys(kinds))) == chosen
    assert media_type_of(None) == "application/json"


def test_text_goes_as_it_is_under_a_content_type_of_the_step() -> None:
    """So a step can send JSON that is none."""
    assert sent('{"broken', "application/json", None).content == b'{"broken'
    assert sent('{"a":1}', None, None).content == b'"{\\"a\\":1}"'
    assert sent("ü", "text/plain; charset=latin-1", None).content == b"\xfc"
    assert sent("a,b", None, declared(**{"text/csv": {}})) == (b"a,b", "text/csv")


@pytest.mark.parametrize("charset", ["ascii", "klingon"])
def test_text_that_its_charset_does_not_have_is_refused(charset: str) -> None:
    with pytest.raises(EvaluationError, match=f"cannot be written in {charset}"):
        sent("ü", f"text/plain; charset={charset}", None)


def test_a_mapping_becomes_a_form() -> None:
    body = {"a": ["x y", 1], "b": {"c": True}, "d": None}
    assert sent(body, FORM, None) == (b"a=x+y&a=1&b%5Bc%5D=true", FORM)


def test_the_encoding_of_the_description_says_how_a_form_is_written() -> None:
    encoding = {"ids": {"style": "form", "explode": False}, "f": {"style": "form"}}
    body = {"ids": [1, 2], "f": {"x": 1}, "other": {"y": 2}}
    found = sent(body, None, declared(**{FORM: {"encoding": encoding}}))
    assert found == (b"ids=1,2&x=1&other%5By%5D=2", FORM)


def test_a_mapping_becomes_a_multipart_form() -> None:
    body = {
        "name": "ü",
        "tags": ["a", 1],
        "meta": {"k": Decimal("1.10")},
        "left": None,
        "file": {"filename": 'a".txt', "content": "text", "content_type": "text/plain"},
        "data": {"filename": "b", "content": {"x": 1}},
    }
    found = sent(body, "multipart/form-data", None)
    boundary = found.media_type.partition("boundary=")[2]
    parts = found.content.decode().split(f"--{boundary}")
    assert parts[0] == ""
    assert parts[-1] == "--\r\n"
    assert [part.strip("\r\n").replace("\r\n", "|") for part in parts[1:-1]] == [
        'Content-Disposition: form-data; name="name"||ü',
        'Content-Disposition: form-data; name="tags"||a',
        'Content-Disposition: form-data; name="tags"||1',
        'Content-Disposition: form-data; name="meta"|Content-Type: application/json||{"k":1.10}',
        (
            'Content-Disposition: form-data; name="file"; filename="a%22.txt"'
            "|Content-Type: text/plain||text"
        ),
        (
            'Content-Disposition: form-data; name="data"; filename="b"'
            '|Content-Type: application/octet-stream||{"x":1}'
        ),
    ]


@pytest.mark.parametrize(
    ("body", "media_type", "what"),
    [({"a": 1}, "application/xml", "a mapping"), ([1], FORM, "a list"), (5, "text/csv", "a int")],
)
def test_what_a_media_type_cannot_hold_is_refused(body: object, media_type: str, what: str) -> None:
    with pytest.raises(EvaluationError, match=f"{what} cannot be sent as {media_type}"):
        sent(body, media_type, None)
