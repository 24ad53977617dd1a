"""The kcat line that does by hand what a call does; it may show secrets."""

from __future__ import annotations

import json

from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.protocols.kafka.messages import Outgoing
from pytest_orchestra.protocols.payloads import text_of
from pytest_orchestra.protocols.shell import joined, quoted

LATEST = 100
"""Messages of each partition that the line shows."""
SEARCHED = 10_000
"""Messages of each partition among which the line looks for a key."""


def consume(connection: KafkaConnection, topic: str, key: str | None) -> str:
    """Show the latest messages of a topic, one a line; of one key if it is given."""
    latest = LATEST if key is None else SEARCHED
    options = ["-C", "-t", topic, "-o", f"-{latest}", "-e", "-q", "-J"]
    line = joined(["kcat", *_servers(connection), *options])
    if key is None:
        return line
    told = '"key":' + json.dumps(key, ensure_ascii=False)
    return f"{line} | grep -aF -- {quoted(told)}"


def produce(connection: KafkaConnection, message: Outgoing) -> str:
    """Send a message: kcat reads it from a pipe, where a delimiter ends a key or a message."""
    options = ["-P", "-t", message.topic]
    if message.partition is not None:
        options += ["-p", str(message.partition)]
    for name, value in message.headers:
        options += ["-H", name if value is None else f"{name}={text_of(value)}"]
    text, key = text_of(message.value or b""), text_of(message.key or b"")
    if not text:  # of what is empty kcat sends the key alone
        end = _not_in(key)
        options += ["-K", end, *(["-Z"] if message.value is None else [])]
        text = f"{key}{end}"
    elif message.key is not None:
        options += ["-k", key]
    if "\n" in text:
        options += ["-D", _not_in(text)]
    line = joined(["kcat", *_servers(connection), *options])
    return f"printf %s {quoted(text)} | {line}"


def _not_in(text: str) -> str:
    """A delimiter that the text does not have."""
    candidates = ":;|~^@#=" + "".join(map(chr, range(0x100, 0x200)))
    return next(each for each in candidates if each not in text)


def _servers(connection: KafkaConnection) -> list[str]:
    security = connection.security
    password = security.password
    settings = {
        "security.protocol": security.protocol if security.protocol != "PLAINTEXT" else None,
        "sasl.mechanisms": security.mechanism if security.username is not None else None,
        "sasl.username": security.username,
        "sasl.password": password.get_secret_value() if password is not None else None,
        "ssl.ca.location": security.cafile,
        "ssl.certificate.location": security.certfile,
        "ssl.key.location": security.keyfile,
    }
    given = [f"{name}={value}" for name, value in settings.items() if value is not None]
    return ["-b", connection.address, *(word for setting in given for word in ("-X", setting))]
