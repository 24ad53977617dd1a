"""Putting problems together."""

from __future__ import annotations

import pytest

from pytest_orchestra.documents.problems import mistake
from pytest_orchestra.errors import BindingError, ConfigurationError, DefinitionError
from pytest_orchestra.model import Problem, SourceLocation
from pytest_orchestra.suite.collecting import collecting, in_file_order


def problem(file: str, line: int = 0, column: int = 0) -> Problem:
    return mistake("x", "y", at=SourceLocation(file=file, line=line, column=column))


def test_problems_of_both_errors_are_kept_and_the_work_goes_on() -> None:
    problems: list[Problem] = []
    with collecting(problems):
        raise DefinitionError([problem("a")])
    with collecting(problems):
        raise BindingError([problem("b"), "no problem"])
    with collecting(problems):
        pass
    assert problems == [problem("a"), problem("b")]


def test_other_errors_pass() -> None:
    with pytest.raises(ConfigurationError), collecting([]):
        raise ConfigurationError("x")


def test_problems_come_once_file_by_file_from_the_top_down() -> None:
    nowhere = mistake("x", "y", at=None)
    given = [
        problem("s", 5, 1),
        problem("d", 1),
        problem("s", 2, 9),
        nowhere,
        problem("s", 2, 3),
        problem("s", 5, 1),
    ]
    assert in_file_order(given) == (
        problem("s", 2, 3),
        problem("s", 2, 9),
        problem("s", 5, 1),
        problem("d", 1),
        nowhere,
    )
