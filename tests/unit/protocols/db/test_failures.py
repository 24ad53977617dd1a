"""What the driver raises."""

import asyncpg
import pytest

from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.protocols.db.failures import failure

CONNECTION = DbConnection(url="postgresql://ann:sesame@h/shop")


@pytest.mark.parametrize(
    ("error", "code", "retriable"),
    [
        (TimeoutError(), "db.timeout", True),
        (OSError("refused"), "db.connection", True),
        (asyncpg.InterfaceError("closed"), "db.connection", True),
        (asyncpg.InternalClientError("cannot switch to state 15"), "db.connection", True),
        (asyncpg.ConnectionDoesNotExistError("closed"), "db.08003", True),
        (asyncpg.InvalidPasswordError("no"), "db.28P01", False),
        (asyncpg.UndefinedTableError("no"), "db.42P01", False),
        (asyncpg.SerializationError("no"), "db.40001", True),
        (asyncpg.TooManyConnectionsError("no"), "db.53300", True),
        (asyncpg.QueryCanceledError("no"), "db.timeout", True),
        (asyncpg.LockNotAvailableError("no"), "db.55P03", True),
        (ValueError("year 0 is out of range"), "db.value", False),
    ],
)
def test_an_error_says_what_where_and_whether_to_try_again(
    error: Exception, code: str, *, retriable: bool
) -> None:
    found = failure(error, CONNECTION)

    assert (found.code, found.retriable) == (code, retriable)
    assert "postgresql://h/shop" in str(found)


def test_an_error_without_words_is_named() -> None:
    assert "says: UniqueViolationError (23505)" in str(
        failure(asyncpg.UniqueViolationError(), CONNECTION)
    )
