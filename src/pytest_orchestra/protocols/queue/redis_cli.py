"""The redis-cli line that does by hand what a call does; it may show secrets."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_orchestra.protocols.payloads import text_of
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.shell import joined

LATEST = "100"
"""Entries that the line shows."""


def read(connection: QueueConnection, queue: str) -> str:
    """Show the latest entries of a queue, latest first."""
    return joined([*_server(connection), "XREVRANGE", queue, "+", "-", "COUNT", LATEST])


def add(connection: QueueConnection, queue: str, fields: Mapping[bytes, bytes]) -> str:
    """Add an entry."""
    parts = [text_of(part) for field in fields.items() for part in field]
    return joined([*_server(connection), "XADD", queue, "*", *parts])


def _server(connection: QueueConnection) -> list[str]:
    files = {
        "--cacert": connection.cafile,
        "--cert": connection.certfile,
        "--key": connection.keyfile,
    }
    given = [word for name, path in files.items() if path for word in (name, str(path))]
    return ["redis-cli", "-u", connection.full_url(), *given]
