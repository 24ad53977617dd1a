"""The built-in functions of FEEL that are judged, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_orchestra.expressions.conditions.dates import DATES
from pytest_orchestra.expressions.conditions.lists import LISTS
from pytest_orchestra.expressions.conditions.numeric import NUMERIC
from pytest_orchestra.expressions.conditions.signatures import Function
from pytest_orchestra.expressions.conditions.texts import STRINGS

FUNCTIONS: Mapping[str, Function] = {**NUMERIC, **STRINGS, **LISTS, **DATES}

QUADRATIC = frozenset(("distinct values", "union"))
"""Those that compare each item with each."""

REFUSED_FUNCTIONS: Mapping[str, str] = {
    "now": "it looks at a clock",
    "today": "it looks at a clock",
    "random number": "it has no fixed value",
    "matches": "engines read patterns differently",
    "replace": "engines read patterns differently",
    "split": "engines read patterns differently",
    "sort": "it takes a function",
}
"""Functions of the standard and of engines that are known and not judged."""
