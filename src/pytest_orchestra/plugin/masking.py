"""Keeps the secrets of the session's environment out of what pytest itself shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

MASK = pytest.StashKey[Callable[[str], str]]()
"""Hides the secrets of the connections that were used so far; there once scenarios run."""


def masked(config: pytest.Config, text: str) -> str:
    """``text`` without the secrets that are known."""
    mask = config.stash.get(MASK, None)
    return text if mask is None else mask(text)


def mask_captured(report: pytest.TestReport, config: pytest.Config) -> None:
    """Hide secrets in what was printed and logged: terminal, JUnit and Allure take it from here."""
    mask = config.stash.get(MASK, None)
    if mask is not None:
        report.sections = [(title, mask(text)) for title, text in report.sections]
