"""What an environment says of a Kafka cluster."""

import ssl
from pathlib import Path

import pytest
from pydantic import ValidationError

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.protocols.kafka import plugin
from pytest_orchestra.protocols.kafka.connection import KafkaConnection, driver_options
from pytest_orchestra.testing import check_connection, check_protocol_plugin

SASL = {"protocol": "SASL_SSL", "username": "ann", "password": "sesame", "mechanism": "PLAIN"}


def test_the_plugin_is_as_the_contract_says() -> None:
    check_protocol_plugin(plugin)


def test_a_password_cannot_be_read() -> None:
    security = {**SASL, "keyfile_password": "open-it"}
    fields = {"bootstrap_servers": "h:1", "security": security}
    check_connection(plugin, fields, secrets=["sesame", "open-it"])


@pytest.mark.parametrize("servers", ["h:1, i:2,", ["h:1", "i:2"]])
def test_servers_are_a_list_or_text_with_commas(servers: object) -> None:
    connection = KafkaConnection.model_validate({"bootstrap_servers": servers})

    assert connection.bootstrap_servers == ("h:1", "i:2")
    assert connection.address == "h:1,i:2"


@pytest.mark.parametrize(
    "fields",
    [
        {"bootstrap_servers": ""},
        {"bootstrap_servers": "h", "security": {"protocol": "SASL_SSL", "username": "ann"}},
        {"bootstrap_servers": "h", "max_message_bytes": 0},
    ],
)
def test_a_connection_that_cannot_be_used_is_refused(fields: object) -> None:
    with pytest.raises(ValidationError):
        KafkaConnection.model_validate(fields)


def test_the_driver_is_told_of_credentials_and_tls() -> None:
    connection = KafkaConnection.model_validate(
        {"bootstrap_servers": "h:1", "security": {**SASL, "check_hostname": False}}
    )
    options = driver_options(connection)

    assert options["sasl_plain_username"] == "ann"
    assert options["sasl_plain_password"] == "sesame"
    assert options["security_protocol"] == "SASL_SSL"
    context = options["ssl_context"]
    assert context is not None
    assert (context.check_hostname, context.verify_mode) == (False, ssl.CERT_REQUIRED)


def test_the_driver_is_told_of_no_tls_where_there_is_none() -> None:
    options = driver_options(KafkaConnection(bootstrap_servers=("h:1",)))

    assert options["ssl_context"] is None
    assert options["sasl_plain_password"] is None


@pytest.mark.parametrize("name", ["cafile", "certfile"])
def test_a_file_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    connection = KafkaConnection.model_validate(
        {
            "bootstrap_servers": "h:1",
            "security": {"protocol": "SSL", name: tmp_path / "none", "keyfile_password": "x"},
        }
    )
    with pytest.raises(ConfigurationError, match="certificate"):
        driver_options(connection)
