"""The modules that a suite names under ``python:``, imported for the steps in them."""

from __future__ import annotations

import importlib
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from pytest_orchestra.errors import ConfigurationError, DefinitionError
from pytest_orchestra.suite.python_steps import PythonStep, find_python_steps


def import_python_steps(path: Path) -> tuple[PythonStep, ...]:
    """The marked functions of the module at ``path``, in order of definition.

    The module is imported once, in a package of its folder's own; ``sys.path`` is left as it is.

    Raises:
        ConfigurationError: it is no Python file, or importing it raises.
        DefinitionError: a function is marked with what cannot be used.
    """
    return find_python_steps(vars(_imported(path)))


def package_of(path: Path) -> str:
    """The package that the module at ``path`` is imported into; each folder has its own."""
    digest = sha256(str(path.resolve().parent).encode()).hexdigest()[:8]
    return f"orchestra_steps_{digest}"


def _imported(path: Path) -> ModuleType:
    if not (path.is_file() and path.suffix == ".py"):
        raise ConfigurationError(
            f"python: {path} is not a Python file",
            hint="Paths are taken from the suite file's folder.",
        )
    if not path.stem.isidentifier():
        raise ConfigurationError(
            f"python: '{path.stem}' is no name that Python can import",
            hint="Rename the file: letters, digits and '_', the first no digit.",
        )
    package = package_of(path)
    if package not in sys.modules:
        sys.modules[package] = ModuleType(package)
        sys.modules[package].__path__ = [str(path.resolve().parent)]
    try:
        return importlib.import_module(f"{package}.{path.stem}")
    except DefinitionError:  # a step cannot be used as it is marked: it has its place
        raise
    except Exception as error:
        raise ConfigurationError(
            f"python: {path}{_line_in(error, path.resolve())} cannot be imported:"
            f" {type(error).__name__}: {error}"
        ) from error


def _line_in(error: Exception, path: Path) -> str:
    """``:12``: the last line of the module that led to the error, where one did."""
    if isinstance(error, SyntaxError):
        return f":{error.lineno}"
    line, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = f":{trace.tb_lineno}"
        trace = trace.tb_next
    return line
