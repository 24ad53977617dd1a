"""The verbs of the channel, against a mock cluster."""

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.kafka import plugin
from pytest_orchestra.protocols.kafka.client import KafkaClient
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.spi import Call
from pytest_orchestra.testing import check_client, check_lost_connection

pytestmark = pytest.mark.asyncio
Make = Callable[..., Call]


async def test_the_client_is_as_the_contract_says(connection: KafkaConnection, call: Make) -> None:
    sent = {"key": "k", "headers": {"h": 1}, "correlation_id": "c"}
    await check_client(
        plugin, connection, act=call(value={"a": Decimal("1.10")}, **sent), watch=call(**sent)
    )


async def test_an_address_where_nobody_listens_is_told(call: Make) -> None:
    nobody = KafkaConnection(bootstrap_servers=("127.0.0.1:1",))
    await check_lost_connection(
        plugin, nobody, act=call(within=1, key="k", value=1), watch=call(within=1)
    )


async def test_an_address_where_nobody_answers_is_told(silent_port: int, call: Make) -> None:
    nobody = KafkaConnection(bootstrap_servers=(f"127.0.0.1:{silent_port}",))
    await check_lost_connection(
        plugin, nobody, act=call(within=0.3, key="k", value=1), watch=call(within=0.3)
    )


async def test_a_message_that_was_sent_is_the_one_that_is_seen(
    client: KafkaClient, call: Make
) -> None:
    position = await client.arm(call())
    sent = await client.act(
        call(key="k", value={"total": Decimal("1.10")}, headers={"h": 7}, partition=2)
    )
    (seen,) = await client.watch(call(), position).look(5)

    assert seen.id == sent.id == "orders/2@0"
    message = seen.roots["message"]
    assert isinstance(message, dict)
    assert message["value"] == {"total": Decimal("1.10")}
    assert (message["key"], message["headers"]) == ("k", {"h": "7"})
    assert sent == seen


async def test_a_message_between_arming_and_looking_is_kept_and_an_earlier_one_not_seen(
    client: KafkaClient, call: Make
) -> None:
    await client.act(call(key="k", value="early"))
    position = await client.arm(call())
    await client.act(call(key="k", value="between"))
    (seen,) = await client.watch(call(key="k"), position).look(5)

    assert seen.value == "between"


async def test_many_watches_share_one_reader(client: KafkaClient, call: Make) -> None:
    """Each is woken by the message of its key, and armings at once take one position."""
    positions = await asyncio.gather(*(client.arm(call()) for _ in range(20)))
    watches = [
        client.watch(call(key=number), position) for number, position in enumerate(positions)
    ]
    looks = [asyncio.create_task(watch.look(5)) for watch in watches]
    await asyncio.gather(*(client.act(call(key=n, value=n)) for n in reversed(range(20))))

    assert [[one.value for one in await look] for look in looks] == [[n] for n in range(20)]


async def test_a_watch_that_was_not_armed_sees_what_comes_after_its_first_look(
    client: KafkaClient, call: Make
) -> None:
    await client.act(call(key="k", value="early"))
    watch = client.watch(call(), None)
    assert await watch.look(0.2) == []
    await client.act(call(key="k", value="late"))

    assert [seen.value for seen in await watch.look(5)] == ["late"]


async def test_a_message_that_is_too_large_is_described(
    connection: KafkaConnection, client: KafkaClient, call: Make
) -> None:
    small = KafkaClient(connection.model_copy(update={"max_message_bytes": 10}))
    position = await small.arm(call())
    await client.act(call(key="k", value="x" * 11))
    (seen,) = await small.watch(call(), position).look(5)
    await small.close()

    assert seen.value == {"bytes": 11, "base64": "eHh4eHh4eHh4eHg=", "larger_than": 10}


async def test_a_selector_that_cannot_be_text_is_told(client: KafkaClient, call: Make) -> None:
    with pytest.raises(ConnectorError, match="cannot be selected") as caught:
        client.watch(call(headers="h"), None)
    assert caught.value.code == "kafka.selector"


async def test_a_call_is_reproduced_by_kcat(client: KafkaClient, call: Make) -> None:
    assert "kcat" in client.reproduce(call(key=7))
    assert 'grep -aF -- \'"key":"7"\'' in client.reproduce(call(key=7))
    assert "printf" in client.reproduce(call(key="k", value=1))
    assert client.reproduce(call(value=None)).startswith("# the message to orders cannot be sent")
    assert client.reproduce(call(key=object())).startswith("# ")


async def test_a_later_session_sees_what_came_after_a_position_that_was_kept(
    connection: KafkaConnection, client: KafkaClient, call: Make
) -> None:
    """Also where the topic is read already, from another position."""
    await client.act(call(value={"n": 1}))
    kept = client.keep(await client.arm(call()))
    await client.act(call(value={"n": 2}))
    later = KafkaClient(connection)
    try:
        await later.arm(call())
        watch = later.watch(call(), await later.rearm(call(), kept))
        assert [seen.value for seen in await watch.look(5)] == [{"n": 2}]
        with pytest.raises(ConnectorError, match="was kept is gone: offset 900 of partition"):
            await later.rearm(call(), {"0": 900})
    finally:
        await later.close()
