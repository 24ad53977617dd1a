"""The lifeline of a session: a FIFO that its owner holds open and every supervisor watches.

However the owner ends, the kernel closes the FIFO, and the supervisors stop what they hold.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import Self

from pytest_orchestra.services.files import ServiceFiles
from pytest_orchestra.services.locks import is_held

CLOSE_S = 15.0
"""Longer than a process that does not heed SIGTERM and a server that then ends take together."""

FIFO = "lifeline"

_POLL_S = 0.005
_SETTLED_S = 60.0


class Lifeline:
    """What the services of a session hang on.

    Attributes:
        directory: where the session's services keep their files; to be handed to ``join``.
        note: why that is not the folder that was asked for; empty if it is.
        logs: where the owner keeps the logs when the session is over, for messages; None: nowhere.
    """

    def __init__(
        self,
        directory: Path,
        *,
        descriptor: int | None = None,
        note: str = "",
        logs: Path | None = None,
    ) -> None:
        self.directory = directory.absolute()
        self.note = note
        self.logs = logs
        self._descriptor = descriptor

    @classmethod
    def own(cls, directory: Path, *, logs: Path | None = None) -> Self:
        """Begin a session: its services live until ``close`` or the end of this process.

        Costs no thread and starts nothing. On Windows the lifeline can be owned and handed on,
        but starting a service is refused.

        Args:
            directory: made where missing; a folder of the temporary directory takes its place if
                its file system has no FIFOs or locks, and ``note`` says so.
            logs: where the caller will keep the logs.
        """
        if sys.platform == "win32":  # pragma: no cover - tested on Linux and macOS only
            return cls(directory, logs=logs)
        note = ""
        try:
            descriptor = _hold(directory)
        except OSError as error:
            asked, directory = directory, Path(tempfile.mkdtemp(prefix="pytest-orchestra-"))
            descriptor = _hold(directory)
            note = f"services keep their files in {directory}, as {asked} cannot: {error.strerror}"
        lifeline = cls(directory, descriptor=descriptor, note=note, logs=logs)
        _let_go_in_forks(lifeline)
        return lifeline

    @classmethod
    def join(cls, directory: Path, *, logs: Path | None = None) -> Self:
        """Use the lifeline that another process owns, by its ``directory``."""
        return cls(directory, logs=logs)

    @staticmethod
    def sweep(parent: Path, prefix: str) -> None:
        """Remove the directories of sessions that were killed: nobody holds their FIFO any more.

        Args:
            parent: where the directories are.
            prefix: how their names begin.
        """
        for fifo in parent.glob(f"{prefix}*/{FIFO}"):
            try:
                if time.time() - fifo.stat().st_mtime > _SETTLED_S:  # else it may just be made
                    os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
            except OSError as error:
                if error.errno == errno.ENXIO:  # nobody reads: neither owner nor supervisor
                    shutil.rmtree(fifo.parent, ignore_errors=True)

    def close(self, timeout: float = CLOSE_S) -> tuple[str, ...]:
        """End the session's services and wait until their supervisors are gone.

        Nothing happens where the lifeline was only joined, or is closed.

        Args:
            timeout: seconds to wait.

        Returns:
            The services that were still ending then, as their files are called; mostly none.
        """
        if self._descriptor is None:
            return ()
        self.let_go()
        (self.directory / FIFO).unlink(missing_ok=True)
        deadline = time.monotonic() + timeout
        while (left := self._supervised()) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        if self.note and not left:
            shutil.rmtree(self.directory, ignore_errors=True)
        return left

    def ended(self) -> tuple[str, ...]:
        """Name the services that did not start or have ended by themselves, and say why."""
        records = (
            ServiceFiles(directory=self.directory, stem=path.stem).read()
            for path in sorted(self.directory.glob("*.json"))
        )
        return tuple(
            f"{record.title} {record.ended}" for record in records if record and record.ended
        )

    def let_go(self) -> None:
        """Stop holding the FIFO, without waiting for anybody."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _supervised(self) -> tuple[str, ...]:
        return tuple(path.stem for path in sorted(self.directory.glob("*.lock")) if is_held(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _hold(directory: Path) -> int:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_held(directory / f"{FIFO}.lock")  # raises where the file system has no locks
    fifo = directory / FIFO
    os.mkfifo(fifo, 0o600)
    return os.open(fifo, os.O_RDWR | os.O_NONBLOCK)


def _let_go_in_forks(lifeline: Lifeline) -> None:
    """See that a fork (multiprocessing) that outlives the owner keeps no session alive."""
    reference = weakref.ref(lifeline)

    def let_go() -> None:
        if (inherited := reference()) is not None:
            inherited.let_go()

    os.register_at_fork(after_in_child=let_go)
