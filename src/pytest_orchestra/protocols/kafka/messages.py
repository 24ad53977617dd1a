"""Kafka records become observations and arrivals; calls become records. No broker is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import Arrival
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.protocols.payloads import (
    PayloadError,
    decode,
    encode,
    encode_headers,
    text_of,
)
from pytest_orchestra.results import Evidence, JsonLike
from pytest_orchestra.spi import Call, Observation

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    Record = ConsumerRecord[bytes, bytes]

Headers = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to be sent.

    Attributes:
        value: None is a tombstone.
        partition: None: the key decides.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None

    def at(self, partition: int) -> Outgoing:
        """Give the message as it lies in ``partition``."""
        return replace(self, partition=partition)


def outgoing(call: Call, connection: KafkaConnection) -> Outgoing:
    """Give the message that an action sends.

    Raises:
        ConnectorError: a value that cannot be sent.
    """
    fields = call.fields
    try:
        message = Outgoing(
            topic=topic_of(call),
            key=_body(fields.get("key")),
            value=_body(fields.get("value")),
            headers=encode_headers(fields.get("headers"))
            + encode_headers(_correlation(call, connection)),
            partition=_partition(fields.get("partition")),
        )
        _check_size(message, connection.max_message_bytes)
    except PayloadError as error:
        raise ConnectorError(
            f"the message to {topic_of(call)} cannot be sent: {error}", code="kafka.message"
        ) from error
    return message


def topic_of(call: Call) -> str:
    """Give the call's topic.

    Raises:
        ConnectorError: it is not text.
    """
    topic = call.fields.get("topic")
    if not isinstance(topic, str) or not topic:
        raise ConnectorError("the topic is not the name of one", code="kafka.topic")
    return topic


def arrival(record: Record, era: int, most: int) -> Arrival:
    """Give a record as it is kept; it is decoded when somebody looks.

    Args:
        record: as the driver gives it.
        era: how often its topic was made anew.
        most: bytes; a larger value is described.
    """
    headers: Headers = record.headers
    return Arrival(
        order=(era, record.partition, record.offset),
        key=None if record.key is None else text_of(record.key),
        headers=[(name, text_of(value)) for name, value in headers if value is not None],
        size=len(record.key or b"")
        + len(record.value or b"")
        + sum(len(name) + len(value or b"") for name, value in headers),
        at=_seconds(record.timestamp),
        read=partial(
            observation,
            Outgoing(
                topic=record.topic,
                key=record.key,
                value=record.value,
                headers=headers,
                partition=record.partition,
            ),
            offset=record.offset,
            timestamp=record.timestamp,
            most=most,
            era=era,
        ),
    )


def observation(
    message: Outgoing, *, offset: int, timestamp: int | None, most: int, era: int = 0
) -> Observation:
    """Give a message of a topic as rules and reports see it; ``timestamp`` in milliseconds."""
    at = _seconds(timestamp)
    headers = header_texts(message.headers)
    key = None if message.key is None else text_of(message.key)
    shown: dict[str, JsonLike] = {
        "key": key,
        "value": None if message.value is None else decode(message.value, most=most),
        "headers": headers,
        "topic": message.topic,
        "partition": message.partition,
        "offset": offset,
        "timestamp": None if at is None else _iso(at),
    }
    return Observation(
        id=f"{message.topic}/{message.partition}@{offset}" + (f"#{era + 1}" if era else ""),
        key=key,
        roots={"message": shown},
        value=shown["value"],
        headers=headers,
        at=at,
        evidence=Evidence(kafka_message=shown),
    )


def header_texts(headers: Headers) -> dict[str, JsonLike]:
    """Give headers by name as text; a name that stands several times has a list."""
    found: dict[str, list[JsonLike]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(None if value is None else text_of(value))
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


def _body(given: object) -> bytes | None:
    return None if given is None else encode(given)


def _correlation(call: Call, connection: KafkaConnection) -> object:
    correlation = call.fields.get("correlation_id")
    return None if correlation is None else {connection.correlation_header: correlation}


def _check_size(message: Outgoing, most: int) -> None:
    if message.key is None and message.value is None:
        raise PayloadError("a message without a value (a tombstone) needs a key")
    if (size := len(message.value or b"")) > most:
        raise PayloadError(f"its value has {size} bytes, more than max_message_bytes ({most})")


def _partition(given: object) -> int | None:
    if given is None:
        return None
    text = str(given)
    if not text.isdecimal():
        raise PayloadError(f"partition {text!r} is not a whole number from 0")
    return int(text)


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None or milliseconds < 0 else milliseconds / 1000


def _iso(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).isoformat(timespec="milliseconds")
