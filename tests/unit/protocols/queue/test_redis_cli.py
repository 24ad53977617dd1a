"""The line that does by hand what a call does."""

from pytest_orchestra.protocols.queue import redis_cli
from pytest_orchestra.protocols.queue.connection import QueueConnection


def test_the_latest_entries_are_shown() -> None:
    """The engine puts the name of its variable in place of the password."""
    connection = QueueConnection.model_validate(
        {"url": "rediss://ann:sesame@h:1/2", "cafile": "ca.pem"}
    )
    assert redis_cli.read(connection, "parcels") == (
        "redis-cli -u rediss://ann:sesame@h:1/2 --cacert ca.pem XREVRANGE parcels + - COUNT 100"
    )


def test_an_entry_is_added() -> None:
    line = redis_cli.add(QueueConnection(url="redis://h"), "parcels", {b"value": b"it's"})

    assert line == "redis-cli -u redis://h XADD parcels '*' value 'it'\"'\"'s'"
