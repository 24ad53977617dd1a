"""What models of files have in common."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from pytest_orchestra.documents.models import (
    DocumentModel,
    Duration,
    Flag,
    Refusal,
    Whole,
    parse_duration,
    without_own_keys,
)


class Waiting(DocumentModel):
    within: Duration = 10.0
    active: Flag = True
    times: Whole = 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10s", 10), ("100ms", 0.1), ("2m", 120), ("1h", 3600), ("1h30m", 5400), ("1.5s", 1.5)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)
    assert Waiting.model_validate({"within": text}).within == pytest.approx(seconds)


@pytest.mark.parametrize(
    "value", ["10", 10, "", "s", "-1s", "1 s", "1d", None, True, "9" * 99 + "s"]
)
def test_what_is_no_duration_says_how_to_write_one(value: object) -> None:
    with pytest.raises(Refusal) as caught:
        parse_duration(value)
    assert caught.value.message.startswith("expected a duration, found ")
    assert caught.value.hint == "Write a number and its unit: 100ms, 10s, 2m, 1h."


def test_a_default_in_seconds_stays_as_it_is() -> None:
    assert Waiting().within == 10.0
    assert Waiting(within=0.5).within == 0.5


@pytest.mark.parametrize(
    "data", [{"active": "yes"}, {"active": 1}, {"times": "1"}, {"times": True}, {"other": 1}]
)
def test_models_are_strict(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Waiting.model_validate(data)


def test_own_keys_are_dropped() -> None:
    assert Waiting.model_validate({"x-anchors": {"a": 1}, "times": 2}) == Waiting(times=2)
    assert without_own_keys(["x-a"]) == ["x-a"]
    assert without_own_keys({"x-a": 1, "b": 2}) == {"b": 2}


def test_the_schema_knows_own_keys_and_durations() -> None:
    schema = Waiting.model_json_schema()
    assert schema["patternProperties"] == {"^x-": {}}
    assert schema["additionalProperties"] is False
    pattern = schema["properties"]["within"]["pattern"]
    assert re.match(pattern, "1h30m")
    assert not re.match(pattern, "30")
