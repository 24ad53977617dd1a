"""Sending, and what may go wrong with it."""

from collections.abc import Callable

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.kafka.client import KafkaClient
from pytest_orchestra.spi import Call

pytestmark = pytest.mark.asyncio
Make = Callable[..., Call]
Mock = Callable[..., int]
PRODUCE, METADATA, TOO_LARGE, UNKNOWN_TOPIC = 0, 3, 10, 3


async def refusal(client: KafkaClient, call: Call) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        await client.act(call)
    return caught.value


async def test_a_partition_that_the_topic_does_not_have_is_refused(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    cluster("topic_create", "orders", 2, 1)
    error = await refusal(client, call(key="k", value=1, partition=2))

    assert error.code == "kafka.partition"
    assert "has no partition 2. It has 2" in str(error)


async def test_a_partition_that_came_since_is_found(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    cluster("topic_create", "orders", 1, 1)
    await client.act(call(key="k", value=1))
    cluster("topic_delete", "orders")
    cluster("topic_create", "orders", 3, 1)

    assert (await client.act(call(key="k", value=1, partition=2))).id == "orders/2@0"


async def test_a_topic_that_brokers_do_not_make_is_missing(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    cluster("topic_create", "orders", 1, 1)
    cluster("topic_set_error", "orders", UNKNOWN_TOPIC)
    error = await refusal(client, call(within=0.5, key="k", value=1))

    assert (error.code, error.retriable) == ("kafka.topic_missing", False)


async def test_a_broker_that_refuses_a_message_is_told_and_the_next_one_is_sent(
    client: KafkaClient, cluster: Mock, call: Make
) -> None:
    await client.act(call(key="k", value=1))
    cluster("push_request_errors", PRODUCE, 1, TOO_LARGE)
    error = await refusal(client, call(key="k", value=2))

    assert (error.code, error.retriable) == ("kafka.error", False)
    assert (await client.act(call(key="k", value=3))).id.endswith("@1")
