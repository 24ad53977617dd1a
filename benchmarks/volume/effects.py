"""What the system does for an order, with which defect, and what a scenario must make of it.

The same for everybody who knows the seed and the order's reference: the service, and the judge.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

EVENTS, REPLIES, PARCELS = "volume.events", "volume.replies", "volume.parcels"
"""Two topics and a queue that all orders of all tenants share."""
KINDS = ("single", "instalments", "cancelled", "tracked", "correlated", "settled")
TENANTS = ("acme", "birch", "cedar", "delta")
DEFECTIVE = 0.1
"""The part of the orders that meets a defect."""
SOONEST, LATEST = 0.1, 1.5
"""Seconds after the answer within which a chain of side effects begins."""
DOUBLE_AFTER = 0.8
"""Seconds after a message in which one too many comes."""

KAFKA, QUEUE, DB = "KAFKA_MESSAGE_NOT_FOUND", "QUEUE_MESSAGE_NOT_FOUND", "DB_ASSERTION_FAILED"
MISSED = "TIMEOUT"

Expected = Mapping[str, frozenset[str]]
"""Types of violations by the element where they must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order, which is one data set and one scenario."""

    reference: str
    tenant: str
    kind: str
    amount: str

    @property
    def other_tenant(self) -> str:
        """Somebody whom the order is no business of."""
        return TENANTS[TENANTS.index(self.tenant) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One entry of a topic or queue."""

    place: str
    key: str | None
    value: Mapping[str, str]
    correlation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A statement about rows, with its values."""

    sql: str
    values: tuple[str, ...]


Effect = Message | Row
Chain = Sequence[tuple[float, Effect]]
"""Effects one after the other, each with the seconds since the one before began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What goes wrong with an order of a kind.

    Attributes:
        kinds: that it may befall.
        expected: what a scenario that meets it must say.
    """

    name: str
    kinds: tuple[str, ...]
    expected: Expected = field(default_factory=dict)


def _defect(name: str, kinds: Sequence[str], *expected: tuple[str, str]) -> Defect:
    said = {element: frozenset(types.split()) for element, types in expected}
    return Defect(name=name, kinds=tuple(kinds), expected=said)


_SOLD = tuple(kind for kind in KINDS if kind != "cancelled")
_NEVER = f"{KAFKA} {MISSED}"
DEFECTS = (
    _defect("payment missing", ["single"], ("Pay", _NEVER)),
    _defect("payment twice, late", ["single"], ("Pay", KAFKA)),
    _defect("payment with wrong amount", ["single"], ("Pay", _NEVER)),
    _defect("payment to wrong tenant", ["single"], ("Pay", _NEVER), ("Apart", KAFKA)),
    _defect("instalment missing", ["instalments"], ("PayTwice", _NEVER)),
    _defect("instalment too many, late", ["instalments"], ("PayTwice", KAFKA)),
    _defect("paid though cancelled", ["cancelled"], ("Cancel", KAFKA)),
    _defect("booked though cancelled", ["cancelled"], ("BookNothing", DB)),
    _defect("shipped though cancelled", ["cancelled"], ("ShipNothing", QUEUE)),
    _defect("events out of order", ["tracked"], ("Track", _NEVER)),
    _defect("event missing", ["tracked"], ("Track", _NEVER)),
    _defect("reply missing", ["correlated"], ("Match", _NEVER)),
    _defect("reply to another order", ["correlated"], ("Match", _NEVER)),
    _defect("reply twice, late", ["correlated"], ("Match", KAFKA)),
    _defect("label missing", ["correlated"], ("MatchLabel", f"{QUEUE} {MISSED}")),
    _defect("settlement rejected", ["settled"], ("Settle", DB)),
    _defect("settlement not stable", ["settled"], ("Settle", f"{DB} {MISSED}")),
    _defect("invoice missing", _SOLD, ("Book", f"{DB} {MISSED}")),
    _defect("invoice doubled", _SOLD, ("Book", f"{DB} {MISSED}")),
    _defect("invoice with wrong amount", _SOLD, ("Book", f"{DB} {MISSED}")),
    _defect("parcel missing", _SOLD, ("Ship", f"{QUEUE} {MISSED}")),
    _defect("parcel twice", _SOLD, ("Ship", QUEUE)),
    _defect("parcel of wrong tenant", _SOLD, ("Ship", f"{QUEUE} {MISSED}")),
    _defect("told to another tenant", _SOLD, ("Apart", KAFKA)),
)


def orders(number: int) -> list[Order]:
    """The orders of a run; the same whatever the seed."""
    return [
        Order(
            reference=f"order-{index:04}",
            tenant=TENANTS[index // len(KINDS) % len(TENANTS)],
            kind=KINDS[index % len(KINDS)],
            amount=f"{10 + index // 4}.{25 * (index % 4):02}",
        )
        for index in range(number)
    ]


def defect_of(seed: int, order: Order) -> Defect | None:
    """What goes wrong with an order, if something does: by the hash of its reference."""
    chance = random.Random(_hash(seed, order.reference))  # noqa: S311 - no secret
    if chance.random() >= DEFECTIVE:
        return None
    return chance.choice([each for each in DEFECTS if order.kind in each.kinds])


def chains(seed: int, order: Order, order_id: str, noise: int) -> list[Chain]:
    """All that happens after an order was answered; chains begin in any order.

    Args:
        seed: of the run.
        order: as it was placed.
        order_id: that the service gave it.
        noise: how many messages of others there are for each of its own chains.
    """
    defect = defect_of(seed, order)
    chance = random.Random(_hash(seed, order_id))  # noqa: S311 - no secret
    planned = _Planned(order, order_id, defect.name if defect else "")
    own = [*planned.of_kind(), *(planned.sale() if order.kind in _SOLD else ())]
    others = _noise(order, order_id, noise * len(own), chance)
    begun = [_begun_at(chance.uniform(SOONEST, LATEST), chain) for chain in own if chain]
    return begun + [[(chance.uniform(0, LATEST), each)] for each in others]


def history(order: Order) -> Iterator[Message]:
    """What lies there from an earlier time and looks just like what will be waited for."""
    planned = _Planned(order, "order-of-yesterday", "")
    yield planned.reply()
    yield planned.label()
    yield replace(planned.event("Paid"), key=None)


@dataclass(frozen=True, slots=True)
class _Planned:
    """What happens for one order."""

    order: Order
    order_id: str
    defect: str

    def event(self, type_: str, **other: str) -> Message:
        said = {"type": type_, "tenant": self.order.tenant, "amount": self.order.amount}
        return Message(place=EVENTS, key=self.order_id, value=said | other)

    def reply(self, **other: str) -> Message:
        said = {"type": "Accepted", "reference": self.order.reference, "amount": self.order.amount}
        correlation = other.pop("correlation", self.order.reference)
        value = said | other
        return Message(place=REPLIES, key=self.order.tenant, value=value, correlation=correlation)

    def label(self) -> Message:
        value = {"type": "Label", "reference": self.order.reference, "tenant": self.order.tenant}
        return Message(
            place=PARCELS, key=self.order.tenant, value=value, correlation=self.order.reference
        )

    def parcel(self, **other: str) -> Message:
        said = {"type": "Parcel", "tenant": self.order.tenant, "reference": self.order.reference}
        return Message(place=PARCELS, key=self.order_id, value=said | other)

    def invoice(self) -> Row:
        rows = "2" if self.defect == "invoice doubled" else "1"
        amount = "1.00" if self.defect == "invoice with wrong amount" else self.order.amount
        sql = (
            "insert into invoice (order_id, tenant, amount)"
            " select $1, $2, $3::text::numeric from generate_series(1, $4::text::int)"
        )
        return Row(sql=sql, values=(self.order_id, self.order.tenant, amount, rows))

    def of_kind(self) -> list[Chain]:
        """Two events that anybody may see twice, and what the kind of order has."""
        seen = [(0.0, self.event("Viewed")), (0.05, self.event("Viewed"))]
        return [seen, *getattr(self, self.order.kind)()]

    def single(self) -> list[Chain]:
        paid = self.event("Paid")
        match self.defect:
            case "payment missing":
                return []
            case "payment twice, late":
                return [[(0.0, paid), (DOUBLE_AFTER, paid)]]
            case "payment with wrong amount":
                return [[(0.0, self.event("Paid", amount="1.00"))]]
            case "payment to wrong tenant":
                return [[(0.0, self.event("Paid", tenant=self.order.other_tenant))]]
        return [[(0.0, paid)]]

    def instalments(self) -> list[Chain]:
        paid = self.event("Instalment")
        match self.defect:
            case "instalment missing":
                return [[(0.0, paid)]]
            case "instalment too many, late":
                return [[(0.0, paid), (0.1, paid), (DOUBLE_AFTER, paid)]]
        return [[(0.0, paid)], [(0.0, paid)]]

    def cancelled(self) -> list[Chain]:
        """Nothing else, where all is well; what should not be is there when it is cancelled."""
        wrong: dict[str, Effect] = {
            "paid though cancelled": self.event("Paid"),
            "booked though cancelled": self.invoice(),
            "shipped though cancelled": self.parcel(),
        }
        before = [(0.0, wrong[self.defect])] if self.defect in wrong else []
        return [[*before, (0.0, self.event("Cancelled"))]]

    def tracked(self) -> list[Chain]:
        types = ["Placed", "Packed", "Shipped"]
        if self.defect == "events out of order":
            types = ["Packed", "Placed", "Shipped"]
        elif self.defect == "event missing":
            types = ["Placed", "Shipped"]
        return [[(0.05, self.event(each)) for each in types]]

    def correlated(self) -> list[Chain]:
        reply, labels = self.reply(), [[(0.0, self.label())]]
        match self.defect:
            case "reply missing":
                return labels
            case "reply to another order":
                wrong = f"{self.order.reference}-0"
                return [[(0.0, self.reply(correlation=wrong))], *labels]
            case "reply twice, late":
                return [[(0.0, reply), (DOUBLE_AFTER, reply)], *labels]
            case "label missing":
                return [[(0.0, reply)]]
        return [[(0.0, reply)], *labels]

    def settled(self) -> list[Chain]:
        def state(name: str) -> Row:
            sql = "update settlement set state = $2 where order_id = $1"
            return Row(sql=sql, values=(self.order_id, name))

        sql = "insert into settlement (order_id, state) values ($1, $2)"
        opened = Row(sql=sql, values=(self.order_id, "OPEN"))
        match self.defect:
            case "settlement rejected":
                return [[(0.0, opened), (0.2, state("REJECTED"))]]
            case "settlement not stable":
                return [[(0.0, opened), (0.2, state("SETTLED")), (0.2, state("OPEN"))]]
        return [[(0.0, opened), (0.2, state("SETTLED"))]]

    def sale(self) -> list[Chain]:
        """An invoice and a parcel, of which no other tenant hears."""
        parcels: list[Effect] = [self.parcel()]
        match self.defect:
            case "parcel missing":
                parcels = []
            case "parcel twice":
                parcels = [self.parcel(), self.parcel()]
            case "parcel of wrong tenant":
                parcels = [self.parcel(tenant=self.order.other_tenant)]
            case "told to another tenant":
                told = self.event("Viewed", tenant=self.order.other_tenant)
                parcels = [told, self.parcel()]
        booked: Chain = [(0.0, self.invoice())] if self.defect != "invoice missing" else []
        return [booked, [(0.0, each) for each in parcels]]


def _noise(order: Order, order_id: str, number: int, chance: random.Random) -> Iterator[Effect]:
    """Messages and rows of others that differ from the order's own in one respect each."""
    planned = _Planned(order, order_id, "")
    for _ in range(number):
        stranger = f"{chance.getrandbits(64):016x}"
        tenant = chance.choice(TENANTS)
        reference = f"{order.reference}-{stranger}"
        types = ("Paid", "Instalment", "Cancelled", "Placed", "Packed", "Shipped")
        event = planned.event(chance.choice(types), tenant=tenant)
        made: tuple[Effect, ...] = (
            replace(event, key=stranger),
            replace(event, key=f"{order_id}-{stranger}"),
            replace(event, key=None),
            planned.reply(correlation=reference),
            planned.reply(correlation=order.reference.upper()),
            replace(planned.parcel(tenant=tenant), key=stranger),
            replace(planned.label(), correlation=reference),
            Row(
                sql="insert into invoice (order_id, tenant, amount) values ($1, $2, 1.00)",
                values=(stranger, tenant),
            ),
        )
        yield chance.choice(made)


def _begun_at(after: float, chain: Chain) -> Chain:
    (first, effect), *others = chain
    return [(after + first, effect), *others]


def _hash(seed: int, text: str) -> int:
    digest = hashlib.sha256(json.dumps([seed, text]).encode()).digest()
    return int.from_bytes(digest[:8], "big")
