"""What a condition may be where names have no value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.expressions.conditions.conditions import Language, parse_condition
from pytest_orchestra.expressions.conditions.partial import all_names

VALUES = {"amount": 5, "items": [{"price": 1}], "text": "x", "nothing": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 3", {True}),
        ("amount > text", {None}),
        ("stock > 3", {True, False}),
        ("stock and amount > 9", {False}),
        ("stock and amount > 3", {True, False}),
        ("amount > 9 and stock", {False}),
        ("amount > 3 or stock", {True}),
        ("stock or amount > 9", {True, False}),
        ("stock or amount > 3", {True}),
        ("not(stock or amount > 3)", {False}),
        ("not(stock)", {True, False}),
        ("stock and amount > text", {False, None}),
        ("not(stock and amount > text)", {True, None}),
        ("stock and amount", {False, None}),
        ("if amount > 3 then stock else false", {True, False}),
        ("if amount > 9 then stock else false", {False}),
        ("if stock then amount > 3 else amount > 9", {True, False}),
        ("if stock then amount > 9 else amount > 10", {False}),
        ("some item in items satisfies item.price > limit", {True, False}),
        ("count(items[price > limit]) > 0 and amount = 1", {False}),
        ("stock = 1 and (amount > 9 or stock = 2)", {True, False}),
        ("stock and items[1].price[nothing[1]] = 1", {False}),
    ],
)
def test_what_is_known_decides_and_the_rest_may_be_anything(
    text: str, expected: set[bool | None]
) -> None:
    assert parse_condition(text).may_be(VALUES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${stock && nothing}", {False}),
        ("${stock || text == 'x'}", {True}),
        ("${!nothing && stock}", {True, False}),
        ("${stock && items.size() / 2 > 1}", {False}),
        ("${stock ? amount == 5 : amount == 6}", {True, False}),
    ],
)
def test_null_is_false_in_juel(text: str, expected: set[bool | None]) -> None:
    assert parse_condition(text, "juel").may_be(VALUES) == expected


@pytest.mark.parametrize(
    ("text", "language", "message"),
    [
        ("amount", "feel", "`amount`: it is a number, and neither true nor false"),
        ("nothing[1] = 1 and stock", "feel", "`nothing[1] = 1 and stock`: a filter on null"),
        ("${amount / 0 == 1 && stock}", "juel", "a division by zero"),
    ],
)
def test_what_is_refused_whatever_the_names_are(
    text: str, language: Language, message: str
) -> None:
    with pytest.raises(EvaluationError) as error:
        parse_condition(text, language).may_be(VALUES)
    assert message in str(error.value)


def test_names_within_filters_are_among_all_names() -> None:
    tree = parse_condition('starts with(cards[visit], "x") and order.a > limit').tree
    assert all_names(tree) == {"cards", "visit", "order", "limit"}


LEAVES = st.sampled_from(("a > 1", "b = 2", "c", "a < b", "not(c)", "b = null", "true", "false"))
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    ),
    max_leaves=8,
)
NUMBERS = st.sampled_from((0, 1, 2, 3))
COMPLETE = st.fixed_dictionaries({"a": NUMBERS, "b": NUMBERS, "c": st.booleans()})


@given(CONDITIONS, COMPLETE, st.sets(st.sampled_from("abc")))
def test_whatever_a_missing_name_is_it_was_thought_of(
    text: str, values: dict[str, object], missing: set[str]
) -> None:
    condition = parse_condition(text)
    known = {name: value for name, value in values.items() if name not in missing}
    assert condition.holds(values) in condition.may_be(known)
    if not missing:
        assert condition.may_be(known) == {condition.holds(values)}
