"""A double of Kafka: librdkafka's mock cluster, from the library in confluent-kafka's wheel.

It speaks the real protocol and makes topics (of 4 partitions) as they are asked for.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from pytest_orchestra.services.supervisor.server import StartError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orchestra.services.supervisor.watch import Watch

_PRODUCER = 0
_BROKERS = 1
_TEXT_BYTES = 512


class Kafka:
    """Runs the cluster in threads of librdkafka in this process.

    Args:
        package: folder of ``confluent_kafka``.
    """

    def __init__(self, package: Path) -> None:
        self._package = package

    def start(self, watch: Watch, deadline: float) -> dict[str, str]:  # noqa: ARG002 - no waits
        """Start a cluster of one broker."""
        library = _load(self._package)
        error = ctypes.create_string_buffer(_TEXT_BYTES)
        settings = library.rd_kafka_conf_new()
        library.rd_kafka_conf_set(settings, b"log_level", b"0", error, _TEXT_BYTES)
        handle = library.rd_kafka_new(_PRODUCER, settings, error, _TEXT_BYTES)
        cluster = handle and library.rd_kafka_mock_cluster_new(handle, _BROKERS)
        if not cluster:
            raise StartError(f"librdkafka gave no cluster: {error.value.decode()}")
        # Waiting for more members of a group would only make tests slow.
        library.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0)
        bootstrap: bytes = library.rd_kafka_mock_cluster_bootstraps(cluster)
        return {"bootstrap_servers": bootstrap.decode()}

    def ended(self) -> str:
        """It ends with this process."""
        return ""

    def stop(self) -> None:
        """It ends with this process."""


def _load(package: Path) -> ctypes.CDLL:
    folders = (package.parent / "confluent_kafka.libs", package / ".dylibs")
    found = [path for folder in folders for path in sorted(folder.glob("librdkafka*"))]
    if not found:
        raise StartError(f"the wheel in {package} has no librdkafka; reinstall confluent-kafka")
    library = ctypes.CDLL(str(found[0]))
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    library.rd_kafka_conf_new.restype = pointer
    library.rd_kafka_conf_set.argtypes = [pointer, text, text, text, ctypes.c_size_t]
    library.rd_kafka_new.argtypes = [ctypes.c_int, pointer, text, ctypes.c_size_t]
    library.rd_kafka_new.restype = pointer
    library.rd_kafka_mock_cluster_new.argtypes = [pointer, ctypes.c_int]
    library.rd_kafka_mock_cluster_new.restype = pointer
    library.rd_kafka_mock_cluster_bootstraps.argtypes = [pointer]
    library.rd_kafka_mock_cluster_bootstraps.restype = text
    library.rd_kafka_mock_group_initial_rebalance_delay_ms.argtypes = [pointer, ctypes.c_int32]
    return library
