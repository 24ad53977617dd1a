"""Calls on the embedded PostgreSQL, which is the real server."""

import uuid
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from pytest_orchestra.protocols.db import plugin
from pytest_orchestra.protocols.db.client import DbClient
from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.spi import Call, Statement


@pytest.fixture
def call() -> Callable[..., Call]:
    """Make a call of a statement with its values."""

    def make(sql: str, *values: object, within: float = 5.0) -> Call:
        return Call(fields={"sql": Statement(text=sql, values=values)}, within=within)

    return make


@pytest_asyncio.fixture
async def connection(database_url: str, call: Callable[..., Call]) -> AsyncIterator[DbConnection]:
    """A connection with a schema of its own."""
    schema = f"s{uuid.uuid4().hex}"
    plain = DbClient(DbConnection(url=database_url))
    await plain.act(call(f"create schema {schema}"))
    yield DbConnection(url=database_url, default_schema=schema)
    await plain.act(call(f"drop schema {schema} cascade"))
    await plain.close()


@pytest_asyncio.fixture
async def client(connection: DbConnection) -> AsyncIterator[DbClient]:
    opened = await plugin.step_executor.open("main", connection)
    assert isinstance(opened, DbClient)
    yield opened
    await opened.close()
