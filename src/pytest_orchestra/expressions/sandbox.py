"""The environment in which expressions run: values and filters, no methods, no statements.

Items of mappings and lists can be read and nothing else: no attribute of a Python object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import StrictUndefined, Undefined
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pytest_orchestra.documents.problems import shortened, suggestion
from pytest_orchestra.expressions import filters
from pytest_orchestra.expressions.catalogue import FILTERS, FUNCTIONS, TEST_SIGNS, TESTS
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
        self.filters = {each.name: each.function for each in entries if each.function}
        self.filters |= {_inner(name): function for name, (_, function) in COMPARISONS.items()}
        self.filters[CONCATENATE] = filters.concatenated
        self.filters[DECIMAL] = filters.number
        self.filters[SLICE] = filters.sliced
        self.filters[INSTANT] = iso
        self.tests = {each.name: each.function for each in TESTS if each.function}
        self.tests |= {sign: self.tests[name] for sign, name in TEST_SIGNS.items()}

    def call_binop(
        self,
        context: Context,  # noqa: ARG002 - jinja2's signature
        operator: str,
        left: object,
        right: object,
    ) -> object:
        """Compute with decimals and within bounds."""
        return arithmetic(operator, left, right)

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


def comparison_filter(name: str) -> str:
    """The inner filter that a comparison stands for."""
    return _inner(name)


def _inner(name: str) -> str:
    return f" {name}"


SANDBOX = Sandbox()
"""The one environment; nothing changes it after it is made."""
