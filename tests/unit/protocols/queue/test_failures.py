"""What the driver raises."""

import pytest
from redis import exceptions

from pytest_orchestra.protocols.queue.connection import QueueConnection
from pytest_orchestra.protocols.queue.failures import failure

CONNECTION = QueueConnection.model_validate({"url": "redis://ann:sesame@h:1/2"})


@pytest.mark.parametrize(
    ("error", "code", "retriable"),
    [
        (exceptions.AuthenticationError("WRONGPASS"), "queue.authentication", False),
        (exceptions.NoPermissionError("no"), "queue.authentication", False),
        (exceptions.ResponseError("NOAUTH needed"), "queue.authentication", False),
        (exceptions.TimeoutError("slow"), "queue.timeout", True),
        (TimeoutError(), "queue.timeout", True),
        (exceptions.ConnectionError("refused."), "queue.connection", True),
        (OSError("refused"), "queue.connection", True),
        (exceptions.ReadOnlyError("replica"), "queue.error", True),
        (exceptions.ResponseError("unknown command"), "queue.error", False),
    ],
)
def test_an_error_says_what_where_and_whether_to_try_again(
    error: Exception, code: str, *, retriable: bool
) -> None:
    found = failure(error, CONNECTION, "reading parcels")

    assert (found.code, found.retriable) == (code, retriable)
    assert "redis://h:1/2" in str(found)
    assert "sesame" not in str(found)
    assert ".." not in str(found)
