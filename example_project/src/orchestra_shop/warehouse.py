"""The warehouse worker: reserves stock, hands parcels to the carrier, takes stock back."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from redis.asyncio import Redis
from redis.typing import EncodableT, FieldT

from orchestra_shop.catalogue import MADE_TO_ORDER
from orchestra_shop.events import Event, Handlers, Publisher
from orchestra_shop.service import Blueprint, run

PARCELS = "parcels"
KEPT_PARCELS = 10_000

TABLES = """
create table if not exists reservation (
    order_id uuid primary key,
    customer text not null,
    sku text not null,
    quantity integer not null,
    source text not null,
    status text not null
)"""


def parcel_label(order_id: UUID) -> str:
    """Give the number that goes on the parcel; its last digit is a check digit (GS1)."""
    digits = f"{order_id.int % 10**11:011d}"
    weighted = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(digits))
    return f"SHOP-{digits}{-weighted % 10}"


class Warehouse:
    """Keeps one reservation an order; an event that comes twice does nothing the second time."""

    def __init__(self, database: asyncpg.Pool, publisher: Publisher, parcels: Redis) -> None:
        self._database = database
        self._publisher = publisher
        self._parcels = parcels

    @property
    def handlers(self) -> Handlers:
        """The events that make it work."""
        return {
            "OrderAccepted": self._reserve,
            "OrderPaid": self._ship,
            "PaymentDeclined": self._release,
        }

    async def _reserve(self, event: Event) -> None:
        sku, quantity = event["sku"], event["quantity"]
        source = "SUPPLIER" if sku in MADE_TO_ORDER else "SHELF"
        async with self._database.acquire() as db, db.transaction():
            new = await db.fetchval(
                "insert into reservation (order_id, customer, sku, quantity, source, status)"
                " values ($1, $2, $3, $4, $5, 'RESERVED') on conflict do nothing returning true",
                *(UUID(event["order_id"]), event["customer"], sku, quantity, source),
            )
            if new and source == "SUPPLIER":
                await self._publish("SupplyOrdered", event, sku=sku, quantity=quantity)
            if new:
                await self._publish("StockReserved", event, source=source)

    async def _ship(self, event: Event) -> None:
        async with self._database.acquire() as db, db.transaction():
            goods = await self._end_reservation(db, event, "SHIPPED")
            if goods is not None:
                label = parcel_label(goods["order_id"])
                parcel = {name: goods[name] for name in ("customer", "sku", "quantity")}
                entry: dict[FieldT, EncodableT] = {
                    "key": event["order_id"],
                    "value": json.dumps({**parcel, "label": label}),
                }
                await self._parcels.xadd(PARCELS, entry, maxlen=KEPT_PARCELS)
                await self._publish("OrderShipped", event, label=label)

    async def _release(self, event: Event) -> None:
        async with self._database.acquire() as db, db.transaction():
            if await self._end_reservation(db, event, "RELEASED") is not None:
                await self._publish("StockReleased", event)

    async def _end_reservation(
        self, db: asyncpg.pool.PoolConnectionProxy, event: Event, status: str
    ) -> asyncpg.Record | None:
        return await db.fetchrow(
            "update reservation set status = $2 where order_id = $1 and status = 'RESERVED'"
            " returning *",
            *(UUID(event["order_id"]), status),
        )

    async def _publish(self, event_type: str, cause: Event, **details: object) -> None:
        await self._publisher.publish(event_type, cause["order_id"], **details)


@asynccontextmanager
async def open_warehouse(database: asyncpg.Pool, publisher: Publisher) -> AsyncIterator[Warehouse]:
    """Connect to the carrier's queue as well."""
    async with Redis.from_url(os.environ["REDIS_URL"]) as parcels:
        yield Warehouse(database, publisher, parcels)


BLUEPRINT = Blueprint(name="warehouse", tables=TABLES, open=open_warehouse)

if __name__ == "__main__":
    run(BLUEPRINT)
