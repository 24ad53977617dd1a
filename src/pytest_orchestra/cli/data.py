"""``orchestra data``: data sets made, and told which of them are missing."""

from __future__ import annotations

import argparse

from pytest_orchestra.cli import data_generate, data_recommend

SUMMARY = "Make data sets for a suite, or tell which ones it lacks."


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in (("generate", data_generate), ("recommend", data_recommend)):
        command.configure(
            commands.add_parser(name, help=command.SUMMARY, description=command.SUMMARY)
        )
