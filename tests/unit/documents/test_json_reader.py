"""JSON texts, their values, their places, and what is refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.documents.json_reader import parse_json

WITH_PLACES = pytest.mark.parametrize("places", [True, False], ids=["places", "fast"])

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

Complaints = Callable[[Callable[[], object]], list[str]]


@WITH_PLACES
def test_numbers_keep_their_digits(*, places: bool) -> None:
    value = parse_json('[1, 1.10, 1e2, -0.5, ""]', "f", places=places).value
    assert str(value) == str([1, Decimal("1.10"), Decimal("1E+2"), Decimal("-0.5"), ""])


@given(JSON_VALUES, st.sampled_from([None, 1]))
def test_what_json_writes_is_read_unchanged_with_every_place(
    value: object, indent: int | None
) -> None:
    """Every part of any JSON value stands where its text stands."""
    text = json.dumps(value, indent=indent)
    document = parse_json(text, "f")
    assert document.value == value
    lines = text.split("\n")

    def check(part: object, path: tuple[str | int, ...]) -> None:
        at = document.location(path)
        first = json.dumps(part)[0]
        assert lines[at.line - 1][at.column - 1] == first
        if isinstance(part, dict):
            for key in part:
                where = document.key_location((*path, key))
                assert lines[where.line - 1].startswith(json.dumps(key), where.column - 1)
        if isinstance(part, dict | list):
            for key in part if isinstance(part, dict) else range(len(part)):
                check(part[key], (*path, key))

    check(value, ())


@WITH_PLACES
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "f:7:1: error[json-syntax] expecting value"),
        ("[1e999,", "f:7:8: error[json-syntax] expecting value"),
        ("1e999]", "f:7:6: error[json-syntax] extra data"),
        ('[{"a": 1, "a": 2}' + "[" * 100_000, "error[json-syntax] expecting ',' delimiter"),
        ('[{"a": 1, "a": 2}, ' + "[" * 100_000, "f:7:1: error[too-deep]"),
        ('{"a" 1}', "f:7:6: error[json-syntax] expecting ':' delimiter"),
        ("[1,\n]", "error[json-syntax]"),
        ('{\n"a": 1,\n"a": 2}', "f:9:1: error[double-key] the key 'a' stands here a second time."),
        ("[\nNaN]", "f:8:1: error[json-number] infinity and not-a-number cannot be sent"),
        ("[-Infinity]", "f:7:2: error[json-number]"),
        ("[1e999999]", "f:7:2: error[json-number] the number's exponent is past 400"),
        ("[" + "9" * 5000 + "]", "f:7:2: error[json-number] the number has more than 400"),
        ('{"a": "\\ud800"}', "f:7:7: error[json-text] half of a surrogate pair"),
        ('{"\\udc00": 1}', "f:7:2: error[json-text] half of a surrogate pair"),
        ("[" * 150 + "]" * 150, "f:7:101: error[too-deep] more than 100 levels"),
        ("[" * 100_000, "f:7:1: error[too-deep] more than 100 levels"),
    ],
)
def test_refused_texts(complaints: Complaints, text: str, complaint: str, *, places: bool) -> None:
    (found,) = complaints(lambda: parse_json(text, "f", start=7, places=places))
    assert complaint in found


@WITH_PLACES
def test_a_whole_surrogate_pair_is_a_character(*, places: bool) -> None:
    assert parse_json('"\\ud83d\\ude00"', "f", places=places).value == "😀"


def test_without_places_all_is_somewhere_in_the_file() -> None:
    document = parse_json('{"a": [1]}', "f", places=False)
    assert str(document.location(("a", 0))) == "f"
    assert str(document.key_location(("a",))) == "f"


def test_a_large_description_loads_fast_without_places() -> None:
    paths = {f"/orders/{n}": {"get": {"summary": "x" * 60, "n": 0.01}} for n in range(12_000)}
    text = json.dumps({"paths": paths})
    assert len(text) > 1_200_000
    began = time.process_time()
    assert parse_json(text, "f", places=False).value["paths"]["/orders/7"]
    assert time.process_time() - began < 3
