"""Entries, observations and calls."""

from collections.abc import Callable

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.entries import arrival, entry_id, outgoing, queue_of
from pytest_orchestra.spi import Call

CONNECTION = QueueConnection(url="redis://h", max_message_bytes=30)
FLAT = CONNECTION.model_copy(update={"value_field": None})


def test_an_entry_is_observed_with_all_its_parts() -> None:
    fields = {b"value": b'{"a": 1}', b"key": b"A7", b"kind": b"new"}
    arrived = arrival("parcels", b"1500-2", fields, CONNECTION)
    seen = arrived.observe()

    assert (arrived.order, arrived.key, arrived.at) == ((0, 1500, 2), "A7", 1.5)
    assert arrived.headers == [("key", "A7"), ("kind", "new")]
    assert arrived.size == 5 + 8 + 3 + 2 + 4 + 3
    assert seen.id == "parcels@1500-2"
    assert seen.roots["message"] == {
        "id": "1500-2",
        "queue": "parcels",
        "key": "A7",
        "value": {"a": 1},
        "headers": {"key": "A7", "kind": "new"},
        "timestamp": "1970-01-01T00:00:01.500+00:00",
    }
    assert seen.value == {"a": 1}
    assert seen.at == 1.5
    assert seen.evidence.queue_message == seen.roots["message"]


@pytest.mark.parametrize("connection", [CONNECTION, FLAT])
def test_the_body_of_an_entry_without_a_value_is_all_its_fields(
    connection: QueueConnection,
) -> None:
    arrived = arrival("parcels", b"1-0", {b"n": b"1", b"t": b"x", b"\xff": b"\xff"}, connection)
    seen = arrived.observe()

    assert seen.value == {"n": 1, "t": "x", "base64:/w==": {"bytes": 1, "base64": "/w=="}}
    assert seen.headers == {"n": "1", "t": "x", "base64:/w==": "base64:/w=="}
    assert arrived.key is None


def test_a_body_that_is_too_large_is_described() -> None:
    value = arrival("p", b"1-0", {b"value": b"x" * 31}, CONNECTION).observe().value
    assert isinstance(value, dict)
    assert (value["bytes"], value["larger_than"]) == (31, 30)

    flat = arrival("p", b"1-0", {b"a": b"x" * 31}, FLAT).observe().value
    assert flat == {"bytes": 31, "larger_than": 30}


def test_a_call_becomes_an_entry(call: Callable[..., Call]) -> None:
    made = call(value={"a": 1}, key=7, headers={"h": "x", "n": None}, correlation_id="c")

    assert outgoing(made, CONNECTION) == {
        b"value": b'{"a":1}',
        b"key": b"7",
        b"h": b"x",
        b"correlation_id": b"c",
    }


def test_a_flat_entry_has_the_fields_of_the_value(call: Callable[..., Call]) -> None:
    assert outgoing(call(value={"a": 1, "b": "x"}), FLAT) == {b"a": b"1", b"b": b"x"}


@pytest.mark.parametrize(
    ("connection", "fields", "why"),
    [
        (CONNECTION, {"value": "x" * 31}, "31 bytes, more than max_message_bytes"),
        (CONNECTION, {"value": object()}, "JSON has no object"),
        (CONNECTION, {"value": 1, "headers": ["h"]}, "mapping"),
        (CONNECTION, {"value": 1, "headers": {"value": 2}}, "field value would stand"),
        (FLAT, {"value": 1}, "no value_field"),
    ],
)
def test_a_call_that_cannot_be_sent_says_why(
    call: Callable[..., Call], connection: QueueConnection, fields: dict[str, object], why: str
) -> None:
    with pytest.raises(ConnectorError, match=why) as caught:
        outgoing(call(**fields), connection)
    assert caught.value.code == "queue.message"


@pytest.mark.parametrize("queue", [None, "", 7])
def test_a_queue_is_a_name(queue: object) -> None:
    with pytest.raises(ConnectorError, match="queue"):
        queue_of(Call(fields={"queue": queue}))


def test_an_id_has_two_numbers() -> None:
    assert entry_id("15-2") == (15, 2)
    assert entry_id(b"15") == (15, 0)
