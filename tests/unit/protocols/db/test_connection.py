"""What an environment says of a database."""

import pytest
from pydantic import ValidationError

from pytest_orchestra.protocols.db import plugin
from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.testing import check_connection, check_protocol_plugin


def test_the_plugin_is_as_the_contract_says() -> None:
    check_protocol_plugin(plugin)


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("postgresql://ann:sesame%2F@h:1/shop", "postgresql://ann:sesame%2F@h:1/shop"),
        ("postgres://ann:sesame%2F@h/shop", "postgresql://ann:sesame%2F@h/shop"),
        (
            "postgresql+asyncpg://ann:sesame%2F@h/shop?ssl=require",
            "postgresql://ann:sesame%2F@h/shop?sslmode=require",
        ),
        (
            "jdbc:postgresql://h:1/shop?user=ann&password=sesame/&ssl=true&ApplicationName=x",
            "postgresql://ann:sesame%2F@h:1/shop?sslmode=verify-full&application_name=x",
        ),
        (
            "postgresql://ann:sesame%2F@h1:1,h2:2/shop?target_session_attrs=any",
            "postgresql://ann:sesame%2F@h1:1,h2:2/shop?target_session_attrs=any",
        ),
    ],
)
def test_a_url_may_be_libpqs_jdbcs_or_sqlalchemys(url: str, full: str) -> None:
    connection = check_connection(plugin, {"url": url}, secrets=["sesame"])

    assert isinstance(connection, DbConnection)
    assert "sesame" not in connection.url
    assert connection.full_url() == full


def test_fields_win_over_the_url() -> None:
    connection = DbConnection.model_validate(
        {"url": "postgresql://ann:a@h/shop", "username": "bob", "password": "b"}
    )
    assert connection.full_url() == "postgresql://bob:b@h/shop"


@pytest.mark.parametrize(
    "url",
    ["h/shop", "mysql://h/shop", "postgresql://h/shop?stringtype=unspecified", "postgresql://[::1"],
)
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        DbConnection(url=url)


def test_a_connection_needs_a_url() -> None:
    with pytest.raises(ValidationError, match="url"):
        DbConnection.model_validate({"default_schema": "shop"})


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        (None, None),
        ("shop", '"shop", public'),
        ('The "Shop", public', '"The ""Shop""", "public"'),
    ],
)
def test_names_are_looked_for_in_the_schema_and_in_public(
    schema: str | None, path: str | None
) -> None:
    connection = DbConnection(url="postgresql://h/shop", default_schema=schema)

    assert connection.search_path == path


def test_the_schema_of_a_jdbc_url_is_the_default_schema() -> None:
    connection = DbConnection(url="jdbc:postgresql://h/shop?currentSchema=sales")

    assert connection.default_schema == "sales"
