"""Whether constraints can be met together, and by which values."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from importlib.util import find_spec

import pytest

from pytest_orchestra.errors import ConfigurationError
from pytest_orchestra.expressions.solving.constraints import Constraint, Solution, Verdict
from pytest_orchestra.expressions.solving.solver import MAX_CONSTRAINTS, is_impossible, solve

HAS_Z3 = find_spec("z3") is not None
needs_z3 = pytest.mark.skipif(not HAS_Z3, reason="no z3")
Asked = Callable[..., list[Constraint]]
Solved = Callable[..., Solution]


@pytest.fixture(scope="session")
def solved(asked: Asked) -> Solved:
    """The solution of constraints as they are written; kinds by name."""

    def find(*texts: str, **kinds: frozenset[str]) -> Solution:
        return solve(asked(*texts), kinds={(name,): each for name, each in kinds.items()})

    return find


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (["x > 1000"], Decimal(1001)),
        (["NOT x > 1000"], Decimal(1000)),
        (["x < 1000"], Decimal(999)),
        (["x > 1000", "x < 1001"], Decimal("1000.1")),
        (["x > 0.25"], Decimal(1)),
        (["x != 1", "x != 2"], Decimal(3)),
        (['x in ("AT", "CH")', 'x != "AT"'], "CH"),
        (['x != "AT"'], "other"),
        (['x > "AT"'], "ATa"),
        (["x"], True),
        (["NOT x"], False),
        (["NOT x = null"], Decimal(1)),
    ],
)
def test_values_are_such_as_people_write(solved: Solved, texts: list[str], value: object) -> None:
    assert solved(*texts).values == {("x",): value}


def test_each_name_has_a_value_though_nothing_is_asked_of_it(solved: Solved) -> None:
    found = solved('x > 3 or y > 3 or s = "a" or count(items) > 3 or d = @"2026-02-01"')
    assert found.verdict is Verdict.POSSIBLE
    assert len(found.values) == 5


def test_kinds_say_what_a_name_may_be(solved: Solved) -> None:
    texts = ["NOT x > 3", "NOT x <= 3"]
    assert solved(*texts).verdict is Verdict.IMPOSSIBLE
    assert solved(*texts, x=frozenset(("number", "null"))).values == {("x",): None}
    assert solved(*texts, x=frozenset(("string",))).verdict is Verdict.POSSIBLE
    assert solved("x > 3", x=frozenset(("string",))).verdict is Verdict.IMPOSSIBLE


def test_wishes_are_met_one_after_the_other(asked: Asked) -> None:
    wishes = asked("x > 2000", "x < 1500", "y > 3", "x > 2500")
    found = solve(asked("x > 1000", "y > 0"), preferring=wishes)
    assert found.values == {("x",): Decimal(2501), ("y",): Decimal(4)}


def test_wishes_do_not_make_the_impossible_possible(asked: Asked) -> None:
    found = solve(asked("x > 1", "x < 1"), preferring=asked("y"))
    assert found.verdict is Verdict.IMPOSSIBLE


def test_too_many_constraints_are_not_known(asked: Asked) -> None:
    many = asked(*(f"x > {number}" for number in range(MAX_CONSTRAINTS + 1)))
    assert solve(many).verdict is Verdict.UNKNOWN
    assert solve(many[1:]).verdict is Verdict.POSSIBLE
    assert not is_impossible([*many, *asked("x < 1")])
    assert is_impossible([*many[:9], *asked("x < 1")])


def test_nothing_is_possible() -> None:
    assert solve([]) == Solution(verdict=Verdict.POSSIBLE)


def test_many_choices_end_without_an_answer(asked: Asked) -> None:
    """Each of ten names is one of eight values: that is refuted only by going through all."""
    names = "abcdefghij"
    one_of = [f"{name} in (1, 2, 3, 4, 5, 6, 7, 8)" for name in names]
    found = solve(asked(*one_of, "+".join(names) + " > 1000"), backend="builtin")
    assert found.verdict is Verdict.UNKNOWN


@needs_z3
def test_z3_is_asked_where_the_other_gives_up(asked: Asked) -> None:
    names = "abcdefghij"
    one_of = [f"{name} in (1, 2, 3, 4, 5, 6, 7, 8)" for name in names]
    constraints = asked(*one_of, "+".join(names) + " > 1000")
    assert solve(constraints).verdict is Verdict.IMPOSSIBLE
    assert is_impossible(constraints)
    assert not is_impossible(constraints, backend="builtin")


@needs_z3
def test_z3_knows_products(asked: Asked) -> None:
    assert solve(asked("x * y > 100", "x < 20")).verdict is Verdict.POSSIBLE
    assert solve(asked("x * y > 100", "x < 20", "y < 5", "x > 0")).verdict is Verdict.IMPOSSIBLE
    assert solve(asked("x * x < 0"), backend="builtin").verdict is Verdict.UNKNOWN
    assert is_impossible(asked("x * x < 0"))
    assert not is_impossible(asked("x * x < 0"), backend="builtin")


@pytest.mark.skipif(HAS_Z3, reason="z3 is installed")
def test_z3_that_is_not_installed_is_named(asked: Asked) -> None:
    with pytest.raises(ConfigurationError, match="solver"):
        solve(asked("x > 1"), backend="z3")
    assert solve(asked("x * x < 0")).verdict is Verdict.UNKNOWN
