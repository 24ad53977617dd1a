"""Scenarios that run alone do so with their fixtures: from setup to teardown, across workers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack

import pytest

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.plugin.exclusion import EXCLUSION, Exclusion
from pytest_orchestra.plugin.items import NOT_ALONE, ScenarioItem
from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.plugin.workers import SHARED
from pytest_orchestra.suite.bound import EVERYTHING


class Serial:
    """A plugin of workers: before an item's time limit begins, it waits for those of others.

    Nothing runs on this worker's loop then: what was begun had its turn before.
    """

    def __init__(self, exclusion: Exclusion) -> None:
        self._exclusion = exclusion

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Hold the locks meanwhile; where they cannot be had, the item's setup says why."""
        if not isinstance(item, ScenarioItem) or not _is_alone(item):
            return (yield)
        with ExitStack() as held:
            try:
                self._exclusion.take_whole(item, held)
            except ConfigurationError as error:
                item.stash[NOT_ALONE] = error
            return (yield)


def _is_alone(item: ScenarioItem) -> bool:
    is_skipped = item.get_closest_marker("skip") is not None
    return item.bound.exclusive == (EVERYTHING,) and not is_skipped


def prepare(config: pytest.Config) -> None:
    """Look after the items of a worker."""
    if EXCLUSION in config.stash:
        return
    shared = config.stash[SHARED]
    config.stash[EXCLUSION] = exclusion = Exclusion(
        shared.joined, shared.worker, config.stash[OPTIONS].exclusive_s, shared.is_interrupted
    )
    config.pluginmanager.register(Serial(exclusion), "orchestra_serial")
