"""Processes of the system under test, started for the session and ended with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.services.files import ServiceFiles
from pytest_orchestra.services.service import Service
from pytest_orchestra.services.starting import start

if TYPE_CHECKING:
    from pytest_orchestra.services.lifeline import Lifeline


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedProcess:
    """A process that runs until the session ends.

    Attributes:
        port: what ``{port}`` became; None where the command has none.
        pid: process id, also of its process group.
        log: its standard output and error.
    """

    name: str
    host: str
    port: int | None
    pid: int
    log: Path


def start_process(
    lifeline: Lifeline,
    name: str,
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    ready: str | None = None,
    within: float = 30.0,
) -> StartedProcess:
    """Start a process, or find the one of that name that runs in this session.

    It is ready when ``GET ready`` on its port answers 2xx; without ``ready`` when its port is
    open; without a port when it still runs after a moment. It is ended by SIGTERM to its process
    group, and 5 s later by SIGKILL.

    Args:
        lifeline: what it ends with.
        name: unique among the session's processes.
        command: program and arguments, no shell; ``{port}`` in them becomes a free port of
            127.0.0.1.
        env: added to the environment of the process that asks first; ``{port}`` works here too.
            Handed on through a pipe, written nowhere.
        cwd: folder to run in; that of the process that asks first, unless said.
        ready: path of a URL, ``/health``.
        within: seconds until it must be ready.

    Raises:
        ConfigurationError: the command cannot be run, ended, or was not ready in time (with the
            last lines of its log); the name is another command's; Windows.
    """
    service = Service(
        kind="process",
        name=name,
        within=within,
        command=tuple(command),
        env=dict(env or {}),
        cwd=None if cwd is None else str(cwd),
        ready=ready,
    )
    _check(service, command)
    address = start(lifeline, service).address
    return StartedProcess(
        name=name,
        host=address["host"],
        port=int(address["port"]) if "port" in address else None,
        pid=int(address["pid"]),
        log=ServiceFiles(directory=lifeline.directory, stem=service.stem).log,
    )


def _check(service: Service, command: Sequence[str]) -> None:
    texts: tuple[object, ...] = (*service.command, *service.env, *service.env.values())
    if isinstance(command, str) or not command:
        wrong, hint = "needs a list of program and arguments", "Split it: ['python', 'app.py']."
    elif not all(isinstance(text, str) and "\0" not in text for text in texts):
        wrong, hint = "has an argument or variable that is not a text", "Convert it by str()."
    elif service.ready is not None and not service.ready.startswith("/"):
        wrong, hint = "has a readiness path without a slash", "Write it like '/health'."
    elif service.ready is not None and not service.has_port:
        wrong, hint = "has a readiness path but no port", "Put {port} into its command."
    else:
        return
    raise ConfigurationError(f"{service.title} {wrong}", hint=hint)
