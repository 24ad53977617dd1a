"""The command line and the ini file: one table, read once into a frozen ``Options``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_orchestra.plugin.paths import NAMED_SUFFIXES, may_be_named, named_files
from pytest_orchestra.plugin.shards import Shard, read_shard

DEFAULT_MODE = "STOP_ON_FIRST_FAILURE"
_DIGITS = 10
"""A number that is asked for has fewer."""
MOST_SCALE = 1000
STEPPING = ("SINGLE_STEP", "FROM_STEP")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """One row: ``--orchestra-NAME`` and the ini key ``orchestra_NAME``.

    Attributes:
        text: what it does; its choices are added.
        is_number: at least 1.
        is_of_item: it matters where one item runs again.
    """

    name: str
    text: str
    metavar: str = ""
    repeatable: bool = False
    choices: tuple[str, ...] = ()
    is_number: bool = False
    is_of_item: bool = True
    ini: str | None = None

    @property
    def flag(self) -> str:
        return f"--orchestra-{self.name}"

    @property
    def ini_name(self) -> str:
        return self.ini or f"orchestra_{self.name.replace('-', '_')}"

    @property
    def help(self) -> str:
        return f"{self.text}: one of {', '.join(self.choices)}" if self.choices else self.text


_TABLE = (
    _Option(
        name="suite",
        metavar="PATH",
        repeatable=True,
        is_of_item=False,
        text="suite file, .bpmn file, directory or glob to run; may be given several times",
    ),
    _Option(name="env", metavar="NAME", text="the environment to run against"),
    _Option(name="allow-protected", text="permit an environment that is marked protected"),
    _Option(
        name="data",
        metavar="NAME",
        repeatable=True,
        ini="orchestra_data_sets",
        text="run with this data set only; may be given several times",
    ),
    _Option(
        name="data-tag",
        metavar="TAG",
        repeatable=True,
        text="run with data sets of this tag only; may be given several times",
    ),
    _Option(
        name="mode",
        metavar="MODE",
        choices=("RUN_ALL_STEPS", "STOP_ON_FIRST_FAILURE", *STEPPING),
        text="what to do after a failure, or where to go on",
    ),
    _Option(
        name="step",
        metavar="STEP",
        text="the step of SINGLE_STEP and FROM_STEP: its alias or place, #2 for a later visit",
    ),
    _Option(
        name="context",
        metavar="FILE",
        text="the saved context that they take over, instead of that of the last run",
    ),
    _Option(
        name="criterion",
        metavar="NAME",
        choices=("flows", "branches", "pairs", "paths"),
        text="which scenarios",
    ),
    _Option(
        name="time-scale",
        metavar="NUMBER",
        text="multiply every deadline, for a system that is slower than usual",
    ),
    _Option(name="fail-flaky", text="fail the session where a step passed only on a retry"),
    _Option(name="locked", text="fail where scenarios are not those of the lock file"),
    _Option(
        name="concurrency",
        metavar="N",
        is_number=True,
        is_of_item=False,
        text="run up to so many scenarios at once in each process",
    ),
    _Option(
        name="shard",
        metavar="K/N",
        is_of_item=False,
        text="run part K of N parts, such as 2/5; each item is in one of them",
    ),
    _Option(
        name="resume",
        is_of_item=False,
        text="run only what has no final result in the last session of the same suites",
    ),
    _Option(
        name="durations",
        metavar="FILE",
        repeatable=True,
        is_of_item=False,
        text="balance parts by the durations.json of earlier sessions; may be given several times",
    ),
)


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


def add_options(parser: pytest.Parser) -> None:
    """Add every option of the table with its ini twin, and the settings that are ini only."""
    group = parser.getgroup("orchestra", "business processes, branch by branch")
    for option in _TABLE:
        if not option.metavar:
            group.addoption(option.flag, action="store_true", default=None, help=option.help)
            parser.addini(option.ini_name, option.help, type="bool", default=False)
        elif option.repeatable:
            group.addoption(
                option.flag, action="append", default=[], metavar=option.metavar, help=option.help
            )
            parser.addini(option.ini_name, option.help, type="args", default=[])
        else:
            group.addoption(option.flag, metavar=option.metavar, help=option.help)
            parser.addini(option.ini_name, option.help, default="")
    parser.addini("orchestra_data", "files of data sets for every suite", type="args", default=[])
    parser.addini("orchestra_dir", "folder of the session's state", default=".orchestra")
    parser.addini("orchestra_keep", "how many sessions' state is kept", default="20")
    parser.addini(
        "orchestra_finally_s",
        "seconds that the finally steps of a scenario may take together after Ctrl-C",
        default="8",
    )
    parser.addini(
        "orchestra_exclusive_s",
        "seconds that a scenario may wait for those of other workers that it excludes",
        default="600",
    )


class _Said(NamedTuple):
    """What the command line and the ini file say of one option; empty: nothing."""

    flag: Any
    ini: Any

    @property
    def best(self) -> Any:  # noqa: ANN401 - what argparse and ini give
        return self.flag or self.ini


def read_options(config: pytest.Config) -> Options:
    """Read and check what the user asked for.

    Raises:
        pytest.UsageError: a value cannot be used; the text says which one and what can.
    """
    said = {
        option.name: _Said(
            _checked(option, config.getoption(option.flag), option.flag),
            _checked(option, config.getini(option.ini_name), option.ini_name),
        )
        for option in _TABLE
    }
    shard = read_shard(said["shard"].best, "--orchestra-shard")
    return Options(
        suites=tuple(dict.fromkeys(_suites(config, said["suite"]))),
        are_suites_asked_for=bool(said["suite"].flag),
        env=said["env"].flag or None,
        ini_env=said["env"].ini or None,
        allow_protected=bool(said["allow-protected"].best),
        data=tuple(said["data"].best),
        data_tags=tuple(said["data-tag"].best),
        mode=said["mode"].best or DEFAULT_MODE,
        step=_step(said),
        context=_context(config, said),
        criterion=said["criterion"].flag or None,
        ini_criterion=said["criterion"].ini or None,
        time_scale=_scale(said["time-scale"]),
        fail_flaky=bool(said["fail-flaky"].best),
        locked=bool(said["locked"].best),
        concurrency=said["concurrency"].flag or None,
        ini_concurrency=said["concurrency"].ini or None,
        shard=shard,
        durations=tuple(_durations(config, said["durations"], shard)),
        resume=bool(said["resume"].best),
        global_data=tuple(config.getini("orchestra_data")),
        state_dir=config.getini("orchestra_dir"),
        keep=_number(config.getini("orchestra_keep"), "orchestra_keep"),
        finally_s=_seconds(config, "orchestra_finally_s"),
        exclusive_s=_seconds(config, "orchestra_exclusive_s"),
        words=tuple(_words(said)),
    )


def _checked(option: _Option, value: Any, called: str) -> Any:  # noqa: ANN401 - what argparse and ini give
    if option.is_number and value not in (None, ""):
        return _number(value, called)
    if not option.choices or not value:
        return value
    known = {choice.lower(): choice for choice in option.choices}
    choice = known.get(str(value).strip().lower())
    if choice is not None:
        return choice
    raise pytest.UsageError(f"{called}: {value!r} is none of {', '.join(option.choices)}")


def _number(value: object, called: str) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < _DIGITS and int(text)):
        raise pytest.UsageError(f"{called} is {text!r}: give a number of at least 1")
    return int(text)


def _scale(said: _Said) -> float:
    if not said.best:
        return 1.0
    called = "--orchestra-time-scale" if said.flag else "orchestra_time_scale"
    text = str(said.best).strip()
    number = float(text) if re.fullmatch(r"\d{1,4}(\.\d{1,6})?", text, re.ASCII) else 0.0
    if not 0 < number <= MOST_SCALE:
        raise pytest.UsageError(f"{called} is {text!r}: give a number, such as 2 or 0.5")
    return number


def _step(said: Mapping[str, _Said]) -> str | None:
    mode, step = said["mode"].best or DEFAULT_MODE, said["step"].best or None
    if mode in STEPPING:
        if step is None:
            raise pytest.UsageError(f"{mode} needs --orchestra-step: an alias, or a place")
    elif unused := next((each for each in ("step", "context") if said[each].best), None):
        raise pytest.UsageError(
            f"--orchestra-{unused} says nothing in mode {mode}:"
            f" add --orchestra-mode={' or '.join(STEPPING)}"
        )
    return str(step) if step is not None else None


def _context(config: pytest.Config, said: Mapping[str, _Said]) -> Path | None:
    flag, ini = said["context"]
    if flag:
        return (config.invocation_params.dir / str(flag)).absolute()
    return (config.rootpath / str(ini)).absolute() if ini else None


def _seconds(config: pytest.Config, name: str) -> float:
    text = str(config.getini(name)).strip()
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text, re.ASCII):
        raise pytest.UsageError(f"{name} is {text!r}: give seconds, such as 8 or 0.5")
    return float(text)


def _durations(config: pytest.Config, said: _Said, shard: Shard | None) -> Iterator[Path]:
    if said.flag and shard is None:
        raise pytest.UsageError(
            "--orchestra-durations balances parts, and there are none: add --orchestra-shard=K/N"
        )
    folder = config.invocation_params.dir if said.flag else config.rootpath
    return (folder / name for name in said.best)


def _suites(config: pytest.Config, said: _Said) -> Iterator[Path]:
    """The suite and process files that were asked for."""
    called, folder = "orchestra_suite", config.rootpath
    if said.flag:
        called, folder = "--orchestra-suite", config.invocation_params.dir
    for name in said.best:
        try:
            found = named_files(name, folder, ignored=config.getini("norecursedirs"))
        except (ValueError, NotImplementedError) as error:
            raise pytest.UsageError(f"{called}: {name!r} cannot be read: {error}") from error
        if not found:
            raise pytest.UsageError(
                f"{called}: {name!r} names no suite file"
                f" (looked in {folder}); give a *.suite.yaml, a .bpmn, a directory or a glob"
            )
        if strange := next((path for path in found if not may_be_named(path)), None):
            raise pytest.UsageError(
                f"{called}: {strange} is no suite file and no process file;"
                f" those end in {', '.join(NAMED_SUFFIXES)}"
            )
        yield from found


def _words(said: Mapping[str, _Said]) -> Iterator[str]:
    """The command line's own words, less what says which items run and how many at once."""
    for option in _TABLE:
        flag = said[option.name].flag
        if not flag or not option.is_of_item:
            continue
        values: Sequence[Any] = flag if option.repeatable else [flag]
        yield from (f"{option.flag}={each}" if option.metavar else option.flag for each in values)


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
