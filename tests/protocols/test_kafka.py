"""The channel kafka, against Apache Kafka and its double."""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.kafka import plugin
from pytest_orchestra.spi import Call, Client, Observation, Watch
from pytest_orchestra.testing import check_client

pytestmark = pytest.mark.asyncio


@pytest.fixture
def call() -> Callable[..., Call]:
    """Make a call on a topic of this test's own."""
    topic = f"orders-{uuid.uuid4().hex}"

    def make(within: float = 10.0, **fields: object) -> Call:
        return Call(fields={"topic": topic, **fields}, within=within)

    return make


Make = Callable[..., Call]


async def opened(servers: str) -> Client:
    return await plugin.step_executor.open(
        "main", plugin.connection_model.model_validate({"bootstrap_servers": servers})
    )


@pytest_asyncio.fixture
async def client(bootstrap_servers: str) -> AsyncIterator[Client]:
    one = await opened(bootstrap_servers)
    yield one
    await one.close()


@pytest_asyncio.fixture
async def real(apache_kafka: str) -> AsyncIterator[Client]:
    one = await opened(apache_kafka)
    yield one
    await one.close()


@pytest_asyncio.fixture
async def admin(apache_kafka: str) -> AsyncIterator[AIOKafkaAdminClient]:
    one = AIOKafkaAdminClient(bootstrap_servers=apache_kafka)
    await one.start()
    yield one
    await one.close()


async def until_known(admin: AIOKafkaAdminClient, topic: str) -> None:
    """Wait until the broker tells of a topic that was made; for at most 10 s."""
    async with asyncio.timeout(10):
        while topic not in await admin.list_topics():
            pass


async def seen_by(watch: Watch, number: int) -> list[Observation]:
    """What the next so many messages are; for at most 10 s."""
    found: list[Observation] = []
    async with asyncio.timeout(10):
        while len(found) < number:
            found += await watch.look(1)
    return found


async def refusal(doing: Callable[[], Awaitable[object]]) -> ConnectorError:
    """Do it until it is refused; for at most 10 s."""
    async with asyncio.timeout(10):
        while True:
            try:
                await doing()
            except ConnectorError as error:
                return error


async def test_the_client_is_as_the_contract_says(bootstrap_servers: str, call: Make) -> None:
    connection = plugin.connection_model.model_validate({"bootstrap_servers": bootstrap_servers})
    sent = {"key": "k", "headers": {"h": 1}, "correlation_id": "c"}
    await check_client(plugin, connection, act=call(value={"a": 1}, **sent), watch=call(**sent))


async def test_nothing_is_lost_or_doubled_while_other_topics_are_armed(
    client: Client, bootstrap_servers: str, call: Make
) -> None:
    """A producer never pauses, and every arming assigns the consumer anew."""
    topic = str(call().fields["topic"])
    position = await client.arm(call())
    watch = client.watch(call(), position)
    stop = asyncio.Event()

    async def produce() -> int:
        number = 0
        async with AIOKafkaProducer(bootstrap_servers=bootstrap_servers) as producer:
            while not stop.is_set():
                await producer.send_and_wait(topic, b"%d" % number, b"%d" % (number % 7))
                number += 1
        return number

    producing = asyncio.create_task(produce())
    for number in range(10):
        await seen_by(client.watch(call(), await client.arm(call())), 5)
        await client.arm(call(topic=f"{topic}-{number}"))
    stop.set()
    sent = await producing

    assert sorted(str(one.value) for one in await seen_by(watch, sent)) == sorted(
        str(number) for number in range(sent)
    )
    assert await watch.look(0.2) == []


async def test_a_loop_that_stands_still_between_items_loses_nothing(
    client: Client, bootstrap_servers: str, call: Make
) -> None:
    """A session's loop turns only while an item runs."""
    watch = client.watch(call(), await client.arm(call()))

    async def send() -> None:
        other = await opened(bootstrap_servers)
        for number in range(50):
            await other.act(call(key="k", value=number))
        await other.close()

    thread = threading.Thread(target=asyncio.run, args=(send(),))
    thread.start()
    thread.join()

    assert [one.value for one in await seen_by(watch, 50)] == list(range(50))


async def test_messages_of_several_partitions_are_read_as_they_were_sent(
    real: Client, admin: AIOKafkaAdminClient, apache_kafka: str, call: Make
) -> None:
    """What has no key has an order all the same: that of its timestamps."""
    topic = str(call().fields["topic"])
    await admin.create_topics([NewTopic(topic, 4, 1)])
    await until_known(admin, topic)
    watch = real.watch(call(), await real.arm(call()))

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=apache_kafka) as other:
            for number in range(40):
                body, partition = b"%d" % number, 3 - number % 4
                await other.send_and_wait(topic, body, partition=partition, timestamp_ms=number)

    thread = threading.Thread(target=asyncio.run, args=(send(),))
    thread.start()
    thread.join()  # and the loop stands still meanwhile
    assert [one.value for one in await seen_by(watch, 40)] == list(range(40))


async def test_watching_makes_no_topic(
    real: Client, admin: AIOKafkaAdminClient, call: Make
) -> None:
    watch = real.watch(call(), await real.arm(call()))

    assert await watch.look(0.5) == []
    assert call().fields["topic"] not in await admin.list_topics()


async def test_partitions_that_come_later_are_read_from_their_start(
    real: Client, admin: AIOKafkaAdminClient, apache_kafka: str, call: Make
) -> None:
    topic = str(call().fields["topic"])
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await until_known(admin, topic)
    watch = real.watch(call(), await real.arm(call()))
    await admin.create_partitions({topic: NewPartitions(3)})
    other = await opened(apache_kafka)
    sent = [await other.act(call(key="k", value=number, partition=number)) for number in range(3)]
    await other.close()

    seen = await seen_by(watch, 3)
    assert {one.id for one in seen} == {one.id for one in sent}


async def test_a_deleted_topic_is_told_and_does_not_come_back(
    real: Client, admin: AIOKafkaAdminClient, apache_kafka: str, call: Make
) -> None:
    """One of the same name that comes later is read from its start."""
    topic = str(call().fields["topic"])
    await admin.create_topics([NewTopic(topic, 2, 1)])
    await until_known(admin, topic)
    watch = real.watch(call(), await real.arm(call()))
    await real.act(call(key="k", value="old"))
    await seen_by(watch, 1)
    await admin.delete_topics([topic])

    assert (await refusal(lambda: watch.look(0.5))).code == "kafka.topic_deleted"
    assert topic not in await admin.list_topics()
    (made,) = (await admin.create_topics([NewTopic(topic, 1, 1)])).topic_errors
    assert made[1] == 0
    await until_known(admin, topic)
    other = await opened(apache_kafka)
    await other.act(call(key="k", value="new"))
    await other.close()
    assert [one.id for one in await seen_by(watch, 1)] == [f"{topic}/0@0#2"]


async def test_messages_of_an_aborted_transaction_are_not_seen_where_that_is_asked_for(
    apache_kafka: str, call: Make
) -> None:
    topic = str(call().fields["topic"])
    fields = {"bootstrap_servers": apache_kafka, "isolation_level": "read_committed"}
    connection = plugin.connection_model.model_validate(fields)
    client = await plugin.step_executor.open("main", connection)
    watch = client.watch(call(), await client.arm(call()))
    async with AIOKafkaProducer(
        bootstrap_servers=apache_kafka, transactional_id=uuid.uuid4().hex
    ) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted", b"k")
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait(topic, b"committed", b"k")

    assert [one.value for one in await seen_by(watch, 1)] == ["committed"]
    await client.close()
