"""Orders and where they stand: moved on by people over HTTP, and by events."""

from enum import StrEnum
from uuid import UUID, uuid4

import asyncpg

from orchestra_shop.catalogue import PRICES
from orchestra_shop.events import Event, Handlers, Publisher

APPROVAL_LIMIT = 1000

TABLES = """
create table if not exists orders (
    id uuid primary key,
    customer text not null,
    sku text not null,
    quantity integer not null,
    total numeric(10, 2) not null,
    card text not null,
    attempt integer not null default 1,
    status text not null,
    placed_at timestamptz not null default now()
)"""


class Status(StrEnum):
    """Where an order stands."""

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    ACCEPTED = "ACCEPTED"
    AWAITING_CARD = "AWAITING_CARD"
    DECLINED = "DECLINED"
    PAID = "PAID"
    COMPLETED = "COMPLETED"


MOVES = {
    "PaymentFailed": (Status.ACCEPTED, Status.AWAITING_CARD),
    "PaymentDeclined": (Status.ACCEPTED, Status.DECLINED),
    "OrderPaid": (Status.ACCEPTED, Status.PAID),
    "OrderShipped": (Status.PAID, Status.COMPLETED),
}


class UnknownOrderError(LookupError):
    """There is no such order."""


class NotNowError(Exception):
    """The order does not stand where this can be done to it."""


class OrderBook:
    """All orders. A method that changes one gives its row as it is then."""

    def __init__(self, database: asyncpg.Pool, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher

    @property
    def handlers(self) -> Handlers:
        """The events that move an order on."""
        return dict.fromkeys(MOVES, self._follow)

    async def place(self, *, customer: str, sku: str, quantity: int, card: str) -> asyncpg.Record:
        """Take an order; a dear one waits for approval, any other is accepted at once."""
        total = quantity * PRICES[sku]
        dear = total > APPROVAL_LIMIT
        # stored before it is announced: the events that come back must find it
        (order,) = await self._database.fetch(
            "insert into orders (id, customer, sku, quantity, total, card, status)"
            " values ($1, $2, $3, $4, $5, $6, $7) returning *",
            *(uuid4(), customer, sku, quantity, total, card),
            Status.AWAITING_APPROVAL if dear else Status.ACCEPTED,
        )
        details = {"customer": customer, "sku": sku, "quantity": quantity, "total": total}
        await self._publish("OrderPlaced", order, **details)
        if not dear:
            await self._accept(order)
        return order

    async def get(self, order_id: UUID) -> asyncpg.Record:
        """Look an order up.

        Raises:
            UnknownOrderError: there is none with this id.
        """
        order = await self._database.fetchrow("select * from orders where id = $1", order_id)
        if order is None:
            raise UnknownOrderError(f"there is no order {order_id}")
        return order

    async def approve(self, order_id: UUID) -> asyncpg.Record:
        """Accept an order that waits for approval."""
        order = await self._decide(order_id, Status.ACCEPTED)
        await self._accept(order)
        return order

    async def reject(self, order_id: UUID) -> asyncpg.Record:
        """End an order that waits for approval, as the manager wishes."""
        order = await self._decide(order_id, Status.REJECTED)
        await self._publish("OrderRejected", order)
        return order

    async def cancel(self, order_id: UUID) -> asyncpg.Record:
        """End an order that waits for approval, as the customer wishes."""
        order = await self._decide(order_id, Status.CANCELLED)
        await self._publish("OrderCancelled", order)
        return order

    async def pay(self, order_id: UUID, card: str) -> asyncpg.Record:
        """Try again with another card.

        Raises:
            NotNowError: the order waits for no card, or this is the card that has just failed.
        """
        order = await self._database.fetchrow(
            "update orders set status = $3, card = $2, attempt = attempt + 1"
            " where id = $1 and status = $4 and card <> $2 returning *",
            *(order_id, card, Status.ACCEPTED, Status.AWAITING_CARD),
        )
        if order is None:
            status = (await self.get(order_id))["status"]
            raise NotNowError(f"order {order_id} is {status} and waits for no such card")
        await self._request_payment(order)
        return order

    async def _decide(self, order_id: UUID, status: Status) -> asyncpg.Record:
        order = await self._database.fetchrow(
            "update orders set status = $2 where id = $1 and status = $3 returning *",
            *(order_id, status, Status.AWAITING_APPROVAL),
        )
        if order is None:
            status = (await self.get(order_id))["status"]
            raise NotNowError(f"order {order_id} is {status} and waits for no approval")
        return order

    async def _accept(self, order: asyncpg.Record) -> None:
        details = {name: order[name] for name in ("customer", "sku", "quantity")}
        await self._publish("OrderAccepted", order, **details)
        await self._request_payment(order)

    async def _request_payment(self, order: asyncpg.Record) -> None:
        details = {"attempt": order["attempt"], "card": order["card"], "amount": order["total"]}
        await self._publish("PaymentRequested", order, **details)

    async def _publish(self, event_type: str, order: asyncpg.Record, **details: object) -> None:
        await self._publisher.publish(event_type, str(order["id"]), **details)

    async def _follow(self, event: Event) -> None:
        before, after = MOVES[event["type"]]
        await self._database.execute(
            "update orders set status = $3"
            " where id = $1 and status = $2 and attempt = coalesce($4, attempt)",
            *(UUID(event["order_id"]), before, after, event.get("attempt")),
        )
