"""What another account can reach."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from pytest_orchestra.services.supervisor.account import (
    account_for_server,
    can_all_reach,
    make_folder,
    usable_programs,
)
from pytest_orchestra.services.supervisor.server import StartError

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")


def test_public_folder_can_be_reached_by_all() -> None:
    assert can_all_reach(Path("/usr/bin"))


def test_folder_below_a_closed_one_cannot(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    (closed / "public").mkdir(parents=True)
    closed.chmod(0o700)
    (closed / "public").chmod(0o755)

    assert not can_all_reach(closed / "public")


@needs_root
def test_only_root_takes_another_account() -> None:
    assert account_for_server() is not None
    os.seteuid(65534)
    try:
        assert account_for_server() is None
    finally:
        os.seteuid(0)


@needs_root
def test_closed_temporary_directory_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    folder = make_folder((65534, 65534))

    assert folder.parent == Path("/tmp")
    assert (folder.stat().st_uid, stat.S_IMODE(folder.stat().st_mode)) == (65534, 0o700)
    folder.rmdir()


def test_programs_are_used_where_they_are_by_their_owner(tmp_path: Path) -> None:
    programs = tmp_path / "pginstall18" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").touch()

    assert usable_programs(tmp_path, tmp_path, None) == programs


def test_wheel_without_programs_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="has no pginstall18"):
        usable_programs(tmp_path, tmp_path, None)
