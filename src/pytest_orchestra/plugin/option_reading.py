"""The command line and the ini file, read once and checked: a wrong value is a usage error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_orchestra.plugin.option_table import STEPPING, TABLE, Option
from pytest_orchestra.plugin.options import DEFAULT_MODE, Options
from pytest_orchestra.plugin.paths import NAMED_SUFFIXES, may_be_named, named_files
from pytest_orchestra.plugin.shards import Shard, read_shard

_DIGITS = 10
"""A number that is asked for has fewer."""
_MOST_SCALE = 1000


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
        for option in TABLE
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


def _checked(option: Option, value: Any, called: str) -> Any:  # noqa: ANN401 - what argparse and ini give
    if called == option.flag and "" in (value if option.repeatable else (value,)):
        raise pytest.UsageError(f"{called} is empty: give {option.metavar}, or leave it out")
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
    if not 0 < number <= _MOST_SCALE:
        raise pytest.UsageError(f"{called} is {text!r}: give a number, such as 2 or 0.5")
    return number


def _step(said: Mapping[str, _Said]) -> str | None:
    mode, step = said["mode"].best or DEFAULT_MODE, said["step"].best or None
    if mode in STEPPING:
        if step is None:
            raise pytest.UsageError(f"{mode} needs --orchestra-step: an alias, or a place")
        if said["resume"].best:
            raise pytest.UsageError(
                f"--orchestra-resume leaves out scenarios that are done, and {mode} goes on with"
                " them: leave one of the two out"
            )
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
    for option in TABLE:
        flag = said[option.name].flag
        if not flag or not option.is_of_item:
            continue
        values: Sequence[Any] = flag if option.repeatable else [flag]
        yield from (f"{option.flag}={each}" if option.metavar else option.flag for each in values)
