"""pytest-orchestra: business processes tested branch by branch."""

from pytest_orchestra.errors import (
    BindingError,
    ConfigurationError,
    ConnectorError,
    DefinitionError,
    EvaluationError,
    OrchestraError,
)
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
