"""Problems, nearest names and how values are spoken of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_orchestra.documents.problems import (
    MAX_PROBLEMS,
    described,
    in_file_order,
    mistake,
    nearest,
    shortened,
    suggestion,
)
from pytest_orchestra.model import Severity, SourceLocation


def test_a_mistake_is_an_error_with_place_and_hint() -> None:
    problem = mistake("c", "m", at=SourceLocation(file="f", line=2, column=3), hint="Do it.")
    assert problem.severity is Severity.ERROR
    assert str(problem) == "f:2:3: error[c] m. Do it."


def test_problems_in_the_files_order() -> None:
    places = [(2, 1), (1, 9), (1, 2)]
    problems = [
        mistake("c", "m", at=SourceLocation(file="f", line=line, column=column))
        for line, column in places
    ]
    nowhere = mistake("c", "m", at=None)
    assert in_file_order([*problems, nowhere]) == (nowhere, *reversed(problems))


def test_a_flood_of_problems_is_cut_and_says_so() -> None:
    problems = [mistake("c", "m", at=SourceLocation(file="f", line=n)) for n in range(1, 1001)]
    found = in_file_order(reversed(problems))
    assert found[:MAX_PROBLEMS] == tuple(problems[:MAX_PROBLEMS])
    assert str(found[-1]) == (
        "f:101: error[more-problems] 900 more problems from here on. Correct the first ones."
    )
    assert in_file_order(found) == found


def test_the_nearest_name_ignores_case_and_keeps_the_known_spelling() -> None:
    assert nearest("CHANEL", ["channel", "Kafka"]) == "channel"
    assert nearest("kafak", ["channel", "Kafka"]) == "Kafka"
    assert nearest("zzz", ["channel"]) is None


def test_a_suggestion_names_the_nearest_else_lists_all() -> None:
    assert suggestion("nam", ["name", "tags"]) == "Did you mean 'name'?"
    assert suggestion("xyz", ["tags", "name"], "Known keys") == "Known keys: name, tags."
    assert suggestion("xyz", []) == ""


def test_a_long_list_of_names_is_cut() -> None:
    names = [f"k{n:02}" for n in range(14)]
    assert suggestion("zzzz", names).endswith("k11 and 2 more.")


def test_shortened_text_is_one_line() -> None:
    assert shortened("a\n b") == "a b"
    assert shortened("x" * 50) == "x" * 39 + "…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (False, "false"),
        (5, "number 5"),
        (Decimal("1.10"), "number 1.10"),
        ("abc", "text 'abc'"),
        ({}, "a mapping"),
        ([], "a list"),
        ((), "a list"),
        (b"x", "a bytes"),
    ],
)
def test_values_are_described_in_words(value: object, text: str) -> None:
    assert described(value) == text


@pytest.mark.parametrize("value", ["hunter2", 12345, True])
def test_a_secret_value_is_never_shown(value: object) -> None:
    assert described(value, secret=True) == "another value"
