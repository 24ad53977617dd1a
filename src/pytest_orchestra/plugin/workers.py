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
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orchestra.plugin.options import OPTIONS

if TYPE_CHECKING:
    from pytest_orchestra.services import Lifeline

_ID = "orchestra_session_id"
_LIFELINE = "orchestra_lifeline"


@dataclass(slots=True, kw_only=True)
class SharedSession:
    """The session as this process knows it.

    Attributes:
        id: sorts by time, ``20261121-084500-1f3a``.
        worker: ``gw0`` under xdist, else ``main``.
        folder: of the session's state; made when something is written there.
        keep: how many sessions' folders stay.
        joined: the lifeline's directory that the controller handed over.
    """

    id: str
    worker: str
    folder: Path
    keep: int
    joined: Path | None = None
    _lifeline: Lifeline | None = field(default=None, repr=False)

    def lifeline(self) -> Lifeline:
        """What services hang on; owned by this process unless the controller handed one over."""
        if self._lifeline is None:
            from pytest_orchestra.services import Lifeline

            if self.joined is not None:
                self._lifeline = Lifeline.join(self.joined)
            else:
                self._lifeline = Lifeline.own(Path(tempfile.mkdtemp(prefix="orchestra-")))
        return self._lifeline

    def made_folder(self) -> Path:
        """The session's folder, made now if it is not there; the oldest others go."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
            ignore = self.folder.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
            _prune(self.folder.parent, self.keep)
        return self.folder

    def close(self) -> None:
        """End the services, if this process owns them, and keep their logs beside the events."""
        if self._lifeline is None or self.joined is not None:
            return
        directory = self._lifeline.directory
        self._lifeline.close()
        if self.folder.is_dir():
            for log in directory.glob("*.log"):
                with contextlib.suppress(OSError):
                    shutil.copyfile(log, self.folder / log.name)
        shutil.rmtree(directory, ignore_errors=True)
        self._lifeline = None


SHARED = pytest.StashKey[SharedSession]()


def begin(config: pytest.Config) -> None:
    """Name the session, or take the name that the controller gave."""
    handed: dict[str, Any] = getattr(config, "workerinput", {})
    options = config.stash[OPTIONS]
    name = handed.get(_ID) or _new_name()
    config.stash[SHARED] = SharedSession(
        id=name,
        worker=handed.get("workerid", "main"),
        folder=config.rootpath / options.state_dir / name,
        keep=options.keep,
        joined=Path(handed[_LIFELINE]) if _LIFELINE in handed else None,
    )


def tell_worker(node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController, optional here
    """Hand the session's name and lifeline to an xdist worker before it starts."""
    shared = node.config.stash[SHARED]
    node.workerinput[_ID] = shared.id
    node.workerinput[_LIFELINE] = str(shared.lifeline().directory)


def end(config: pytest.Config) -> None:
    """End what this process owns; a session that never began has nothing."""
    if (shared := config.stash.get(SHARED, None)) is not None:
        shared.close()


def _new_name() -> str:
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _prune(folder: Path, keep: int) -> None:
    """Remove the oldest sessions; one that another process removes meanwhile is no trouble."""
    sessions = sorted((entry.path for entry in os.scandir(folder) if entry.is_dir()), reverse=True)
    for path in sessions[keep:]:
        shutil.rmtree(path, ignore_errors=True)
