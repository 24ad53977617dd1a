"""``python -m pytest_orchestra.services.supervisor DIRECTORY STEM``, the service on standard input.

Inherits the descriptor that holds the service's lock, and so holds it until it ends.
Standard output is closed when the service is ready or has failed; the record says which.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from pathlib import Path

from pytest_orchestra.services.files import Record, ServiceFiles
from pytest_orchestra.services.lifeline import FIFO
from pytest_orchestra.services.service import Service
from pytest_orchestra.services.supervisor.kafka import Kafka
from pytest_orchestra.services.supervisor.postgres import Postgres
from pytest_orchestra.services.supervisor.process import Process
from pytest_orchestra.services.supervisor.redis import Redis
from pytest_orchestra.services.supervisor.server import Server, StartError
from pytest_orchestra.services.supervisor.watch import SessionOverError, Watch

HANG_S = 12
"""How long starting or stopping may hang beyond its deadlines before SIGALRM ends it all."""


def main() -> None:
    """Leave the process that was started to its starter, and supervise in a child of it.

    So nobody has the supervisor for a child, and nobody has to reap it.
    """
    service = Service.from_json(sys.stdin.read())
    if os.fork():
        os._exit(0)
    directory, stem = sys.argv[1:]
    supervise(service, ServiceFiles(directory=Path(directory), stem=stem))


def supervise(service: Service, files: ServiceFiles) -> None:
    """Run the service until it ends, the owner of the lifeline ends, or SIGTERM asks for it."""
    server = _server(service, files)
    try:
        watch = Watch(files.directory / FIFO)
        _answer(files, _start(server, watch, service))
        while not (why := server.ended()):
            watch.pause()
        files.write(_record(service, ended=f"ended during the session: {why}"))
    except StartError as error:
        _answer(files, _record(service, ended=f"did not start: {error}"))
    except SessionOverError:
        sys.stderr.write("The session is over.\n")
        files.record.unlink(missing_ok=True)
    finally:
        signal.alarm(HANG_S)
        server.stop()


def _server(service: Service, files: ServiceFiles) -> Server:
    match service.kind:
        case "postgres":
            return Postgres(Path(service.package), files)
        case "kafka":
            return Kafka(Path(service.package))
        case "redis":
            return Redis()
        case "process":
            return Process(service, files)


def _start(server: Server, watch: Watch, service: Service) -> Record:
    signal.alarm(math.ceil(service.within) + HANG_S)
    try:
        address = server.start(watch, time.monotonic() + service.within)
    except OSError as error:
        raise StartError(f"{error.filename}: {error.strerror}") from error
    signal.alarm(0)
    return _record(service, address=address)


def _record(service: Service, *, address: dict[str, str] | None = None, ended: str = "") -> Record:
    return Record(
        title=service.title,
        fingerprint=service.fingerprint,
        supervisor=os.getpid(),
        address=address or {},
        ended=ended,
    )


def _answer(files: ServiceFiles, record: Record) -> None:
    files.write(record)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    main()
