"""The verbs of the channel, against the embedded double."""

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.queue import plugin
from pytest_orchestra.protocols.queue.client import QueueClient
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.spi import Call
from pytest_orchestra.testing import check_client, check_lost_connection

pytestmark = pytest.mark.asyncio
Make = Callable[..., Call]


async def test_the_client_is_as_the_contract_says(connection: QueueConnection, call: Make) -> None:
    sent = {"key": "k", "headers": {"h": 1}, "correlation_id": "c"}
    await check_client(
        plugin, connection, act=call(value={"a": Decimal("1.10")}, **sent), watch=call(**sent)
    )


async def test_an_address_where_nobody_listens_is_told(call: Make) -> None:
    nobody = QueueConnection.model_validate({"url": "redis://ann:sesame@127.0.0.1:1"})
    await check_lost_connection(plugin, nobody, act=call(within=1, value=1), watch=call(within=1))


async def test_an_address_where_nobody_answers_is_told(silent_port: int, call: Make) -> None:
    nobody = QueueConnection(url=f"redis://127.0.0.1:{silent_port}")
    await check_lost_connection(
        plugin, nobody, act=call(within=0.3, value=1), watch=call(within=0.3)
    )


async def test_a_message_that_was_sent_is_the_one_that_is_seen(
    client: QueueClient, call: Make
) -> None:
    position = await client.arm(call())
    sent = await client.act(call(key="k", value={"total": Decimal("1.10")}, headers={"h": 7}))

    assert await client.watch(call(), position).look(5) == [sent]
    assert sent.value == {"total": Decimal("1.10")}
    assert sent.headers == {"key": "k", "h": "7"}


async def test_a_message_between_arming_and_looking_is_kept_and_an_earlier_one_not_seen(
    client: QueueClient, call: Make
) -> None:
    await client.act(call(key="k", value="early"))
    position = await client.arm(call())
    await client.act(call(key="other", value="between"))
    await client.act(call(key="k", value="between"))
    watch = client.watch(call(key="k"), position)
    (seen,) = await watch.look(5)

    assert seen.value == "between"
    assert "2 messages on parcels-" in watch.seen()
    assert [one.value for one in watch.passed_by()] == ["between"]


async def test_many_watches_share_one_reader(client: QueueClient, call: Make) -> None:
    """Each is woken by the message of its key, and armings at once take one position."""
    positions = await asyncio.gather(*(client.arm(call()) for _ in range(20)))
    watches = [
        client.watch(call(key=number), position) for number, position in enumerate(positions)
    ]
    looks = [asyncio.create_task(watch.look(5)) for watch in watches]
    await asyncio.gather(*(client.act(call(key=n, value=n)) for n in reversed(range(20))))

    assert [[one.value for one in await look] for look in looks] == [[n] for n in range(20)]


async def test_a_watch_that_was_not_armed_sees_what_comes_after_its_first_look(
    client: QueueClient, call: Make
) -> None:
    await client.act(call(value="early"))
    watch = client.watch(call(), None)
    assert await watch.look(0.1) == []
    await client.act(call(value="late"))

    assert [seen.value for seen in await watch.look(5)] == ["late"]


async def test_a_selector_that_cannot_be_text_is_told(client: QueueClient, call: Make) -> None:
    with pytest.raises(ConnectorError, match="cannot be selected") as caught:
        client.watch(call(headers="h"), None)
    assert caught.value.code == "queue.selector"


async def test_a_call_is_reproduced_by_redis_cli(client: QueueClient, call: Make) -> None:
    assert " XREVRANGE parcels-" in client.reproduce(call(key=7))
    assert " XADD parcels-" in client.reproduce(call(value=1))
    assert client.reproduce(call(value=object())).startswith("# the message to parcels-")


async def test_a_client_that_was_never_used_is_closed(connection: QueueConnection) -> None:
    client = QueueClient(connection)
    await client.close()
    await client.close()
