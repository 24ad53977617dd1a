"""The line that does by hand what a call does."""

import shlex
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from pytest_orchestra.protocols.db import psql
from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.spi import Statement


def named(name: str, schema: str = "pg_catalog") -> Any:  # noqa: ANN401  the driver's
    kind = "array" if name.endswith("[]") else "scalar"
    return SimpleNamespace(name=name, kind=kind, schema=schema)


def test_values_stand_as_literals_in_place_of_parameters() -> None:
    statement = Statement(
        text="select $1, $2, $3, $11 where a = $4", values=("it's", None, Decimal("1.10"), {"a": 1})
    )
    types = [named("text"), named("int4"), named("numeric"), named("state", "shop")]

    assert psql.with_values(statement, types) == (
        "select 'it''s'::text, NULL, '1.10'::numeric, $11 where a = '{\"a\":1}'::\"shop\".state"
    )


def test_a_literal_has_no_type_where_the_server_was_not_asked() -> None:
    assert psql.with_values(Statement(text="select $1", values=([1],)), ()) == "select '[1]'"


def test_an_array_is_written_as_the_server_reads_it() -> None:
    statement = Statement(text="$1", values=([1, None, 'a"b\\', ["c"]],))

    assert psql.with_values(statement, [named("text[]")]) == (
        r"""'{"1",NULL,"a\"b\\",{"c"}}'::text[]"""
    )


def test_what_only_looks_like_a_parameter_is_left_alone() -> None:
    text = "select '$1', \"$1\", E'\\'$1', $$ $1 $$, $a$ $1 $a$ -- $1\n /* $1 */ , $1"

    assert psql.with_values(Statement(text=text, values=(7,)), ()) == text[:-2] + "'7'"


def test_the_line_has_the_schema_and_the_credentials() -> None:
    """The engine puts the name of their variable in their place."""
    connection = DbConnection(url="postgresql://ann:sesame@h/shop", default_schema="sales")
    line = psql.line(connection, Statement(text="select 'x'"), ())

    assert shlex.split(line) == [
        'PGOPTIONS=-c search_path="sales",public',
        "psql",
        "postgresql://ann:sesame@h/shop",
        "-c",
        "select 'x'",
    ]
    assert line.endswith("""-c "select 'x'\"""")
    plain = DbConnection(url="postgresql://h/shop")
    assert psql.line(plain, Statement(text="select 1"), ()).startswith("psql postgresql://h/shop")


def test_a_schema_may_have_spaces() -> None:
    """The server splits its options at those without a backslash."""
    connection = DbConnection(url="postgresql://h/shop", default_schema="my shop, other")
    line = psql.line(connection, Statement(text="select 1"), ())

    assert shlex.split(line)[0] == r'PGOPTIONS=-c search_path="my\ shop","other",public'


def test_a_statement_of_several_lines_stands_on_one() -> None:
    """The terminal shows a line end as what it is not."""
    line = psql.line(
        DbConnection(url="postgresql://h/shop"), Statement(text="select 1 -- it's\n, 2"), ()
    )

    assert line.endswith(r" -c $'select 1 -- it\'s\n, 2'")


def test_what_a_shell_would_read_itself_stands_in_single_quotes() -> None:
    connection = DbConnection(url="postgresql://h/shop")
    for text in ("select '$HOME'", "select '`x`' as \"X\"", "select E'\\n!'", "select 1"):
        line = psql.line(connection, Statement(text=text), ())
        assert shlex.split(line)[-1] == text
        assert " -c '" in line
