"""A double of Redis: the TCP server of fakeredis, in threads of this process."""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

from pytest_orchestra.services.supervisor.ports import HOST

if TYPE_CHECKING:
    from pytest_orchestra.services.supervisor.watch import Watch


class Redis:
    """Runs one server; all its threads are daemons, so that they end with this process."""

    def start(self, watch: Watch, deadline: float) -> dict[str, str]:  # noqa: ARG002 - no waits
        """Start it on a port of the kernel's choice."""
        fakeredis = importlib.import_module("fakeredis")  # 0.2 s, and Redis' supervisor's alone
        server = fakeredis.TcpFakeServer((HOST, 0))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, name="redis", daemon=True).start()
        return {"url": f"redis://{HOST}:{server.server_address[1]}/0"}

    def ended(self) -> str:
        """It ends with this process."""
        return ""

    def stop(self) -> None:
        """It ends with this process."""
