"""PostgreSQL: one schema, in which each service has its own tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from orchestra_shop.patience import patiently


@asynccontextmanager
async def connect_database(url: str, tables: str) -> AsyncIterator[asyncpg.Pool]:
    """Open a pool on schema ``shop``; ``tables`` is SQL that creates what is not there yet."""

    async def connect() -> asyncpg.Pool:
        settings = {"search_path": "shop"}
        return await asyncpg.create_pool(url, min_size=1, max_size=8, server_settings=settings)

    async with await patiently(connect) as pool:
        async with pool.acquire() as db, db.transaction():
            # the services start at the same time, and "if not exists" alone is a race
            await db.execute("select pg_advisory_xact_lock(hashtext('orchestra_shop'))")
            await db.execute(f"create schema if not exists shop; {tables}")
        yield pool
