"""What an environment says of a Redis server."""

import pytest
from pydantic import ValidationError

from pytest_orchestra.protocols.queue import plugin
from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.testing import check_connection, check_protocol_plugin


def test_the_plugin_is_as_the_contract_says() -> None:
    check_protocol_plugin(plugin)


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "redis://ann:sesame@h:1/2"},
        {"url": "redis://h:1/2", "username": "ann", "password": "sesame"},
        {"url": "redis://bob:open-it@h:1/2", "username": "ann", "password": "sesame"},
    ],
)
def test_a_password_cannot_be_read_wherever_it_stood(fields: dict[str, object]) -> None:
    connection = check_connection(plugin, fields, secrets=["sesame", "open-it"])

    assert isinstance(connection, QueueConnection)
    assert connection.url == "redis://h:1/2"
    assert connection.full_url() == "redis://ann:sesame@h:1/2"


def test_a_url_without_credentials_stays_so() -> None:
    assert QueueConnection(url="rediss://h").full_url() == "rediss://h"


@pytest.mark.parametrize(
    "url", ["h:1", "amqp://h", "redis://", "redis://h/name", "redis://h?protocol=3"]
)
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        QueueConnection(url=url)


def test_a_connection_needs_a_url() -> None:
    with pytest.raises(ValidationError, match="url"):
        QueueConnection.model_validate({"key_field": "id"})
