"""How values compare and compute: numbers as decimals, whatever they came from.

A float counts as its shortest decimal form. Instants (ISO 8601 with an offset) and UUIDs are the
same however they are written, as text too.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from pytest_orchestra.expressions.values import (
    bounded,
    demand,
    instant,
    is_list,
    is_number,
    kind_of,
    written,
)
from pytest_orchestra.expressions.work import charge, charge_deeply, weight

MAX_BITS = 4_000
"""Size of a whole number that an expression may make: about 1,200 digits."""

_LONGEST_WORD = 50
"""Characters that the text of an instant or UUID may have."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_ARITHMETIC: Mapping[str, Callable[[object, object], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


def equal(left: object, right: object) -> bool:
    """Whether two values are the same, deeply."""
    if isinstance(left, str) and isinstance(right, str):
        return _same_written(left, right)
    if is_number(left) and is_number(right):
        return _decimal(left) == _decimal(right)
    demand(left, right)
    charge(1 + weight(left))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_list(left) and is_list(right):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _same_mapping(left, right)
    return _same_written(written(left), written(right))


def unequal(left: object, right: object) -> bool:
    """The opposite of ``equal``."""
    return not equal(left, right)


def contains(value: object, container: object) -> bool:
    """Whether a list has an equal item, a mapping the key, a text the text.

    Raises:
        TypeError: ``container`` can hold nothing of the kind.
    """
    demand(value, container)
    if isinstance(container, Mapping):
        return value in container
    if isinstance(container, str) and isinstance(value, str):
        return value in container
    if is_list(container):
        charge(len(container))
        return any(equal(value, each) for each in container)
    raise TypeError(f"{kind_of(value)} cannot be in {kind_of(container)}")


def excludes(value: object, container: object) -> bool:
    """The opposite of ``contains``."""
    return not contains(value, container)


def ordering(name: str) -> Callable[[object, object], bool]:
    """``lt``, ``le``, ``gt`` or ``ge`` of numbers, texts, instants and lists of such."""
    compare = getattr(operator, name)

    def ordered(left: object, right: object) -> bool:
        if is_number(left) and is_number(right):
            return bool(compare(_decimal(left), _decimal(right)))
        demand(left, right)
        first, second = written(left), written(right)
        if isinstance(first, str) and isinstance(second, str):
            instants = instant(first), instant(second)
            return bool(compare(*((first, second) if None in instants else instants)))
        if is_list(left) and is_list(right):
            charge_deeply([left, right])
            return bool(compare(_sortable(left), _sortable(right)))
        raise TypeError(f"{kind_of(left)} and {kind_of(right)} have no order")

    return ordered


def arithmetic(symbol: str, left: object, right: object) -> object:
    """``left symbol right``: numbers as whole numbers or decimals; ``+`` joins texts and lists.

    Raises:
        TypeError: these kinds cannot be computed with.
        ArithmeticError: there is no result, or it is too large.
    """
    if is_number(left) and is_number(right):
        if isinstance(left, int) and isinstance(right, int) and symbol != "/":
            return _whole(symbol, left, right)
        return _finite(_ARITHMETIC[symbol](Decimal(_decimal(left)), _decimal(right)))
    demand(left, right)
    if symbol == "+" and isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if symbol == "+" and is_list(left) and is_list(right):
        return bounded([*left, *right])
    raise TypeError(f"{kind_of(left)} {symbol} {kind_of(right)} cannot be computed")


def _whole(symbol: str, left: int, right: int) -> object:
    bits = left.bit_length() + right.bit_length()
    if symbol == "**":
        if right < 0:
            return _finite(Decimal(left) ** right)
        bits = left.bit_length() * right
    if bits > MAX_BITS:
        raise OverflowError("the number is too large")
    return _ARITHMETIC[symbol](left, right)


def _finite(value: object) -> object:
    if isinstance(value, Decimal) and not value.is_finite():
        raise OverflowError("there is no such number")
    return value


def _decimal(value: float | Decimal) -> Decimal | int:
    return Decimal(str(value)) if isinstance(value, float) else value


def _same_mapping(left: Mapping[object, object], right: Mapping[object, object]) -> bool:
    return len(left) == len(right) and all(
        key in right and equal(value, right[key]) for key, value in left.items()
    )


def _same_written(left: object, right: object) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        charge(weight(left) if len(left) == len(right) else 0)
        return left == right or _same_text(left, right)
    return bool(left == right)


def _same_text(left: str, right: str) -> bool:
    if len(left) > _LONGEST_WORD or len(right) > _LONGEST_WORD:
        return False
    first = instant(left)
    if first is not None:
        return first == instant(right)
    return bool(_UUID.match(left) and _UUID.match(right)) and left.lower() == right.lower()


def _sortable(values: Sequence[object]) -> list[object]:
    return [_decimal(each) if is_number(each) else written(each) for each in values]
