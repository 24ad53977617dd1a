"""The command that runs one item again."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from pytest_orchestra.plugin.options import OPTIONS
from pytest_orchestra.plugin.paths import is_process, is_suite


def rerun_command(item: pytest.Item) -> str:
    """A pytest command for one item with the session's orchestra options, quoted for a shell.

    It is to be given in the folder that pytest was called from.
    """
    config = item.config
    path = _from_here(item.path, config)
    module = item.getparent(pytest.Module)
    names = item.nodeid.removeprefix(module.nodeid) if module is not None else ""
    words = ["pytest", f"{path}{names}", *config.stash[OPTIONS].words]
    if not (is_suite(item.path) or is_process(item.path)):
        words.append(f"--orchestra-suite={path}")
    if config.getoption("inifilename"):
        words += ["-c", str(config.getoption("inifilename"))]
    if config.getoption("rootdir"):
        words.append(f"--rootdir={config.getoption('rootdir')}")
    return shlex.join(words)


def _from_here(path: Path, config: pytest.Config) -> str:
    try:
        return Path(os.path.relpath(path, config.invocation_params.dir)).as_posix()
    except ValueError:  # another drive
        return str(path)
