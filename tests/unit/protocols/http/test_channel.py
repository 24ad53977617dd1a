"""What the plugin says of itself, and the contract that every plugin must pass."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable

import pytest

from pytest_orchestra.protocols.http import plugin
from pytest_orchestra.spi import Call
from pytest_orchestra.testing import check_client, check_lost_connection, check_protocol_plugin


def test_the_plugin_keeps_the_contract() -> None:
    check_protocol_plugin(plugin)
    assert (plugin.id, plugin.channel, plugin.embedded) == ("http", "HTTP_REST", None)


@pytest.mark.asyncio
async def test_its_client_keeps_the_contract(url: str, call_of: Callable[..., Call]) -> None:
    connection = plugin.connection_model(url=url, credentials={"a": {"bearer": "t0psecret"}})
    act = call_of("orders POST /echo", body={"a": 1})
    await check_client(plugin, connection, act=act, watch=call_of("orders GET /echo"))


@pytest.mark.asyncio
async def test_its_client_keeps_the_contract_where_nobody_answers(
    url: str, call_of: Callable[..., Call]
) -> None:
    connection = plugin.connection_model(url=url, credentials={"a": {"bearer": "t0psecret"}})
    call = call_of("orders GET /never", within=0.2)
    await check_lost_connection(plugin, connection, act=call, watch=call)


@pytest.mark.asyncio
async def test_its_client_keeps_the_contract_where_nobody_listens(
    call_of: Callable[..., Call],
) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    connection = plugin.connection_model(url=f"http://u:t0psecret@127.0.0.1:{port}")
    call = call_of("orders GET /x", within=1)
    await check_lost_connection(plugin, connection, act=call, watch=call)


def test_importing_the_plugin_imports_no_driver() -> None:
    """They cost more than half a second together."""
    code = (
        "import sys, pytest_orchestra.protocols.http\n"
        "print(sorted({'httpx', 'jsonschema', 'jsonschema_rs'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
