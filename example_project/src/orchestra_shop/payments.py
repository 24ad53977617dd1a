"""The payment worker: charges cards, issues invoices, and says how it went."""

from contextlib import nullcontext
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import asyncpg

from orchestra_shop.events import Event, Handlers, Publisher
from orchestra_shop.faults import invoiced
from orchestra_shop.service import Blueprint, run

TABLES = """
create table if not exists payment (
    order_id uuid not null,
    attempt integer not null,
    card text not null,
    amount numeric(10, 2) not null,
    status text not null,
    primary key (order_id, attempt)
);
create table if not exists invoice (
    order_id uuid primary key,
    total numeric(10, 2) not null,
    issued_at timestamptz not null default now()
)"""


class Outcome(StrEnum):
    """How a charge went."""

    ACCEPTED = "ACCEPTED"
    FAILED = "FAILED"
    DECLINED = "DECLINED"


ANNOUNCED = {
    Outcome.ACCEPTED: "OrderPaid",
    Outcome.FAILED: "PaymentFailed",
    Outcome.DECLINED: "PaymentDeclined",
}


def charge(card: str) -> Outcome:
    """Ask the bank; this one does what the card's token says."""
    if card.startswith("tok_retry"):
        return Outcome.FAILED
    if card.startswith("tok_declined"):
        return Outcome.DECLINED
    return Outcome.ACCEPTED


class Payments:
    """Charges each attempt once, however often it is requested."""

    def __init__(self, database: asyncpg.Pool, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher

    @property
    def handlers(self) -> Handlers:
        """The events that make it work."""
        return {"PaymentRequested": self._charge}

    async def _charge(self, event: Event) -> None:
        order_id, attempt, card = UUID(event["order_id"]), event["attempt"], event["card"]
        amount = Decimal(event["amount"])
        outcome = charge(card)
        # the commit comes last: what is cut off before it is done again, what is done is not
        async with self._database.acquire() as db, db.transaction():
            new = await db.fetchval(
                "insert into payment (order_id, attempt, card, amount, status)"
                " values ($1, $2, $3, $4, $5) on conflict do nothing returning true",
                *(order_id, attempt, card, amount, outcome),
            )
            if new and outcome is Outcome.ACCEPTED:
                await db.execute(
                    "insert into invoice (order_id, total) values ($1, $2)",
                    *(order_id, invoiced(amount)),
                )
            if new:
                details = {"attempt": attempt, "card": card, "amount": amount}
                await self._publisher.publish(ANNOUNCED[outcome], event["order_id"], **details)


BLUEPRINT = Blueprint(
    name="payments",
    tables=TABLES,
    open=lambda database, publisher: nullcontext(Payments(database, publisher)),
)

if __name__ == "__main__":
    run(BLUEPRINT)
