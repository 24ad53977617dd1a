import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def orchestra_environment(orchestra_environment):
    kafka = orchestra_environment.connection("kafka")
    shop = orchestra_environment.start(
        "shop",
        [sys.executable, "shop.py", "{port}"],
        cwd=Path(__file__).parent,
        env={"KAFKA_BOOTSTRAP_SERVERS": ",".join(kafka.bootstrap_servers)},
    )
    return orchestra_environment.override("http", "shop", url=f"http://{shop.host}:{shop.port}")
