"""What the user asked for, as every other module sees it: a frozen ``Options``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_orchestra.plugin.shards import Shard

DEFAULT_MODE = "STOP_ON_FIRST_FAILURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked for.

    Attributes:
        suites: files, absolute; empty: suites are found where pytest collects.
        are_suites_asked_for: on the command line, not by the ini file.
        env, ini_env: of the command line and of the ini file: a suite's own comes between.
        criterion, ini_criterion: the same.
        time_scale: every deadline is so many times as long.
        fail_flaky: a FLAKY step fails the session.
        locked: scenarios must be those of the lock files.
        concurrency, ini_concurrency: scenarios at once; None: not said.
        shard: the part of the items that runs; None: all.
        durations: files, absolute, to balance parts by.
        resume: what has a final result in the last session does not run.
        mode: upper case.
        step: as it was called; only in the modes that go on at a step, as ``context`` is.
        context: absolute.
        global_data: files of GLOBAL data sets, as globs relative to rootdir.
        state_dir: folder of the sessions' state, relative to rootdir.
        keep: how many sessions' state stays there.
        finally_s: seconds that the ``finally`` steps of a run that was cut may take together.
        exclusive_s: seconds that a scenario may wait for those of other workers.
        words: what the command line said of any item: to be said again.
    """

    suites: tuple[Path, ...] = ()
    are_suites_asked_for: bool = False
    env: str | None = None
    ini_env: str | None = None
    allow_protected: bool = False
    data: tuple[str, ...] = ()
    data_tags: tuple[str, ...] = ()
    mode: str = DEFAULT_MODE
    step: str | None = None
    context: Path | None = None
    criterion: str | None = None
    ini_criterion: str | None = None
    time_scale: float = 1.0
    fail_flaky: bool = False
    locked: bool = False
    concurrency: int | None = None
    ini_concurrency: int | None = None
    shard: Shard | None = None
    durations: tuple[Path, ...] = ()
    resume: bool = False
    global_data: tuple[str, ...] = ()
    state_dir: str = ".orchestra"
    keep: int = 20
    finally_s: float = 8.0
    exclusive_s: float = 600.0
    words: tuple[str, ...] = ()


OPTIONS = pytest.StashKey[Options]()


def in_ini_file(config: pytest.Config, name: str) -> str:
    """Where a setting of the ini file is, for messages."""
    return f"{config.inipath}: {name}" if config.inipath else name


def describe(options: Options) -> str | None:
    """A line for the session's header, if the user asked for anything."""
    parts: list[str] = []
    if number := len(options.suites):
        parts.append("1 suite file" if number == 1 else f"{number} suite files")
    if environment := options.env or options.ini_env:
        parts.append(f"environment {environment}")
    if options.shard is not None:
        parts.append(f"part {options.shard}")
    elif options.durations:
        parts.append("durations unread without --orchestra-shard")
    if parts or options.words:
        parts.append(f"mode {options.mode}")
    return f"orchestra: {', '.join(parts)}" if parts else None
