"""A server that is a program: started on a free port, ended with its process group."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pytest_orchestra.services.supervisor.kinship import (
    adopt_orphans,
    die_with_parent,
    kill_adopted,
)
from pytest_orchestra.services.supervisor.ports import free_port
from pytest_orchestra.services.supervisor.server import StartError

if TYPE_CHECKING:
    from pytest_orchestra.services.files import ServiceFiles
    from pytest_orchestra.services.supervisor.watch import Watch

STOP_S = 5.0
"""How long a program may take to end before it is killed."""

PORT_ATTEMPTS = 5

_STEP_S = 0.005
_KILLED_S = 2.0
# How servers of any kind say that another process took the port in between.
_PORT_TAKEN = ("address already in use", "eaddrinuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is run, and as whom.

    Attributes:
        env: the whole environment.
        account: user and group id to run under; None: ours.
    """

    argv: tuple[str, ...] = field(repr=False)
    env: Mapping[str, str] = field(repr=False)
    cwd: str | None = None
    account: tuple[int, int] | None = None


class Program:
    """One program at a time, whose output goes to our standard error.

    Args:
        files: where the log is to which that leads.
        stop_signal: asks the program to end.
        orphan_signal: what the kernel sends it should this process be killed (Linux only).
    """

    def __init__(self, files: ServiceFiles, *, stop_signal: int, orphan_signal: int) -> None:
        self._files = files
        self._stop_signal = stop_signal
        self._orphan_signal = orphan_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id of the program started last, and of its group."""
        return 0 if self._process is None else self._process.pid

    def run(self, command: Command, watch: Watch, deadline: float) -> None:
        """Run a program to its end.

        Raises:
            StartError: it failed, or was not done in time.
        """
        process = self._spawn(command)
        if not watch.until(lambda: process.poll() is not None, deadline):
            raise StartError(f"{command.argv[0]} was not done in time")
        if process.returncode:
            raise StartError(f"{command.argv[0]} {self.ended()}")

    def serve(
        self,
        command: Callable[[int], Command],
        is_ready: Callable[[int], bool],
        watch: Watch,
        deadline: float,
        *,
        attempts: int = PORT_ATTEMPTS,
    ) -> int:
        """Start a server on a free port and wait until it is ready; anew if the port was taken.

        Args:
            command: for a port.
            is_ready: whether the server on that port is.
            watch: for the waits.
            deadline: in the time of ``time.monotonic``.
            attempts: how many ports to try.

        Returns:
            The port.

        Raises:
            StartError: it ended, or was not ready in time.
        """
        for left in reversed(range(attempts)):
            port = free_port()
            logged = self._files.log.stat().st_size
            self._spawn(command(port))
            self._await(partial(is_ready, port), watch, deadline)
            if not (why := self.ended()):
                break
            said = self._files.log_end(logged).lower()
            if not left or not any(text in said for text in _PORT_TAKEN):
                raise StartError(why)
        return port

    def _await(self, is_ready: Callable[[], bool], watch: Watch, deadline: float) -> None:
        if not watch.until(lambda: self.ended() != "" or is_ready(), deadline):
            raise StartError("was not ready in time")

    def ended(self) -> str:
        """Say how the program ended; empty while it runs."""
        code = None if self._process is None else self._process.poll()
        if code is None:
            return ""
        return f"ended with code {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"

    def stop(self) -> None:
        """Ask the program's group to end; after 5 s kill what is left of it."""
        if self._process is None:
            return
        _send(self._process.pid, self._stop_signal)
        if not self._is_gone(STOP_S):
            _send(self._process.pid, signal.SIGKILL)
            self._is_gone(_KILLED_S)
        kill_adopted(_KILLED_S)

    def _spawn(self, command: Command) -> subprocess.Popen[bytes]:
        user, group = command.account or (None, None)
        adopt_orphans()
        self._process = subprocess.Popen(  # noqa: S603 - running what was asked for is the task
            command.argv,
            env=command.env,
            cwd=command.cwd,
            user=user,
            group=group,
            extra_groups=None if command.account is None else (),
            stdin=subprocess.DEVNULL,
            stdout=2,
            stderr=2,
            start_new_session=True,
            preexec_fn=die_with_parent(self._orphan_signal),  # noqa: PLW1509 - no threads here
        )
        return self._process

    def _is_gone(self, within: float) -> bool:
        deadline = time.monotonic() + within
        while self._group_lives():
            if time.monotonic() > deadline:
                return False
            time.sleep(_STEP_S)
        return True

    def _group_lives(self) -> bool:
        if self._process is None or self._process.poll() is None:
            return self._process is not None
        try:
            while os.waitpid(-self._process.pid, os.WNOHANG) != (0, 0):
                pass  # orphans of the group that have ended
        except ChildProcessError:
            pass
        return _send(self._process.pid, 0)


def _send(group: int, number: int) -> bool:
    """Send a signal to a process group; False if nobody is left there."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # the latter on macOS, for a group of zombies
        return False
    return True
