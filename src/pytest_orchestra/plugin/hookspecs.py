"""Hooks that conftest files and plugins may implement to look at the steps of scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_orchestra.results import StepResult, StepStarted


def pytest_orchestra_before_step(item: pytest.Item, step: StepStarted) -> None:
    """Called when a step of a scenario begins, on the session's event loop; must not wait.

    What it raises ends the scenario: ``pytest.skip`` skips the item, an error fails it.

    Args:
        item: the scenario; ``item.user_properties`` go into JUnit's file.
        step: its ``name``, ``element`` (an id), ``visit`` (from 1), ``kind``, ``channel``.
    """


def pytest_orchestra_after_step(item: pytest.Item, step: StepStarted, result: StepResult) -> None:
    """Called when a step has ended, whatever became of it; not for steps that never began.

    Args:
        item: the scenario.
        step: as it began.
        result: ``status``, ``violations``, ``duration_ms``, ``saved``, ``evidence``; no secrets.
    """
