"""Starts a service, or finds the one that another process of the session has started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.services.files import Record, ServiceFiles
from pytest_orchestra.services.locks import try_lock

if TYPE_CHECKING:
    from pytest_orchestra.services.lifeline import Lifeline
    from pytest_orchestra.services.service import Service

GRACE_S = 2.0
"""How long a supervisor may take beyond the service's own deadline to say that it was missed."""

_POLL_S = 0.01


def require_platform(platform: str) -> None:
    """Refuse what has neither FIFOs nor process groups.

    Args:
        platform: as ``sys.platform``.

    Raises:
        ConfigurationError: on Windows.
    """
    if platform == "win32":
        raise ConfigurationError(
            "embedded services and processes need Linux or macOS",
            hint="Choose an environment whose connections name running servers.",
        )


def start(lifeline: Lifeline, service: Service) -> Record:
    """Start the service unless it runs, and wait until it is ready.

    May be called by any process and thread of the session, at the same time too.

    Returns:
        The record of the running service.

    Raises:
        ConfigurationError: it did not start in time, or has ended since; its name belongs to
            another service; the session is over; Windows.
    """
    require_platform(sys.platform)
    files = ServiceFiles(directory=lifeline.directory, stem=service.stem, logs=lifeline.logs)
    deadline = time.monotonic() + service.within + GRACE_S
    while True:
        lock = _try_lock(files, service)
        if lock is not None:
            try:
                return _running(_start_first(files, service, lock), files, service)
            finally:
                os.close(lock)
        if (record := files.read()) is not None:
            return _running(record, files, service)
        if time.monotonic() > deadline:
            raise _refusal(service.title, "is still being started by another process", files)
        time.sleep(_POLL_S)


def _try_lock(files: ServiceFiles, service: Service) -> int | None:
    try:
        return try_lock(files.lock)
    except OSError as error:
        raise ConfigurationError(
            f"{service.title} cannot be started: {files.lock}: {error.strerror}",
            hint="Start services before the session ends, in the folder that its owner made.",
        ) from error


def _start_first(files: ServiceFiles, service: Service, lock: int) -> Record:
    found = files.read()
    if found is not None:
        return found if found.ended else _lost(service, "ended: its supervisor was killed")
    why = "ended early" if _spawn(files, service, lock) else "gave no answer"
    return files.read() or _lost(service, f"did not start: its supervisor {why}")


def _lost(service: Service, why: str) -> Record:
    return Record(title=service.title, fingerprint=service.fingerprint, supervisor=0, ended=why)


def _spawn(files: ServiceFiles, service: Service, lock: int) -> bool:
    """Start a supervisor and wait until it closes its end of the pipe, as it does once it knows.

    Returns:
        False if it does not in time.
    """
    command = (sys.executable, "-P", "-W", "ignore", "-m", "pytest_orchestra.services.supervisor")
    log = files.open_log()
    try:
        process = subprocess.Popen(  # noqa: S603 - our own module, by the interpreter that runs us
            (*command, str(files.directory), files.stem),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            pass_fds=(lock,),
        )
    finally:
        os.close(log)
    with process:
        try:
            process.communicate(service.to_json().encode(), timeout=service.within + GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return False
    return True


def _running(record: Record, files: ServiceFiles, service: Service) -> Record:
    if record.fingerprint != service.fingerprint:
        raise ConfigurationError(
            f"{service.title} was started in this session with another command, environment, "
            "folder or readiness path",
            hint="Give each its own name.",
        )
    if record.ended:
        raise _refusal(record.title, record.ended, files)
    return record


def _refusal(title: str, why: str, files: ServiceFiles) -> ConfigurationError:
    lines = files.tail()
    shown = "".join(f"\n    {line}" for line in lines)
    log = f"Its log {files.lasting_log}"
    hint = f"{log} ends with:{shown}" if lines else f"{log} is empty."
    return ConfigurationError(f"{title} {why}", hint=hint)
