"""The plugin's door: clients are opened, and the driver is imported then."""

import subprocess
import sys

import pytest
from pydantic import BaseModel

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.protocols.queue import plugin


class Another(BaseModel):
    """A connection of another channel."""


WITHOUT_DRIVER = """
import asyncio, sys
from pytest_orchestra.protocols.queue import plugin
assert "redis" not in sys.modules
sys.modules["redis"] = None
connection = plugin.connection_model(url="redis://h")
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
        "ConfigurationError queue needs redis. Run: pip install 'pytest-orchestra[queue]'",
        "",
    )


@pytest.mark.asyncio
async def test_a_connection_of_another_channel_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'main' is not one of queue"):
        await plugin.step_executor.open("main", Another())
