"""What the driver raises and logs."""

import logging

import pytest
from aiokafka import errors

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.protocols.kafka.failures import failure, spoken

CONNECTION = KafkaConnection(bootstrap_servers=("h:1",))


@pytest.mark.parametrize(
    ("error", "code", "retriable"),
    [
        (errors.SaslAuthenticationFailed("no"), "kafka.authentication", False),
        (errors.TopicAuthorizationFailedError("t"), "kafka.authorization", False),
        (errors.UnsupportedCodecError("zstd"), "kafka.codec", False),
        (errors.RequestTimedOutError(), "kafka.timeout", True),
        (TimeoutError(), "kafka.timeout", True),
        (errors.NodeNotReadyError("not ready"), "kafka.connection", True),
        (OSError("refused"), "kafka.connection", True),
        (errors.NotLeaderForPartitionError(), "kafka.error", True),
        (errors.InvalidTopicError("a b"), "kafka.error", False),
        (ValueError("odd"), "kafka.error", False),
    ],
)
def test_an_error_says_what_where_and_whether_to_try_again(
    error: Exception, code: str, *, retriable: bool
) -> None:
    found = failure(error, CONNECTION, "reading orders")

    assert (found.code, found.retriable) == (code, retriable)
    assert "h:1" in str(found)


def test_a_broker_that_is_not_ready_is_not_told_in_the_words_of_the_driver() -> None:
    found = failure(errors.NodeNotReadyError("Attempt to send"), CONNECTION, "reading")

    assert found.message == "Kafka at h:1 cannot be reached while reading"


@pytest.mark.parametrize(
    ("logged", "code"),
    [
        ("SaslAuthenticationFailed: wrong password", "kafka.authentication"),
        ("Connect call failed", "kafka.connection"),
    ],
)
def test_a_failed_first_contact_tells_what_the_driver_logged(logged: str, code: str) -> None:
    def fail() -> None:
        logging.getLogger("aiokafka").error("Unable: %s", logged)
        raise errors.KafkaConnectionError("Unable to bootstrap")

    with pytest.raises(ConnectorError, match=logged) as caught, spoken(CONNECTION):
        fail()
    assert caught.value.code == code


def test_a_failed_first_contact_without_a_log_is_told_as_it_is() -> None:
    with pytest.raises(ConnectorError, match="Unable to bootstrap"), spoken(CONNECTION):
        raise errors.KafkaConnectionError("Unable to bootstrap")


def test_the_driver_is_listened_to_only_meanwhile() -> None:
    before = list(logging.getLogger("aiokafka").handlers)
    with spoken(CONNECTION):
        assert len(logging.getLogger("aiokafka").handlers) == len(before) + 1
    assert logging.getLogger("aiokafka").handlers == before
