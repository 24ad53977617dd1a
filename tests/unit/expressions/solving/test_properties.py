"""Verdicts on made-up constraints are never contradicted by the language's own evaluation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_orchestra.expressions.conditions.tree import NamePath
from pytest_orchestra.expressions.conditions.values import Value
from pytest_orchestra.expressions.solving.checking import are_met
from pytest_orchestra.expressions.solving.constraints import Constraint, Verdict
from pytest_orchestra.expressions.solving.solver import is_impossible, solve

Asked = Callable[..., list[Constraint]]


NUMBERS = st.sampled_from(["-1", "0", "0.5", "1", "2", "3", "10"])
TEXTS = st.sampled_from(['""', '"a"', '"b"', '"ab"'])
DATES = st.sampled_from(['@"2026-01-01"', '@"2026-01-02"', '@"2026-02-01"'])
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
EQUALS = st.sampled_from(["=", "!="])
TERMS = st.one_of(
    st.sampled_from(["x", "y", "x + y", "x - y", "2 * x", "-y", "x / 2 + 1", "x * y"]), NUMBERS
)
ATOMS = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(["x", "y"]), SIGNS, NUMBERS),
    st.builds("{} {} {}".format, TERMS, SIGNS, TERMS),
    st.builds("x in [{}..{}]".format, *(st.sampled_from("12"), st.sampled_from("345"))),
    st.builds("y in ({}, {})".format, NUMBERS, NUMBERS),
    st.builds("x between {} and {}".format, NUMBERS, NUMBERS),
    st.builds("{} {} {}".format, st.sampled_from("st"), SIGNS, TEXTS),
    st.builds("s {} t".format, SIGNS),
    st.builds("s in [{}, {}]".format, TEXTS, TEXTS),
    st.sampled_from(["b", "c", "b = c", "b != c", 'starts with(s, "a")', 'contains(t, "b")']),
    st.builds("d {} {}".format, SIGNS, DATES),
    st.builds("{} {} null".format, st.sampled_from(["x", "s", "b"]), EQUALS),
    st.builds("string length(s) {} {}".format, SIGNS, st.sampled_from("012")),
    st.builds("(if b then {} else y) > x".format, NUMBERS),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
    ),
    max_leaves=4,
)
NUMBER_VALUES = st.sampled_from(["-1", "0", "0.5", "0.7", "1", "1.5", "2", "3", "4", "10", "11"])


def constraint_sets() -> st.SearchStrategy[list[str]]:
    """A few constraints."""
    texts = st.builds("{}{}".format, st.sampled_from(["", "NOT "]), CONDITIONS)
    return st.lists(texts, min_size=1, max_size=5)


def values_of() -> st.SearchStrategy[dict[tuple[str, ...], object]]:
    """A value of each name."""
    numbers = NUMBER_VALUES.map(Decimal)
    texts = st.sampled_from(["", "a", "b", "ab", "c", "ba"])
    dates = st.dates(dt.date(2025, 12, 30), dt.date(2026, 2, 3))
    strategies = {"x": numbers, "y": numbers, "s": texts, "t": texts, "d": dates}
    names = {**strategies, "b": st.booleans(), "c": st.booleans()}
    return st.fixed_dictionaries({(name,): each for name, each in names.items()})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=constraint_sets(), samples=st.lists(values_of(), min_size=20, max_size=20))
def test_what_is_impossible_holds_for_no_values(
    asked: Asked, texts: list[str], samples: list[dict[NamePath, Value]]
) -> None:
    """And what is possible holds for those that are given."""
    constraints = asked(*texts)
    found = solve(constraints)
    assert is_impossible(constraints) is (found.verdict is Verdict.IMPOSSIBLE)
    if found.verdict is Verdict.POSSIBLE:
        assert are_met(constraints, found.values)
    elif found.verdict is Verdict.IMPOSSIBLE:
        assert not [sample for sample in samples if are_met(constraints, sample)]
