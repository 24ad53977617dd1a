"""The system under test: it answers an order at once, and makes its side effects later.

An ASGI app on uvicorn, in a process of its own, that writes to Kafka, PostgreSQL and Redis.
"""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import uvicorn
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from effects import EVENTS, PARCELS, REPLIES, Effect, Message, Order, chains, history, orders
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TABLES = """
create table if not exists invoice (order_id text, tenant text, amount numeric);
create index if not exists invoice_order on invoice (order_id);
create table if not exists settlement (order_id text primary key, state text);
"""
PARTITIONS = 4


@dataclass(slots=True)
class System:
    """What happens beside the answers."""

    seed: int
    noise: int
    producer: AIOKafkaProducer
    database: asyncpg.Pool
    redis: Redis
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def place(self, request: Request) -> Response:
        """Take an order; all else comes later."""
        order, order_id = Order(**await request.json()), str(uuid.uuid4())
        for chain in chains(self.seed, order, order_id, self.noise):
            task = asyncio.create_task(self.follow(chain))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return JSONResponse({"id": order_id}, status_code=201)

    async def follow(self, chain: list[tuple[float, Effect]]) -> None:
        """Make effects one after the other."""
        clock = asyncio.get_running_loop().time
        at = clock()
        for pause, effect in chain:
            await asyncio.sleep(at + pause - clock())
            at = clock()
            await self.make(effect)

    async def make(self, effect: Effect) -> None:
        """Make one effect, and see that it is there."""
        if not isinstance(effect, Message):
            await self.database.execute(effect.sql, *effect.values)
            return
        value = json.dumps(effect.value)
        if effect.place == PARCELS:
            fields = {"value": value, "key": effect.key or ""}
            if effect.correlation:
                fields["correlation_id"] = effect.correlation
            await self.redis.xadd(effect.place, fields)
            return
        headers = [("correlation-id", effect.correlation.encode())] if effect.correlation else []
        key = effect.key.encode() if effect.key is not None else None
        await self.producer.send_and_wait(effect.place, value.encode(), key=key, headers=headers)


async def health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def make_topics(servers: str) -> None:
    """Make the topics, where they are not there yet."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        topics = [NewTopic(name, PARTITIONS, 1) for name in (EVENTS, REPLIES)]
        await admin.create_topics(topics, timeout_ms=5000)
    finally:
        await admin.close()


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Connect, and leave behind what an earlier time would have left."""
    servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    async with AsyncExitStack() as stack:
        pool = asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=8)
        database = await stack.enter_async_context(pool)
        await database.execute(TABLES)
        if os.environ["VOLUME_TOPICS"] == "make":
            await make_topics(servers)
        producer = await stack.enter_async_context(AIOKafkaProducer(bootstrap_servers=servers))
        redis = await stack.enter_async_context(Redis.from_url(os.environ["REDIS_URL"]))
        seed, noise = int(os.environ["VOLUME_SEED"]), int(os.environ["VOLUME_NOISE"])
        system = System(seed, noise, producer, database, redis)
        old = [
            each for order in orders(int(os.environ["VOLUME_ORDERS"])) for each in history(order)
        ]
        for first in range(0, len(old), 100):
            await asyncio.gather(*map(system.make, old[first : first + 100]))
        app.add_route("/orders", system.place, methods=["POST"])
        yield
        for task in system.tasks:
            task.cancel()
        await asyncio.gather(*system.tasks, return_exceptions=True)


if __name__ == "__main__":
    uvicorn.run(
        Starlette(routes=[Route("/health", health)], lifespan=lifespan),
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level="warning",
        timeout_keep_alive=60,  # a busy machine takes long from choosing a connection to using it
        timeout_graceful_shutdown=1,
    )
