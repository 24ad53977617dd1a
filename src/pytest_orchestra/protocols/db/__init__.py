"""The channel ``db``: rows of a PostgreSQL database, changed and waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import BaseModel

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.results import ViolationType
from pytest_orchestra.spi import CallField, Client, FieldUse, ProtocolPlugin, StepExecutor

if TYPE_CHECKING:
    from pytest_orchestra.spi import ContractValidator, EndpointMatcher, SpecParser


class DbExecutor:
    """Opens clients of databases."""

    async def open(self, name: str, connection: BaseModel) -> Client:
        """Make a client; it connects when it is first used."""
        if not isinstance(connection, DbConnection):
            raise ConfigurationError(f"the connection {name!r} is not one of db")
        try:
            from pytest_orchestra.protocols.db.client import (
                DbClient,
            )
        except ModuleNotFoundError as error:
            if error.name != "asyncpg":
                raise
            raise ConfigurationError(
                "db needs asyncpg", hint="Run: pip install 'pytest-orchestra[db]'"
            ) from error
        return DbClient(connection)


class DbProtocol:
    """What the engine must know of the channel."""

    id = "db"
    channel = "DB"
    call_fields: Sequence[CallField] = (
        CallField(
            name="sql",
            use=FieldUse.STATEMENT,
            required=True,
            summary="One statement; {{…}} in it are bound and converted to the parameters' types.",
        ),
    )
    roots: Mapping[str, str] = MappingProxyType(
        {
            "row": "a row by column name; of an action the first one, or null",
            "rows": "all rows",
            "row_count": "of an action: rows given or changed",
        }
    )
    connection_model: type[BaseModel] = DbConnection
    embedded: str | None = "postgres"
    lost = ViolationType.DB_ASSERTION_FAILED
    unmet = ViolationType.DB_ASSERTION_FAILED
    spec_parser: SpecParser | None = None
    endpoint_matcher: EndpointMatcher | None = None
    step_executor: StepExecutor = DbExecutor()
    contract_validator: ContractValidator | None = None


plugin: ProtocolPlugin = DbProtocol()
