"""Filters that jinja2 lacks, or has in a form that guesses or grows without bound."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import cast
from urllib.parse import quote

from jinja2 import Environment, pass_environment
from jinja2.filters import make_attrgetter

from pytest_orchestra.expressions.comparison import arithmetic
from pytest_orchestra.expressions.values import (
    MAX_TEXT,
    bounded,
    demand,
    is_list,
    is_number,
    kind_of,
    text_of,
)

MAX_DIGITS = 400
"""Digits before or after the point that ``int``, ``float`` and ``round`` go to."""

_REQUIRED = object()


def listing(function: Callable[..., Iterable[object]]) -> Callable[..., list[object]]:
    """A filter of jinja2 that gives a list where the original gives a generator."""

    @wraps(function)
    def listed(*args: object, **kwargs: object) -> list[object]:
        return [*function(*args, **kwargs)]

    return listed


def of_text(function: Callable[[str], str]) -> Callable[[object], str]:
    """A filter that takes nothing but text."""

    def convert(value: object) -> str:
        return function(demanded_text(value))

    return convert


def demanded_text(value: object) -> str:
    """A value that must be text.

    Raises:
        TypeError: it is something else.
    """
    demand(value)
    if not isinstance(value, str):
        raise TypeError(f"text is needed, not {kind_of(value)}")
    return value


def demanded_list(value: object) -> Sequence[object]:
    """A value that must be a list.

    Raises:
        TypeError: it is something else.
    """
    demand(value)
    if not is_list(value):
        raise TypeError(f"a list is needed, not {kind_of(value)}")
    return value


def replace(value: object, old: object, new: object) -> str:
    """A text with every ``old`` replaced, of at most ``MAX_TEXT`` characters."""
    text, before, after = demanded_text(value), demanded_text(old), demanded_text(new)
    if not before:
        raise ValueError("there is nothing to look for")
    if len(text) + text.count(before) * len(after) > MAX_TEXT:
        raise OverflowError(f"the result is longer than {MAX_TEXT}")
    return text.replace(before, after)


@pass_environment
def join(
    environment: Environment, value: Iterable[object], by: str = "", attribute: str = ""
) -> str:
    """One text of the items' texts, of at most ``MAX_TEXT`` characters."""
    items = [*value]
    if attribute:
        items = [*map(make_attrgetter(environment, attribute), items)]
    texts = [text_of(item) for item in items]
    if sum(map(len, texts)) + len(by) * len(texts) > MAX_TEXT:
        raise OverflowError(f"the result is longer than {MAX_TEXT}")
    return by.join(texts)


def concatenated(value: Iterable[object]) -> str:
    """What ``a ~ b`` makes of ``[a, b]``."""
    return bounded("".join(map(text_of, value)))


def split(value: object, by: str | None = None) -> list[object]:
    """The parts of a text between ``by``, else its words."""
    return [*demanded_text(value).split(by)]


def number(value: object, default: object = _REQUIRED) -> object:
    """The decimal of a number or of a text that writes one."""
    if isinstance(value, str) or is_number(value):
        try:
            found = Decimal(str(value).strip())
        except InvalidOperation:
            found = Decimal("nan")
        if found.is_finite() and abs(found.adjusted()) < MAX_DIGITS:
            return found
    if default is not _REQUIRED:
        return default
    demand(value)
    raise ValueError(f"{kind_of(value)} that is no number, or a number too large")


def whole(value: object, default: object = _REQUIRED) -> object:
    """The whole number of a number or of a text that writes one; what is after the point goes."""
    found = number(value, default)
    return int(found) if isinstance(found, Decimal) and found is not default else found


def rounded(value: object, precision: int = 0, method: str = "common") -> object:
    """A number with ``precision`` digits after the point, a whole number for 0 or less."""
    ways = {"common": "ROUND_HALF_UP", "ceil": "ROUND_CEILING", "floor": "ROUND_FLOOR"}
    if method not in ways:
        raise ValueError(f"the methods of round are {', '.join(ways)}")
    if not -MAX_DIGITS < precision < MAX_DIGITS:
        raise ValueError(f"the precision is past {MAX_DIGITS}")
    if not is_number(value):
        raise TypeError(f"a number is needed, not {kind_of(value)}")
    found = Decimal(str(value)).quantize(Decimal(1).scaleb(-precision), ways[method])
    return int(found) if precision <= 0 else found


@pass_environment
def total(environment: Environment, value: Iterable[object], attribute: str = "") -> object:
    """The sum of the items, or of an attribute of each."""
    items = map(make_attrgetter(environment, attribute), value) if attribute else value
    result: object = 0
    for each in items:
        result = arithmetic("+", result, each)
    return result


def keys(value: object) -> list[object]:
    """The keys of a mapping."""
    return [*_mapping(value)]


def values(value: object) -> list[object]:
    """The values of a mapping."""
    return [*_mapping(value).values()]


def items(value: object) -> list[object]:
    """The pairs of a mapping."""
    return [[key, each] for key, each in _mapping(value).items()]


def from_json(value: object) -> object:
    """The value that a JSON text holds, its fractions as decimals."""
    return json.loads(demanded_text(value), parse_float=Decimal, parse_constant=_refuse_constant)


def combine(value: object, *others: object) -> dict[object, object]:
    """A mapping with the keys of others put in, the last one's first."""
    return {key: held for each in (value, *others) for key, held in _mapping(each).items()}


def flatten(value: object) -> list[object]:
    """The items of a list, and those of the lists in it."""
    return [
        inner
        for each in demanded_list(value)
        for inner in (demanded_list(each) if is_list(each) else [each])
    ]


def first(value: object) -> object:
    """The first item."""
    return _sequence(value)[0]


def last(value: object) -> object:
    """The last item."""
    return _sequence(value)[-1]


def listed(value: Iterable[object]) -> list[object]:
    """The items."""
    return [*value]


def reverse(value: Iterable[object]) -> list[object]:
    """The items from the last."""
    return [*value][::-1]


def sliced(value: object, start: int | None, stop: int | None, step: int | None) -> object:
    """A part of a list or text."""
    if isinstance(value, str) or is_list(value):
        return value[slice(start, stop, step)]
    demand(value)
    raise TypeError(f"{kind_of(value)} has no parts to cut out")


def any_of(value: Iterable[object]) -> bool:
    """Whether one of the items is true."""
    return any(value)


def all_of(value: Iterable[object]) -> bool:
    """Whether every item is true."""
    return all(value)


def urlencode(value: object) -> str:
    """A value's text as part of a URL, ``/`` encoded too (RFC 3986, 2.1)."""
    return quote(text_of(value), safe="")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _mapping(value: object) -> Mapping[object, object]:
    demand(value)
    if not isinstance(value, Mapping):
        raise TypeError(f"a mapping is needed, not {kind_of(value)}")
    return value


def _sequence(value: object) -> Sequence[object]:
    found = cast("Sequence[object]", value)
    if not len(found):
        raise ValueError("it is empty")
    return found
