"""What a session leaves in its folder, and what it says when it cannot."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., None]

SERVED = """
import sys
import pytest

@pytest.fixture(scope="session")
def orchestra_environment(orchestra_environment):
    global SERVICE
    command = [sys.executable, "-c", {program!r}]
    SERVICE = orchestra_environment.start("{name}", command, within=20)
    return orchestra_environment
"""
LISTENS = (
    "import http.server, sys; print('password is s3cret-of-the-shop', flush=True);"
    "http.server.HTTPServer(('127.0.0.1', int('{port}')),"
    " http.server.BaseHTTPRequestHandler).serve_forever()"
)


def sessions(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.is_dir())


def events(folder: Path) -> list[dict[str, Any]]:
    (log,) = folder.glob("*/events.jsonl")
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def test_every_process_writes_one_log(shop: pytest.Pytester) -> None:
    """Workers share a session, a folder and a file."""
    shop.runpytest("-n", "2").assert_outcomes(passed=2)
    told = events(shop.path / ".orchestra")
    assert len({event["session_id"] for event in told if "session_id" in event}) == 1
    begun = [event["worker"] for event in told if event["event"] == "session_started"]
    ended = [event["worker"] for event in told if event["event"] == "session_finished"]
    assert sorted(begun) == sorted(ended) == ["gw0", "gw1"]
    assert sum(event["event"] == "run_finished" for event in told) == 2


def test_looking_leaves_nothing(shop: pytest.Pytester, write: Write) -> None:
    """Neither does a session without scenarios."""
    write(test_own__py="def test_own(): pass")
    shop.runpytest("--collect-only")
    shop.runpytest("test_own.py", "-n", "1")
    assert not (shop.path / ".orchestra").exists()


def test_the_last_sessions_are_kept_and_ignored_by_git(shop: pytest.Pytester) -> None:
    """The oldest go, by their names."""
    old = [f"20200101-00000{number}-abcd" for number in range(3)]
    shop.runpytest("order.suite.yaml::main")
    folder = shop.path / ".orchestra"
    assert (folder / ".gitignore").read_text("utf-8") == "*\n"
    for name in old:
        (folder / name).mkdir()
        (folder / name / "events.jsonl").touch()
    shop.runpytest("order.suite.yaml::main", "-o", "orchestra_keep=3")
    kept = sessions(folder)
    assert kept[0] == old[2]
    assert len(kept) == 3


def test_a_folder_of_the_users_own_is_left_alone(shop: pytest.Pytester) -> None:
    """Only what sessions are called is ever removed, and no .gitignore is put there."""
    for name in ("src", "docs", "00000000-000000-zzzz"):
        (shop.path / name).mkdir()
    for _ in range(2):
        shop.runpytest("-o", "orchestra_dir=.", "-o", "orchestra_keep=1").assert_outcomes(passed=2)
    here = sessions(shop.path)
    assert {"src", "docs", "00000000-000000-zzzz"} <= set(here)
    assert sum(name.startswith("20") for name in here) == 1
    assert not (shop.path / ".gitignore").exists()


def test_the_folder_may_be_anywhere(shop: pytest.Pytester, tmp_path: Path) -> None:
    """By an absolute path too."""
    elsewhere = tmp_path / "else" / "where"
    shop.runpytest("-o", f"orchestra_dir={elsewhere}").assert_outcomes(passed=2)
    assert events(elsewhere)
    assert (elsewhere / ".gitignore").is_file()


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one", "workers"])
def test_scenarios_run_where_the_folder_cannot_be_made(
    shop: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    """A warning says why and what to do; no filter makes an error of it."""
    (shop.path / ".orchestra").write_text("a file", encoding="utf-8")
    result = shop.runpytest("-W", "error", *arguments)
    result.assert_outcomes(passed=2, warnings=2 if arguments else 1)
    result.stdout.fnmatch_lines(
        [
            (
                "*OrchestraWarning: *.orchestra/*-*-* cannot be made: *; no run events are kept."
                " Make it writable, or set orchestra_dir to a folder that is."
            )
        ]
    )


def test_scenarios_run_where_the_folder_cannot_be_looked_for(shop: pytest.Pytester) -> None:
    """Its name is too long; so it is where it is another user's."""
    result = shop.runpytest("-o", f"orchestra_dir={'x' * 300}")
    result.assert_outcomes(passed=2, warnings=1)
    assert result.ret == pytest.ExitCode.OK


