"""Conditions at the door: languages, places, errors, limits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.errors import DefinitionError, EvaluationError, OrchestraError
from pytest_orchestra.expressions import evaluate_condition, parse_condition
from pytest_orchestra.expressions.conditions.conditions import Language, evaluate, language_of
from pytest_orchestra.expressions.conditions.scanning import MAX_LEVELS, MAX_SOURCE
from pytest_orchestra.model import SourceLocation

HERE = SourceLocation(file="order.bpmn", line=7, column=5)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("amount > 1000", "feel"),
        ("= amount > 1000", "feel"),
        ("  =amount>1000", "feel"),
        ("${amount > 1000}", "juel"),
        ("#{ amount gt 1000 }", "juel"),
        ("amount > 1000", "plain"),
        ("!(amount <= 1000) && true", "plain"),
        ("not small and amount == amount and 'a' != 'b'", "plain"),
    ],
)
def test_every_language_compares(text: str, language: Language) -> None:
    large, small = {"amount": 1001, "small": False}, {"amount": 1000, "small": True}
    assert evaluate_condition(text, large, language) is True
    assert evaluate_condition(text, small, language) is False


def test_a_condition_that_is_null_is_neither_true_nor_false() -> None:
    assert evaluate_condition('amount > "a"', {"amount": 1}) is None


def test_a_value_that_is_no_boolean_is_refused() -> None:
    with pytest.raises(EvaluationError, match="`amount`: it is a number, and neither"):
        evaluate_condition("amount", {"amount": 1})


def test_a_name_without_a_value_is_told_with_the_nearest() -> None:
    with pytest.raises(EvaluationError, match=r"'amuont' has no value. Did you mean 'amount'\?"):
        evaluate_condition("amuont > 1", {"amount": 1})


def test_what_decides_guards_what_comes_behind() -> None:
    assert evaluate_condition("known and unknown", {"known": False}) is False
    assert evaluate_condition("known or unknown", {"known": True}) is True
    assert evaluate_condition("${known && unknown}", {"known": False}, "juel") is False


@pytest.mark.parametrize(
    ("text", "place"),
    [("amount >", "7:13"), ("amount\n  ! 1", "8:3"), ("=amount > )", "7:15")],
)
def test_a_problem_has_line_and_column(text: str, place: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_condition(text, "feel", HERE)
    assert str(caught.value).startswith(f"order.bpmn:{place}: error[expression-syntax] ")


def test_a_problem_without_a_place_names_the_column() -> None:
    with pytest.raises(DefinitionError, match=r"ends too early \(column 9\). Complete it"):
        parse_condition("amount >")


def test_a_file_without_lines_stays_a_file() -> None:
    with pytest.raises(DefinitionError, match=r"^data.csv: error"):
        parse_condition("amount >", "feel", SourceLocation(file="data.csv"))


def test_an_error_of_values_names_the_place() -> None:
    condition = parse_condition("amount > 1", "feel", HERE)
    with pytest.raises(EvaluationError, match=r"^order.bpmn:7:5: `amount > 1`: "):
        condition.holds({})


def test_names_are_paths_without_those_that_the_condition_gives_itself() -> None:
    text = (
        "order.amount > 1 and visit = 2 and customers[age > minimum].name = {a: base, b: a} "
        "and some line in order.lines satisfies line.price > limit "
        "and count(for x in 1..n return x) > 0"
    )
    assert parse_condition(text).names == (
        ("order", "amount"),
        ("visit",),
        ("customers",),
        ("base",),
        ("order", "lines"),
        ("limit",),
        ("n",),
    )


def test_names_within_a_filter_are_left_out() -> None:
    condition = parse_condition("count(orders[amount > limit]) > 1")
    assert condition.names == (("orders",),)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("loan amount > 1", {"loan amount": 2}),
        ("loan   amount > 1", {"loan amount": 2}),
        ("profit and loss > 1", {"profit and loss": 2}),
        ("a-b > 1", {"a-b": 2, "a": 0, "b": 0}),
        ("a - b > 1", {"a": 3, "b": 1}),
        ("order.net-price > 1", {"order": {"net-price": 2}}),
        ("lines[net-price > 1] != []", {"lines": [{"net-price": 2}]}),
    ],
)
def test_names_may_hold_blanks_operators_and_keywords(text: str, values: dict[str, object]) -> None:
    assert evaluate_condition(text, values) is True


@pytest.mark.parametrize("text", ["1 + 1 = 2", "true and not(false)", "null = null"])
def test_names_do_not_hide_literals(text: str) -> None:
    names = {"1": 0, "true": False, "false": True, "null": 1, "true and not(false)": 0}
    assert evaluate_condition(text, names) is True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1" * (MAX_SOURCE + 1), "more than 10000 characters"),
        ("(" * (MAX_LEVELS + 1) + "1" + ")" * (MAX_LEVELS + 1), "levels"),
        ("-" * 5000 + "1", "levels"),
        ("1" + "+1" * 4000, "levels"),
        ("a" + ".b" * 3000, "levels"),
        ("1" * 35, "34 digits"),
        ("1e9999", "too large"),
        ("1e-99999999999", "too large"),
    ],
)
def test_sizes_are_limited(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        parse_condition(text)


def test_long_flat_conditions_are_no_deep_ones() -> None:
    assert evaluate_condition(" and ".join(["true"] * 1000), {}) is True


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("9**9**9 > 0", {}),
        ("count(for a in 1..1000, b in 1..1000 return 1) > 0", {}),
        ("count(for a in 1..1000000000 return 1) > 0", {}),
        ("name = name + name", {"name": "x" * 900_000}),
        ("name = 1", {"name": "x" * 1_000_001}),
        ("name = 1", {"name": [0] * 100_001}),
        ("name = 1", {"name": 10**40 + 1}),
        ("name = 1", {"name": float("nan")}),
        ("name = 1", {"name": object()}),
        ('date("9999-12-31") + duration("P1D") > date("2020-01-01")', {}),
        ('duration("P999999999D") * 9 > duration("P1D")', {}),
        ("count(for a in 1..60000 return many = many) > 0", {"many": [[0] * 90_000]}),
        ('count(for a in 1..60000 return contains(name, "xy")) > 0', {"name": "x" * 900_000}),
        ("count(for a in 1..60000 return distinct values(many)) > 0", {"many": [*range(300)]}),
        ("some a in 1..100, b in 1..100, c in 1..100 satisfies a = 0", {}),
    ],
)
def test_bombs_are_refused_or_harmless(text: str, values: dict[str, object]) -> None:
    try:
        assert evaluate_condition(text, values) in (True, None)
    except EvaluationError as error:
        assert str(error)  # noqa: PT017 - both ends are right, neither is a wrong answer


def test_a_value_nested_too_deep_is_refused() -> None:
    value: object = 1
    for _ in range(60):
        value = [value]
    with pytest.raises(EvaluationError, match="nested deeper"):
        evaluate_condition("name = 1", {"name": value})


def test_values_become_those_of_feel() -> None:
    zone = dt.timezone(dt.timedelta(hours=1))
    values = {
        "at": dt.datetime(2026, 11, 21, 12, tzinfo=zone),
        "day": dt.date(2026, 11, 21),
        "share": 0.1,
        "lines": [{"price": Decimal("1.50")}],
    }
    assert evaluate("[at, day, share, lines[1].price]", values) == (
        dt.datetime(2026, 11, 21, 12, tzinfo=zone),
        dt.date(2026, 11, 21),
        Decimal("0.1"),
        Decimal("1.50"),
    )


class Zone(dt.tzinfo):
    """A named zone: its offset depends on the date."""

    def utcoffset(self, moment: dt.datetime | None) -> dt.timedelta | None:
        return dt.timedelta(hours=1) if moment else None


def test_a_moment_in_a_named_zone_gets_its_offset() -> None:
    moment = dt.datetime(2026, 11, 21, 12, tzinfo=Zone())
    assert evaluate_condition('at = @"2026-11-21T11:00:00Z"', {"at": moment}) is True


def test_a_time_in_a_named_zone_is_refused() -> None:
    with pytest.raises(EvaluationError, match="named zone"):
        evaluate_condition("at = at", {"at": dt.time(12, tzinfo=Zone())})


def test_large_contexts_count_as_work() -> None:
    many = {str(number): number for number in range(90_000)}
    with pytest.raises(EvaluationError, match="steps"):
        evaluate_condition("every a in 1..20 satisfies many = many", {"many": many})


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("${a}", None, "juel"),
        (" #{a}", "http://www.w3.org/1999/XPath", "juel"),
        ("= a", None, "feel"),
        ("a", "http://www.omg.org/spec/FEEL/20140401", "feel"),
        ("a", "juel", "juel"),
        ("a == 1", None, "plain"),
        ("return a;", "http://www.java.com/java", None),
        ("a", "http://www.w3.org/1999/XPath", None),
    ],
)
def test_a_model_tells_the_language(
    text: str, declared: str | None, language: Language | None
) -> None:
    assert language_of(text, declared) == language


@given(st.text(alphabet="ab1 .()[]{}<>=!-+*/,:@\"'$?|&#\\innotdrfl", max_size=40))
def test_any_text_is_answered_or_refused(text: str) -> None:
    for language in ("feel", "plain", "juel"):
        try:
            evaluate(text if language != "juel" else f"${{{text}}}", {"a": 1, "b": "x"}, language)
        except OrchestraError as error:
            assert str(error)  # noqa: PT017 - whatever the text, it is this or a value
