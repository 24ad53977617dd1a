"""Blocks of items that xdist hands to one worker, so that it may run them side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_orchestra.plugin.options import OPTIONS

_SHARING = "orchestra_sharing"
_SUSPECTS = "suspects"
_MOST = 4
"""How many times as many items a block has as may run at once, at most."""


def asked_concurrency(config: pytest.Config) -> int:
    """What the command line or the ini file asks for."""
    options = config.stash[OPTIONS]
    return options.concurrency or options.ini_concurrency or 1


def has_own_blocks(config: pytest.Config) -> bool:
    """Whether items are handed out in blocks of ours instead of one by one."""
    return asked_concurrency(config) > 1 and config.getoption("dist", "no") in ("load", "worksteal")


def tell_worker(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, optional here
    """Say how items are shared out."""
    sharing = "blocks" if has_own_blocks(node.config) else node.config.getoption("dist")
    node.workerinput[_SHARING] = sharing


def blocks(nodeids: Sequence[str], *, concurrency: int, workers: int) -> list[str]:
    """The block of each item: scenarios that follow each other, anything else by itself.

    Args:
        nodeids: of all items, in order.
        concurrency: how many scenarios may run at once in a worker.
        workers: how many there are.
    """
    scenarios = sum(map(_may_be_scenario, nodeids))
    size = max(1, min(_MOST * concurrency, math.ceil(scenarios / max(workers, 1))))
    return list(_blocks(nodeids, size))


def _blocks(nodeids: Sequence[str], size: int) -> Iterator[str]:
    number, left = 0, 0
    for nodeid in nodeids:
        if not _may_be_scenario(nodeid):
            left = 0
            yield nodeid
            continue
        if not left:
            number, left = number + 1, size
        left -= 1
        yield f"block {number}"


def _may_be_scenario(nodeid: str) -> bool:
    return not nodeid.partition("::")[0].endswith(".py")


class Blocks:
    """Which items the process at hand surely runs itself.

    Args:
        session: with its items.
        folder: that all workers share.
    """

    def __init__(self, session: pytest.Session, folder: Path | None) -> None:
        self._folder = folder
        self._nodeids = [item.nodeid for item in session.items]
        self._named = _named(session.config, self._nodeids)
        self._suspects: frozenset[str] = frozenset()

    def look(self) -> None:
        """See whether a worker crashed meanwhile."""
        if self._folder is not None:
            self._suspects = suspects(self._folder)

    def of(self, index: int) -> str | None:
        """The block of an item; None: nothing runs beside it."""
        return None if self._nodeids[index] in self._suspects else self._named[index]


def _named(config: pytest.Config, nodeids: Sequence[str]) -> Sequence[str | None]:
    handed: dict[str, Any] = getattr(config, "workerinput", {})
    match handed.get(_SHARING, "each"):
        case "each":
            return [""] * len(nodeids)
        case "blocks":
            most = asked_concurrency(config)
            return blocks(nodeids, concurrency=most, workers=handed["workercount"])
        case "loadfile":
            return [nodeid.partition("::")[0] for nodeid in nodeids]
        case "loadscope":
            return [nodeid.rpartition("::")[0] for nodeid in nodeids]
        case _:
            return [None] * len(nodeids)


def suspects(folder: Path) -> frozenset[str]:
    """The items that ran when a worker crashed: each runs alone, to see which one it was."""
    try:
        return frozenset((folder / _SUSPECTS).read_text("utf-8").splitlines())
    except OSError:  # no worker crashed
        return frozenset()


def suspect(folder: Path, nodeids: Sequence[str]) -> None:
    """Let these items run alone from now on."""
    with (folder / _SUSPECTS).open("a", encoding="utf-8") as file:
        file.writelines(f"{nodeid}\n" for nodeid in nodeids)
