"""Starts the shop's three services, once for the session."""

import sys

import pytest


@pytest.fixture(scope="session")
def orchestra_environment(orchestra_environment):
    """The chosen environment, with the shop running in it."""
    environment = orchestra_environment
    servers = {
        "DATABASE_URL": environment.connection("db").full_url(),
        "KAFKA_BOOTSTRAP_SERVERS": ",".join(environment.connection("kafka").bootstrap_servers),
        "REDIS_URL": environment.connection("queue").full_url(),
        "PORT": "{port}",
    }
    for name in ("payments", "warehouse", "orders"):
        command = [sys.executable, "-m", f"orchestra_shop.{name}"]
        service = environment.start(name, command, env=servers, ready="/health")
    return environment.override("http", "orders", url=f"http://{service.host}:{service.port}")
