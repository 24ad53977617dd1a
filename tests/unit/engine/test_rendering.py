"""Templates become calls and expectations."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.checks.expectation import Count, mismatches_of
from pytest_orchestra.checks.judging import Judge
from pytest_orchestra.engine.rendering import (
    address_needs,
    has_address,
    references,
    render_address,
    render_call,
    render_expectation,
)
from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.expressions.statements import compile_statement
from pytest_orchestra.expressions.templates import compile_template
from pytest_orchestra.spi import Endpoint, FieldUse, Statement
from pytest_orchestra.suite.bound import CallTemplate, Expect

if TYPE_CHECKING:
    from tests.unit.engine.conftest import Kit

NAMES = {"data": {"n": 2, "id": "a", "headers": {"x": 1}}, "step": {"place": {"id": 7}}}

TEMPLATE = CallTemplate(
    channel="post",
    connection="main",
    fields={
        "box": compile_template("box-{{step.place.id}}"),
        "key": compile_template("{{data.id}}"),
        "sql": compile_statement("select {{data.n}}"),
        "safe": True,
    },
    uses={
        "box": FieldUse.ADDRESS,
        "key": FieldUse.VALUE,
        "sql": FieldUse.STATEMENT,
        "safe": FieldUse.LITERAL,
    },
    endpoint=Endpoint(service="post", name="send"),
    credential="clerk",
)


def test_every_field_of_a_call_is_rendered() -> None:
    """Values, statements; a literal stands as it is."""
    call = render_call(TEMPLATE, NAMES, within=3.0)
    assert call.fields == {
        "box": "box-7",
        "key": "a",
        "sql": Statement(text="select $1", values=(2,)),
        "safe": True,
    }
    assert (call.endpoint, call.credential, call.within) == (TEMPLATE.endpoint, "clerk", 3.0)


def test_fields_that_are_known_are_not_rendered_again() -> None:
    """An address stays as it was armed."""
    assert render_call(TEMPLATE, NAMES, within=3.0, known={"box": "x"}).fields["box"] == "x"


def test_an_arming_has_the_addresses_only() -> None:
    """And needs no other name."""
    call = render_address(TEMPLATE, {"step": NAMES["step"]}, within=3.0)
    assert call.fields == {"box": "box-7"}
    assert call.credential == "clerk"


def test_an_undefined_name_is_an_error() -> None:
    """Of the field that has it."""
    with pytest.raises(EvaluationError, match=r"step\.place"):
        render_call(TEMPLATE, {"data": NAMES["data"], "step": {}}, within=3.0)


def test_which_calls_have_an_address(kit: Kit) -> None:
    """And whether it is known before the first step."""
    assert has_address(TEMPLATE)
    assert address_needs(TEMPLATE)
    known, none = kit.arrival(box="box-{{data.id}}").call, kit.state(call={"to": "x"}).call
    assert has_address(known)
    assert not address_needs(known)
    assert not has_address(none)


def test_every_name_that_a_step_needs_is_found(kit: Kit) -> None:
    """In its call, its expectation, what it saves."""
    step = kit.arrival(
        box="{{data.a}}",
        call={"key": "{{data.b}}"},
        expect=kit.expecting(
            "letter.value.c == data.c",
            value={"d": "{{data.d}}"},
            headers={"e": "{{data.e}}"},
            count="{{data.f}}",
            messages=[{"g": "{{data.g}}"}],
            fail_when="data.h == 1",
        ),
        save={"i": "data.i"},
    )
    found = {each.path[0] for each in references(step) if each.root == "data"}
    assert found == set("abcdefghi")
    python = kit.action(python=object())
    assert list(references(python)) == []


def test_an_expectation_is_rendered(kit: Kit) -> None:
    """Value, headers, status, and rules that see names and what was seen."""
    expect = kit.expecting(
        "answer.body.n == data.n",
        value={"n": "{{data.n}}"},
        exact=True,
        headers="{{data.headers}}",
        status=(201, "2xx"),
    )
    expected = render_expectation(expect, NAMES).expected
    assert expected.value == {"n": 2}
    assert (expected.exact, expected.has_value, expected.status) == (True, True, (201, "2xx"))
    assert expected.headers == {"x": 1}
    seen = kit.answer(201, n=3)
    assert [str(each) for each in mismatches_of(expected, seen)] == [
        "value.n: expected 2, saw 3",
        "headers.x: expected 1, saw no such header",
        "answer.body.n == data.n does not hold: answer.body.n = 3, data.n = 2",
    ]


def test_a_rule_without_a_value_says_why(kit: Kit) -> None:
    """Without saying the rule twice."""
    expected = render_expectation(kit.expecting("answer.body.m == 1"), NAMES).expected
    (mismatch,) = mismatches_of(expected, kit.answer(n=3))
    assert str(mismatch).startswith(
        "answer.body.m == 1 does not hold: 'answer.body.m' is undefined"
    )


def test_nothing_expected_is_nothing_expected(kit: Kit) -> None:
    """But null is a value."""
    expectation = render_expectation(Expect(), NAMES)
    assert expectation.expected.headers is None
    assert not expectation.expected.has_value
    assert expectation.count is None
    assert render_expectation(kit.expecting(value=None), NAMES).expected.has_value


def test_messages_and_fail_when_are_rendered(kit: Kit) -> None:
    """Each with its own names."""
    expect = kit.expecting(
        messages=[{"n": "{{data.n}}"}], ordered=True, fail_when="letter.value.n == 9"
    )
    expectation = render_expectation(expect, NAMES)
    assert expectation.ordered
    assert expectation.messages[0].value == {"n": 2}
    judge = Judge(expectation)
    judge.see([kit.letter(1, n=2)])
    assert judge.judgement().reason == ""
    judge.see([kit.letter(2, n=9)])
    assert judge.judgement().reason == "fail_when holds: letter.value.n == 9"


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (2, Count(least=2, most=2)),
        ("2", Count(least=2, most=2)),
        (" 2+ ", Count(least=2)),
        ("{{data.n}}", Count(least=2, most=2)),
        ("{{data.n}}+", Count(least=2)),
        (Decimal("2.0"), Count(least=2, most=2)),
        (2.0, Count(least=2, most=2)),
        (0, Count(least=0, most=0)),
    ],
)
def test_a_count_is_a_number_or_one_with_a_plus(kit: Kit, written: object, count: Count) -> None:
    """As written, or as rendered."""
    assert render_expectation(kit.expecting(count=written), NAMES).count == count


@pytest.mark.parametrize("written", ["many", "-1", "{{data.id}}", True, 2.5, "²", "1" * 10, [1]])
def test_a_count_that_is_none_is_an_error(kit: Kit, written: object) -> None:
    """It says what it is."""
    with pytest.raises(EvaluationError, match=r"count is .*Give a whole number"):
        render_expectation(kit.expecting(count=written), NAMES)


def test_headers_are_a_mapping(kit: Kit) -> None:
    """A template may give something else."""
    with pytest.raises(EvaluationError, match=r"headers are 'a'\. Give names"):
        render_expectation(kit.expecting(headers="{{data.id}}"), NAMES)
