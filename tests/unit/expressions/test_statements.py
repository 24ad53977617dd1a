"""Statements and their bound values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions.statements import compile_statement
from pytest_orchestra.spi import Statement

NAMES = {"step": {"place": {"id": 7}}, "data": {"x": "'; drop table orders; --", "list": [1]}}


def test_values_are_bound_in_order() -> None:
    template = compile_statement(
        "select total from invoice where id = {{step.place.id}}\n  and note={{ data.x }}::text"
    )
    assert template.render(NAMES) == Statement(
        text="select total from invoice where id = $1\n  and note=$2::text",
        values=(7, "'; drop table orders; --"),
    )
    assert [str(each) for each in template.references] == ["step.place.id", "data.x"]


@given(st.text())
def test_no_value_ever_gets_into_the_text(value: str) -> None:
    template = compile_statement("select 1 where x = {{data.x}}")
    statement = template.render({"data": {"x": value}})
    assert statement == Statement(text="select 1 where x = $1", values=(value,))


@pytest.mark.parametrize(
    "text",
    [
        "values ({{data.x}}, {{data.x}})",
        "select '{', '$1', \"a$1\", 'it''s' -- $1\n , {{data.x}}",
        "select extract(day from {{data.x}}) from t",
        "select * from t where a is distinct from {{data.x}}",
        "select substring(n from {{data.x}} for 2) from t",
        "select E'\\'' || {{data.x}}, $tag$ ' $tag$ || {{data.x}}",
        "select /* a /* b */ ' */ {{data.x}}",
        "update t set a={{data.x}} where b in ({{data.x}})",
        "insert into t (a) values ({{data.x}}) on conflict do nothing",
        "delete from t where a <> {{data.x}}",
        "select a from (select 1) s where b = any({{data.list}}) limit {{data.x}}",
        "select ')' from t where a = {{data.x}})",
    ],
)
def test_places_of_values(text: str) -> None:
    template = compile_statement(text)
    assert template.text.count("$") - text.count("$") == text.count("{{")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select '{{data.x}}'", "1:8+ a value cannot stand in quotes. Take the quotes away"),
        ("select '%{{data.x}}%'", "a value cannot stand in quotes"),
        ("select E'\\'{{data.x}}'", "a value cannot stand in quotes"),
        ("select $$ {{data.x}} $$", "a value cannot stand in quotes"),
        ("select $a$ $$ {{data.x}} $a$", "a value cannot stand in quotes"),
        ("select 'never closed {{data.x}}", "a value cannot stand in quotes"),
        ('select "{{data.x}}"', "a value cannot stand in a quoted name. Write the name out."),
        ("select 1 -- {{data.x}}", "a value cannot stand in a comment. Take it out"),
        ("select /* /* */ {{data.x}} */ 1", "a value cannot stand in a comment"),
        ("select /* {{data.x}}", "a value cannot stand in a comment"),
        ("select * from {{data.x}}", "a value cannot stand as a name after 'from'"),
        ("select 1 from t join {{data.x}} on true", "a value cannot stand as a name after 'join'"),
        ("UPDATE {{data.x}} SET a = 1", "a value cannot stand as a name after 'update'"),
        ("insert INTO {{data.x}} values (1)", "a value cannot stand as a name after 'into'"),
        ("drop table {{data.x}}", "a value cannot stand as a name after 'table'"),
        ("select 1 as {{data.x}}", "a value cannot stand as a name after 'as'"),
        ("select t.{{data.x}} from t", "a value cannot stand as a part of a name"),
        ("select t_{{data.x}} from t", "a value cannot stand as a part of a name"),
        ("select {{data.x}}_t from t", "a value cannot stand as a part of a name"),
        ("select {{data.x}}.y from t", "a value cannot stand as a part of a name"),
        ("select {{data.x}}(1)", "a value cannot stand as a part of a name"),
        ("select {{data.x}}{{data.x}}", "a value cannot stand as a part of a name"),
        ("select $1", "'$1' is a parameter without a value. Write the value as"),
        ("select {{data.x", "this '{{' is never closed. Close it with '}}'."),
        ("select {% if x %} 1", "'{%' is not part of the language"),
        ("select {{data.x &&}}", "'&&' is not part of the language"),
        ("select \x00", "the character U+0000 cannot stand in a statement"),
    ],
)
def test_what_cannot_be_bound(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        compile_statement(text)
    assert message.partition("+ ")[2] or message in str(caught.value)


def test_a_statement_is_text() -> None:
    with pytest.raises(DefinitionError, match="a statement is text"):
        compile_statement(5)


def test_all_mistakes_are_told_at_their_lines() -> None:
    text = (
        "sql: |\n  select '{{a}}' from t\n  where {{b}} = 1 and x.{{ c }} = $3\n"
        "  and {{d}} = {{ e == }}\n"
    )
    document = parse_document(text, file="f.yaml")
    with pytest.raises(DefinitionError) as caught:
        compile_statement(document.part(("sql",)), location=document.locator(("sql",)))
    places = [str(problem.location) for problem in caught.value.problems]  # type: ignore[attr-defined]
    assert places == ["f.yaml:2:11", "f.yaml:3:25", "f.yaml:3:35", "f.yaml:4:15"]


def test_a_statement_without_values() -> None:
    assert compile_statement("select 1").render({}) == Statement(text="select 1")


def test_an_undefined_name_is_told_at_its_place() -> None:
    document = parse_document("sql: select {{a.b}}", file="f.yaml")
    template = compile_statement(document.part(("sql",)), location=document.locator(("sql",)))
    with pytest.raises(EvaluationError, match=r"^f\.yaml:1:13: `a\.b`: 'a' is undefined"):
        template.render({})


def test_a_statement_has_so_many_values_and_no_more() -> None:
    """And what is wrong with each of very many is told of the first hundred."""
    with pytest.raises(DefinitionError, match="the statement has more than 32767 values"):
        compile_statement("{{x}}" * 100_000)
    with pytest.raises(DefinitionError) as caught:
        compile_statement("{{x}}" * 30_000)
    assert len(caught.value.problems) == 100
