"""The line that does by hand what a call does."""

import shlex

from pytest_orchestra.protocols.kafka import kcat
from pytest_orchestra.protocols.kafka.connection import KafkaConnection, KafkaSecurity
from pytest_orchestra.protocols.kafka.messages import Outgoing

PLAIN = KafkaConnection(bootstrap_servers=("h:1", "i:2"))


def test_the_latest_messages_are_shown() -> None:
    assert kcat.consume(PLAIN, "orders", None) == ("kcat -b h:1,i:2 -C -t orders -o -100 -e -q -J")
    line = kcat.consume(PLAIN, "orders", 'it\'s "ü"')
    assert shlex.split(line)[-3:] == ["-aF", "--", '"key":"it\'s \\"ü\\""']


def test_a_message_is_sent_as_one() -> None:
    """Its value may have quotes and line ends; what ends a message is not in it."""
    headers = [("h", b"x y"), ("n", None)]
    message = Outgoing(topic="orders", key=b"k", value=b"it's:\n2", headers=headers, partition=3)
    line = kcat.produce(PLAIN, message)

    assert line.startswith(r"printf %s $'it\'s:\n2' | ")
    assert line.endswith("| kcat -b h:1,i:2 -P -t orders -p 3 -H 'h=x y' -H n -k k -D ';'")
    plain = Outgoing(topic="orders", key=None, value=b"2", headers=())
    assert kcat.produce(PLAIN, plain) == "printf %s 2 | kcat -b h:1,i:2 -P -t orders"


def test_a_tombstone_is_sent_as_null() -> None:
    message = Outgoing(topic="orders", key=b"a:b", value=None, headers=())
    line = kcat.produce(PLAIN, message)

    assert line == "printf %s 'a:b;' | kcat -b h:1,i:2 -P -t orders -K ';' -Z"


def test_credentials_stand_in_the_line() -> None:
    """The engine puts the name of their variable in their place."""
    security = KafkaSecurity.model_validate(
        {"protocol": "SASL_SSL", "username": "ann", "password": "sesame", "cafile": "ca.pem"}
    )
    line = kcat.consume(KafkaConnection(bootstrap_servers=("h",), security=security), "t", None)

    assert shlex.split(line)[3:13:2] == ["-X"] * 5
    assert set(shlex.split(line)) >= {
        "security.protocol=SASL_SSL",
        "sasl.mechanisms=PLAIN",
        "sasl.username=ann",
        "sasl.password=sesame",
        "ssl.ca.location=ca.pem",
    }
