"""Records, observations and calls."""

from collections.abc import Callable

import pytest
from aiokafka import ConsumerRecord

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.protocols.kafka.messages import (
    Outgoing,
    arrival,
    header_texts,
    outgoing,
    topic_of,
)
from pytest_orchestra.spi import Call

CONNECTION = KafkaConnection(bootstrap_servers=("h:1",), max_message_bytes=20)


def record(
    key: bytes | None = b"k", value: bytes | None = b'{"a": 1}', timestamp: int = 1_500
) -> "ConsumerRecord[bytes, bytes]":
    headers = (("h", b"1"), ("h", b"2"), ("i", b"\xff"))
    return ConsumerRecord("orders", 1, 17, timestamp, 0, key, value, None, 0, 0, headers)


def test_a_record_is_observed_with_all_its_parts() -> None:
    seen = arrival(record(), era=0, most=20).observe()

    assert seen.id == "orders/1@17"
    assert seen.roots["message"] == {
        "key": "k",
        "value": {"a": 1},
        "headers": {"h": ["1", "2"], "i": "base64:/w=="},
        "topic": "orders",
        "partition": 1,
        "offset": 17,
        "timestamp": "1970-01-01T00:00:01.500+00:00",
    }
    assert seen.value == {"a": 1}
    assert seen.at == 1.5
    assert seen.evidence.kafka_message == seen.roots["message"]


def test_a_record_is_selected_by_its_texts() -> None:
    arrived = arrival(record(), era=2, most=20)

    assert arrived.order == (2, 1, 17)
    assert arrived.key == "k"
    assert arrived.headers == [("h", "1"), ("h", "2"), ("i", "base64:/w==")]
    assert arrived.size == 1 + 8 + 6
    assert arrived.observe().id == "orders/1@17#3"


def test_a_tombstone_has_no_value_and_a_record_may_have_no_key_and_no_time() -> None:
    arrived = arrival(record(key=None, value=None, timestamp=-1), era=0, most=20)
    message = arrived.observe().roots["message"]

    assert isinstance(message, dict)
    assert (message["key"], message["value"], message["timestamp"]) == (None, None, None)
    assert (arrived.key, arrived.at, arrived.observe().at) == (None, None, None)


def test_a_header_may_have_no_value() -> None:
    assert header_texts([("a", None)]) == {"a": None}


def test_a_call_becomes_a_message(call: Callable[..., Call]) -> None:
    made = outgoing(
        call(key=7, value={"a": 1}, headers={"h": "x"}, correlation_id="c", partition="2"),
        CONNECTION,
    )
    assert made == Outgoing(
        topic="orders",
        key=b"7",
        value=b'{"a":1}',
        headers=[("h", b"x"), ("correlation-id", b"c")],
        partition=2,
    )


def test_a_null_value_is_a_tombstone(call: Callable[..., Call]) -> None:
    made = outgoing(call(key="k", value=None), CONNECTION)

    assert (made.key, made.value, made.headers, made.partition) == (b"k", None, [], None)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"value": None}, "needs a key"),
        ({"value": "x" * 21}, "21 bytes, more than max_message_bytes"),
        ({"value": object()}, "JSON has no object"),
        ({"value": 1, "headers": "h"}, "mapping"),
        ({"value": 1, "partition": -1}, "partition '-1'"),
    ],
)
def test_a_call_that_cannot_be_sent_says_why(
    call: Callable[..., Call], fields: dict[str, object], why: str
) -> None:
    with pytest.raises(ConnectorError, match=why) as caught:
        outgoing(call(**fields), CONNECTION)
    assert caught.value.code == "kafka.message"


@pytest.mark.parametrize("topic", [None, "", 7])
def test_a_topic_is_a_name(topic: object) -> None:
    with pytest.raises(ConnectorError, match="topic"):
        topic_of(Call(fields={"topic": topic}))
