"""A process of the system under test."""

from __future__ import annotations

import http.client
import os
import signal
import time
from typing import TYPE_CHECKING

from pytest_orchestra.services.service import PORT
from pytest_orchestra.services.supervisor.ports import HOST, is_open
from pytest_orchestra.services.supervisor.program import PORT_ATTEMPTS, Command, Program

if TYPE_CHECKING:
    from pytest_orchestra.services.files import ServiceFiles
    from pytest_orchestra.services.service import Service
    from pytest_orchestra.services.supervisor.watch import Watch

SETTLE_S = 0.2
"""How long a process without a port must run to count as started."""

_REPLY_S = 1.0


class Process:
    """Runs the command of a service; see ``start_process``."""

    def __init__(self, service: Service, files: ServiceFiles) -> None:
        self._service = service
        self._program = Program(files, stop_signal=signal.SIGTERM, orphan_signal=signal.SIGKILL)

    def start(self, watch: Watch, deadline: float) -> dict[str, str]:
        """Start it and wait until it is ready."""
        settled = time.monotonic() + SETTLE_S

        def is_ready(port: int) -> bool:
            if self._service.ready is not None:
                return _answers(port, self._service.ready)
            return is_open(port) if self._service.has_port else time.monotonic() > settled

        attempts = PORT_ATTEMPTS if self._service.has_port else 1
        port = self._program.serve(self._command, is_ready, watch, deadline, attempts=attempts)
        address = {"host": HOST, "pid": str(self._program.pid)}
        return {**address, "port": str(port)} if self._service.has_port else address

    def ended(self) -> str:
        """Say how it ended."""
        return self._program.ended()

    def stop(self) -> None:
        """End its process group."""
        self._program.stop()

    def _command(self, port: int) -> Command:
        added = {key: value.replace(PORT, str(port)) for key, value in self._service.env.items()}
        return Command(
            argv=tuple(text.replace(PORT, str(port)) for text in self._service.command),
            env={**os.environ, **added},
            cwd=self._service.cwd,
        )


def _answers(port: int, path: str) -> bool:
    """Whether GET of the path is answered by 2xx."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_REPLY_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status // 100 == 2  # noqa: PLR2004 - 2xx
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
