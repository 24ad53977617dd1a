"""Bodies of messages."""

import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.protocols.payloads import (
    MOST_SHOWN_BYTES,
    PayloadError,
    as_json,
    as_text,
    decode,
    encode,
    encode_headers,
    text_of,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_as_json_is_read_again_to_the_last_digit(value: object) -> None:
    """A fraction stays the number that it is; one without digits after the point is an int."""
    text = as_json(value)

    assert decode(text.encode(), most=10**9) == value
    json.loads(text)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"total": 12.10}', {"total": Decimal("12.10")}),
        (b"7", 7),
        (b"null", None),
        (b"", ""),
        (b"NaN", "NaN"),
        (b"[1, 2", "[1, 2"),
        ("größer".encode(), "größer"),
        (b"[" * 100_000, "[" * 100_000),
        (b"\x00\x01\xff", {"bytes": 3, "base64": "AAH/"}),
    ],
)
def test_a_body_is_json_else_text_else_described(body: bytes, value: object) -> None:
    assert decode(body, most=10**6) == value


def test_a_fraction_in_a_body_keeps_its_digits() -> None:
    assert str(decode(b"1.10", most=9)) == "1.10"


def test_a_body_that_is_too_large_is_described_and_not_read() -> None:
    described = decode(b'"abc"', most=4)
    assert described == {"bytes": 5, "larger_than": 4, "base64": "ImFiYyI="}
    assert list(described)[1] == "larger_than"  # before what is long


def test_a_description_shows_the_beginning_only() -> None:
    described = decode(b"\xff" * (MOST_SHOWN_BYTES + 1), most=10**6)

    assert isinstance(described, dict)
    assert described["bytes"] == MOST_SHOWN_BYTES + 1
    assert described["truncated"] is True
    assert len(str(described["base64"])) < MOST_SHOWN_BYTES * 3 / 2


MOMENT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
ID = uuid.UUID("12345678-1234-5678-1234-567812345678")


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ("text", b"text"),
        (b"\x00\xff", b"\x00\xff"),
        (bytearray(b"ab"), b"ab"),
        ({"a": Decimal("1.10"), "b": [True, None]}, b'{"a":1.10,"b":[true,null]}'),
        ({"ü": "ä"}, '{"ü":"ä"}'.encode()),
        (7, b"7"),
        (MOMENT, b"2026-11-21T09:30:00+00:00"),
        ({"at": MOMENT, "id": ID}, f'{{"at":"{MOMENT.isoformat()}","id":"{ID}"}}'.encode()),
        (ID, str(ID).encode()),
    ],
)
def test_a_value_is_sent_as_it_is_or_as_json(value: object, body: bytes) -> None:
    assert encode(value) == body


@pytest.mark.parametrize("value", [Decimal("NaN"), float("inf"), {"a": object()}, [{1, 2}]])
def test_a_value_that_json_does_not_have_is_refused(value: object) -> None:
    with pytest.raises(PayloadError, match="JSON has no"):
        encode(value)


def test_a_value_without_end_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(PayloadError, match="too deeply"):
        encode(endless)


def test_keys_and_headers_are_text() -> None:
    assert text_of(b"A7") == "A7"
    assert text_of(b"\xff") == "base64:/w=="
    assert as_text(b"A7") == "A7"
    assert as_text({"a": 1}) == '{"a":1}'


def test_headers_are_a_mapping() -> None:
    """A header of null has no value; anything but a mapping is refused."""
    assert encode_headers({"a": 1, "b": None}) == [("a", b"1"), ("b", None)]
    assert encode_headers(None) == []
    with pytest.raises(PayloadError, match="mapping"):
        encode_headers(["a"])
