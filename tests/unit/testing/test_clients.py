"""What is found wrong in what a client does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.spi import Call, ProtocolPlugin
from pytest_orchestra.testing import check_client, check_lost_connection

pytestmark = pytest.mark.asyncio

ACT = Call(fields={"topic": "t", "value": Decimal("1.10")}, within=0.1)
WATCH = Call(fields={"topic": "t", "value": 5}, within=0.1)


async def breaches(plugin: ProtocolPlugin, **calls: Call) -> str:
    with pytest.raises(AssertionError) as caught:
        await check_client(plugin, plugin.connection_model(), **calls)
    return str(caught.value)


async def lost_breaches(plugin: ProtocolPlugin, **calls: Call) -> str:
    with pytest.raises(AssertionError) as caught:
        await check_lost_connection(plugin, plugin.connection_model(), **calls)
    return str(caught.value)


async def test_a_client_that_keeps_the_contract_passes(plugin: ProtocolPlugin) -> None:
    """An arming sees the addresses and nothing else."""
    await check_client(plugin, plugin.connection_model(), act=ACT, watch=WATCH)
    assert [call.fields for call in plugin.client.armed_with] == [{"topic": "t"}] * 2
    assert plugin.client.closed == 2


async def test_a_watch_that_gives_the_present_state_passes(plugin: ProtocolPlugin) -> None:
    plugin.client.watch_fields = {"standing": True}
    await check_client(plugin, plugin.connection_model(), act=ACT, watch=WATCH)


async def test_either_call_may_be_left_out(plugin: ProtocolPlugin) -> None:
    await check_client(plugin, plugin.connection_model(), act=ACT)
    plugin.client.watch_fields = {"standing": True}
    await check_client(plugin, plugin.connection_model(), watch=WATCH)


@pytest.mark.parametrize("standing", ["a stream", "a state"])
async def test_what_is_not_seen_after_the_arming_is_missed(
    plugin: ProtocolPlugin, standing: str
) -> None:
    plugin.client.loses = True
    plugin.client.watch_fields = {"standing": standing == "a state"}
    found = await breaches(plugin, act=ACT, watch=WATCH)
    assert found == "what came after the arming was not seen within 0.1 s"


@pytest.mark.parametrize(
    ("changed", "breach"),
    [
        ({"observation": {"roots": {"other": 1}}}, "root 'other' is not declared"),
        ({"observation": {"value": object()}}, "values that are not JSON-like"),
        ({"observation": {"roots": {"message": {1: 2}}}}, "values that are not JSON-like"),
        ({"observation": {"value": [(1, {"a": b""})]}}, "values that are not JSON-like"),
        ({"observation": {"id": ""}}, "an observation of a stream has no id"),
        ({"watch_fields": {"repeats": True}}, "0 was given twice"),
        ({"watch_fields": {"line": "a\nb"}}, "seen() is not one line"),
        ({"watch_fields": {"passed": 21}}, "passed_by() gives more than 20"),
        ({"arms_late": True}, "0 came before the arming and was given"),
        ({"line": " "}, "reproduce(act) gives no text"),
        ({"close_failure": OSError()}, "close raised OSError the second time"),
    ],
)
async def test_each_broken_promise_is_named(
    plugin: ProtocolPlugin, changed: dict[str, object], breach: str
) -> None:
    for name, value in changed.items():
        setattr(plugin.client, name, value)
    assert breach in await breaches(plugin, act=ACT, watch=WATCH)


async def test_a_verb_over_its_deadline_is_cut_and_named(plugin: ProtocolPlugin) -> None:
    plugin.client.slow = 60
    assert (
        await breaches(plugin, act=Call(fields={}, within=0.1)) == "act took longer than its 0.1 s"
    )


async def test_a_lost_connection_that_says_so_passes(
    plugin: ProtocolPlugin, lost: ConnectorError
) -> None:
    plugin.client.failure = lost
    await check_lost_connection(plugin, plugin.connection_model(), act=ACT, watch=WATCH)
    assert plugin.client.closed == 2


async def test_a_connection_that_is_lost_at_opening_passes(
    plugin: ProtocolPlugin, lost: ConnectorError
) -> None:
    plugin.open_failure = lost
    await check_lost_connection(plugin, plugin.connection_model(), act=ACT)


async def test_a_watch_that_sees_nothing_on_a_lost_connection_passes(
    plugin: ProtocolPlugin,
) -> None:
    await check_lost_connection(plugin, plugin.connection_model(), watch=WATCH)


async def test_a_reply_of_nobody_is_a_breach(plugin: ProtocolPlugin) -> None:
    assert await lost_breaches(plugin, act=ACT) == "act gave a reply of nobody"


async def test_a_code_of_another_channel_is_a_breach(plugin: ProtocolPlugin) -> None:
    plugin.client.failure = ConnectorError("no connection", code="other.connect")
    assert "'other.connect' does not begin with 'memory.'" in await lost_breaches(plugin, act=ACT)


@pytest.mark.parametrize("secret", ["t0psecret", "t0ken"])
async def test_an_error_that_shows_a_secret_is_a_breach(
    plugin: ProtocolPlugin, secret: str
) -> None:
    plugin.open_failure = ConnectorError(f"{secret} refused", code="memory.login")
    found = await lost_breaches(plugin, act=ACT)
    assert found == "the error's text shows a secret of the connection"


async def test_any_other_exception_comes_through(plugin: ProtocolPlugin) -> None:
    plugin.client.failure = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await check_lost_connection(plugin, plugin.connection_model(), act=ACT)
