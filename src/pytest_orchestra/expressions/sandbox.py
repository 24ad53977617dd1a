"""The environment in which expressions run: values and filters, no methods, no statements.

Items of mappings and lists can be read and nothing else: no attribute of a Python object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps

from jinja2 import StrictUndefined, Undefined
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pytest_orchestra.documents.problems import shortened, suggestion
from pytest_orchestra.expressions import filters
from pytest_orchestra.expressions.catalogue import FILTERS, FUNCTIONS, TEST_SIGNS, TESTS, Entry
from pytest_orchestra.expressions.comparison import (
    arithmetic,
    contains,
    equal,
    excludes,
    ordering,
    unequal,
)
from pytest_orchestra.expressions.instants import iso
from pytest_orchestra.expressions.values import kind_of
from pytest_orchestra.expressions.work import charge, charge_deeply, weight

COMPARISONS = {
    "eq": ("==", equal),
    "ne": ("!=", unequal),
    "lt": ("<", ordering("lt")),
    "lteq": ("<=", ordering("le")),
    "gt": (">", ordering("gt")),
    "gteq": (">=", ordering("ge")),
    "in": ("in", contains),
    "notin": ("not in", excludes),
}
"""jinja2's names of the comparisons, how they are written, and what they do."""

CONCATENATE = " ~"
"""The inner filter that ``a ~ b`` stands for; the blank keeps it from being written."""
DECIMAL = " decimal"
"""The inner filter that makes the decimal of a fraction's text."""
SLICE = " slice"
"""The inner filter that ``a[1:2]`` stands for."""
INSTANT = " instant"
"""The inner filter that makes text of what ``now()`` gives."""


_FREE = frozenset(("default", "length", "len", "first", "last"))
"""Filters and functions that look at no more than one item."""
_ORDERING = frozenset(("sort", "unique", "min", "max"))
"""Filters that compare items deeply."""


def _charge(value: object) -> None:
    charge(1 + weight(value))


class MissingName(StrictUndefined):
    """A name that is not there: an error as soon as it is used, with the nearest one."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        known = self._undefined_obj
        name = str(self._undefined_name)
        if isinstance(known, Mapping):
            hint = suggestion(name, map(str, known), "It has")
            return f"there is no '{shortened(name)}'. {hint}".strip()
        if isinstance(known, Sequence) and not isinstance(known, str):
            return f"a list of {len(known)} has no '{shortened(name)}'"
        if self._undefined_hint or not isinstance(known, str | int | float | type(None)):
            return self._undefined_hint or f"'{shortened(name)}' is undefined"
        return f"{kind_of(known)} has no '{shortened(name)}'"


class Sandbox(ImmutableSandboxedEnvironment):
    """jinja2 without anything that a test's values do not need."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def __init__(self) -> None:
        super().__init__(undefined=MissingName, optimized=False, autoescape=False)
        self.globals.clear()
        entries = (*FILTERS, *FUNCTIONS)
        self.filters = {each.name: _charged(each) for each in entries if each.function}
        self.filters |= {_inner(name): function for name, (_, function) in COMPARISONS.items()}
        self.filters[CONCATENATE] = _measured(filters.concatenated)
        self.filters[DECIMAL] = filters.number
        self.filters[SLICE] = _measured(filters.sliced)
        self.filters[INSTANT] = iso
        self.tests = {each.name: _charged(each) for each in TESTS if each.function}
        self.tests |= {sign: self.tests[name] for sign, name in TEST_SIGNS.items()}

    def call_binop(
        self,
        context: Context,  # noqa: ARG002 - jinja2's signature
        operator: str,
        left: object,
        right: object,
    ) -> object:
        """Compute with decimals and within bounds."""
        result = arithmetic(operator, left, right)
        charge(1 + weight(result))
        return result

    def getattr(self, obj: object, attribute: str) -> object:
        """``a.b``: the key ``b``."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        """``a[b]``: the key or the position ``b``; what is missing stays so further on."""
        if isinstance(obj, Mapping):
            if argument in obj:
                return obj[argument]
        elif isinstance(obj, Undefined):
            return obj
        elif (
            isinstance(obj, Sequence)
            and isinstance(argument, int)
            and -len(obj) <= argument < len(obj)
        ):
            return obj[argument]
        return self.undefined(obj=obj, name=argument)  # type: ignore[arg-type]  # shown only


def _charged(entry: Entry) -> Callable[..., object]:
    """A filter or test that charges for what it is given and gives."""
    assert entry.function is not None  # noqa: S101 - the caller has looked
    if entry.name in _FREE:
        return entry.function
    return _measured(entry.function, charge_deeply if entry.name in _ORDERING else _charge)


def _measured(
    function: Callable[..., object], pay: Callable[[object], None] = _charge
) -> Callable[..., object]:
    own = int(hasattr(function, "jinja_pass_arg"))  # arguments that jinja2 puts before the rest

    @wraps(function)
    def measured(*args: object, **kwargs: object) -> object:
        for each in (*args[own:], *kwargs.values()):
            pay(each)
        result = function(*args, **kwargs)
        _charge(result)
        return result

    return measured


def comparison_filter(name: str) -> str:
    """The inner filter that a comparison stands for."""
    return _inner(name)


def _inner(name: str) -> str:
    return f" {name}"


SANDBOX = Sandbox()
"""The one environment; nothing changes it after it is made."""
