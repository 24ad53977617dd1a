"""Processes of the system under test, real ones."""

import json
import os
import signal
import stat
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.services import Lifeline, start_process

SERVER = """
import http.server, json, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Handler.asked += 1
        ready = self.path != "/late" or Handler.asked > 2
        self.send_response(200 if ready else 503)
        self.end_headers()
        says = {"cwd": os.getcwd(), "token": os.environ.get("TOKEN"), "asked": Handler.asked,
                "arguments": sys.argv[1:]}
        self.wfile.write(json.dumps(says).encode())

port = int(os.environ.get("PORT") or sys.argv[1])
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
SLEEPER = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)\n"
    "while True: signal.pause()"
)
TAKEN = """
import pathlib, sys
tried = pathlib.Path("tried")
times = int(tried.read_text()) if tried.exists() else 0
tried.write_text(str(times + 1))
if times < int(sys.argv[1]):
    sys.exit("OSError: [Errno 98] Address already in use")
from http.server import BaseHTTPRequestHandler, HTTPServer
HTTPServer(("127.0.0.1", int(sys.argv[2])), BaseHTTPRequestHandler).serve_forever()
"""
NOT_HTTP = """
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = server.accept()
    connection.recv(1024)
    connection.sendall(b"220 mail ready\\r\\n")
    connection.close()
