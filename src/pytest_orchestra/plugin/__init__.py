"""The pytest plugin: hooks of one call each, which load their floor when it is needed."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from pytest_orchestra.plugin import (
    blocks,
    choosing,
    findings,
    hookspecs,
    masking,
    option_reading,
    option_table,
    options,
    outcomes,
    overruling,
    own_modules,
    refusals,
    targets,
    times,
    unreported,
    waiting,
    workers,
)
from pytest_orchestra.plugin.fixtures import (
    orchestra_clients,
    orchestra_context,
    orchestra_data,
    orchestra_engine,
    orchestra_environment,
)
from pytest_orchestra.plugin.garbage import no_garbage_collection

__all__ = [
    "orchestra_clients",
    "orchestra_context",
    "orchestra_data",
    "orchestra_engine",
    "orchestra_environment",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the table."""
    option_table.add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Offer hooks to conftest files and plugins."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; a wrong one is a UsageError."""
    config.stash[options.OPTIONS] = option_reading.read_options(config)
    choosing.begin(config)
    targets.point_at_suites(config)
    own_modules.begin()
    workers.begin(config)
    findings.begin(config)
    waiting.begin(config)
    config.pluginmanager.register(outcomes.OutcomeCounter(), "orchestra_outcomes")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of what the session holds: embedded services end."""
    workers.end(config)
    own_modules.end()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell an xdist worker which session it belongs to."""
    workers.tell_worker(node)
    blocks.tell_worker(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:  # noqa: ANN401 - xdist's
    """Hand several scenarios at once to a worker that may run several at once."""
    return workers.scheduler(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Count what a worker leaves."""
    unreported.take_from_worker(node)
    choosing.take_from_worker(node)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not run in this session."""
    if config.stash[options.OPTIONS].step is not None:
        from pytest_orchestra.plugin.stepping import choose_items

        choose_items(config, items)
    choosing.leave_out(config, items)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let what was left out have its say in the exit status."""
    choosing.end(session)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect suite files, and process files that were named."""
    if not targets.is_ours(file_path, parent):
        return None
    with no_garbage_collection():
        from pytest_orchestra.plugin.collection import collect_file

    return collect_file(file_path, parent)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Show a refusal of a file of ours in the summary too."""
    report = yield
    refusals.without_wrapping(report, collector)
    return report


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a refusal of ours by its text, and no secrets, to whoever reads the report."""
    report = yield
    times.own_times(report, item)
    masking.mask_captured(report, item.config)
    report = refusals.without_traceback(report, call, item)
    overruling.tell_overruled(report, call, item)
    refusals.without_secrets(report, call, item)
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what became of embedded services."""
    workers.summarize(config, terminalreporter)
    unreported.summarize(config, terminalreporter)
    choosing.summarize(config, terminalreporter)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which suites and which environment were asked for."""
    return options.describe(config.stash[options.OPTIONS])
