"""What ``SHOP_FAULT`` breaks on purpose, so that a red run can be seen too."""

import os
from decimal import Decimal
from enum import StrEnum


class Fault(StrEnum):
    """The faults that the shop can be given."""

    NONE = ""
    LOST_EVENT = "lost_event"
    WRONG_TOTAL = "wrong_total"
    DOUBLE_EVENT = "double_event"


PAYMENT_OUTCOMES = frozenset({"OrderPaid", "PaymentFailed", "PaymentDeclined"})


def chosen_fault() -> Fault:
    """Read ``SHOP_FAULT``; a name that is none of the faults ends the service with a message."""
    name = os.environ.get("SHOP_FAULT", "")
    try:
        return Fault(name)
    except ValueError:
        known = ", ".join(fault for fault in Fault if fault)
        raise SystemExit(f"SHOP_FAULT: there is no fault {name!r}; choose from {known}") from None


def deliveries(event_type: str) -> tuple[float, ...]:
    """Pauses in seconds, each followed by one sending: once and at once in a healthy shop."""
    match chosen_fault():
        case Fault.LOST_EVENT if event_type in PAYMENT_OUTCOMES:
            return ()
        case Fault.DOUBLE_EVENT if event_type == "OrderPaid":
            return (0.0, 0.3)
        case _:
            return (0.0,)


def invoiced(total: Decimal) -> Decimal:
    """The total that goes on the invoice: in a healthy shop the one that was agreed."""
    return total + Decimal("0.01") if chosen_fault() is Fault.WRONG_TOTAL else total
