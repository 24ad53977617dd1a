"""The channel db, against the embedded PostgreSQL and the system's own."""

import uuid
from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import pytest
import pytest_asyncio
from pydantic import BaseModel

from pytest_orchestra.protocols.db import plugin
from pytest_orchestra.spi import Call, Client, Statement
from pytest_orchestra.testing import check_client

pytestmark = pytest.mark.asyncio


@pytest.fixture
def call() -> Callable[..., Call]:
    """Make a call of a statement with its values."""

    def make(sql: str, *values: object) -> Call:
        return Call(fields={"sql": Statement(text=sql, values=values)})

    return make


Make = Callable[..., Call]


@pytest_asyncio.fixture
async def connection(database_url: str, call: Make) -> AsyncIterator[BaseModel]:
    """A connection with a schema of its own."""
    schema = f"s{uuid.uuid4().hex}"
    plain = plugin.connection_model.model_validate({"url": database_url})
    client = await plugin.step_executor.open("plain", plain)
    await client.act(call(f"create schema {schema}"))
    yield plain.model_copy(update={"default_schema": schema})
    await client.act(call(f"drop schema {schema} cascade"))
    await client.close()


@pytest_asyncio.fixture
async def client(connection: BaseModel) -> AsyncIterator[Client]:
    one = await plugin.step_executor.open("main", connection)
    yield one
    await one.close()


async def test_the_client_is_as_the_contract_says(
    client: Client, connection: BaseModel, call: Make
) -> None:
    await client.act(call("create table invoice(id uuid, total numeric(10, 2))"))
    key = str(uuid.uuid4())
    await check_client(
        plugin,
        connection,
        act=call("insert into invoice values ($1, $2)", key, "12.1"),
        watch=call("select * from invoice where id = $1", key),
    )


async def test_a_type_that_is_made_anew_between_two_looks_is_read(
    client: Client, call: Make
) -> None:
    """Nothing of the first look is remembered that could be wrong at the next."""
    watch = client.watch(call("select * from t"), None)
    for labels in ("'a'", "'b', 'c'"):
        await client.act(call(f"create type mood as enum ({labels})"))
        await client.act(call("create table t(m mood, n numeric)"))
        await client.act(call("insert into t values ($1, $2)", labels[1], 1.1))
        (seen,) = await watch.look(5)
        assert seen.value == {"m": labels[1], "n": Decimal("1.1")}
        await client.act(call("drop table t"))
        await client.act(call("drop type mood"))


async def test_a_look_leaves_no_transaction_open(client: Client, call: Make) -> None:
    """Else a table that it asked could not be changed."""
    await client.act(call("create table t(n int)"))
    await client.watch(call("select * from t"), None).look(5)
    await client.act(call("alter table t add column m int"))

    idle = "select count(*) as n from pg_stat_activity where state like 'idle in transaction%'"
    (seen,) = await client.watch(call(idle), None).look(5)
    assert seen.value == {"n": 0}
