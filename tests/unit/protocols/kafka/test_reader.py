"""Reading on, whatever becomes of topics and brokers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib.util import find_spec

import confluent_kafka
import pytest
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.arrivals import ArrivalWatch
from pytest_orchestra.protocols.kafka.brokers import Brokers
from pytest_orchestra.protocols.kafka.client import KafkaClient
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.spi import Call, Observation

pytestmark = pytest.mark.asyncio
Make = Callable[..., Call]
Mock = Callable[..., int]
FETCH, LIST_OFFSETS = 1, 2
NOT_LEADER, FORBIDDEN, STORAGE_ERROR = 6, 29, 56


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


async def watching(client: KafkaClient, call: Call) -> ArrivalWatch:
    return client.watch(call, await client.arm(call))


async def store_broken(client: KafkaClient, topic: str) -> None:
    """Store a batch with a wrong checksum; a broker that is no mock would refuse it."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1_000,
    )
    builder.append(0, timestamp=1, key=b"k", value=b"broken", headers=[])
    batch = builder.build()
    batch[-1] ^= 0xFF
    request = ProduceRequest(None, 1, 5_000, [(topic, [(0, bytes(batch))])])
    driver = client._brokers._connected()
    await driver.send(next(iter(driver.cluster.brokers())).nodeId, request)


async def exists(connection: KafkaConnection, topic: str) -> bool:
    brokers = Brokers(connection)
    await brokers.connect()
    try:
        return bool((await brokers.leaders([topic]))[topic])
    finally:
        await brokers.close()


async def test_a_topic_that_comes_later_is_read_from_its_start_and_watching_makes_none(
    client: KafkaClient, connection: KafkaConnection, call: Make
) -> None:
    watch = await watching(client, call())
    assert await watch.look(0.2) == []
    assert not await exists(connection, "orders")
    await client.act(call(key="k", value="first"))

    assert [seen.value for seen in await watch.look(5)] == ["first"]


