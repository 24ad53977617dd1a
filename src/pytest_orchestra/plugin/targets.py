"""What pytest is pointed at: the suites that were asked for, and which files are collected here."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio.plugin

from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.plugin.paths import is_process, is_suite, may_be_named


def is_ours(path: Path, parent: pytest.Collector) -> bool:
    """Whether a file is collected here: suites always, anything that the user named."""
    if is_suite(path):
        return True
    if not may_be_named(path):
        return False
    if path in parent.config.stash[OPTIONS].suites:
        return True
    return is_process(path) and parent.session.isinitpath(path)


def why_not(config: pytest.Config) -> str:
    """Why no scenario can run in this session; empty if they can."""
    if config.pluginmanager.is_registered(pytest_asyncio.plugin):
        return ""
    return (
        "scenarios need pytest-asyncio, which is switched off. Leave out '-p no:asyncio', or add"
        " '-p pytest_asyncio.plugin' where plugins are not loaded by themselves."
    )


def point_at_suites(config: pytest.Config) -> None:
    """With ``--orchestra-suite`` and no path, collect the suites and nothing else.

    A path beside it runs too; one into a suite (``order.suite.yaml::main``) stands for that suite.
    xdist's workers read the command line again, so this runs in each of them too.

    Raises:
        pytest.UsageError: no scenario can run.
    """
    options = config.stash[OPTIONS]
    if not options.suites:
        return
    if reason := why_not(config):
        raise pytest.UsageError(reason)
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(path) for path in options.suites]
    elif options.are_suites_asked_for:
        folder = config.invocation_params.dir
        named = {(folder / each.partition("::")[0]).resolve() for each in config.args}
        more = [path for path in options.suites if path.resolve() not in named]
        config.args = [*config.args, *map(str, more)]
