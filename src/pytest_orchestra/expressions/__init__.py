"""Templates, rules, statements and conditions: compiled once, evaluated with given names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_orchestra.expressions.conditions.conditions import (
        evaluate_condition,
        parse_condition,
    )

__all__ = ["evaluate_condition", "parse_condition"]


def __getattr__(name: str) -> object:
    """Load the conditions when one is asked for: most suites have none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pytest_orchestra.expressions.conditions import conditions  # noqa: PLC0415 - costs 50 ms

    return getattr(conditions, name)
