"""The modules that a suite names under ``python:``, imported for the steps in them."""

from __future__ import annotations

import importlib.util
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.suite.python_steps import PythonStep, find_python_steps


def import_python_steps(path: Path) -> tuple[PythonStep, ...]:
    """The marked functions of the module at ``path``, in order of definition.

    The module is imported once under a name of its own; ``sys.path`` is left as it is.

    Raises:
        ConfigurationError: it is no Python file, or importing it raises.
    """
    return find_python_steps(vars(_imported(path)))


def _imported(path: Path) -> ModuleType:
    digest = sha256(str(path.resolve()).encode()).hexdigest()[:8]
    name = f"orchestra_steps_{path.stem}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ConfigurationError(
            f"python: {path} is not a Python file",
            hint="Paths are taken from the suite file's folder.",
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ConfigurationError(
            f"python: {path}{_line_in(error, path)} cannot be imported:"
            f" {type(error).__name__}: {error}"
        ) from error
    return module


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
