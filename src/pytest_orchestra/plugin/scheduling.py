"""Hands blocks of scenarios to xdist's workers; runs in the controller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has no types

from pytest_orchestra.plugin.blocks import asked_concurrency, blocks, suspect

_FEWEST = 2


class BlockScheduling(LoadScopeScheduling):  # type: ignore[misc]  # the same
    """Blocks in the place of scopes.

    Where a worker crashes while it runs several scenarios, each of those runs again by itself, so
    that the one it was is told and no other.

    Args:
        config: of the controller.
        log: xdist's.
        folder: that all workers share.
    """

    def __init__(self, config: pytest.Config, log: Any, folder: Path) -> None:  # noqa: ANN401 - xdist is untyped
        super().__init__(config, log)
        self._folder = folder
        self._block_of: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        if not self._block_of and self.collection:
            concurrency = asked_concurrency(self.config)
            named = blocks(self.collection, concurrency=concurrency, workers=self.numnodes)
            self._block_of = dict(zip(self.collection, named, strict=True))
        return self._block_of[nodeid]

    def _reschedule(self, node: Any) -> None:  # noqa: ANN401 - xdist is untyped
        """A worker begins an item when it knows the next one, or that there is none."""
        super()._reschedule(node)
        while not node.shutting_down and self._pending_of(self.assigned_work[node]) < _FEWEST:
            super()._reschedule(node)

    def remove_node(self, node: Any) -> str | None:  # noqa: ANN401 - the same
        """Take back what a worker that ended has not done; the item that crashed it, if known."""
        workload = self.assigned_work[node]
        for scope in [scope for scope, unit in workload.items() if all(unit.values())]:
            del workload[scope]
        at_hand = next(iter(workload.values()), None)
        if at_hand is None:
            super().remove_node(node)
            return None
        left: list[str] = [nodeid for nodeid, is_done in at_hand.items() if not is_done]
        if len(left) == 1:
            at_hand[left[0]] = True  # it would crash the next worker, too
            super().remove_node(node)
            return left[0]
        suspect(self._folder, left)
        for nodeid in left:
            del at_hand[nodeid]
            self._block_of[nodeid] = nodeid
            workload[nodeid] = {nodeid: False}
        super().remove_node(node)
        return None
