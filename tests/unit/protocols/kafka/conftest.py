"""A mock cluster in this process, so that tests can take its brokers down and its topics away."""

import ctypes
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import confluent_kafka
import pytest
import pytest_asyncio

from pytest_orchestra.protocols.kafka import plugin
from pytest_orchestra.protocols.kafka.client import KafkaClient
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.spi import Call


class MockKafka:
    """librdkafka's mock cluster of one broker; its C functions are called by name."""

    def __init__(self) -> None:
        package = Path(confluent_kafka.__file__).parent
        folders = (package.parent / "confluent_kafka.libs", package / ".dylibs")
        found = [path for folder in folders for path in folder.glob("librdkafka*")]
        self._library = ctypes.CDLL(str(found[0]))
        for function in ("conf_new", "new", "mock_cluster_new"):
            getattr(self._library, f"rd_kafka_{function}").restype = ctypes.c_void_p
        self._library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
        error = ctypes.create_string_buffer(512)
        settings = ctypes.c_void_p(self._library.rd_kafka_conf_new())
        self._library.rd_kafka_conf_set(settings, b"log_level", b"0", error, 512)
        self._handle = ctypes.c_void_p(self._library.rd_kafka_new(0, settings, error, 512))
        self._cluster = ctypes.c_void_p(self._library.rd_kafka_mock_cluster_new(self._handle, 1))
        servers: bytes = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster)
        self.bootstrap_servers = servers.decode()

    def __call__(self, function: str, *arguments: object) -> int:
        """Call ``rd_kafka_mock_`` + ``function`` with text as bytes."""
        plain = [part.encode() if isinstance(part, str) else part for part in arguments]
        call = getattr(self._library, f"rd_kafka_mock_{function}")
        code: int = call(self._cluster, *plain)
        return code

    def close(self) -> None:
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._handle)


@pytest.fixture
def cluster() -> Iterator[MockKafka]:
    mock = MockKafka()
    yield mock
    mock.close()


@pytest.fixture
def connection(cluster: MockKafka) -> KafkaConnection:
    return KafkaConnection(bootstrap_servers=cluster.bootstrap_servers)


@pytest_asyncio.fixture
async def client(connection: KafkaConnection) -> AsyncIterator[KafkaClient]:
    opened = await plugin.step_executor.open("main", connection)
    assert isinstance(opened, KafkaClient)
    yield opened
    await opened.close()


@pytest.fixture
def call() -> Callable[..., Call]:
    """Make a call on the topic ``orders``."""

    def make(within: float = 5.0, **fields: object) -> Call:
        return Call(fields={"topic": "orders", **fields}, within=within)

    return make
