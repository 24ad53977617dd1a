"""FEEL is judged as the DMN Technology Compatibility Kit says, or refused; never wrongly."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from pytest_orchestra.errors import OrchestraError
from pytest_orchestra.expressions import evaluate_condition
from pytest_orchestra.expressions.conditions.conditions import evaluate
from pytest_orchestra.expressions.conditions.refusal import Refused
from pytest_orchestra.expressions.conditions.temporal import (
    date_from,
    duration_from,
    moment_from,
    time_from,
)
from pytest_orchestra.expressions.conditions.values import Value, kind_of

KIT = Path(
    os.environ.get("ORCHESTRA_FEEL") or Path(__file__).parents[2] / ".." / "shared" / "feel"
).joinpath("tck.jsonl")

ENOUGH = 0.9
"""Share of the cases with a boolean result that must be answered."""

pytestmark = pytest.mark.skipif(
    not KIT.is_file(),
    reason="no FEEL cases: set ORCHESTRA_FEEL to the folder with tck.jsonl",
)

TYPED = {
    "0021-singleton-list-test-01/001/decision2",
    "0021-singleton-list-test-01/001/decision4",
    "0082-feel-coercion-test-01/decision_005/",
    "0082-feel-coercion-test-01/decision_007",
    "0082-feel-coercion-test-01/decisionService_00",
}
"""Their result depends on the decision's declared type, which is not in the expression."""

PATTERNS = "patterns of engines differ, and may take for ever"
ZONES = "a named zone, a year outside of 1 to 9999, an offset with seconds, or nanoseconds"
REFUSED = {
    "0062-feel-mode-function-test-01/": "a function that no condition needs",
    "0063-feel-stddev-function-test-01/": "a function that no condition needs",
    "0068-feel-equality-test-01/time_005/": "times that differ by parts of a second",
    "0068-feel-equality-test-01/datetime_008_b/": ZONES,
    "0068-feel-equality-test-01/range_0": "a range with two ends and a unary test",
    "0069-feel-list-test-01/031/": "a name that no item of the list has",
    "0070-feel-instance-of-test-01/number_013/": "a type that the model declares",
    "0070-feel-instance-of-test-01/string_013/": "a type that the model declares",
    "0070-feel-instance-of-test-01/list_01": "a type that the model declares",
    "0070-feel-instance-of-test-01/context_013/": "a type that the model declares",
    "0082-feel-coercion-test-01/decision_context_0": "a function that no condition needs",
    "0093-feel-at-literals-test-01/": ZONES,
    "0099-arithmetic-negation-test-01/decision_012/": "a function of one's own",
    "0100-arithmetic-test-01/": f"{ZONES}; 24:00:00; a power of a negative without brackets",
    "0103-feel-is-function-test-01/": ZONES,
    "1109-feel-replace-function-test-01/": PATTERNS,
    "1111-feel-matches-function-test-01/": PATTERNS,
    "1115-feel-date-function-test-01/": ZONES,
    "1116-feel-time-function-test-01/": ZONES,
    "1117-feel-date-and-time-function-test-01/": ZONES,
    "1120-feel-duration-function-test-01/": ZONES,
    "1121-feel-years-and-months-duration-function-test-01/": f"{ZONES}; a date and a date and time",
    "1145-feel-context-function-test-01/": "a function that no condition needs",
    "1146-feel-context-put-function-test-01/": "a function that no condition needs",
    "1147-feel-context-merge-function-test-01/": "a function that no condition needs",
    "1155-list-replace-function-test-01/009/": "a function of one's own",
    "1155-list-replace-function-test-01/011/": "a position that is no whole number",
    "1155-list-replace-function-test-01/020/": "a function of one's own",
    "1156-range-function-test-01/002/": "a range whose text must be computed",
}
"""Beginnings of the ids of what is refused, and why."""

READERS = {
    "boolean": lambda text: text == "true",
    "decimal": Decimal,
    "string": str,
    "date": date_from,
    "time": time_from,
    "dateTime": moment_from,
    "duration": duration_from,
    "null": lambda _: None,
}


def taken(written: Mapping[str, object]) -> Value:
    """A value as the kit writes it, with its type."""
    value = written.get("value")
    if isinstance(value, list):
        return tuple(taken(each) for each in value)
    if isinstance(value, dict):
        return {key: taken(each) for key, each in value.items()}
    return READERS[str(written["type"])](value)


def is_same(found: Value, expected: Value) -> bool:
    """Whether a value is the expected one; numbers to eight digits, as the kit asks."""
    if kind_of(found) != kind_of(expected):
        return False
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= Decimal("1e-8") * max(1, abs(expected))
    if isinstance(found, tuple) and isinstance(expected, tuple):
        return len(found) == len(expected) and all(map(is_same, found, expected))
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        return found.keys() == expected.keys() and all(
            is_same(found[key], expected[key]) for key in found
        )
    return found == expected and str(found) == str(expected)


def outcome(case: Mapping[str, object]) -> str:
    """``right``, ``wrong`` or ``refused``; null is right where an error is expected."""
    try:
        inputs = {name: taken(value) for name, value in case["inputs"].items()}
        error = case["expected"].get("error")
        expected = None if error else taken(case["expected"])
        found = evaluate(case["expression"], inputs)
    except (OrchestraError, Refused):
        return "refused"
    return "right" if is_same(found, expected) else "wrong"


@cache
def cases() -> tuple[dict[str, object], ...]:
    """The cases, each with its outcome."""
    lines = KIT.read_text("utf-8").splitlines()
    return tuple(case | {"outcome": outcome(case)} for case in map(json.loads, lines))


def starts(case: Mapping[str, object], prefixes: object) -> bool:
    return str(case["id"]).startswith(tuple(prefixes))


def is_error(case: Mapping[str, object]) -> bool:
    return "error" in case["expected"]


def test_no_case_is_answered_wrongly() -> None:
    wrong = [case["id"] for case in cases() if case["outcome"] == "wrong"]
    assert [each for each in wrong if not each.startswith(tuple(TYPED))] == []


def test_most_boolean_cases_are_answered() -> None:
    count = Counter(
        case["outcome"] for case in cases() if case["expected"].get("type") == "boolean"
    )
    assert count["right"] >= ENOUGH * count.total()
    assert count["wrong"] == 0


def test_the_table_says_what_is_refused() -> None:
    refused = [case for case in cases() if case["outcome"] == "refused" and not is_error(case)]
    assert [case["id"] for case in refused if not starts(case, REFUSED)] == []


@pytest.mark.parametrize("prefix", sorted(REFUSED))
def test_what_the_table_names_is_still_refused(prefix: str) -> None:
    assert any(case["outcome"] == "refused" and starts(case, (prefix,)) for case in cases())


def test_conditions_agree_with_their_values() -> None:
    """What is answered as a value is answered as a condition too."""
    for case in cases():
        if case["outcome"] == "right" and case["expected"].get("type") == "boolean":
            inputs = {name: taken(value) for name, value in case["inputs"].items()}
            expected = case["expected"]["value"] == "true"
            assert evaluate_condition(case["expression"], inputs) is expected
