"""What runs leave for later ones, as files: ``.orchestra/SESSION/contexts/SCENARIO-HASH.json``."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pytest_orchestra.engine.saving import SavedContext, read_saved
from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.plugin.state import StateFolder

FOLDER = "contexts"
MOST_BYTES = 64 * 1024 * 1024
"""Of a file that is read."""

_STRANGE = re.compile(r"[^A-Za-z0-9-]+")
_SHOWN = 40
_ANOTHER = "Run the scenario as a whole first, or name a file: --orchestra-context=FILE."


@dataclass(slots=True, kw_only=True)
class Contexts:
    """Of the sessions of one rootdir.

    Attributes:
        folder: of this session.
        root: rootdir, from which suite files are told apart.
        complain: is told once where they cannot be written.
    """

    folder: StateFolder
    root: Path
    complain: Callable[[str], None]
    _is_there: bool = False
    _has_complained: bool = False

    def write(self, saved: SavedContext) -> None:
        """Keep what a run leaves, in the place of what an earlier attempt in this session left."""
        path = self.folder.path / FOLDER / self._name_of(saved)
        unfinished = path.with_suffix(".part")
        try:
            if not self._is_there:
                self.folder.make()
                path.parent.mkdir(mode=0o700, exist_ok=True)
                self._is_there = True
            text = json.dumps(saved.tree(), ensure_ascii=False, separators=(",", ":"))
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
            unfinished.replace(path)
        except (OSError, ValueError, RecursionError) as error:
            with suppress(OSError):
                unfinished.unlink()
            self._say(f"{path}: what a run leaves cannot be kept: {error}; the run goes on")

    def latest(self, wanted: SavedContext) -> SavedContext:
        """What the last run of the same suite, scenario, data set and environment left.

        Raises:
            ConfigurationError: there is none, or it cannot be read.
        """
        name = self._name_of(wanted)
        found = self.folder.root.glob(f"*/{FOLDER}/{name}")
        others = [path for path in found if path.parent.parent != self.folder.path]
        if others:
            return read_context(max(others, key=_age))
        data = f" with data set '{wanted.data_set}'" if wanted.data_set else ""
        where = f" on environment '{wanted.environment}'" if wanted.environment else ""
        raise ConfigurationError(
            f"no run of scenario '{wanted.scenario}'{data}{where} is kept in {self.folder.root}",
            hint=_ANOTHER,
        )

    def _name_of(self, saved: SavedContext) -> str:
        suite = os.path.relpath(saved.suite_file, self.root).replace(os.sep, "/")
        parts = (suite, saved.process_id, saved.scenario, saved.data_set or "", saved.environment)
        digest = hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
        return f"{_STRANGE.sub('_', saved.scenario)[:_SHOWN]}-{digest[:12]}.json"

    def _say(self, text: str) -> None:
        if not self._has_complained:
            self._has_complained = True
            self.complain(text)


def _age(path: Path) -> tuple[str, int]:
    """What is greater of the later one: sessions are named by the second."""
    with suppress(OSError):
        return path.parent.parent.name[:15], path.stat().st_mtime_ns
    return "", 0


def read_context(path: Path) -> SavedContext:
    """Read a saved context.

    Raises:
        ConfigurationError: it cannot be read, or is none.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigurationError(
                f"{path} is larger than {MOST_BYTES // 2**20} MiB", hint="Name another file."
            )
        tree = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{path} cannot be read: {reason}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"{path} is no saved context, or one that was cut short: {error}", hint=_ANOTHER
        ) from error
    return read_saved(tree, where=str(path))