def test_scenarios_run_where_nothing_can_be_kept_of_them(
    shop: pytest.Pytester, write: Write
) -> None:
    """It is told once, whichever scenario was the first."""
    write(
        conftest__py="""
        from pathlib import Path

        def pytest_orchestra_before_step(item):
            for session in Path(".orchestra").glob("*-*-*"):
                (session / "contexts").touch()
        """
    )
    result = shop.runpytest()
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(
        ["*OrchestraWarning: *contexts*: what a run leaves cannot be kept: *; the run goes on"]
    )


def test_a_log_that_cannot_be_written_is_told(shop: pytest.Pytester, write: Write) -> None:
    """Something else has its name."""
    write(
        conftest__py="""
        import pytest

        @pytest.fixture(scope="session")
        def orchestra_environment(orchestra_environment, pytestconfig):
            from pytest_orchestra.plugin.workers import SHARED
            (pytestconfig.stash[SHARED].folder.make() / "events.jsonl").mkdir()
            return orchestra_environment
        """
    )
    result = shop.runpytest()
    result.assert_outcomes(passed=2, warnings=2)
    result.stdout.fnmatch_lines(["*run events cannot be written: *", "*12 events are missing*"])


def test_what_services_print_is_kept(shop: pytest.Pytester, write: Write) -> None:
    """Beside the events, for its owner alone."""
    write(conftest__py=SERVED.format(name="orders", program=LISTENS))
    shop.runpytest_subprocess("-n", "2").assert_outcomes(passed=2)
    (log,) = shop.path.glob(".orchestra/*/process-orders.log")
    assert "password is" in log.read_text("utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_a_service_that_ended_is_told_of(shop: pytest.Pytester, write: Write) -> None:
    """At the end, with the folder of its log."""
    conftest = SERVED.format(name="orders", program=LISTENS)
    write(
        conftest__py=f"""{conftest}
@pytest.fixture
def service(orchestra_environment):
    return SERVICE

@pytest.fixture
def news(pytestconfig):
    from pytest_orchestra.plugin.workers import SHARED
    return pytestconfig.stash[SHARED].news
""",
        shop_steps__py="""
        import os, signal
        import pytest_orchestra as orchestra

        @orchestra.step("Check order")
        def end(service):
            os.kill(service.pid, signal.SIGKILL)

        @orchestra.step("Ship order", kind="ASSERTION")
        def it_is_known(news):
            assert news()
        """,
    )
    result = shop.runpytest_subprocess("-k", "main")
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "orchestra: process 'orders' ended during the session: *",
            "orchestra: what they printed is kept in *.orchestra/*",
        ]
    )


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one process", "a worker"])
def test_a_service_that_does_not_start_says_why_without_secrets(
    shop: pytest.Pytester,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    workers: tuple[str, ...],
) -> None:
    """The end of its log is shown, masked; the log is kept where the message says."""
    monkeypatch.setenv("SHOP_TEST_PASSWORD", "s3cret-of-the-shop")
    write(
        orchestra__environments__yaml="""
        local:
          db:
            main: {url: "postgresql://shop:${env:SHOP_TEST_PASSWORD}@127.0.0.1:9/shop"}
        """,
        conftest__py=SERVED.format(
            name="orders",
            program="'{port}'; print('password is s3cret-of-the-shop'); raise SystemExit(3)",
        ).replace("    global", "    orchestra_environment.connection('db')\n    global"),
    )
    result = shop.runpytest_subprocess("order.suite.yaml::main", *workers)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "process 'orders' *: ended with code 3*",
            "*password is ****",
            "asked for by conftest.py:*",
        ]
    )
    assert "s3cret" not in result.stdout.str()
    (log,) = shop.path.glob(".orchestra/*/process-orders.log")
    assert f"Its log {log.relative_to(shop.path)} ends with:" in result.stdout.str()


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_a_full_disk_changes_no_verdict_and_leaves_no_part_of_a_file(
    shop: pytest.Pytester, write: Write, not_ours: list[bytes]
) -> None:
    """It is told once of each; of what is there only the log's last line is cut."""
    write(
        conftest__py="""
        import resource

        def pytest_sessionstart():
            most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (300, most))
        """
    )
    options = ["-s", "-p", "no:cacheprovider", "-p", "no:randomly"]
    session = subprocess.run(  # through a pipe: what it prints has no limit
        [sys.executable, "-m", "pytest", *options],
        cwd=shop.path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    printed = session.stdout
    assert "2 passed, 3 warnings" in printed
    assert printed.count("what a run leaves cannot be kept: [Errno 27] File too large") == 1
    assert printed.count("run events cannot be written: File too large; the run goes on") == 1
    left = {path.name for path in shop.path.rglob(".orchestra/*/**/*") if path.is_file()}
    not_ours.append(b"the line that was cut")
    assert left == {"events.jsonl", "durations.json"}
