"""The kcat line that does by hand what a call does; it may show secrets."""

from __future__ import annotations

from shlex import join, quote

from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.protocols.kafka.messages import Outgoing
from pytest_orchestra.protocols.payloads import text_of

LATEST = 100
"""Messages of each partition that the line shows."""


def consume(connection: KafkaConnection, topic: str, key: str | None) -> str:
    """Show the latest messages of a topic, of one key if it is given."""
    options = ["-C", "-t", topic, "-o", f"-{LATEST}", "-e", "-q", "-f", r"%p@%o %T %k %h %s\n"]
    line = join(["kcat", *_servers(connection), *options])
    return line if key is None else f"{line} | grep -F -- {quote(key)}"


def produce(connection: KafkaConnection, message: Outgoing) -> str:
    """Send a message."""
    options = ["-P", "-t", message.topic]
    if message.partition is not None:
        options += ["-p", str(message.partition)]
    if message.key is not None:
        options += ["-k", text_of(message.key)]
    for name, value in message.headers:
        options += ["-H", f"{name}={text_of(value or b'')}"]
    if message.value is None:
        options.append("-Z")
    line = join(["kcat", *_servers(connection), *options, "/dev/stdin"])
    return f"printf %s {quote(text_of(message.value or b''))} | {line}"


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
