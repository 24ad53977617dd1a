"""Whatever is written, it compiles or is a problem; whatever runs, gives a value or an error."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions.catalogue import FILTERS, TESTS
from pytest_orchestra.expressions.expressions import compile_expression
from pytest_orchestra.expressions.rules import compile_rules
from pytest_orchestra.expressions.statements import compile_statement
from pytest_orchestra.expressions.templates import compile_template

WORDS = st.sampled_from(
    [
        *("{{", "}}", " {{a}} ", "{{ b.c }}", "{%", "{#", "'", '"', "\\", "$$", "$a$", "$1", "--"),
        *(
            "/*",
            "*/",
            "\n",
            "# x",
            "(",
            ")",
            " from ",
            " select ",
            " as ",
            "E'",
            ".",
            "x",
            " ",
            ";",
        ),
    ]
)
TEXTS = st.text(max_size=40) | st.lists(WORDS, max_size=15).map("".join)

NAMES = {
    "n": 1,
    "f": 1.5,
    "d": Decimal("2.50"),
    "t": "text",
    "e": "",
    "y": True,
    "z": None,
    "l": [1, "a", None],
    "m": {"k": [{"a": 1}]},
    "i": "2026-11-21T10:00:00Z",
    "o": dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
    "u": UUID(int=1),
    "b": b"bytes",
    "now": lambda: dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
    "uuid": lambda: "id",
}
ATOMS = st.sampled_from([*"nfdtyzlmioub", "m.k", "l[0]", "zz", "n.zz", "2", "1.5", "'x'", "now()"])
SIGNS = st.sampled_from(
    [
        *("+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">="),
        *("in", "not in", "and", "or"),
    ]
)
NAMES_OF_FILTERS = st.sampled_from(
    [each.name for each in FILTERS] + ["replace('a', 'b')", "join(',')", "plus(days=1)", "round(1)"]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, SIGNS, inner)
        | st.builds("{}|{}".format, inner, NAMES_OF_FILTERS)
        | st.builds("({} is {})".format, inner, st.sampled_from([each.name for each in TESTS]))
        | st.builds("[{}, {}]".format, inner, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
        | st.builds("(not {})".format, inner)
        | st.builds("(-{})".format, inner)
        | st.builds("{}[{}]".format, ATOMS, inner)
        | st.builds("{}[:{}]".format, ATOMS, inner)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("compiler", [compile_template, compile_rules, compile_statement])
@given(text=TEXTS)
def test_any_text_compiles_or_is_a_problem(compiler: object, text: str) -> None:
    try:
        compiler(text)  # type: ignore[operator]
    except DefinitionError as error:
        problems = error.problems
    else:
        problems = ("none",)
    assert problems


@given(EXPRESSIONS)
def test_any_expression_has_a_value_or_an_error_with_its_text(source: str) -> None:
    expression = compile_expression(source)
    try:
        expression.evaluate(NAMES)
    except EvaluationError as error:
        message = str(error)
    else:
        message = f"`{source[:50]}"
    assert message.startswith(f"`{source[:50]}")


@given(EXPRESSIONS)
def test_any_rule_holds_or_does_not(source: str) -> None:
    (rule,) = compile_rules([source])
    outcome = rule.check(NAMES)
    assert outcome.text == source
    assert not (outcome.holds and (outcome.error or outcome.parts))
