"""What ``for``, ``some`` and ``every`` go through (DMN 1.4, 10.3.2.14)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from pytest_orchestra.expressions.conditions.comparison import order
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.values import MAX_ITEMS, Interval, Value, kind_of


def looped(domain: Value) -> tuple[Value, ...]:
    """The items of a list or closed range.

    Raises:
        Refused: it is neither, or too long.
    """
    if isinstance(domain, tuple):
        return domain
    if not isinstance(domain, Interval):
        raise Refused(f"a loop over a {kind_of(domain)}")
    if domain.form != ".." or not (domain.has_start and domain.has_end):
        raise Refused("a loop over an open range")
    if (order(domain.start, domain.end) or 0) > 0:
        raise Refused("a loop over a range that ends before it starts")
    return counted(domain.start, domain.end)


def counted(start: Value, end: Value) -> tuple[Value, ...]:
    """The whole numbers, or days, from one to the other, upwards or downwards.

    Raises:
        Refused: they cannot be counted, or are too many.
    """
    match start, end:
        case (Decimal(), Decimal()) if not (start % 1 or end % 1):
            steps = _steps(int(end) - int(start))
            return tuple(start + n for n in steps)
        case (dt.date(), dt.date()) if kind_of(start) == kind_of(end) == "date":
            return tuple(start + dt.timedelta(n) for n in _steps((end - start).days))
    raise Refused("a loop over a range of what cannot be counted")


def _steps(last: int) -> range:
    if abs(last) >= MAX_ITEMS:
        raise Refused(f"a loop has more than {MAX_ITEMS} rounds")
    return range(last + 1) if last >= 0 else range(0, last - 1, -1)
