"""The table of options: each is ``--orchestra-NAME``, with an ini twin; and what is ini only."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

STEPPING = ("SINGLE_STEP", "FROM_STEP")
"""Modes that go on at a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
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
        """On the command line."""
        return f"--orchestra-{self.name}"

    @property
    def ini_name(self) -> str:
        """In the ini file."""
        return self.ini or f"orchestra_{self.name.replace('-', '_')}"

    @property
    def help(self) -> str:
        """For people."""
        return f"{self.text}: one of {', '.join(self.choices)}" if self.choices else self.text


TABLE = (
    Option(
        name="suite",
        metavar="PATH",
        repeatable=True,
        is_of_item=False,
        text="suite file, .bpmn file, directory or glob to run; may be given several times",
    ),
    Option(name="env", metavar="NAME", text="the environment to run against"),
    Option(name="allow-protected", text="permit an environment that is marked protected"),
    Option(
        name="data",
        metavar="NAME",
        repeatable=True,
        ini="orchestra_data_sets",
        text="run with this data set only; may be given several times",
    ),
    Option(
        name="data-tag",
        metavar="TAG",
        repeatable=True,
        text="run with data sets of this tag only; may be given several times",
    ),
    Option(
        name="mode",
        metavar="MODE",
        choices=("RUN_ALL_STEPS", "STOP_ON_FIRST_FAILURE", *STEPPING),
        text="what to do after a failure, or where to go on",
    ),
    Option(
        name="step",
        metavar="STEP",
        text="the step of SINGLE_STEP and FROM_STEP: its alias or place, #2 for a later visit",
    ),
    Option(
        name="context",
        metavar="FILE",
        text="the saved context that they take over, instead of that of the last run",
    ),
    Option(
        name="criterion",
        metavar="NAME",
        choices=("flows", "branches", "pairs", "paths"),
        text="which scenarios",
    ),
    Option(
        name="time-scale",
        metavar="NUMBER",
        text="multiply every deadline, for a system that is slower than usual",
    ),
    Option(name="fail-flaky", text="fail the session where a step passed only on a retry"),
    Option(name="locked", text="fail where scenarios are not those of the lock file"),
    Option(
        name="concurrency",
        metavar="N",
        is_number=True,
        is_of_item=False,
        text="run up to so many scenarios at once in each process",
    ),
    Option(
        name="shard",
        metavar="K/N",
        is_of_item=False,
        text="run part K of N parts, such as 2/5; each item is in one of them",
    ),
    Option(
        name="resume",
        is_of_item=False,
        text="run only what has no final result in the last session of the same suites",
    ),
    Option(
        name="durations",
        metavar="FILE",
        repeatable=True,
        is_of_item=False,
        text="balance parts by the durations.json of earlier sessions; may be given several times",
    ),
)


def add_options(parser: pytest.Parser) -> None:
    """Add every option of the table with its ini twin, and the settings that are ini only."""
    group = parser.getgroup("orchestra", "business processes, branch by branch")
    for option in TABLE:
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
