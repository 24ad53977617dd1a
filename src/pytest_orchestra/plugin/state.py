"""The folder of one session's state, among those of earlier sessions; the oldest of them go."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

_SESSION = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
"""What sessions are called; nothing else in the folder is ever removed."""

_SECOND = len("20261121-084500")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFolder:
    """Where a session keeps its events and the logs of its services.

    Attributes:
        root: of all sessions; may be a folder of the user's own.
        name: of the session.
        keep: how many sessions stay.
    """

    root: Path
    name: str
    keep: int

    @property
    def path(self) -> Path:
        """The session's own folder."""
        return self.root / self.name

    @property
    def is_made(self) -> bool:
        """Whether the session's folder is there, and may be looked into."""
        try:
            return self.path.is_dir()
        except OSError:  # the root is another user's
            return False

    def make(self) -> Path:
        """Make the session's folder, if it is not there, and forget the oldest sessions.

        Raises:
            OSError: it cannot be made.
        """
        if not self.path.is_dir():
            is_new = not self.root.exists()
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_new:
                (self.root / ".gitignore").write_text("*\n", encoding="utf-8")
            self._forget()
        return self.path

    def others(self) -> list[str]:
        """The names of other sessions that are there and can be read, the oldest first."""
        try:
            with os.scandir(self.root) as entries:
                return sorted(
                    entry.name
                    for entry in entries
                    if _SESSION.fullmatch(entry.name)
                    and entry.name != self.name
                    and entry.is_dir(follow_symlinks=False)
                )
        except OSError:  # not there yet, or no folder
            return []

    def _forget(self) -> None:
        """A session that another process forgets meanwhile is no trouble."""
        others = [self.root / name for name in self.others()]
        for path in others[: max(len(others) - self.keep + 1, 0)]:
            shutil.rmtree(path, ignore_errors=True)


def sessions_before(folder: StateFolder) -> list[str]:
    """The names of the sessions that began before this one, the oldest first."""
    return [name for name in folder.others() if name[:_SECOND] <= folder.name[:_SECOND]]
