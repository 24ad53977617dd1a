"""What the processes of one session share: its name, its folder, and the lifeline of services.

The owner is the pytest process, under xdist the controller; workers join it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import shutil
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.plugin.blocks import has_own_blocks
from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.plugin.shards import Durations
from pytest_orchestra.plugin.state import StateFolder

if TYPE_CHECKING:
    from pytest_orchestra.services import Lifeline

_ID = "orchestra_session_id"
_LIFELINE = "orchestra_lifeline"
_PREFIX = "orchestra-"
_INTERRUPTED = "interrupted"
_HURRY_WITHIN = 0.5
"""Seconds that services may take to end while a user who pressed Ctrl-C looks on."""


@dataclass(slots=True, kw_only=True, eq=False)  # pytest may hash plugins
class SharedSession:
    """The session as this process knows it.

    Attributes:
        id: sorts by time, ``20261121-084500-1f3a``.
        worker: ``gw0`` under xdist, else ``main``.
        folder: of the session's state; made when something is written there.
        joined: the lifeline's directory that the controller handed over.
        is_hurried: whether the user asked to end.
    """

    id: str
    worker: str
    folder: StateFolder
    joined: Path | None = None
    is_hurried: bool = False
    _lifeline: Lifeline | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def lifeline(self) -> Lifeline:
        """What services hang on; owned by this process unless the controller handed one over.

        Connections are resolved in threads, several at once.
        """
        from pytest_orchestra.services import Lifeline

        with self._lock:
            logs = self.folder.path
            if self._lifeline is None and self.joined is not None:
                self._lifeline = Lifeline.join(self.joined, logs=logs)
            elif self._lifeline is None:
                parent = Path(tempfile.gettempdir())
                Lifeline.sweep(parent, _PREFIX)
                own = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
                self._lifeline = Lifeline.own(own, logs=logs)
            return self._lifeline

    def news(self) -> tuple[str, ...]:
        """What is worth knowing of the services: where their files are, which of them ended."""
        if self._lifeline is None or self.joined is not None:
            return ()
        note = self._lifeline.note
        ended = self._lifeline.ended()
        logs = (f"what they printed is kept in {self.folder.path}",) if ended else ()
        return (*((note,) if note else ()), *ended, *logs)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Take down that the user asked to end, for workers too; ``pytest.exit`` comes this way."""
        self.is_hurried = isinstance(excinfo.value, KeyboardInterrupt)
        if self._lifeline is not None and self.joined is None:
            with contextlib.suppress(OSError):  # xdist ends them some seconds later
                (self._lifeline.directory / _INTERRUPTED).touch()

    def is_interrupted(self) -> bool:
        """Whether the controller of this worker was asked to end."""
        return self.joined is not None and (self.joined / _INTERRUPTED).exists()

    def close(self) -> tuple[str, ...]:
        """End the services, if this process owns them, and keep their logs beside the events.

        Returns:
            The services that were still ending when nobody waited for them any longer.
        """
        if self._lifeline is None or self.joined is not None:
            return ()
        lifeline, self._lifeline = self._lifeline, None
        try:
            left = lifeline.close(_HURRY_WITHIN) if self.is_hurried else lifeline.close()
        except KeyboardInterrupt:  # nobody needs to wait for them: they end by themselves
            return ()
        with contextlib.suppress(OSError):
            self._keep_logs(lifeline.directory)
        if not left:
            shutil.rmtree(lifeline.directory, ignore_errors=True)
        return left

    def _keep_logs(self, directory: Path) -> None:
        for log in sorted(directory.glob("*.log")):
            kept = self.folder.make() / log.name
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with log.open("rb") as source, os.fdopen(descriptor, "wb") as copy:
                shutil.copyfileobj(source, copy)


SHARED = pytest.StashKey[SharedSession]()


def begin(config: pytest.Config) -> None:
    """Name the session, or take the name that the controller gave."""
    handed: dict[str, Any] = getattr(config, "workerinput", {})
    options = config.stash[OPTIONS]
    name = handed.get(_ID) or _new_name()
    root = config.rootpath / options.state_dir
    config.stash[SHARED] = shared = SharedSession(
        id=name,
        worker=handed.get("workerid", "main"),
        folder=StateFolder(root=root, name=name, keep=options.keep),
        joined=Path(handed[_LIFELINE]) if _LIFELINE in handed else None,
    )
    config.pluginmanager.register(shared, "orchestra_session")
    if not handed:
        config.pluginmanager.register(Durations(shared.folder), "orchestra_durations")


def tell_worker(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, optional here
    """Hand the session's name and lifeline to an xdist worker before it starts."""
    shared = node.config.stash[SHARED]
    node.workerinput[_ID] = shared.id
    node.workerinput[_LIFELINE] = str(shared.lifeline().directory)


def scheduler(config: pytest.Config, log: Any) -> object | None:  # noqa: ANN401 - xdist's
    """What shares items out among workers, if that is ours to say."""
    if not has_own_blocks(config):
        return None
    from pytest_orchestra.plugin.scheduling import BlockScheduling

    return BlockScheduling(config, log, config.stash[SHARED].lifeline().directory)


def summarize(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Say what became of the services, and where the session's events are."""
    shared = config.stash[SHARED]
    for line in shared.news():
        terminal.write_line(f"orchestra: {line}", yellow=True)


def end(config: pytest.Config) -> None:
    """End what this process owns; a session that never began has nothing."""
    if (shared := config.stash.get(SHARED, None)) is None:
        return
    left = shared.close()
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if left and terminal is not None:
        terminal.write_line(f"orchestra: still ending: {', '.join(left)}", yellow=True)


def _new_name() -> str:
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
