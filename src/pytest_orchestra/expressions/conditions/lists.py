"""FEEL's functions for lists, booleans and contexts (DMN 1.4, 10.3.4.2, 10.3.4.4, 10.3.4.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce

from pytest_orchestra.expressions.conditions.arithmetic import calculated
from pytest_orchestra.expressions.conditions.comparison import equal, order, same
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.signatures import function, table
from pytest_orchestra.expressions.conditions.values import MAX_ITEMS, Value, kind_of

Items = tuple[Value, ...]

_TWO = Decimal(2)
_MOST_COMPARED = 300
"""Items of a list that are compared each with each."""


def conjunction(values: Items) -> bool | None:
    """FEEL's ``and`` of them: null counts as unknown, and so does what is no boolean."""
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def disjunction(values: Items) -> bool | None:
    """FEEL's ``or`` of them."""
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


def holds(items: Items, wanted: Value) -> bool:
    """Whether one of the items is equal to a value."""
    return any(equal(item, wanted) is True for item in items)


def position(at: Decimal, items: Items) -> int | None:
    """A position of FEEL, from 1, or from -1 backwards, as an index; None outside of the list."""
    if at != at.to_integral_value():
        raise Refused("a position in a list is no whole number")
    if at == 0 or abs(at) > len(items):
        return None
    return int(at) - 1 if at > 0 else len(items) + int(at)


def bounded(items: Items) -> Items:
    """``items`` again.

    Raises:
        Refused: they are more than ``MAX_ITEMS``.
    """
    if len(items) > MAX_ITEMS:
        raise Refused(f"a list has more than {MAX_ITEMS} items")
    return items


def _booleans(judge: Callable[[Items], bool | None]) -> Callable[[Items], Value]:
    def judged(items: Items) -> Value:
        if any(item is not None and not isinstance(item, bool) for item in items):
            raise Refused("all(…) or any(…) of what is no boolean")
        return judge(items)

    return judged


def _extreme(sign: int) -> Callable[[Items], Value]:
    def found(items: Items) -> Value:
        if not items:
            return None
        best = items[0]
        for item in items:
            step = order(item, best)
            if step is None:
                return None
            best = item if step * sign > 0 else best
        return best

    return found


def _folded(sign: str) -> Callable[[Items], Value]:
    def folded(items: Items) -> Value:
        if not items or not _are_numbers(items):
            return None
        return reduce(lambda one, other: calculated(sign, one, other), items)

    return folded


def _are_numbers(items: Items) -> bool:
    return all(isinstance(item, Decimal) for item in items)


_sum = _folded("+")


def _mean(items: Items) -> Value:
    return calculated("/", _sum(items), Decimal(len(items))) if items else None


def _median(items: Items) -> Value:
    if not items or not _are_numbers(items):
        return None
    ranked = sorted(item for item in items if isinstance(item, Decimal))
    middle = len(ranked) // 2
    if len(ranked) % 2:
        return ranked[middle]
    return calculated("/", _sum((ranked[middle - 1], ranked[middle])), _TWO)


def _append(items: Items, *more: Value) -> Value:
    return (*items, *more)


def _concatenate(*lists: Value) -> Value:
    return bounded(tuple(item for each in lists if isinstance(each, tuple) for item in each))


def _insert(items: Items, at: Decimal, new: Value) -> Value:
    index = position(at, items)
    return None if index is None else (*items[:index], new, *items[index:])


def _remove(items: Items, at: Decimal) -> Value:
    index = position(at, items)
    return None if index is None else (*items[:index], *items[index + 1 :])


def _replace(items: Items, at: Decimal, new: Value) -> Value:
    index = position(at, items)
    return None if index is None else (*items[:index], new, *items[index + 1 :])


def _sublist(items: Items, start: Decimal, length: Decimal | None = None) -> Value:
    index = position(start, items)
    if index is None:
        return None
    if length is None:
        return items[index:]
    if length != length.to_integral_value() or not 1 <= length <= len(items) - index:
        raise Refused("sublist(…) has a length that the list does not have")
    return items[index : index + int(length)]


def _index_of(items: Items, wanted: Value) -> Value:
    return tuple(Decimal(n) for n, item in enumerate(items, 1) if equal(item, wanted) is True)


def _distinct(items: Items) -> Items:
    if len(items) > _MOST_COMPARED:
        raise Refused(f"distinct values of more than {_MOST_COMPARED} items")
    found: list[Value] = []
    for item in items:
        if not holds(tuple(found), item):
            found.append(item)
    return tuple(found)


def _union(*lists: Value) -> Value:
    joined = _concatenate(*lists)
    return _distinct(joined) if isinstance(joined, tuple) else None


def _flatten(items: Items) -> Items:
    flat: list[Value] = []
    for item in items:
        flat.extend(_flatten(item) if isinstance(item, tuple) else (item,))
    return tuple(flat)


def _get_value(context: Mapping[str, Value], key: str) -> Value:
    return context.get(key)


def _get_entries(context: Mapping[str, Value]) -> Value:
    return tuple({"key": key, "value": value} for key, value in context.items())


def _is(one: Value, other: Value) -> Value:
    if kind_of(one) in ("list", "context", "range"):
        raise Refused("is(…) of a list, context or range", "Write =.")
    return same(one, other)


_LISTS = ", ".join(f"list{n}: list?" for n in range(1, 11)).replace("?", "", 1)
_ITEMS = ", ".join(f"item{n}: any?" for n in range(1, 11)).replace("?", "", 1)

LISTS = table(
    function("all", "list: list", call=_booleans(conjunction), is_variadic=True),
    function("any", "list: list", call=_booleans(disjunction), is_variadic=True),
    function("list contains", "list: list, element: any", call=holds),
    function("count", "list: list", call=lambda items: Decimal(len(items))),
    function("min", "list: list", call=_extreme(-1), is_variadic=True),
    function("max", "list: list", call=_extreme(1), is_variadic=True),
    function("sum", "list: list", call=_sum, is_variadic=True),
    function("product", "list: list", call=_folded("*"), is_variadic=True),
    function("mean", "list: list", call=_mean, is_variadic=True),
    function("median", "list: list", call=_median, is_variadic=True),
    function("append", f"list: list, {_ITEMS}", call=_append),
    function("concatenate", _LISTS, call=_concatenate),
    function("insert before", "list: list, position: number, newItem: any", call=_insert),
    function("remove", "list: list, position: number", call=_remove),
    function("list replace", "list: list, position: number, newItem: any", call=_replace),
    function("sublist", "list: list, start position: number, length: number?", call=_sublist),
    function("reverse", "list: list", call=lambda items: items[::-1]),
    function("index of", "list: list, match: any", call=_index_of),
    function("union", _LISTS, call=_union),
    function("distinct values", "list: list", call=_distinct),
    function("flatten", "list: list", call=_flatten),
    function("get value", "m: context, key: string", call=_get_value),
    function("get entries", "m: context", call=_get_entries),
    function("is", "value1: any, value2: any", call=_is),
)
