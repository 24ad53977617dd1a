"""Entries of streams become observations and arrivals; calls become entries. Nothing is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import Arrival
from pytest_orchestra.protocols.payloads import (
    PayloadError,
    decode,
    encode,
    encode_headers,
    text_of,
)
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.results import Evidence, JsonLike
from pytest_orchestra.spi import Call, Observation

Fields = Mapping[bytes, bytes]
"""An entry as it is stored."""
EntryId = tuple[int, int]
"""Milliseconds since the epoch and a number; ``1526919030474-55``."""


def queue_of(call: Call) -> str:
    """Give the call's queue.

    Raises:
        ConnectorError: it is not text.
    """
    queue = call.fields.get("queue")
    if not isinstance(queue, str) or not queue:
        raise ConnectorError("the queue is not the name of one", code="queue.name")
    return queue


def entry_id(text: bytes | str) -> EntryId:
    """Read an id."""
    milliseconds, _, number = (text.decode() if isinstance(text, bytes) else text).partition("-")
    return int(milliseconds), int(number or 0)


def outgoing(call: Call, connection: QueueConnection) -> dict[bytes, bytes]:
    """Give the entry that an action adds.

    Raises:
        ConnectorError: a value that cannot be sent.
    """
    try:
        parts = [
            *_named(connection.key_field, call.fields.get("key")),
            *_named(connection.correlation_header, call.fields.get("correlation_id")),
            *encode_headers(call.fields.get("headers")),
            *_body(call.fields.get("value"), connection),
        ]
        _check(parts, connection.max_message_bytes)
    except PayloadError as error:
        raise ConnectorError(
            f"the message to {queue_of(call)} cannot be sent: {error}", code="queue.message"
        ) from error
    return {name.encode(): value for name, value in parts if value is not None}


def arrival(
    queue: str, id_: bytes, fields: Fields, connection: QueueConnection, *, era: int = 0
) -> Arrival:
    """Give an entry as it is kept; it is decoded when somebody looks.

    Args:
        queue: its stream.
        id_: its id.
        fields: of the entry.
        connection: says which fields are what.
        era: how often the stream was made anew.
    """
    value_field = (connection.value_field or "").encode()
    key = fields.get(connection.key_field.encode())
    return Arrival(
        order=(era, *entry_id(id_)),
        key=None if key is None else text_of(key),
        headers=[
            (text_of(name), text_of(value)) for name, value in fields.items() if name != value_field
        ],
        size=sum(len(name) + len(value) for name, value in fields.items()),
        at=entry_id(id_)[0] / 1000,
        read=partial(observation, queue, id_, fields, connection),
    )


def observation(queue: str, id_: bytes, fields: Fields, connection: QueueConnection) -> Observation:
    """Give an entry of a queue as rules and reports see it."""
    at = entry_id(id_)[0] / 1000
    value_field = (connection.value_field or "").encode()
    given = fields.get(connection.key_field.encode())
    key = None if given is None else text_of(given)
    headers: dict[str, JsonLike] = {
        text_of(name): text_of(value) for name, value in fields.items() if name != value_field
    }
    shown: dict[str, JsonLike] = {
        "id": id_.decode(),
        "queue": queue,
        "key": key,
        "value": _value(fields, value_field, connection.max_message_bytes),
        "headers": headers,
        "timestamp": dt.datetime.fromtimestamp(at, tz=dt.UTC).isoformat(timespec="milliseconds"),
    }
    return Observation(
        id=f"{queue}@{id_.decode()}",
        key=key,
        roots={"message": shown},
        value=shown["value"],
        headers=headers,
        at=at,
        evidence=Evidence(queue_message=shown),
    )


def _value(fields: Fields, value_field: bytes, most: int) -> JsonLike:
    if (body := fields.get(value_field)) is not None:
        return decode(body, most=most)
    size = sum(map(len, fields.values()))
    if size > most:
        return {"bytes": size, "larger_than": most}
    return {text_of(name): decode(value, most=most) for name, value in fields.items()}


def _named(name: str, value: object) -> list[tuple[str, bytes | None]]:
    return [] if value is None else [(name, encode(value))]


def _body(value: object, connection: QueueConnection) -> list[tuple[str, bytes | None]]:
    if connection.value_field is not None:
        return [(connection.value_field, encode(value))]
    if not isinstance(value, Mapping):
        raise PayloadError("value is not a mapping, and the connection has no value_field")
    return encode_headers(value)


def _check(parts: list[tuple[str, bytes | None]], most: int) -> None:
    names = [name for name, _ in parts]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PayloadError(f"the field {', '.join(twice)} would stand in the entry twice")
    if (size := sum(len(value or b"") for _, value in parts)) > most:
        raise PayloadError(f"it has {size} bytes, more than max_message_bytes ({most})")
