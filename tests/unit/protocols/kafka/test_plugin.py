"""The plugin's door: clients are opened, and the driver is imported then."""

import subprocess
import sys

import pytest
from pydantic import BaseModel

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.protocols.kafka import plugin


class Another(BaseModel):
    """A connection of another channel."""


WITHOUT_DRIVER = """
import asyncio, sys
from pytest_orchestra.protocols.kafka import plugin
assert "aiokafka" not in sys.modules
sys.modules["aiokafka"] = None
connection = plugin.connection_model(bootstrap_servers="h:1")
try:
    asyncio.run(plugin.step_executor.open("main", connection))
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_missing_driver_says_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DRIVER], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == (
        "ConfigurationError kafka needs aiokafka. Run: pip install 'pytest-orchestra[kafka]'",
        "",
    )


@pytest.mark.asyncio
async def test_a_connection_of_another_channel_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'main' is not one of kafka"):
        await plugin.step_executor.open("main", Another())
