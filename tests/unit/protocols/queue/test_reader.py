"""Reading on, whatever becomes of streams and the server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import ArrivalWatch
from pytest_orchestra.protocols.queue.client import QueueClient
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.entries import queue_of
from pytest_orchestra.protocols.queue.reader import Reader
from pytest_orchestra.protocols.queue.stream_log import StreamState
from pytest_orchestra.protocols.queue.streams import Streams
from pytest_orchestra.spi import Call, Observation

pytestmark = pytest.mark.asyncio
Make = Callable[..., Call]


@pytest_asyncio.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """Another client of the server; a double that gives no answer fails the test."""
    async with Redis.from_url(redis_url, socket_timeout=10) as other:
        yield other


async def trouble(look: Callable[[], Awaitable[Sequence[Observation]]]) -> ConnectorError:
    """Look until the reader has met the trouble; for at most 10 s."""
    async with asyncio.timeout(10):
        while True:
            try:
                await look()
            except ConnectorError as error:
                return error


async def values(watch: ArrivalWatch, number: int) -> list[object]:
    """What the next so many messages hold; for at most 10 s."""
    found: list[object] = []
    async with asyncio.timeout(10):
        while len(found) < number:
            found += [seen.value for seen in await watch.look(5)]
    return found


async def watching(client: QueueClient, call: Call) -> ArrivalWatch:
    return client.watch(call, await client.arm(call))


async def test_a_stream_that_comes_later_is_read_from_its_start(
    client: QueueClient, call: Make
) -> None:
    watch = await watching(client, call())
    assert await watch.look(0.1) == []
    await client.act(call(value="first"))

    assert await values(watch, 1) == ["first"]


async def test_other_streams_are_read_on_when_one_more_is_armed(
    client: QueueClient, call: Make
) -> None:
    watch = await watching(client, call())
    for number in range(5):
        await client.act(call(value=number))
        await client.arm(call(queue=f"{queue_of(call())}-{number}"))

    assert await values(watch, 5) == [0, 1, 2, 3, 4]


async def test_a_queue_that_is_no_stream_is_refused(
    client: QueueClient, redis: Redis, call: Make
) -> None:
    await redis.rpush(queue_of(call()), "x")
    with pytest.raises(ConnectorError, match="is a Redis list, not a stream") as caught:
        await client.arm(call())
    assert (caught.value.code, caught.value.retriable) == ("queue.kind", False)


async def test_a_queue_that_becomes_something_else_is_told_at_once_and_others_are_read_on(
    client: QueueClient, redis: Redis, call: Make
) -> None:
    watch = await watching(client, call())
    other = call(queue=f"{queue_of(call())}-other")
    second = await watching(client, other)
    await redis.set(queue_of(call()), "x")

    async with asyncio.timeout(5):
        with pytest.raises(ConnectorError, match="is a Redis string"):
            await watch.look(60)
    await client.act(Call(fields={**other.fields, "value": 1}))
    assert await values(second, 1) == [1]


async def test_a_client_whose_only_queue_is_no_stream_any_more_reads_on_with_the_next(
    client: QueueClient, redis: Redis, call: Make
) -> None:
    watch = await watching(client, call())
    await redis.set(queue_of(call()), "x")
    assert (await trouble(lambda: watch.look(0.1))).code == "queue.kind"
    other = call(queue=f"{queue_of(call())}-other")
    second = await watching(client, other)
    await client.act(Call(fields={**other.fields, "value": 1}))

    assert await values(second, 1) == [1]


async def test_entries_that_are_trimmed_before_they_are_read_are_named(
    client: QueueClient, redis: Redis, call: Make
) -> None:
    watch = await watching(client, call())
    await client.act(call(value=0))
    assert await values(watch, 1) == [0]
    async with redis.pipeline(transaction=True) as burst:
        for number in range(1, 11):
            burst.xadd(queue_of(call()), {"value": number}, maxlen=3, approximate=False)
        await burst.execute()

    assert await values(watch, 3) == [8, 9, 10]
    with pytest.raises(ConnectorError, match="7 entries were trimmed or deleted") as caught:
        await watch.look(0.1)
    assert (caught.value.code, caught.value.retriable) == ("queue.missed", True)
    assert "7 entries were trimmed or deleted before they were read" in watch.seen()


async def test_a_server_that_goes_is_told_and_one_that_comes_back_is_read_on(
    redis_url: str, proxy: Callable[[str], Awaitable[Any]], redis: Redis, call: Make
) -> None:
    between = await proxy(redis_url)
    client = QueueClient(QueueConnection(url=f"redis://127.0.0.1:{between.port}/0"))
    watch = await watching(client, call())
    await client.act(call(value="before"))
    assert await values(watch, 1) == ["before"]
    await between.cut()

    error = await trouble(lambda: watch.look(0.1))
    assert (error.code, error.retriable) == ("queue.connection", True)
    with pytest.raises(ConnectorError, match="cannot be reached"):
        await client.act(call(value="lost"))
    with pytest.raises(ConnectorError, match="cannot be reached"):
        await client.arm(call())
    await redis.xadd(queue_of(call()), {"value": "meanwhile"})
    await between.join()
    await client.arm(call())
    await client.act(call(value="after"))
    assert await values(watch, 2) == ["meanwhile", "after"]
    await client.close()


async def test_a_look_sees_nothing_only_where_the_server_says_so(
    redis_url: str, proxy: Callable[[str], Awaitable[Any]], redis: Redis, call: Make
) -> None:
    """A message may have come and not come through; it is seen when it does."""
    between = await proxy(redis_url)
    client = QueueClient(QueueConnection(url=f"redis://127.0.0.1:{between.port}/0"))
    watch = await watching(client, call())
    assert await watch.look(0.05) == []
    between.lets_through.clear()
    await redis.xadd(queue_of(call()), {"value": "meanwhile"})

    with pytest.raises(ConnectorError) as caught:
        await watch.look(0.05)
    assert (caught.value.code, caught.value.retriable) == ("queue.timeout", True)
    with pytest.raises(ConnectorError, match="which may have got the message all the same"):
        await client.act(call(within=0.05, value="and now"))
    between.lets_through.set()
    assert (await values(watch, 1))[0] == "meanwhile"
    await client.close()


async def test_a_server_that_was_restarted_may_have_lost_what_was_not_read(
    redis_url: str, proxy: Callable[[str], Awaitable[Any]], redis: Redis, call: Make
) -> None:
    """Here it only says so: it did save its data. Who arms afterwards has missed nothing."""
    between = await proxy(redis_url)
    client = QueueClient(QueueConnection(url=f"redis://127.0.0.1:{between.port}/0"))
    other = call(queue=f"{queue_of(call())}-other")
    empty, kept = await watching(client, call()), await watching(client, other)
    await client.act(Call(fields={**other.fields, "value": 1}))
    assert await values(kept, 1) == [1]
    await between.cut()
    await trouble(lambda: empty.look(0.05))
    async with asyncio.timeout(10):
        before = await redis.lastsave()
        while await redis.lastsave() == before:  # the server tells whole seconds
            await redis.save()
    await between.join()

    assert await values(kept, 0) == []
    async with asyncio.timeout(10):
        while (error := await trouble(lambda: empty.look(0.05))).code != "queue.missed":
            pass
    assert "restarted meanwhile and may have lost what it held" in str(error)
    assert await kept.look(0.05) == []
    assert await (await watching(client, call())).look(0.05) == []
    await client.close()


class BusyStreams(Streams):
    """Somebody adds an entry each time that it is asked where a stream stands."""

    async def state(self, queue: str) -> StreamState:
        await self.add(queue, {"value": "one more"})
        return await super().state(queue)


async def test_a_stream_that_never_rests_is_caught_up_with(
    connection: QueueConnection, call: Make
) -> None:
    """What was there at the question is read, and what came after it is not waited for."""
    streams = BusyStreams(connection)
    reader = Reader(connection, streams)
    mark = await reader.arm(queue_of(call()), 10)
    assert mark.place.catch_up is not None
    await mark.place.catch_up(5)
    assert mark.place.count > 0
    await reader.close()
    await streams.close()
