"""What the shop sells."""

from collections.abc import Mapping
from decimal import Decimal

PRICES: Mapping[str, Decimal] = {
    "mug": Decimal("12.50"),
    "lamp": Decimal("49.90"),
    "portrait": Decimal("180.00"),
    "desk": Decimal("1290.00"),
}
MADE_TO_ORDER = frozenset({"portrait"})
