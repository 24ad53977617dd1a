"""Connections to one database, and one statement at a time on one of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.protocols.db.failures import DRIVER_ERRORS, LOST_ERRORS, failure
from pytest_orchestra.protocols.db.parameters import convert_all, unconvertible
from pytest_orchestra.protocols.db.rows import Row, column_names, row_of, size_of
from pytest_orchestra.protocols.payloads import decode_text
from pytest_orchestra.spi import Statement

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy
    from asyncpg.prepared_stmt import PreparedStatement

MOST_CONNECTIONS = 10
FREE_WITHIN = 20.0
"""Seconds that a statement may wait for a free connection: it is not the database that is slow."""
FETCHED_AT_ONCE = 100
CLOSE_WITHIN = 1.0
MOST_TYPES = 256
"""Statements whose parameter types are remembered."""
SHORTER = 0.05
"""Seconds that the server stops a statement before we stop waiting for it."""
LOCK_SHORTER_MS = 50
"""That it stops waiting for a lock before that, so that it says so; or a tenth of it if less."""

_ARGUMENT = re.compile(r"query argument \$(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a statement gave.

    Attributes:
        count: rows given, or rows changed.
    """

    rows: list[Row]
    count: int


class Pool:
    """Runs statements on one database; connects when first used.

    Args:
        connection: of the environment.
    """

    def __init__(self, connection: DbConnection) -> None:
        self._connection = connection
        self._pool: Any = None
        self._free = asyncio.Semaphore(MOST_CONNECTIONS)
        self._types: dict[str, Sequence[asyncpg.Type]] = {}

    def types_of(self, sql: str) -> Sequence[asyncpg.Type]:
        """Give the types of a statement's parameters, if it was asked before."""
        return self._types.get(sql, ())

    async def run(self, statement: Statement, *, within: float, reads: bool) -> Result:
        """Run a statement for at most ``within`` seconds, as soon as there is a free connection.

        Args:
            statement: with its values.
            within: seconds.
            reads: in a transaction that can change nothing.

        Raises:
            ConnectorError: it could not be run.
        """
        try:
            async with (
                self._turn(),
                asyncio.timeout(within),
                self._ready(within) as connection,
            ):
                if reads:
                    async with connection.transaction(readonly=True):
                        return await self._fetch(*await self._prepare(connection, statement))
                prepared, values = await self._prepare(connection, statement)
                if not prepared.get_attributes():
                    await prepared.fetch(*values)
                    return Result(rows=[], count=_count(prepared.get_statusmsg()))
                async with connection.transaction():
                    return await self._fetch(prepared, values)
        except asyncpg.DataError as error:
            if error.severity is None:  # the driver's own, and it shows the value
                raise self._unconvertible(error, statement) from None
            raise failure(error, self._connection, statement.text) from error
        except DRIVER_ERRORS as error:
            raise failure(error, self._connection, statement.text) from error

    async def close(self) -> None:
        """End the connections; those that are busy are cut."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await pool.close()
        except (TimeoutError, *LOST_ERRORS):
            pool.terminate()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until fewer statements run than there may be connections."""
        async with asyncio.timeout(FREE_WITHIN):
            await self._free.acquire()
        try:
            yield
        finally:
            self._free.release()

    @asynccontextmanager
    async def _ready(self, within: float) -> AsyncIterator[PoolConnectionProxy]:
        """Give a connection that was just seen to work; a broken one is made anew, once each."""
        pool = await self._open()
        milliseconds = max(int((within - SHORTER) * 1000), 1)
        for_locks = max(milliseconds - min(milliseconds // 10, LOCK_SHORTER_MS), 1)
        for left in range(MOST_CONNECTIONS, -1, -1):
            connection = await pool.acquire()
            try:
                await connection.execute(
                    f"set statement_timeout = {milliseconds}; set lock_timeout = {for_locks}"
                )
                break
            except LOST_ERRORS:
                await pool.release(connection)
                if not left:
                    raise
        try:
            yield connection
        finally:
            await pool.release(connection)

    async def _open(self) -> Any:  # noqa: ANN401  a pool's type has parameters that say nothing here
        if self._pool is None:
            path = self._connection.search_path
            settings = {"search_path": path} if path is not None else {}
            self._pool = asyncpg.create_pool(
                self._connection.full_url(),
                min_size=0,
                max_size=MOST_CONNECTIONS,
                statement_cache_size=0,  # a table may change between two looks
                init=_teach,
                server_settings={
                    "application_name": "pytest-orchestra",
                    "timezone": "UTC",
                    "intervalstyle": "iso_8601",
                    **settings,
                },
            )
            await self._pool
        return self._pool

    async def _prepare(
        self, connection: PoolConnectionProxy, statement: Statement
    ) -> tuple[PreparedStatement, list[object]]:
        prepared = await connection.prepare(statement.text, name="")  # nameless: none to close
        types = prepared.get_parameters()
        if len(self._types) >= MOST_TYPES:
            self._types.clear()
        self._types[statement.text] = types
        return prepared, convert_all(statement.values, types)

    async def _fetch(self, prepared: PreparedStatement, values: list[object]) -> Result:
        names = column_names(prepared.get_attributes())
        cursor = await prepared.cursor(*values)
        rows: list[Row] = []
        size = 0
        while records := await cursor.fetch(FETCHED_AT_ONCE):
            rows += [row_of(record, names) for record in records]
            size += sum(map(size_of, rows[-len(records) :]))
            self._check(len(rows), size)
            if len(records) < FETCHED_AT_ONCE:
                break
        return Result(rows=rows, count=len(rows))

    def _check(self, rows: int, size: int) -> None:
        most_rows, most_bytes = self._connection.max_rows, self._connection.max_result_bytes
        if rows <= most_rows and size <= most_bytes:
            return
        what = f"{most_rows} rows (max_rows)"
        if rows <= most_rows:
            what = f"{most_bytes} bytes (max_result_bytes)"
        raise ConnectorError(
            f"the statement gives more than {what}",
            code="db.too_much",
            hint="Narrow it by this run's keys, or raise the limit of the connection.",
        )

    def _unconvertible(self, error: Exception, statement: Statement) -> ConnectorError:
        found = _ARGUMENT.search(str(error))
        number = int(found[1]) if found else 1
        types = self.types_of(statement.text)
        name = types[number - 1].name if number <= len(types) else "value"
        return unconvertible(number, name, statement.values[number - 1])


async def _teach(connection: asyncpg.Connection) -> None:
    """Teach a new connection types that the driver reads as text or not at all."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=decode_text)
    await connection.set_type_codec("interval", schema="pg_catalog", encoder=str, decoder=str)


def _count(status: str | None) -> int:
    """Read ``UPDATE 3``."""
    last = (status or "").rpartition(" ")[2]
    return int(last) if last.isdecimal() else 0
