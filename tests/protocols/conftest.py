"""The servers to test against: the embedded ones, and real ones where a variable names them."""

import os
from collections.abc import Callable, Iterator

import pytest

from pytest_orchestra.services import Lifeline, start_embedded

EMBEDDED = "embedded"
Addresses = Callable[[str, str], str]


@pytest.fixture(scope="session")
def lifeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lifeline]:
    with Lifeline.own(tmp_path_factory.mktemp("services")) as owned:
        yield owned


@pytest.fixture(scope="session")
def address_of(lifeline: Lifeline) -> Addresses:
    """Find a server; skip where a real one is wanted and none is named."""

    def find(server: str, variable: str) -> str:
        name, _, kind = server.partition(" ")
        if name == EMBEDDED:
            (address,) = start_embedded(lifeline, kind, "protocols").values()
            return address
        if not (address := os.environ.get(variable)):
            pytest.skip(f"not tested against {server}: {variable} is not set")
        return address

    return find


@pytest.fixture(params=["embedded postgres", "PostgreSQL"])
def database_url(request: pytest.FixtureRequest, address_of: Addresses) -> str:
    """The embedded one is a PostgreSQL too, the other the system's own."""
    return address_of(request.param, "DATABASE_URL")


@pytest.fixture(params=["embedded kafka", "Apache Kafka"])
def bootstrap_servers(request: pytest.FixtureRequest, address_of: Addresses) -> str:
    """The embedded one is a double."""
    return address_of(request.param, "KAFKA_BOOTSTRAP_SERVERS")


@pytest.fixture
def apache_kafka(address_of: Addresses) -> str:
    """What the double cannot do."""
    return address_of("Apache Kafka", "KAFKA_BOOTSTRAP_SERVERS")


@pytest.fixture(params=["embedded redis", "Redis"])
def redis_url(request: pytest.FixtureRequest, address_of: Addresses) -> str:
    """The embedded one is a double."""
    return address_of(request.param, "REDIS_URL")
