"""Calls on the embedded double of Redis."""

import uuid
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from pytest_orchestra.protocols.queue import plugin
from pytest_orchestra.protocols.queue.client import QueueClient
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.spi import Call


@pytest.fixture
def connection(redis_url: str) -> QueueConnection:
    return QueueConnection(url=redis_url)


@pytest_asyncio.fixture
async def client(connection: QueueConnection) -> AsyncIterator[QueueClient]:
    opened = await plugin.step_executor.open("main", connection)
    assert isinstance(opened, QueueClient)
    yield opened
    await opened.close()


@pytest.fixture
def call() -> Callable[..., Call]:
    """Make a call on a queue of this test's own."""
    queue = f"parcels-{uuid.uuid4().hex}"

    def make(within: float = 5.0, **fields: object) -> Call:
        return Call(fields={"queue": queue, **fields}, within=within)

    return make
