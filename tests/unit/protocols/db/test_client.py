"""The verbs of the channel, against the embedded PostgreSQL."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from pytest_orchestra.errors import ConnectorError
from pytest_orchestra.protocols.db import plugin
from pytest_orchestra.protocols.db.client import DbClient
from pytest_orchestra.protocols.db.connection import DbConnection
from pytest_orchestra.protocols.db.pool import MOST_CONNECTIONS
from pytest_orchestra.spi import Call, Observation
from pytest_orchestra.testing import check_client, check_lost_connection

pytestmark = pytest.mark.asyncio
Make = Callable[..., Call]
RUNNING = "select 1 as n from pg_stat_activity where query = $1"


async def refusal(doing: Awaitable[object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        await doing
    return caught.value


async def look(client: DbClient, call: Call) -> Sequence[Observation]:
    return await client.watch(call, None).look(call.within)


async def one_row(client: DbClient, call: Call) -> Any:  # noqa: ANN401  a row by name
    return (await client.act(call)).roots["row"]


async def test_the_client_is_as_the_contract_says(
    client: DbClient, connection: DbConnection, call: Make
) -> None:
    await client.act(call("create table invoice(id int, total numeric)"))
    await check_client(
        plugin,
        connection,
        act=call("insert into invoice values ($1, $2)", "7", 12.1),
        watch=call("select * from invoice where id = $1", 7),
    )


async def test_an_address_where_nobody_listens_is_told(call: Make) -> None:
    nobody = DbConnection.model_validate({"url": "postgresql://ann:sesame@127.0.0.1:1/shop"})
    select = call("select 1", within=1)
    await check_lost_connection(plugin, nobody, act=select, watch=select)


async def test_an_address_where_nobody_answers_is_told(silent_port: int, call: Make) -> None:
    nobody = DbConnection(url=f"postgresql://ann@127.0.0.1:{silent_port}/shop")
    select = call("select 1", within=0.3)
    await check_lost_connection(plugin, nobody, act=select, watch=select)


async def test_each_row_is_observed_with_all_the_others(client: DbClient, call: Make) -> None:
    watch = client.watch(call("select n, n * 1.10 as m from generate_series(1, 2) n"), None)
    assert watch.seen() == "the query was not asked yet"
    rows = [{"n": 1, "m": Decimal("1.10")}, {"n": 2, "m": Decimal("2.20")}]
    seen = await watch.look(5)

    assert watch.standing
    assert [one.roots for one in seen] == [{"row": row, "rows": rows} for row in rows]
    assert [one.value for one in seen] == rows
    assert seen[0].evidence.db_result == rows[0]
    assert watch.seen() == "2 rows at the only look"
    await watch.look(5)
    assert watch.seen() == "2 rows at the last of 2 looks"
    assert watch.passed_by() == ()


async def test_a_query_that_is_not_answered_says_so(client: DbClient, call: Make) -> None:
    watch = client.watch(call("select * from nothing"), None)
    await refusal(watch.look(5))

    assert watch.seen() == "the query gave no answer"


async def test_no_row_is_no_observation(client: DbClient, call: Make) -> None:
    watch = client.watch(call("select 1 as n where false"), None)

    assert await watch.look(5) == []
    assert watch.seen() == "no rows at the only look"


async def test_an_action_gives_its_rows_or_how_many_it_changed(
    client: DbClient, call: Make
) -> None:
    created = await client.act(call("create table t(n int)"))
    inserted = await client.act(call("insert into t values ($1), ($2) returning n", 1, 2))
    changed = await client.act(call("update t set n = n + 1"))

    assert created.roots == {"rows": [], "row": None, "row_count": 0}
    assert inserted.roots == {"rows": [{"n": 1}, {"n": 2}], "row": {"n": 1}, "row_count": 2}
    assert inserted.evidence.request == {
        "sql": "insert into t values ($1), ($2) returning n",
        "values": [1, 2],
    }
    assert changed.roots["row_count"] == 2
    assert changed.evidence.db_result == {"row_count": 2}


async def test_an_action_may_be_one_that_no_transaction_takes(client: DbClient, call: Make) -> None:
    await client.act(call("create table t(n int)"))

    assert (await client.act(call("vacuum t"))).roots["row_count"] == 0


async def test_an_assertion_changes_nothing(client: DbClient, call: Make) -> None:
    await client.act(call("create table t(n int)"))
    error = await refusal(look(client, call("insert into t values (1) returning n")))

    assert (error.code, error.retriable) == ("db.25006", False)
    assert "make the step an action" in error.hint
    assert await look(client, call("select * from t")) == []


async def test_every_kind_of_value_finds_its_way_in_and_out(client: DbClient, call: Make) -> None:
    await client.act(call("create type mood as enum ('glad', 'sad')"))
    await client.act(call("create domain positive as int check (value > 0)"))
    given = {
        "int": ("7", 7),
        "numeric(10,2)": (12.1, Decimal("12.10")),
        "text": (7, "7"),
        "uuid": ("12345678-1234-5678-1234-567812345678",) * 2,
        "timestamptz": ("2026-11-21T10:00:00+01:00", "2026-11-21T09:00:00+00:00"),
        "date": ("2026-11-21",) * 2,
        "boolean": ("true", True),
        "jsonb": ({"a": Decimal("1.10")}, {"a": Decimal("1.10")}),
        "json": ("text", "text"),
        "jsonb[]": ([{"a": 1}, 2], [{"a": 1}, 2]),
        "int[]": (["1", None], [1, None]),
        "mood": ("glad", "glad"),
        "mood[]": (["sad"], ["sad"]),
        "positive": ("3", 3),
        "interval": ("1 day 2 hours", "P1DT2H"),
        "inet": ("10.0.0.1", "10.0.0.1"),
        "bytea": ("hi", {"bytes": 2, "base64": "aGk="}),
        "money": ("$5", "$5.00"),
    }
    columns = ", ".join(f"c{number} {name}" for number, name in enumerate(given))
    await client.act(call(f"create table t({columns})"))
    places = ", ".join(f"${number + 1}" for number in range(len(given)))
    into = f"insert into t values ({places}) returning *"  # noqa: S608  $1, $2, ...
    row = await one_row(client, call(into, *(pair[0] for pair in given.values())))

    assert dict(zip(given, row.values(), strict=True)) == {
        name: pair[1] for name, pair in given.items()
    }


async def test_the_server_reads_what_the_driver_cannot(client: DbClient, call: Make) -> None:
    """As the error of a value that does not fit advises."""
    error = await refusal(client.act(call("select $1::int4range as r", "[1,5)")))
    assert "cast({{…}} as text)::int4range" in error.hint
    assert "[1,5)" not in str(error)

    row = await one_row(client, call("select cast($1 as text)::int4range as r", "[1,5)"))
    assert row == {"r": "[1,5)"}


@pytest.mark.parametrize(
    ("sql", "code", "words"),
    [
        ("select * from nothing", "db.42P01", "at 'nothing'"),
        ("select nothing from pg_class", "db.42703", "Check the column's name."),
        ("select 1; select 2", "db.42601", "one statement a step"),
        ("selec 1", "db.42601", "at 'selec 1'"),
        ("select 1 / 0", "db.22012", "division by zero"),
        ("select 'x'::text + 1", "db.42883", "You might need to add explicit type casts."),
        ("select 1 as a, 2 as a", "db.duplicate_columns", "column called a"),
        ("select $1", "db.parameter", "was given 0 values"),
        ("select '0044-03-15 BC'::date", "db.value", "cast(column as text)"),
        (
            "do $$ begin raise exception E'no\\nway' using detail = E'a\\nb'; end $$",
            "db.P0001",
            "says: no way: a b (P0001)",
        ),
    ],
)
async def test_a_statement_that_fails_says_why_and_where(
    client: DbClient, call: Make, sql: str, code: str, words: str
) -> None:
    error = await refusal(look(client, call(sql)))

    assert (error.code, error.retriable) == (code, False)
    assert words in str(error)
    assert "\n" not in str(error)


async def test_a_statement_that_takes_too_long_is_stopped(client: DbClient, call: Make) -> None:
    error = await refusal(look(client, call("select pg_sleep(60)", within=0.3)))

    assert (error.code, error.retriable) == ("db.timeout", True)
    assert await look(client, call("select 1 as n"))


@pytest.mark.parametrize("within", [0.3, 1.0])
async def test_a_statement_that_waits_for_a_lock_says_so(
    client: DbClient, connection: DbConnection, call: Make, within: float
) -> None:
    """Before it is stopped because it took too long."""
    await client.act(call("create table locked(n int)"))
    other = await asyncpg.connect(connection.full_url())
    await other.execute(f"set search_path = {connection.search_path}; begin")
    await other.execute("lock table locked in access exclusive mode")
    error = await refusal(look(client, call("select * from locked", within=within)))
    await other.close()

    assert error.code == "db.55P03"
    assert error.retriable
    assert "see pg_locks" in str(error)


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("select generate_series(1, 11) as n", "10 rows (max_rows)"),
        ("select repeat('x', 501) as n", "500 bytes (max_result_bytes)"),
    ],
)
async def test_too_much_is_refused(
    connection: DbConnection, call: Make, sql: str, limit: str
) -> None:
    limits = {"max_rows": 10, "max_result_bytes": 500}
    client = DbClient(connection.model_copy(update=limits))
    errors = [await refusal(verb) for verb in (look(client, call(sql)), client.act(call(sql)))]
    await client.close()

    assert [error.code for error in errors] == ["db.too_much"] * 2
    assert all(limit in str(error) for error in errors)


async def test_many_rows_are_fetched_to_the_last(client: DbClient, call: Make) -> None:
    seen = await look(client, call("select generate_series(1, 250) as n"))

    assert [one.value for one in seen] == [{"n": number} for number in range(1, 251)]


async def test_a_connection_that_was_lost_is_made_anew(
    database_url: str, proxy: Callable[[str], Awaitable[Any]], call: Make
) -> None:
    """Also by an action, which runs once."""
    between = await proxy(database_url)
    client = DbClient(DbConnection(url=f"postgresql://postgres@127.0.0.1:{between.port}/postgres"))
    select = call("select pg_backend_pid() as pid")
    first = await one_row(client, select)
    await between.cut()
    error = await refusal(client.act(select))
    assert (error.code, error.retriable) == ("db.connection", True)
    await between.join()

    assert await one_row(client, select) != first
    await client.close()


async def test_a_connection_that_is_lost_in_the_middle_is_told(
    database_url: str, proxy: Callable[[str], Awaitable[Any]], call: Make
) -> None:
    between = await proxy(database_url)
    client = DbClient(DbConnection(url=f"postgresql://postgres@127.0.0.1:{between.port}/postgres"))
    await client.act(call("select 1"))
    sleeping = asyncio.create_task(client.act(call("select pg_sleep(30)", within=20)))
    plain = DbClient(DbConnection(url=database_url))
    while not await look(plain, call(RUNNING, "select pg_sleep(30)")):
        pass
    await between.cut()
    error = await refusal(sleeping)
    await client.close()
    await plain.close()

    assert error.retriable


async def test_a_connection_that_was_lost_while_the_loop_stood_still_is_made_anew(
    database_url: str, client: DbClient, call: Make
) -> None:
    """As it does between two items."""
    await one_row(client, call("select 1 as n"))
    pids = [(await one_row(client, call("select pg_backend_pid() as pid")))["pid"]]

    async def terminate() -> None:
        other = DbClient(DbConnection(url=database_url))
        await other.act(call("select pg_terminate_backend($1) as done", *pids))
        await other.close()

    thread = threading.Thread(target=asyncio.run, args=(terminate(),))
    thread.start()
    thread.join()

    assert await one_row(client, call("select 1 as n")) == {"n": 1}


async def test_a_connection_that_is_busy_is_cut_at_the_end(client: DbClient, call: Make) -> None:
    sleeping = asyncio.create_task(client.act(call("select pg_sleep(31)", within=20)))
    while not await look(client, call(RUNNING, "select pg_sleep(31)")):
        pass
    async with asyncio.timeout(5):
        await client.close()

    assert (await refusal(sleeping)).retriable


async def test_many_statements_share_a_few_connections(client: DbClient, call: Make) -> None:
    rows = await asyncio.gather(
        *(
            one_row(client, call("select $1::int as n, pg_backend_pid() as pid", n))
            for n in range(40)
        )
    )
    assert [row["n"] for row in rows] == list(range(40))
    assert len({row["pid"] for row in rows}) <= MOST_CONNECTIONS


async def test_a_call_is_reproduced_by_psql(client: DbClient, call: Make) -> None:
    """With the parameters' types once the server has named them."""
    select = call("select $1::int + 1 as n", "7")
    assert "select '7'::int + 1" in client.reproduce(select).replace("'\"'\"'", "'")
    await client.act(select)
    assert "'7'::int4::int" in client.reproduce(select).replace("'\"'\"'", "'")
    assert client.reproduce(call("select $1", object())).startswith("-- ")


async def test_types_of_many_statements_are_not_remembered_for_ever(
    client: DbClient, call: Make
) -> None:
    for number in range(257):
        await client.act(call(f"select {number} as n where $1 = 1", 1))

    assert len(client._pool._types) == 1


async def test_a_statement_may_be_text_and_nothing_else(client: DbClient) -> None:
    row = await one_row(client, Call(fields={"sql": "select 1 as n"}))
    assert row == {"n": 1}
    assert (await refusal(client.act(Call(fields={"sql": 7})))).code == "db.statement"


async def test_a_client_that_was_never_used_is_closed(connection: DbConnection) -> None:
    client = DbClient(connection)
    await client.close()
    await client.close()


async def test_waiting_for_a_free_connection_is_not_the_database_being_slow(
    client: DbClient, call: Make
) -> None:
    """As many statements as there may be connections run; the look has its whole time after it."""
    slow = [client.act(call("select pg_sleep(0.5)")) for _ in range(MOST_CONNECTIONS)]
    acts = asyncio.gather(*slow)
    await asyncio.sleep(0)
    seen = await look(client, call("select 7 as n", within=0.4))
    assert [each.value for each in seen] == [{"n": 7}]
    await acts
