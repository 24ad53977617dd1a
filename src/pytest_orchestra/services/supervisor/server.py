"""What a supervisor asks of the server that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pytest_orchestra.services.supervisor.watch import Watch


class StartError(Exception):
    """The server cannot be started; the text says why and goes into the starter's error."""


class Server(Protocol):
    """One server, in this process or a child of it."""

    def start(self, watch: Watch, deadline: float) -> dict[str, str]:
        """Start it and wait until it is ready.

        Args:
            watch: for every wait, so that none outlives the session.
            deadline: in the time of ``time.monotonic``.

        Returns:
            How to reach it.

        Raises:
            StartError: it did not start, or not in time.
            SessionOverError: from ``watch``.
        """

    def ended(self) -> str:
        """Say why it does not run any more; empty while it runs."""

    def stop(self) -> None:
        """End it and remove its data, whether or not it was started."""
