"""What the driver raises and logs becomes errors that say what, where, and what to do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka import errors

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.kafka.connection import KafkaConnection

_REFUSALS = (
    errors.AuthenticationFailedError,
    errors.SaslAuthenticationFailed,
    errors.UnsupportedSaslMechanismError,
    errors.IllegalSaslStateError,
)
_FORBIDDEN = (
    errors.TopicAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
)
_CHECK_CREDENTIALS = "Check username, password and mechanism under security."

DRIVER_ERRORS = (errors.KafkaError, OSError, TimeoutError)
"""What a call of the driver may raise where the cluster is at fault."""


def failure(error: Exception, connection: KafkaConnection, doing: str) -> ConnectorError:
    """Give the error that people read.

    Args:
        error: one of ``DRIVER_ERRORS``.
        connection: that failed.
        doing: what was being done, ``reading orders``.
    """
    said = str(error).rstrip(".")
    where = f"Kafka at {connection.address}"
    if isinstance(error, _REFUSALS):
        return ConnectorError(
            f"{where} did not let us in while {doing}: {said}",
            code="kafka.authentication",
            hint=_CHECK_CREDENTIALS,
        )
    if isinstance(error, _FORBIDDEN):
        return ConnectorError(
            f"{where} forbids {doing}: {said}",
            code="kafka.authorization",
            hint="Give the connection's user the right to it.",
        )
    if isinstance(error, errors.UnsupportedCodecError):
        return ConnectorError(
            f"{where} has a message that cannot be unpacked, met while {doing}: {said}",
            code="kafka.codec",
            hint="Run: pip install 'aiokafka[lz4,snappy,zstd]'",
        )
    if isinstance(error, TimeoutError | errors.RequestTimedOutError | errors.KafkaTimeoutError):
        return ConnectorError(
            f"{where} gave no answer in time while {doing}",
            code="kafka.timeout",
            retriable=True,
            hint="See whether the brokers hang or are overloaded.",
        )
    if isinstance(error, OSError | errors.KafkaConnectionError | errors.NodeNotReadyError):
        why = "" if isinstance(error, errors.NodeNotReadyError) else f": {said}"
        return ConnectorError(
            f"{where} cannot be reached while {doing}{why}",
            code="kafka.connection",
            retriable=True,
            hint="Check that the broker runs, and bootstrap_servers and security.protocol.",
        )
    retriable = isinstance(error, errors.KafkaError) and error.retriable
    return ConnectorError(
        f"{where} failed while {doing}: {said}", code="kafka.error", retriable=retriable
    )


@contextmanager
def spoken(connection: KafkaConnection) -> Iterator[None]:
    """Give a failed first contact the reason that the driver logs and does not raise.

    Raises:
        ConnectorError: in place of the driver's own errors.
    """
    listener = _Listener()
    logger = logging.getLogger("aiokafka")
    logger.addHandler(listener)
    try:
        yield
    except DRIVER_ERRORS as error:
        found = failure(error, connection, "connecting")
        if not listener.last or isinstance(error, TimeoutError):
            raise found from error
        refused = any(refusal.__name__ in listener.last for refusal in _REFUSALS)
        raise ConnectorError(
            f"Kafka at {connection.address} cannot be reached: {listener.last}",
            code="kafka.authentication" if refused else "kafka.connection",
            retriable=not refused,
            hint=_CHECK_CREDENTIALS if refused else found.hint,
        ) from error
    finally:
        logger.removeHandler(listener)


def is_listened_to() -> bool:
    """Whether somebody wants to know what the driver logs."""
    return any(isinstance(each, _Listener) for each in logging.getLogger("aiokafka").handlers)


class _Listener(logging.Handler):
    """Keeps the last error that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()
