"""A session's connections to one database; needs the driver."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.db import psql
from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.protocols.db.pool import Pool, Result
from pytest_orchestra.protocols.db.rows import json_like
from pytest_orchestra.protocols.payloads import PayloadError
from pytest_orchestra.results import Evidence, JsonLike
from pytest_orchestra.spi import Call, Observation, Position, Statement


class DbClient:
    """Runs statements and asks queries; connects when first used.

    Args:
        connection: of the environment.
    """

    def __init__(self, connection: DbConnection) -> None:
        self._connection = connection
        self._pool = Pool(connection)

    async def act(self, call: Call) -> Observation:
        """Run the call's statement; it is one transaction."""
        statement = _statement_of(call)
        result = await self._pool.run(statement, within=call.within, reads=False)
        rows: list[JsonLike] = [*result.rows]
        return Observation(
            roots={
                "rows": rows,
                "row": rows[0] if rows else None,
                "row_count": result.count,
            },
            value=rows,
            evidence=Evidence(
                request=_request(statement),
                db_result=rows or {"row_count": result.count},
            ),
        )

    async def arm(self, call: Call) -> Position:
        """Take nothing: a database has no position, the query must name this run's keys."""
        del call
        return None

    def watch(self, call: Call, position: Position) -> RowWatch:
        """Ask the call's query again and again."""
        del position
        return RowWatch(self._pool, _statement_of(call))

    def reproduce(self, call: Call) -> str:
        """Give the psql line."""
        statement = _statement_of(call)
        try:
            return psql.line(self._connection, statement, self._pool.types_of(statement.text))
        except PayloadError as error:
            return f"-- {error}"

    async def close(self) -> None:
        """End the connections."""
        with suppress(Exception):
            await self._pool.close()


class RowWatch:
    """Asks one query; each look gives the rows that are there, in a transaction that only reads.

    Args:
        pool: of the database.
        statement: with its values.
    """

    standing = True

    def __init__(self, pool: Pool, statement: Statement) -> None:
        self._pool = pool
        self._statement = statement
        self._looks = 0
        self._last: Result | None = None

    async def look(self, within: float) -> Sequence[Observation]:
        """Give each row that is there now.

        Raises:
            ConnectorError: it could not be asked.
        """
        self._looks += 1
        self._last = await self._pool.run(self._statement, within=within, reads=True)
        rows: list[JsonLike] = [*self._last.rows]
        request = _request(self._statement)
        return [
            Observation(
                roots={"row": row, "rows": rows},
                value=row,
                evidence=Evidence(request=request, db_result=row),
            )
            for row in rows
        ]

    def seen(self) -> str:
        """One line: how many rows the last look gave."""
        if self._last is None:
            return "the query gave no answer" if self._looks else "the query was not asked yet"
        number = len(self._last.rows) or "no"
        looks = f"the last of {self._looks} looks" if self._looks > 1 else "the only look"
        return f"{number} row{'s' * (self._last.count != 1)} at {looks}"

    def passed_by(self) -> Sequence[Observation]:
        """Nothing: a query selects."""
        return ()


def _statement_of(call: Call) -> Statement:
    statement = call.fields.get("sql")
    if isinstance(statement, str):
        return Statement(text=statement)
    if not isinstance(statement, Statement):
        raise ConnectorError("sql is not the text of a statement", code="db.statement")
    return statement


def _request(statement: Statement) -> JsonLike:
    request: dict[str, JsonLike] = {"sql": statement.text}
    if statement.values:
        request["values"] = [json_like(value) for value in statement.values]
    return request
