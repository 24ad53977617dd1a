"""What one observation lacks."""

from collections.abc import Mapping

import pytest

from pytest_orchestra.checks.expectation import Count, Expectation, Expected, mismatches_of
from pytest_orchestra.checks.matching import Mismatch, Part
from pytest_orchestra.spi import Observation


def paid(names: Mapping[str, object]) -> Mismatch | None:
    seen = names["type"]
    return None if seen == "Paid" else Mismatch(path="type == 'Paid'", part=Part.RULE)


@pytest.mark.parametrize(
    ("expected", "observation", "line"),
    [
        (Expected(), Observation(failure="HTTP 500"), "status: expected success, saw HTTP 500"),
        (
            Expected(status=(201, "OK")),
            Observation(status=404),
            "status: expected 201 or OK, saw 404",
        ),
        (Expected(status=(201,)), Observation(), "status: expected 201, saw no status"),
        (
            Expected(value={"id": 7}, has_value=True),
            Observation(value={"id": 8}),
            "value.id: expected 7, saw 8",
        ),
        (
            Expected(headers={"X-Id": 7}),
            Observation(headers={"x-id": "8"}),
            "headers.X-Id: expected 7, saw '8'",
        ),
        (
            Expected(headers={"X-Id": 7}),
            Observation(),
            "headers.X-Id: expected 7, saw no such header",
        ),
        (
            Expected(rules=(paid,)),
            Observation(roots={"type": "New"}),
            "type == 'Paid' does not hold",
        ),
    ],
)
def test_every_part_of_an_expectation_is_told(
    expected: Expected, observation: Observation, line: str
) -> None:
    """Status, value, headers, rules."""
    assert [str(each) for each in mismatches_of(expected, observation)] == [line]


def test_all_parts_are_told_together() -> None:
    """Each knows which part it is of."""
    expected = Expected(status=(200,), value=1, has_value=True, headers={"a": "b"}, rules=(paid,))
    found = mismatches_of(expected, Observation(status=500, value=2, roots={"type": "New"}))
    assert [each.part for each in found] == [Part.STATUS, Part.VALUE, Part.HEADER, Part.RULE]


def test_a_named_status_makes_a_failure_good() -> None:
    """A refusal may be what is wanted; headers compare as text too."""
    refused = Observation(status=404, failure="HTTP 404", headers={"x-id": "7"})
    assert mismatches_of(Expected(status=(404,), headers={"X-Id": 7}), refused) == ()


def test_a_value_that_is_not_expected_is_not_looked_at() -> None:
    """Null may be expected, too."""
    assert mismatches_of(Expected(), Observation(value={"a": 1})) == ()
    assert mismatches_of(Expected(value=None, has_value=True), Observation(value=0)) != ()


@pytest.mark.parametrize(
    ("count", "is_exact", "text"),
    [
        (None, False, "None"),
        (Count(least=2), False, "at least 2"),
        (Count(least=2, most=2), True, "exactly 2"),
    ],
)
def test_a_count_is_exact_or_at_least(count: Count | None, is_exact: bool, text: str) -> None:  # noqa: FBT001 - what is tested
    """And says so."""
    assert Expectation(count=count).is_exact is is_exact
    assert str(count) == text


def test_an_expectation_says_what_is_looked_for() -> None:
    """But for rules, which say it themselves."""
    new = Expected(value={"type": "New"}, has_value=True)
    assert str(Expectation(expected=Expected(rules=(paid,)))) == ""
    assert str(
        Expectation(expected=Expected(status=(200, "2xx"), headers={"a": "b"}), messages=(new, new))
    ) == (
        "status 200 or 2xx, headers {'a': 'b'}; message 1: value {'type': 'New'};"
        " message 2: value {'type': 'New'}"
    )