async def test_a_second_arming_before_the_topic_comes_leaves_nothing_unread(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    early = await watching(client, call())
    cluster("topic_create", "orders", 1, 1)
    await client.act(call(key="k", value="first"))
    late = await watching(client, call())
    await client.act(call(key="k", value="second"))

    assert await values(early, 2) == ["first", "second"]
    assert [seen.value for seen in await late.look(5)] == ["second"]


async def test_other_topics_are_read_on_when_one_more_is_armed(
    client: KafkaClient, call: Make
) -> None:
    """Each arming assigns all anew; nothing is lost by it, and nothing comes twice."""
    watch = await watching(client, call())
    for number in range(5):
        await client.act(call(key="k", value=number))
        await client.arm(Call(fields={"topic": f"another-{number}"}))
        await client.act(Call(fields={"topic": f"another-{number}", "key": "k", "value": 1}))

    assert await values(watch, 5) == [0, 1, 2, 3, 4]


async def test_a_deleted_topic_is_told_and_does_not_come_back(
    client: KafkaClient, connection: KafkaConnection, cluster: Mock, call: Make
) -> None:
    """One of the same name that comes later is read from its start."""
    watch = await watching(client, call())
    await client.act(call(key="k", value="old"))
    assert [seen.value for seen in await watch.look(5)] == ["old"]
    cluster("topic_delete", "orders")

    error = await trouble(lambda: watch.look(0.2))
    assert (error.code, error.retriable) == ("kafka.topic_deleted", True)
    assert not await exists(connection, "orders")
    cluster("topic_create", "orders", 6, 1)
    await client.act(call(key="k", value="new", partition=5))
    assert [seen.id for seen in await watch.look(5)] == ["orders/5@0#2"]


async def test_a_topic_that_is_made_anew_at_once_is_read_from_its_start(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    cluster("topic_create", "orders", 1, 1)
    watch = await watching(client, call())
    for number in range(3):
        await client.act(call(key="k", value=number))
    await values(watch, 3)
    cluster("topic_delete", "orders")
    cluster("topic_create", "orders", 1, 1)
    other = KafkaClient(client._connection)
    await other.act(call(key="k", value="new"))
    await other.close()

    assert [seen.id for seen in await watch.look(5)] == ["orders/0@0#2"]


async def test_who_arms_where_a_topic_was_made_anew_just_now_is_not_given_what_was_there_before(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    """A scenario's clean-up may do so before the next one; that one has missed nothing."""
    cluster("topic_create", "orders", 1, 1)
    early = await watching(client, call())
    for number in range(3):
        await client.act(call(key="k", value=number))
    await values(early, 3)
    cluster("push_request_errors", FETCH, 5, *[STORAGE_ERROR] * 5)
    cluster("topic_delete", "orders")
    cluster("topic_create", "orders", 1, 1)
    other = KafkaClient(client._connection)
    await other.act(call(key="k", value="before"))
    late = await watching(client, call())
    await other.act(call(key="k", value="after"))
    await other.close()

    assert await values(late, 1) == ["after"]
    assert await late.look(0) == []
    assert await values(early, 2) == ["before", "after"]
    with pytest.raises(ConnectorError, match="was deleted or made anew meanwhile"):
        await early.look(0)


async def test_messages_that_are_deleted_before_they_are_read_are_named(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    cluster("topic_create", "orders", 1, 1)
    watch = await watching(client, call())
    cluster("push_request_errors", FETCH, 5, *[STORAGE_ERROR] * 5)
    for number in range(3):
        await client.act(call(key="k", value=number))
    cluster("partition_delete_records", "orders", 0, 2)

    assert await values(watch, 1) == [2]
    assert "2 messages of partition 0 were deleted before they were read" in watch.seen()
    with pytest.raises(ConnectorError, match="2 messages of partition 0 were deleted") as caught:
        await watch.look(0.05)
    assert (caught.value.code, caught.value.retriable) == ("kafka.missed", True)
    assert await (await watching(client, call())).look(0.05) == []


async def test_a_topic_that_may_not_be_read_is_told_at_once(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    """And the others are read on."""
    watch = await watching(client, call())
    await client.act(call(key="k", value=1))
    await watch.look(5)
    cluster("push_request_errors", FETCH, 1, FORBIDDEN)

    async with asyncio.timeout(5):
        with pytest.raises(ConnectorError, match="forbids reading orders") as caught:
            await watch.look(60)
    assert caught.value.code == "kafka.authorization"
    other = Call(fields={"topic": "other", "key": "k", "value": 1})
    second = await watching(client, Call(fields={"topic": "other"}))
    await client.act(other)
    assert len(await second.look(5)) == 1


async def test_a_topic_that_may_not_be_asked_for_is_told_when_armed_and_later(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    watch = await watching(client, call())
    cluster("topic_create", "orders", 1, 1)
    cluster("topic_set_error", "orders", FORBIDDEN)

    assert (await trouble(lambda: watch.look(0.2))).code == "kafka.authorization"
    with pytest.raises(ConnectorError) as caught:
        await client.arm(call())
    assert caught.value.code == "kafka.authorization"


async def test_a_broker_that_goes_is_told_and_one_that_comes_back_is_read_on(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    watch = await watching(client, call())
    await client.act(call(key="k", value="before"))
    assert len(await watch.look(5)) == 1
    cluster("broker_set_down", 1)

    error = await trouble(lambda: watch.look(0.2))
    assert (error.code, error.retriable) == ("kafka.connection", True)
    with pytest.raises(ConnectorError, match="cannot be reached"):
        await client.arm(call(within=0.2))
    with pytest.raises(ConnectorError, match="cannot be reached"):
        await client.act(call(within=0.2, key="k", value="lost"))
    cluster("broker_set_up", 1)
    await client.arm(call())
    await client.act(call(key="k", value="after"))
    seen = [one.value for one in await watch.look(5)]
    assert seen[-1] == "after"


async def test_a_look_sees_nothing_only_where_the_broker_says_so(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    """A message may have come just before it went."""
    watch = await watching(client, call())
    assert await watch.look(0.05) == []
    cluster("broker_set_down", 1)

    with pytest.raises(ConnectorError) as caught:
        await watch.look(0.05)
    assert (caught.value.code, caught.value.retriable) == ("kafka.connection", True)


async def test_a_message_that_is_there_and_not_read_yet_is_waited_for(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    cluster("topic_create", "orders", 2, 1)
    watch = await watching(client, call())
    cluster("push_request_errors", FETCH, 3, *[NOT_LEADER] * 3)
    await client.act(call(key="k", value=1))

    assert [seen.value for seen in await watch.look(0)] == [1]


async def test_partitions_that_came_just_now_are_read_before_a_look_sees_nothing(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    watch = await watching(client, call())
    cluster("topic_create", "orders", 3, 1)
    await client.act(call(key="k", value=1, partition=2))

    assert [seen.value for seen in await watch.look(0)] == [1]


@pytest.mark.parametrize("codec", ["lz4", "snappy", "zstd"])
async def test_a_topic_that_cannot_be_unpacked_is_given_up_and_others_are_read_on(
    client: KafkaClient, connection: KafkaConnection, call: Make, codec: str
) -> None:
    """Such messages need an extra of the driver: it is named at once, not at the deadline."""
    if find_spec("cramjam"):
        pytest.skip("the driver's extra for compressed messages is installed")
    watch = await watching(client, call())
    other = Call(fields={"topic": "parcels", "key": "k"})
    parcels = await watching(client, other)
    settings = {"bootstrap.servers": connection.address, "compression.type": codec}
    producer = confluent_kafka.Producer(settings)
    producer.produce("orders", b"x" * 1000, b"k")
    for number in range(3):
        await client.act(Call(fields={**other.fields, "value": number}))
    await asyncio.to_thread(producer.flush, 5)

    with pytest.raises(ConnectorError) as caught:
        await watch.look(10)
    assert (caught.value.code, caught.value.retriable) == ("kafka.codec", False)
    assert "while reading orders" in str(caught.value)
    assert codec in str(caught.value)
    assert "pip install 'aiokafka[lz4,snappy,zstd]'" in str(caught.value)
    await client.act(Call(fields={**other.fields, "value": 3}))
    assert await values(parcels, 4) == [0, 1, 2, 3]


async def test_what_was_read_together_with_what_is_broken_is_read_again(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    """The driver gives nothing of what it holds where it meets such a thing."""
    for topic in ("orders", "parcels"):
        cluster("topic_create", topic, 1, 1)
    parcels = await watching(client, Call(fields={"topic": "parcels"}))
    orders = await watching(client, call())
    for number in range(3):
        cluster("push_request_errors", FETCH, 2, *[STORAGE_ERROR] * 2)
        await client.act(Call(fields={"topic": "parcels", "key": "k", "value": number}))
        if not number:
            await store_broken(client, "orders")

    error = await trouble(lambda: orders.look(0.2))
    assert (error.code, error.retriable) == ("kafka.error", False)
    assert "failed while reading orders: [Error 2] CorruptRecordException" in str(error)
    assert await values(parcels, 3) == [0, 1, 2]


async def test_an_arming_waits_for_a_broker_that_does_not_lead_just_now(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    cluster("topic_create", "orders", 1, 1)
    cluster("push_request_errors", LIST_OFFSETS, 2, *[NOT_LEADER] * 2)
    watch = await watching(client, call())
    await client.act(call(key="k", value=1))

    assert len(await watch.look(5)) == 1


async def test_an_arming_does_not_take_a_position_in_a_part_of_a_topic(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    """Messages of the other partitions would count from their start when they come back."""
    cluster("topic_create", "orders", 2, 1)
    cluster("partition_set_leader", "orders", 1, -1)

    with pytest.raises(ConnectorError) as caught:
        await client.arm(call(within=0.3))
    assert caught.value.retriable
    cluster("partition_set_leader", "orders", 1, 1)
    assert await client.arm(call()) is not None


async def test_brokers_that_come_back_as_another_cluster_have_lost_what_was_not_read(
    client: KafkaClient, call: Make
) -> None:
    """As where a container begins with an empty disk; who arms later has missed nothing."""
    await client.act(call(key="k", value="old"))
    early = await watching(client, call())
    assert await early.look(0) == []
    client._brokers._cluster = "another"
    late = await watching(client, call())

    assert [seen.value for seen in await early.look(5)] == ["old"]
    with pytest.raises(ConnectorError, match="was deleted or made anew meanwhile") as caught:
        await early.look(0)
    assert caught.value.code == "kafka.missed"
    assert await late.look(0) == []
    await client.act(call(key="k", value="new"))
    assert [seen.value for seen in await late.look(5)] == ["new"]


async def test_nobody_can_be_asked_after_the_end(connection: KafkaConnection) -> None:
    brokers = Brokers(connection)
    with pytest.raises(KafkaConnectionError):
        await brokers.leaders(["orders"])
