"""What binding needs beside the suite file: protocols, Python steps, data sets of every suite."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from pytest_orchestra.data.data_sets import DataSet
from pytest_orchestra.data.global_sets import read_global_data
from pytest_orchestra.errors import ConfigurationError, DefinitionError, OrchestraError
from pytest_orchestra.plugin.options import OPTIONS, in_ini_file
from pytest_orchestra.spi import ProtocolPlugin
from pytest_orchestra.suite.channels import load_protocols
from pytest_orchestra.suite.python_modules import import_python_steps, package_of
from pytest_orchestra.suite.python_steps import PythonStep, find_python_steps
from pytest_orchestra.suite.reading import SuiteFile

_GLOBAL = pytest.StashKey[tuple[DataSet, ...]]()
_PROTOCOLS = pytest.StashKey[Mapping[str, ProtocolPlugin]]()


def protocols(config: pytest.Config) -> Mapping[str, ProtocolPlugin]:
    """The installed protocol plugins by channel id, looked for once: that takes 10 ms.

    Raises:
        ConfigurationError: one cannot be imported, or two have one id.
    """
    if _PROTOCOLS not in config.stash:
        config.stash[_PROTOCOLS] = load_protocols()
    return config.stash[_PROTOCOLS]


def global_data(config: pytest.Config) -> tuple[DataSet, ...]:
    """The GLOBAL data sets, read once.

    Raises:
        DefinitionError: a file is wrong.
        ConfigurationError: a glob of ``orchestra_data`` names no file.
    """
    if _GLOBAL not in config.stash:
        config.stash[_GLOBAL] = read_global_data(
            config.rootpath,
            config.stash[OPTIONS].global_data,
            in_ini_file(config, "orchestra_data"),
        )
    return config.stash[_GLOBAL]


def python_steps(
    config: pytest.Config, suite: SuiteFile, wrong: list[OrchestraError]
) -> Sequence[PythonStep]:
    """The marked functions of plugins, of the conftest files above the suite, of its own modules.

    They come in the order in which pytest loaded the plugins.

    Args:
        config: knows the plugins.
        suite: names the modules.
        wrong: gets an error for each of them that cannot be imported.
    """
    found: list[PythonStep] = []
    plugins = [plugin for _, plugin in config.pluginmanager.list_name_plugin()]
    for plugin in {id(plugin): plugin for plugin in plugins}.values():
        if isinstance(plugin, ModuleType) and _concerns(plugin, suite.file):
            found.extend(find_python_steps(vars(plugin)))
    for index, path in enumerate(suite.python_files):
        if (package := package_of(path)) not in sys.modules:
            pytest.register_assert_rewrite(package)
        try:
            found.extend(import_python_steps(path))
        except DefinitionError as error:
            wrong.append(error)
        except ConfigurationError as error:
            wrong.append(_placed(error, suite, index))
    return tuple(found)


def _placed(error: ConfigurationError, suite: SuiteFile, index: int) -> ConfigurationError:
    """The same, with the place where the suite names the module."""
    path = ("python",) if isinstance(suite.part.python, str) else ("python", index)
    hint = error.hint or "Install what it imports, or correct it."
    return ConfigurationError(f"{suite.document.location(path)}: {error.message}", hint=hint)


def _concerns(plugin: ModuleType, suite: Path) -> bool:
    """A conftest concerns the suites below its folder, any other plugin all of them."""
    file = getattr(plugin, "__file__", None)
    if file is None or Path(file).name != "conftest.py":
        return file is not None and not plugin.__name__.startswith("_pytest")
    return Path(file).resolve().parent in suite.resolve().parents
