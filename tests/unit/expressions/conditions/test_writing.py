"""A tree as text is the same tree again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.expressions import parse_condition
from pytest_orchestra.expressions.conditions.conditions import evaluate
from pytest_orchestra.expressions.conditions.feel import parse_feel
from pytest_orchestra.expressions.conditions.juel import parse_juel
from pytest_orchestra.expressions.conditions.tree import (
    And,
    Arithmetic,
    Between,
    Bound,
    Call,
    Comparison,
    ContextOf,
    Filter,
    For,
    If,
    In,
    Lambda,
    ListOf,
    Loop,
    Member,
    Name,
    Not,
    Or,
    Quantified,
    Range,
    Tree,
    constant,
)
from pytest_orchestra.expressions.conditions.values import Months
from pytest_orchestra.expressions.conditions.writing import feel_text, juel_text

NAMES = st.sampled_from(["a", "b", "loan amount", "größe"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.text(max_size=8)
    | st.decimals(0, 10**6, places=2).map(lambda number: abs(Decimal(number)))
    | st.dates()
    | st.datetimes().map(lambda moment: moment.replace(microsecond=0))
    | st.timedeltas().map(lambda span: span - dt.timedelta(microseconds=span.microseconds))
    | st.integers(-999, 999).map(Months)
)
LEAVES = SCALARS.map(constant) | NAMES.map(lambda name: Name(name=name))
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def larger(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(trees, min_size=2, max_size=3).map(tuple)
    loops = st.lists(
        st.builds(Loop, name=NAMES, domain=trees, last=st.none() | trees), min_size=1, max_size=2
    ).map(tuple)
    tests = st.lists(
        trees | st.builds(Bound, operator=SIGNS, limit=trees), min_size=1, max_size=2
    ).map(tuple)
    return st.one_of(
        st.builds(And, operands=several),
        st.builds(Or, operands=several),
        st.builds(Not, of=trees),
        st.builds(Comparison, operator=SIGNS, left=trees, right=trees),
        st.builds(
            Arithmetic,
            operator=st.sampled_from(["+", "-", "*", "/", "**"]),
            left=trees,
            right=trees,
        ),
        st.builds(Between, of=trees, low=trees, high=trees),
        st.builds(In, of=trees, tests=tests),
        st.builds(Range, start=trees, end=trees, has_start=st.booleans(), has_end=st.booleans()),
        st.builds(Member, of=trees, key=NAMES),
        st.builds(Filter, of=trees, test=trees),
        st.builds(ListOf, items=several),
        st.builds(
            lambda items: ContextOf(keys=("a", "b c")[: len(items)], items=items[:2]), several
        ),
        st.builds(If, test=trees, then=trees, otherwise=trees),
        st.builds(Quantified, kind=st.sampled_from(["some", "every"]), loops=loops, test=trees),
        st.builds(For, loops=loops, result=trees),
        st.builds(Lambda, parameters=st.sampled_from([(), ("a", "b c")]), result=trees),
        st.builds(Call, function=st.just("contains"), arguments=several.map(lambda all_: all_[:2])),
    )


TREES = st.recursive(LEAVES, larger, max_leaves=8)


@given(TREES)
def test_the_text_of_a_tree_of_feel_is_that_tree(tree: Tree) -> None:
    assert parse_feel(feel_text(tree)) == tree


@given(TREES)
def test_any_tree_has_a_value_or_is_refused(tree: Tree) -> None:
    try:
        evaluate(feel_text(tree), {"a": 1, "b": [1, "x"], "loan amount": None, "größe": {"a": 1}})
    except EvaluationError as error:
        assert str(error)  # noqa: PT017 - whatever the tree, it is this or a value


@pytest.mark.parametrize(
    "text",
    [
        "a == 'it\\'s \\\\' && !b || c.d > 1",
        "empty a ? -b : (c + 1) * 2 % 3",
        "not empty a.b['c d']",
        "a.equals('x') || vars:equals(b, 1) || !vars:equals(b, 2)",
        "execution.getVariable('a b') != null",
        "(a ? b : c) == true",
    ],
)
def test_the_text_of_a_tree_of_juel_is_that_tree(text: str) -> None:
    tree = parse_juel(f"${{{text}}}")
    assert parse_juel(f"${{{juel_text(tree)}}}") == tree


@pytest.mark.parametrize(
    "text",
    [
        "a instance of context<x: list<number>, y: date and time>",
        "a instance of function<string> -> Any",
        "-a + -(b)",
        "not(negand: a)",
        "is(value2: a)",
        'range("[1..3)")',
        "a in ]1..2[",
        '{"a-b": 1}',
    ],
)
def test_other_trees_of_feel_come_back(text: str) -> None:
    tree = parse_feel(text)
    assert parse_feel(feel_text(tree)) == tree


def test_a_condition_is_written_in_its_language() -> None:
    assert str(parse_condition("=  a>1 and b")) == "(a > 1) and b"
    assert str(parse_condition("${ a gt 1 and b }", "juel")) == "(a > 1) && b"
