"""What the driver raises becomes errors that say what, where, and what to do."""

from __future__ import annotations

from redis import exceptions

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.queue.connection import QueueConnection

DRIVER_ERRORS = (exceptions.RedisError, OSError, TimeoutError)
"""What a call of the driver may raise where the server is at fault."""

_REFUSALS = (
    exceptions.AuthenticationError,
    exceptions.AuthorizationError,
    exceptions.NoPermissionError,
)
_LATER = (exceptions.ReadOnlyError, exceptions.TryAgainError, exceptions.ClusterDownError)


def failure(error: Exception, connection: QueueConnection, doing: str) -> ConnectorError:
    """Give the error that people read.

    Args:
        error: one of ``DRIVER_ERRORS``.
        connection: that failed.
        doing: what was being done, ``reading orders``.
    """
    said = str(error).rstrip(".")
    where = f"Redis at {connection.url}"
    if isinstance(error, _REFUSALS) or "NOAUTH" in str(error):
        return ConnectorError(
            f"{where} forbids {doing}: {said}",
            code="queue.authentication",
            hint="Check username and password of the connection, and the user's rights.",
        )
    if isinstance(error, TimeoutError | exceptions.TimeoutError):
        return ConnectorError(
            f"{where} gave no answer in time while {doing}",
            code="queue.timeout",
            retriable=True,
            hint="See whether the server hangs or is overloaded.",
        )
    if isinstance(error, OSError | exceptions.ConnectionError):
        return ConnectorError(
            f"{where} cannot be reached while {doing}: {said}",
            code="queue.connection",
            retriable=True,
            hint="Check that the server runs, and the url.",
        )
    return ConnectorError(
        f"{where} refuses {doing}: {said}", code="queue.error", retriable=isinstance(error, _LATER)
    )


def not_a_stream(queue: str, kind: str) -> ConnectorError:
    """Give the error of a key that holds something else."""
    return ConnectorError(
        f"the queue {queue} is a Redis {kind}, not a stream",
        code="queue.kind",
        hint="Only streams (XADD) can be watched without taking messages from others.",
    )
