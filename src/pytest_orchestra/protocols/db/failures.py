"""What the driver raises becomes errors that say what, where, and what to do."""

from __future__ import annotations

import asyncpg

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.db.connection import DbConnection

DRIVER_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    ValueError,
)
"""What a call of the driver may raise where the server, or the statement, is at fault."""

LOST_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""A connection that turns out to be broken."""

_LATER = ("08", "40", "53", "57", "55P03")
"""SQLSTATE classes that may pass: connection, rollback, resources, operator, lock."""
_TIMED_OUT = "57014"
_HINTS = {
    "25006": "An assertion only reads; make the step an action.",
    "28000": "Check username and password of the connection.",
    "28P01": "Check username and password of the connection.",
    "3D000": "Check the database in the url.",
    "42601": "Correct the SQL; one statement a step.",
    "42703": "Check the column's name.",
    "55P03": "Another transaction holds a lock on what the statement needs; see pg_locks.",
    "42P01": "Check the table's name, and default_schema of the connection.",
}
_AROUND = 30


def failure(error: Exception, connection: DbConnection, sql: str = "") -> ConnectorError:
    """Give the error that people read.

    Args:
        error: one of ``DRIVER_ERRORS``.
        connection: that failed.
        sql: the statement.
    """
    where = f"the database at {connection.url}"
    if isinstance(error, TimeoutError):
        return ConnectorError(
            f"{where} gave no answer in time",
            code="db.timeout",
            retriable=True,
            hint="See whether the server hangs, is overloaded, or waits for a lock.",
        )
    if isinstance(error, asyncpg.PostgresError) and error.sqlstate:
        return _refused(error, where, sql)
    if isinstance(error, asyncpg.InternalClientError):  # of its states, which tell users nothing
        return ConnectorError(
            f"{where} ended the connection in the midst of a statement",
            code="db.connection",
            retriable=True,
            hint="See the server's log.",
        )
    if isinstance(error, asyncpg.InterfaceError | OSError):
        return ConnectorError(
            f"{where} cannot be reached: {str(error).rstrip('.')}",
            code="db.connection",
            retriable=True,
            hint="Check that the server runs, and the url.",
        )
    return ConnectorError(
        f"{where} gave a value that cannot be read: {error}",
        code="db.value",
        hint="Let the server make text of it: cast(column as text)",
    )


def _refused(error: asyncpg.PostgresError, where: str, sql: str) -> ConnectorError:
    state = str(error.sqlstate)
    if state == _TIMED_OUT:
        return ConnectorError(
            f"{where} stopped the statement, which took too long", code="db.timeout", retriable=True
        )
    said = _line(str(error.args[0])) if error.args else type(error).__name__
    detail = f": {_line(error.detail)}" if error.detail else ""
    hints = [hint for hint in (error.hint, _HINTS.get(state)) if hint]
    return ConnectorError(
        f"{where} says: {said}{detail}{_place(error, sql)} ({state})",
        code=f"db.{state}",
        retriable=state.startswith(_LATER),
        hint=" ".join(hints),
    )


def _place(error: asyncpg.PostgresError, sql: str) -> str:
    """Give the words of the statement that the server points at."""
    if not error.position or not sql:
        return ""
    start = int(error.position) - 1
    words = _line(sql[start : start + _AROUND])
    return f", at {words!r}" if words else ""


def _line(text: str) -> str:
    return " ".join(text.split())
