"""The command line and the ini file: one table, read once into a frozen ``Options``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SUITE_SUFFIXES = (".suite.yaml", ".suite.yml")
PROCESS_SUFFIXES = (".bpmn", ".bpmn20.xml")

MODES = ("RUN_ALL_STEPS", "STOP_ON_FIRST_FAILURE", "SINGLE_STEP", "FROM_STEP")
CRITERIA = ("flows", "branches", "pairs", "paths")
_NOT_YET = frozenset({"SINGLE_STEP", "FROM_STEP", "pairs", "paths"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """One row: ``--orchestra-NAME`` and the ini key ``orchestra_NAME``."""

    name: str
    text: str
    metavar: str = ""
    repeatable: bool = False
    choices: tuple[str, ...] = ()
    ini: str | None = None

    @property
    def flag(self) -> str:
        return f"--orchestra-{self.name}"

    @property
    def ini_name(self) -> str:
        return self.ini or f"orchestra_{self.name.replace('-', '_')}"


_TABLE = (
    _Option(
        name="suite",
        metavar="PATH",
        repeatable=True,
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
    _Option(name="mode", metavar="MODE", choices=MODES, text=f"one of {', '.join(MODES)}"),
    _Option(
        name="criterion",
        metavar="NAME",
        choices=CRITERIA,
        text=f"which scenarios: one of {', '.join(CRITERIA)}",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked for.

    Attributes:
        suites: files, resolved; empty: suites are found where pytest collects.
        env, ini_env: of the command line and of the ini file: a suite's own comes between.
        criterion, ini_criterion: the same.
        mode: upper case.
        global_data: files of GLOBAL data sets, as globs relative to rootdir.
    """

    suites: tuple[Path, ...] = ()
    env: str | None = None
    ini_env: str | None = None
    allow_protected: bool = False
    data: tuple[str, ...] = ()
    data_tags: tuple[str, ...] = ()
    mode: str = "STOP_ON_FIRST_FAILURE"
    criterion: str | None = None
    ini_criterion: str | None = None
    global_data: tuple[str, ...] = ()
    state_dir: str = ".orchestra"
    keep: int = 20


OPTIONS = pytest.StashKey[Options]()


def add_options(parser: pytest.Parser) -> None:
    """Add every option of the table with its ini twin, and the settings that are ini only."""
    group = parser.getgroup("orchestra", "business processes, branch by branch")
    for option in _TABLE:
        if not option.metavar:
            group.addoption(option.flag, action="store_true", default=None, help=option.text)
            parser.addini(option.ini_name, option.text, type="bool", default=False)
        elif option.repeatable:
            group.addoption(
                option.flag, action="append", default=[], metavar=option.metavar, help=option.text
            )
            parser.addini(option.ini_name, option.text, type="args", default=[])
        else:
            group.addoption(option.flag, metavar=option.metavar, help=option.text)
            parser.addini(option.ini_name, option.text, default="")
    parser.addini("orchestra_data", "files of data sets for every suite", type="args", default=[])
    parser.addini("orchestra_dir", "folder of the session's state", default=".orchestra")
    parser.addini("orchestra_keep", "how many sessions' state is kept", default="20")


def read_options(config: pytest.Config) -> Options:
    """Read and check what the user asked for.

    Raises:
        pytest.UsageError: a value cannot be used; the text says which one and what can.
    """
    said: dict[str, Any] = {}
    for option in _TABLE:
        flag = config.getoption(option.flag)
        ini = config.getini(option.ini_name)
        said[option.name] = (_checked(option, flag), _checked(option, ini))
    command_line_suites, ini_suites = said["suite"]
    suites = [
        *_found(command_line_suites, config.invocation_params.dir),
        *(() if command_line_suites else _found(ini_suites, config.rootpath)),
    ]
    keep = config.getini("orchestra_keep")
    if not str(keep).isdigit() or int(keep) < 1:
        raise pytest.UsageError(f"orchestra_keep is {keep!r}: give a number of at least 1")
    return Options(
        suites=tuple(dict.fromkeys(suites)),
        env=said["env"][0] or None,
        ini_env=said["env"][1] or None,
        allow_protected=bool(said["allow-protected"][0] or said["allow-protected"][1]),
        data=tuple(said["data"][0] or said["data"][1]),
        data_tags=tuple(said["data-tag"][0] or said["data-tag"][1]),
        mode=said["mode"][0] or said["mode"][1] or "STOP_ON_FIRST_FAILURE",
        criterion=said["criterion"][0] or None,
        ini_criterion=said["criterion"][1] or None,
        global_data=tuple(config.getini("orchestra_data")),
        state_dir=config.getini("orchestra_dir"),
        keep=int(keep),
    )


def _checked(option: _Option, value: Any) -> Any:  # noqa: ANN401 - what argparse and ini give
    if not option.choices or not value:
        return value
    for choice in option.choices:
        if choice.lower() == str(value).strip().lower():
            if choice in _NOT_YET:
                raise pytest.UsageError(f"{option.flag}: {choice} is not there yet")
            return choice
    raise pytest.UsageError(f"{option.flag}: {value!r} is none of {', '.join(option.choices)}")


def _found(patterns: Sequence[str], folder: Path) -> Iterator[Path]:
    """The files that a path, directory or glob names, in a stable order."""
    for pattern in patterns:
        path = (folder / pattern).resolve()
        if path.is_file():
            yield path
            continue
        if path.is_dir():
            files = [match for match in matching(path, "**/*") if is_suite(match)]
        else:
            files = matching(folder, pattern)
        if not files:
            raise pytest.UsageError(
                f"--orchestra-suite: {pattern!r} names no suite file"
                f" (looked in {folder}); give a *.suite.yaml, a .bpmn, a directory or a glob"
            )
        yield from files


def matching(folder: Path, pattern: str) -> list[Path]:
    """The files that a glob names, taken from ``folder``, in a stable order."""
    place = Path(pattern)
    if place.is_absolute():
        folder, pattern = Path(place.anchor), str(place.relative_to(place.anchor))
    return sorted(match.resolve() for match in folder.glob(pattern) if match.is_file())


def is_suite(path: Path) -> bool:
    """Whether the file's name is that of a suite file."""
    return path.name.endswith(SUITE_SUFFIXES)


def is_ours(path: Path, parent: pytest.Collector) -> bool:
    """Whether a file is collected here: suites always, anything that the user named."""
    if is_suite(path):
        return True
    if not path.name.endswith((*PROCESS_SUFFIXES, ".xml", ".yaml", ".yml")):
        return False
    if path in parent.config.stash[OPTIONS].suites:
        return True
    return path.name.endswith(PROCESS_SUFFIXES) and parent.session.isinitpath(path)


def point_at_suites(config: pytest.Config) -> None:
    """With ``--orchestra-suite`` and no path, collect the suites and nothing else.

    xdist's workers read the command line again, so this runs in each of them too.
    """
    suites = [str(path) for path in config.stash[OPTIONS].suites]
    if not suites:
        return
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    config.args = (
        [*config.args, *(each for each in suites if each not in config.args)] if named else suites
    )


def describe(options: Options) -> str | None:
    """A line for the session's header, if there is something to say."""
    if not options.suites:
        return None
    parts = [f"{len(options.suites)} suite file{'s' if len(options.suites) > 1 else ''}"]
    if options.env:
        parts.append(f"environment {options.env}")
    parts.append(f"mode {options.mode}")
    return "orchestra: " + ", ".join(parts)
