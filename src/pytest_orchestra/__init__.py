"""pytest-orchestra: business processes tested branch by branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orchestra.errors import (
    BindingError,
    ConfigurationError,
    ConnectorError,
    DefinitionError,
    EvaluationError,
    OrchestraError,
)

if TYPE_CHECKING:
    from pytest_orchestra.suite.python_steps import step

__all__ = [
    "BindingError",
    "ConfigurationError",
    "ConnectorError",
    "DefinitionError",
    "EvaluationError",
    "OrchestraError",
    "step",
]


def __getattr__(name: str) -> object:
    """Load ``step`` when it is asked for: pytest imports this package in every session."""
    if name != "step":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pytest_orchestra.suite.python_steps import step  # noqa: PLC0415 - costs every session 25 ms

    return step
