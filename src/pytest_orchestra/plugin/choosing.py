"""Which of the items that were found run in this session."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_orchestra.plugin import shards
from pytest_orchestra.plugin.options import OPTIONS


def begin(config: pytest.Config) -> None:
    """Read what the choice needs.

    Raises:
        pytest.UsageError: a file of durations cannot be used.
    """
    options = config.stash[OPTIONS]
    if options.shard is not None:
        shards.begin(config, options.durations)


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what other jobs run, and what an earlier session did."""
    options = config.stash[OPTIONS]
    if options.shard is not None:
        shards.keep_shard(config, items, options.shard)
    if options.resume:
        from pytest_orchestra.plugin import resuming

        resuming.leave_out_finished(config, items)


def take_from_worker(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, optional here
    """Hear what a worker left out."""
    shards.take_from_worker(node)
    if node.config.stash[OPTIONS].resume:
        from pytest_orchestra.plugin import resuming

        resuming.take_from_worker(node)


def end(session: pytest.Session) -> None:
    """Let no session fail, or pass, for what it left out alone."""
    shards.end(session)
    if session.config.stash[OPTIONS].resume:
        from pytest_orchestra.plugin import resuming

        resuming.end(session)


def summarize(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Say what was left out."""
    shards.summarize(config, terminal)
    if config.stash[OPTIONS].resume:
        from pytest_orchestra.plugin import resuming

        resuming.summarize(config, terminal)
