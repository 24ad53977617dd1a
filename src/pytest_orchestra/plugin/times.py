"""When scenarios ran that had begun before pytest came to them: their reports say that."""

from __future__ import annotations

from typing import NamedTuple

import pytest


class Ran(NamedTuple):
    """When a run began, in seconds since the epoch, and how many it took."""

    began: float
    took: float


RAN = pytest.StashKey[Ran]()
"""Of an item whose scenario began before its turn."""


def own_times(report: pytest.TestReport, item: pytest.Item) -> None:
    """Let the report of a scenario's call say when it ran, not when it was waited for."""
    if report.when != "call" or (ran := item.stash.get(RAN, None)) is None:
        return
    del item.stash[RAN]
    report.start, report.stop = ran.began, ran.began + ran.took
    report.duration = ran.took
    allure = item.config.pluginmanager.get_plugin("allure_listener")
    if allure is not None:
        from pytest_orchestra.reports.allure import date_test

        date_test(allure.allure_logger, report.start, report.stop)
