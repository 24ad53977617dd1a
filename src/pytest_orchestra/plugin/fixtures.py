"""The fixtures that conftest files and Python steps may ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from pytest_orchestra.engine.clients import Clients
    from pytest_orchestra.engine.context import RunContext
    from pytest_orchestra.engine.environment import Environment
    from pytest_orchestra.plugin.driving import Driver


@pytest.fixture(scope="session")
def orchestra_environment(request: pytest.FixtureRequest) -> Environment:
    """The environment of the session; a conftest may wrap it to start or override things.

    ``connection(channel, alias)`` gives a connection's fields, ``override(channel, alias, ...)``
    another environment, ``start(name, command, ...)`` a process that ends with the session.
    """
    from pytest_orchestra.plugin.environments import session_environment

    return session_environment(request.config)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def orchestra_engine(
    request: pytest.FixtureRequest, orchestra_environment: Environment
) -> AsyncIterator[Driver]:
    """What runs scenarios on the session's loop. For the plugin's own items."""
    from pytest_orchestra.plugin.driving import open_driver
    from pytest_orchestra.plugin.environments import check_environment

    check_environment(orchestra_environment)
    driver = await open_driver(request.config, orchestra_environment)
    yield driver
    await driver.close()


@pytest.fixture(scope="session")
def orchestra_clients(orchestra_engine: Driver) -> Clients:
    """The session's open connections: ``await orchestra_clients.get("db", "main")``."""
    return orchestra_engine.session.clients


@pytest.fixture
def orchestra_data(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The values of the scenario's data set, ``{{data.*}}``, to keep; empty without one."""
    bound = _item(request).bound
    return bound.data.copied_values() if bound.data else {}


@pytest.fixture
def orchestra_context(request: pytest.FixtureRequest, orchestra_engine: Driver) -> RunContext:
    """What the run knows so far: ``run_id``, ``data``, ``step_values``."""
    return orchestra_engine.context_of(_item(request))


def _item(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - ScenarioItem, loaded late
    from pytest_orchestra.plugin.items import ScenarioItem

    if not isinstance(request.node, ScenarioItem):
        raise pytest.UsageError(
            f"{request.fixturename} is for scenarios and their Python steps;"
            f" {request.node.nodeid} is an ordinary test"
        )
    return request.node
