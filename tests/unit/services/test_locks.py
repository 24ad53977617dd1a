"""Locks that end with their holders."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_orchestra.services.locks import is_held, try_lock


def test_lock_is_held_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    held = try_lock(path)
    assert held is not None

    assert try_lock(path) is None
    assert is_held(path)
    os.close(held)
    assert not is_held(path)


def test_lock_lives_on_in_who_inherits_it(tmp_path: Path) -> None:
    """A supervisor takes the lock over from whoever started it."""
    path = tmp_path / "one.lock"
    held = try_lock(path)
    assert held is not None
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(held,)
    ) as heir:
        os.close(held)
        assert is_held(path)
        heir.kill()
        heir.wait(10)
        assert not is_held(path)


def test_lock_in_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        try_lock(tmp_path / "absent" / "one.lock")
