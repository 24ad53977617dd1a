"""The channel queue, against Redis and its double."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.queue import plugin
from pytest_orchestra.spi import Call, Client, Observation, Watch
from pytest_orchestra.testing import check_client

pytestmark = pytest.mark.asyncio


@pytest.fixture
def call() -> Callable[..., Call]:
    """Make a call on a queue of this test's own."""
    queue = f"parcels-{uuid.uuid4().hex}"

    def make(within: float = 10.0, **fields: object) -> Call:
        return Call(fields={"queue": queue, **fields}, within=within)

    return make


Make = Callable[..., Call]


@pytest_asyncio.fixture
async def client(redis_url: str) -> AsyncIterator[Client]:
    connection = plugin.connection_model.model_validate({"url": redis_url})
    one = await plugin.step_executor.open("main", connection)
    yield one
    await one.close()


@pytest_asyncio.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as other:
        yield other


async def seen_by(watch: Watch, number: int) -> list[Observation]:
    """What the next so many messages are; for at most 10 s."""
    found: list[Observation] = []
    async with asyncio.timeout(10):
        while len(found) < number:
            found += await watch.look(1)
    return found


async def test_the_client_is_as_the_contract_says(redis_url: str, call: Make) -> None:
    connection = plugin.connection_model.model_validate({"url": redis_url})
    sent = {"key": "k", "headers": {"h": 1}, "correlation_id": "c"}
    await check_client(plugin, connection, act=call(value={"a": 1}, **sent), watch=call(**sent))


async def test_groups_get_their_messages_all_the_same(
    client: Client, redis: Redis, call: Make
) -> None:
    """A watch takes nothing from the consumers of the system under test."""
    queue = str(call().fields["queue"])
    await redis.xgroup_create(queue, "workers", id="0", mkstream=True)
    watch = client.watch(call(), await client.arm(call()))
    await client.act(call(value=1))
    await seen_by(watch, 1)
    taken = await redis.xreadgroup("workers", "one", {queue: ">"}, count=10)

    assert [len(entries) for _, entries in taken] == [1]


async def test_entries_that_are_trimmed_before_they_are_read_are_named(
    client: Client, redis: Redis, call: Make
) -> None:
    queue = str(call().fields["queue"])
    watch = client.watch(call(), await client.arm(call()))
    async with redis.pipeline(transaction=True) as burst:
        for number in range(10):
            burst.xadd(queue, {"value": number}, maxlen=3, approximate=False)
        await burst.execute()

    assert [one.value for one in await seen_by(watch, 3)] == [7, 8, 9]
    with pytest.raises(ConnectorError, match="7 entries were trimmed or deleted") as caught:
        await watch.look(0.1)
    assert (caught.value.code, caught.value.retriable) == ("queue.missed", True)
    assert "7 entries were trimmed or deleted before they were read" in watch.seen()


async def test_a_stream_that_is_deleted_and_made_anew_is_read_on(
    client: Client, redis: Redis, call: Make
) -> None:
    watch = client.watch(call(), await client.arm(call()))
    await client.act(call(value="old"))
    await seen_by(watch, 1)
    await redis.delete(str(call().fields["queue"]))
    await client.act(call(value="new"))

    assert [one.value for one in await seen_by(watch, 1)] == ["new"]
