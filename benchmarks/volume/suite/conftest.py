"""Starts the system under test, once for the session."""

import os
import sys

import pytest

from pytest_orchestra.engine.environment import Environment


@pytest.fixture(scope="session")
def orchestra_environment(orchestra_environment: Environment) -> Environment:
    """The chosen environment, with the system running in it."""
    environment = orchestra_environment
    servers = {
        "DATABASE_URL": environment.connection("db").full_url(),
        "KAFKA_BOOTSTRAP_SERVERS": ",".join(environment.connection("kafka").bootstrap_servers),
        "REDIS_URL": environment.connection("queue").full_url(),
        # the embedded double makes topics when they are first used, and cannot be asked to
        "VOLUME_TOPICS": "make" if environment.name == "external" else "",
        "PORT": "{port}",
    }
    command = [sys.executable, os.environ["VOLUME_SYSTEM"]]
    system = environment.start("orders", command, env=servers, ready="/health", within=60)
    return environment.override("http", "orders", url=f"http://{system.host}:{system.port}")
