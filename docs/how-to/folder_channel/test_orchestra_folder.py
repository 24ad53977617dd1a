import asyncio

from orchestra_folder import plugin

from pytest_orchestra.spi import Call
from pytest_orchestra.testing import (
    check_client,
    check_connection,
    check_lost_connection,
    check_protocol_plugin,
)

ACT = Call(fields={"folder": "out", "name": "a.txt", "text": "paid"}, within=1)
WATCH = Call(fields={"folder": "out", "name": "*.txt"}, within=1)


def test_what_the_plugin_says_of_itself():
    check_protocol_plugin(plugin)


def test_a_folder_that_is_there(tmp_path):
    (tmp_path / "out").mkdir()
    connection = check_connection(plugin, {"path": str(tmp_path)})
    asyncio.run(check_client(plugin, connection, act=ACT, watch=WATCH))


def test_a_folder_that_is_not_there(tmp_path):
    connection = check_connection(plugin, {"path": str(tmp_path / "nowhere")})
    asyncio.run(check_lost_connection(plugin, connection, act=ACT, watch=WATCH))
