"""Who holds a session, and what happens when they let go."""

import os
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from pytest_orchestra.services import Lifeline, start_process

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]


def test_owner_makes_a_folder_that_is_its_own(directory: Path) -> None:
    with Lifeline.own(directory) as lifeline:
        assert lifeline.directory == directory
        assert lifeline.note == ""
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert (directory / "lifeline").is_fifo()

    assert not (directory / "lifeline").exists()


def test_closing_twice_does_nothing_more(directory: Path) -> None:
    lifeline = Lifeline.own(directory)

    assert lifeline.close() == ()
    assert lifeline.close() == ()


def test_close_of_a_joined_lifeline_ends_nothing(
    lifeline: Lifeline, lives: Callable[[int], bool]
) -> None:
    """A worker that is done leaves the services to the others."""
    with Lifeline.join(lifeline.directory) as joined:
        started = start_process(joined, "worker", SLEEPER)

    assert lives(started.pid)
    assert start_process(lifeline, "worker", SLEEPER) == started


def test_folder_that_can_hold_no_fifo_is_replaced(tmp_path: Path) -> None:
    """One whose path is all but too long stands for a file system that knows no FIFOs."""
    long = tmp_path
    while len(str(long)) < 4085:
        long /= "x" * min(200, 4090 - len(str(long)))
    long.mkdir(parents=True)

    with Lifeline.own(long) as lifeline:
        moved = lifeline.directory
        assert moved != long
        assert str(moved) in lifeline.note
        assert "File name too long" in lifeline.note
        assert stat.S_IMODE(moved.stat().st_mode) == 0o700
        start_process(Lifeline.join(moved), "worker", SLEEPER)

    assert not moved.exists()


def test_two_sessions_do_not_share_a_folder(directory: Path) -> None:
    with Lifeline.own(directory) as first, Lifeline.own(directory) as second:
        assert second.directory != first.directory
        assert "File exists" in second.note


def test_fork_of_the_owner_does_not_keep_the_session(
    agent: Callable[..., object],
    lives: Callable[[int], bool],
    until: Callable[[Callable[[], object]], None],
) -> None:
    """A test may leave a multiprocessing child behind that outlives a killed pytest."""
    owner = agent("own", fork=True, worker={"command": SLEEPER})
    said = owner.said()

    owner.kill()

    until(lambda: not lives(said["worker"]["pid"]))
    assert lives(said["fork"])
    os.kill(said["fork"], signal.SIGKILL)


def test_fork_after_close_is_harmless(directory: Path) -> None:
    lifeline = Lifeline.own(directory)
    lifeline.close()

    child = os.fork()
    if child == 0:
        os._exit(0)

    assert os.waitpid(child, 0) == (child, 0)


def test_session_in_which_all_runs_has_none_ended(lifeline: Lifeline) -> None:
    start_process(lifeline, "worker", SLEEPER)

    assert lifeline.ended() == ()


def test_folders_of_killed_sessions_are_swept(tmp_path: Path) -> None:
    """Those of living ones, of very new ones and of others stay."""
    with Lifeline.own(tmp_path / "orchestra-living") as living:
        for name in ("orchestra-killed", "orchestra-new", "other-killed"):
            (tmp_path / name).mkdir()
            os.mkfifo(tmp_path / name / "lifeline")
        for name in ("orchestra-killed", "orchestra-living", "other-killed"):
            os.utime(tmp_path / name / "lifeline", (1, 1))

        Lifeline.sweep(tmp_path, "orchestra-")

        assert living.directory.is_dir()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"orchestra-living", "orchestra-new", "other-killed"}
