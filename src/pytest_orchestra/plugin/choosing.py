"""Which of the items that were found run in this session."""

from __future__ import annotations

import pytest

from pytest_orchestra.plugin import shards
from pytest_orchestra.plugin.options import OPTIONS


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what other jobs run."""
    options = config.stash[OPTIONS]
    if options.shard is not None:
        shards.keep_shard(config, items, options.shard, options.durations)