"""


def python(code: str, *arguments: str) -> list[str]:
    # without site: what measures this process's coverage would start in that one too, and late
    return [sys.executable, "-S", "-c", code, *arguments]


def get(port: int | None) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as reply:
        return json.load(reply)


def test_process_gets_port_environment_and_folder(lifeline: Lifeline, tmp_path: Path) -> None:
    started = start_process(
        lifeline,
        "orders",
        python(SERVER, "{port}", "--url=http://127.0.0.1:{port}/"),
        env={"TOKEN": "at-{port}"},
        cwd=tmp_path,
    )

    said = get(started.port)
    assert said["cwd"] == str(tmp_path)
    assert said["token"] == f"at-{started.port}"
    assert said["arguments"] == [f"{started.port}", f"--url=http://127.0.0.1:{started.port}/"]
    assert (started.name, started.host) == ("orders", "127.0.0.1")


def test_port_may_stand_in_the_environment_alone(lifeline: Lifeline) -> None:
    started = start_process(lifeline, "orders", python(SERVER), env={"PORT": "{port}"})

    assert get(started.port)["asked"] == 1


def test_readiness_path_is_asked_until_it_answers_2xx(lifeline: Lifeline) -> None:
    started = start_process(lifeline, "orders", python(SERVER, "{port}"), ready="/late")

    assert get(started.port)["asked"] == 4


def test_process_without_port_is_ready_when_it_stays(
    lifeline: Lifeline, lives: Callable[[int], bool]
) -> None:
    started = start_process(lifeline, "worker", python(SLEEPER))

    assert started.port is None
    assert lives(started.pid)
    assert lifeline.close() == ()
    assert not lives(started.pid)


def test_same_name_finds_the_running_process(lifeline: Lifeline) -> None:
    first = start_process(lifeline, "worker", python(SLEEPER), within=20)

    assert start_process(lifeline, "worker", python(SLEEPER), within=10) == first


def test_same_name_with_another_command_is_refused(lifeline: Lifeline) -> None:
    start_process(lifeline, "worker", python(SLEEPER))

    with pytest.raises(
        ConfigurationError, match=r"process 'worker' was started .* another command"
    ):
        start_process(lifeline, "worker", python(SLEEPER, "--other"))


def test_failing_command_shows_the_end_of_its_log(lifeline: Lifeline) -> None:
    code = "import sys; [print('line', n, flush=True) for n in range(30)]; sys.exit('no database')"

    with pytest.raises(ConfigurationError) as caught:
        start_process(lifeline, "orders", python(code, "{port}"))

    lines = str(caught.value).splitlines()
    assert lines[0].startswith("process 'orders' did not start: ended with code 1. Its log ")
    assert len(lines) <= 11
    assert lines[-1].strip() == "no database"


def test_failed_start_is_told_to_the_next_asker_at_once(lifeline: Lifeline, tmp_path: Path) -> None:
    code = "open('starts', 'a').write('x'); raise SystemExit(3)"
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="ended with code 3"):
            start_process(lifeline, "orders", python(code, "{port}"), cwd=tmp_path)

    assert (tmp_path / "starts").read_text() == "x"


def test_command_that_does_not_exist_is_named(lifeline: Lifeline) -> None:
    with pytest.raises(ConfigurationError, match="/no/such/program: No such file") as caught:
        start_process(lifeline, "orders", ["/no/such/program"])

    assert "is empty" in str(caught.value)


def test_folder_that_does_not_exist_is_named(lifeline: Lifeline, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="absent: No such file or directory"):
        start_process(lifeline, "orders", python(SLEEPER), cwd=tmp_path / "absent")


@pytest.mark.parametrize(
    ("code", "ready"), [(SLEEPER, None), (SLEEPER, "/health"), (NOT_HTTP, "/health")]
)
def test_process_that_is_not_ready_in_time_is_ended(
    lifeline: Lifeline, code: str, ready: str | None, lives: Callable[[int], bool]
) -> None:
    code = f"import os; print('pid', os.getpid(), flush=True)\n{code}"

    with pytest.raises(ConfigurationError, match="was not ready in time") as caught:
        start_process(lifeline, "orders", python(code, "{port}"), ready=ready, within=0.5)

    pid = int(str(caught.value).rpartition("pid ")[2])
    assert lifeline.close() == ()
    assert not lives(pid)


def test_taken_port_is_replaced_by_another(lifeline: Lifeline, tmp_path: Path) -> None:
    """Another process may take the port between its choice and its use."""
    start_process(lifeline, "orders", python(TAKEN, "2", "{port}"), cwd=tmp_path)

    assert (tmp_path / "tried").read_text() == "3"


def test_ports_are_not_tried_for_ever(lifeline: Lifeline, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Address already in use"):
        start_process(lifeline, "orders", python(TAKEN, "99", "{port}"), cwd=tmp_path)

    assert (tmp_path / "tried").read_text() == "5"


def test_port_of_the_command_itself_is_tried_once(
    lifeline: Lifeline, tmp_path: Path, until: Callable[[Callable[[], object]], None]
) -> None:
    with suppress(ConfigurationError):  # unless it takes longer to fail than to count as started
        start_process(lifeline, "orders", python(TAKEN, "99"), cwd=tmp_path)

    until(lifeline.ended)
    assert "ended with code 1" in lifeline.ended()[0]
    assert (tmp_path / "tried").read_text() == "1"


def test_end_in_mid_session_is_told_with_the_log(
    lifeline: Lifeline, until: Callable[[Callable[[], object]], None]
) -> None:
    code = f"import signal, sys; signal.signal(15, lambda *_: sys.exit('out of memory'))\n{SLEEPER}"
    started = start_process(lifeline, "orders", python(code))

    os.kill(started.pid, signal.SIGTERM)
    until(lifeline.ended)

    assert lifeline.ended() == ("process 'orders' ended during the session: ended with code 1",)
    with pytest.raises(
        ConfigurationError, match=r"ended with code 1\. Its log .* ends with:\n +out of memory"
    ):
        start_process(lifeline, "orders", python(code))


def test_secrets_reach_the_process_and_no_file(lifeline: Lifeline, directory: Path) -> None:
    secret = "s3cr3t-token"
    started = start_process(lifeline, "orders", python(SERVER, "{port}"), env={"TOKEN": secret})
    assert get(started.port)["token"] == secret

    files = [path for path in directory.iterdir() if path.is_file()]
    supervisor = psutil.Process(started.pid).parent()
    assert supervisor is not None
    assert not [path for path in files if secret in path.read_text()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert secret not in " ".join(supervisor.cmdline())
    assert secret not in repr(started)


def test_whole_process_group_ends(
    lifeline: Lifeline,
    lives: Callable[[int], bool],
    until: Callable[[Callable[[], object]], None],
) -> None:
    """Workers that a server has started end with it, also where it does not care for them."""
    code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])\n"
        f"print(child.pid, flush=True)\n{SLEEPER}"
    )
    started = start_process(lifeline, "orders", python(code))
    until(lambda: started.log.read_text().endswith("\n"))
    child = int(started.log.read_text())
    assert lives(child)

    assert lifeline.close() == ()

    assert not lives(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux finds what left its group")
def test_daemon_that_left_its_group_ends_too(
    lifeline: Lifeline,
    lives: Callable[[int], bool],
    until: Callable[[Callable[[], object]], None],
) -> None:
    code = (
        "import os, signal\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork(): os._exit(0)\n"
        "    print(os.getpid(), flush=True)\n"
        "signal.pause()"
    )
    started = start_process(lifeline, "orders", python(code))
    until(lambda: started.log.read_text().endswith("\n"))
    daemon = int(started.log.read_text())
    assert lives(daemon)

    assert lifeline.close() == ()

    assert not lives(daemon)


def test_process_that_ignores_sigterm_is_killed(
    lifeline: Lifeline,
    lives: Callable[[int], bool],
    until: Callable[[Callable[[], object]], None],
) -> None:
    """After 5 s; who does not want to wait that long is told what still runs."""
    started = start_process(lifeline, "deaf", python(STUBBORN))
    until(lambda: "deaf" in started.log.read_text())

    assert lifeline.close(timeout=0.2) == ("process-deaf",)

    assert lives(started.pid)
    until(lambda: not lives(started.pid))


def test_kill_of_the_owner_ends_processes(
    agent: Callable[..., object],
    lives: Callable[[int], bool],
    until: Callable[[Callable[[], object]], None],
) -> None:
    owner = agent("own", worker={"command": python(SLEEPER)})
    pid = owner.said()["worker"]["pid"]
    assert lives(pid)

    owner.kill()

    until(lambda: not lives(pid))


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ({"command": []}, "needs a list of program and arguments"),
        ({"command": "python app.py"}, "needs a list of program and arguments"),
        ({"command": ["app", 8080]}, "is not a text"),
        ({"command": ["app", "\0"]}, "is not a text"),
        ({"command": ["app"], "env": {"PORT": 8080}}, "is not a text"),
        ({"command": ["app", "{port}"], "ready": "health"}, "without a slash"),
        ({"command": ["app"], "ready": "/health"}, "but no port"),
    ],
)
def test_call_that_cannot_work_is_refused(
    lifeline: Lifeline, directory: Path, call: dict[str, object], what: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"process 'orders' .*{what}"):
        start_process(lifeline, "orders", **call)

    assert not list(directory.glob("process-*"))
