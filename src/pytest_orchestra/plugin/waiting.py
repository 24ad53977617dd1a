"""The waiting budget at the end of a session, also under xdist; its history is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.plugin.paths import with_short_paths
from pytest_orchestra.plugin.workers import SHARED

if TYPE_CHECKING:
    from pytest_orchestra.reports.waiting import Waiting

FILE = "waits.json"
"""In a session's folder: what its steps waited."""
_OUTPUT = "orchestra_waits"
_VERY_VERBOSE = 2
_MOST_BYTES = 50_000_000


class WaitingBudget:
    """Has what the steps of this process waited, and of all where it is the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._waiting: Waiting | None = None

    @property
    def waiting(self) -> Waiting:
        """What listens to events; made when first needed."""
        if self._waiting is None:
            from pytest_orchestra.reports.waiting import Waiting

            self._waiting = Waiting()
        return self._waiting

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Hand it to the controller, if there is one."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None and self._waiting is not None:
            output[_OUTPUT] = self._waiting.as_json()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take what a worker found."""
        if found := getattr(node, "workeroutput", {}).get(_OUTPUT):
            self.waiting.merge(found)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show it, unless the user asked for little, and keep it for later sessions."""
        if self._waiting is None or not self._waiting.steps:
            return
        from pytest_orchestra.reports.waiting import (
            MOST_STEPS,
            WORTH_TELLING,
            Waiting,
            budget,
            of_these_steps,
        )

        folder = self._config.stash[SHARED].folder
        history = Waiting()
        for earlier in _earlier(folder.root, folder.name):
            history.merge(of_these_steps(earlier, self._waiting.steps))
        history.merge(self._waiting.as_json())
        if folder.is_made:
            self._keep(folder.path)
        verbosity = self._config.getoption("verbose")
        lines = [
            *budget(
                self._waiting.steps,
                history.steps,
                most=None if verbosity > 0 else MOST_STEPS,
                worth_telling=WORTH_TELLING if verbosity < _VERY_VERBOSE else 0.0,
            )
        ]
        if lines and verbosity >= 0:
            terminalreporter.section("orchestra: waiting")
            for line in lines:
                terminalreporter.write_line(with_short_paths(line, self._config))

    def _keep(self, folder: Path) -> None:
        """A history that cannot be written is missed by nobody but the advice."""
        text = json.dumps(self.waiting.as_json())
        try:
            (folder / FILE).write_text(text, encoding="utf-8")
        except OSError:
            return


def _earlier(root: Path, name: str) -> Iterator[Any]:
    """What the sessions that are kept took down; one that cannot be read has none."""
    for path in sorted(root.glob(f"*/{FILE}")):
        if path.parent.name == name:
            continue
        try:
            if path.stat().st_size <= _MOST_BYTES:
                yield json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            continue


WAITING = pytest.StashKey[WaitingBudget]()


def begin(config: pytest.Config) -> None:
    """Take down what this process waits."""
    config.stash[WAITING] = waiting = WaitingBudget(config)
    config.pluginmanager.register(waiting, "orchestra_waiting")
