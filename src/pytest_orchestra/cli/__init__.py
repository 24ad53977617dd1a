"""The ``orchestra`` command: one module per subcommand."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from pytest_orchestra.cli import data, diff, plan, report, validate
from pytest_orchestra.errors import OrchestraError

WRONG = 2
"""Exit code where a file, an option or the command line is wrong."""

_COMMANDS = {"plan": plan, "validate": validate, "diff": diff, "report": report, "data": data}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: without the program's name; None: those of the process.

    Returns:
        The exit code: the command's own, and 2 where something is wrong with what the user gave.
    """
    parser = argparse.ArgumentParser(
        prog="orchestra", description="Business processes tested branch by branch."
    )
    parser.add_argument("--version", action="version", version=version("pytest-orchestra"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in _COMMANDS.items():
        command.configure(
            commands.add_parser(name, help=command.SUMMARY, description=command.SUMMARY)
        )
    arguments = parser.parse_args(argv)
    _speak_utf8()
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except OrchestraError as error:
        print(error, file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        _close_quietly()
        return 0
    return code


def _speak_utf8() -> None:
    """Names of elements may be of any script, whatever the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _close_quietly() -> None:
    """The reader went away (``| head``): the flush at exit must not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
