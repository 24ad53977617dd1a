"""Names of a condition become other names or values."""

from __future__ import annotations

import pytest

from pytest_orchestra.expressions.conditions.conditions import parse_condition
from pytest_orchestra.expressions.conditions.tree import Name, constant
from pytest_orchestra.expressions.conditions.values import number
from pytest_orchestra.expressions.solving.renaming import replace_names

BY = {"x": Name(name="y"), "visit": constant(number("3"))}


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("x > 1 and z = x", "y > 1 and z = y"),
        ("x.a.b = 1", "y.a.b = 1"),
        ("visit in [1..x]", "3 in [1..y]"),
        ("if x then visit = 1 else -x < 2", "if y then 3 = 1 else -y < 2"),
        ("for x in x, z in x return x", "for x in y, z in x return x"),
        ("for z in 1..visit return z + x", "for z in 1..3 return z + y"),
        ("some z in x satisfies z = x", "some z in y satisfies z = y"),
        ("every x in xs satisfies x > visit", "every x in xs satisfies x > 3"),
        ("{a: x, x: x, b: x}.b = x", "{a: y, x: y, b: x}.b = y"),
        ("x[x > 1]", "y[x > 1]"),
        ("contains(x, lower case(x))", "contains(y, lower case(y))"),
        ("count([x, visit]) between x and 2", "count([y, 3]) between y and 2"),
        ("x in (< visit, x)", "y in (< 3, y)"),
        ("x instance of number", "y instance of number"),
        ("is(function(x, z) x, x)", "is(function(x, z) x, y)"),
    ],
)
def test_names_are_replaced(text: str, replaced: str) -> None:
    assert replace_names(parse_condition(text).tree, BY) == parse_condition(replaced).tree


def test_a_tree_without_the_names_is_the_same_one() -> None:
    tree = parse_condition("a > 1 and b in [1..2]").tree
    assert replace_names(tree, BY) is tree
    assert replace_names(tree, {}) is tree
