"""How many scenarios run at once: command line, else the suite, else the ini file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.plugin.neighbours import Neighbours
from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.suite.bound import EVERYTHING

if TYPE_CHECKING:
    from pytest_orchestra.suite.bound import BoundSuite

NEIGHBOURS = pytest.StashKey[Neighbours]()
"""There where some scenarios may run at once."""


def limit_of(config: pytest.Config, suite: BoundSuite) -> int:
    """How many scenarios may run while one of the suite does; a debugger wants it alone."""
    if config.getoption("usepdb") or config.getoption("trace"):
        return 1
    options = config.stash[OPTIONS]
    return options.concurrency or suite.concurrency or options.ini_concurrency or 1


def prepare(config: pytest.Config, suite: BoundSuite) -> None:
    """Look on as pytest sets items up, if some of the suite may run at once, or must not."""
    if limit_of(config, suite) > 1 and NEIGHBOURS not in config.stash:
        config.stash[NEIGHBOURS] = neighbours = Neighbours(config)
        config.pluginmanager.register(neighbours, "orchestra_neighbours")
    is_worker = hasattr(config, "workerinput")
    if is_worker and any(each.exclusive == (EVERYTHING,) for each in suite.scenarios):
        from pytest_orchestra.plugin import serial

        serial.prepare(config)
