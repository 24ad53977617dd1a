"""The driver's log, kept from repeating itself."""

import logging

import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.kafka.connection import KafkaConnection
from pytest_orchestra.protocols.kafka.failures import spoken
from pytest_orchestra.protocols.kafka.quiet import MOST_REMEMBERED, Once, calm_log


def record(text: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("aiokafka", logging.ERROR, "client.py", 1, text, arguments, None)


def fail(connection: KafkaConnection) -> None:
    with spoken(connection):
        logging.getLogger("aiokafka").error("the reason")
        raise OSError


def test_a_line_is_logged_once() -> None:
    """In a while; other lines are logged all the same."""
    once = Once()
    lines = [record("node %s is away", number) for number in (1, 1, 2, 1)]

    assert [once.filter(line) for line in lines] == [True, False, True, False]


def test_a_line_is_not_remembered_for_ever() -> None:
    once = Once()
    assert once.filter(record("first"))
    for number in range(MOST_REMEMBERED):
        once.filter(record("%s", number))

    assert once.filter(record("first"))


def test_who_makes_first_contact_hears_all() -> None:
    """The reason stands in no other place."""
    calm_log()
    calm_log()
    connection = KafkaConnection(bootstrap_servers=("nowhere:1",))
    for _ in range(2):
        with pytest.raises(ConnectorError, match="the reason"):
            fail(connection)
    assert sum(isinstance(each, Once) for each in logging.getLogger("aiokafka").filters) == 1
