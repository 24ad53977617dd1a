"""Values with expressions in their texts."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.errors import DefinitionError, EvaluationError
from pytest_orchestra.expressions.references import Reference
from pytest_orchestra.expressions.templates import compile_template
from pytest_orchestra.expressions.values import MAX_TEXT
from pytest_orchestra.model import SourceLocation

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

ODD_TEXTS = [
    *("123", "1.10", "1e5", "None", "[1,2]", "True", "true", "null", "0x1F", "007", "1_000"),
    *("{'a': 1}", "(1, 2)", "'quoted'", "b'x'", "...", "nan", "1j", "-0", "+5", " 1", "", "{}"),
]

NAMES = {
    "data": {
        "amount": Decimal("12.10"),
        "customer": "Ada",
        "items": [1, 2, 3],
        "count": 3,
        "values": {"keys": "k"},
        "none": None,
        "yes": True,
        "inject": "{{ data.customer }}",
    },
    "step": {"place": {"order_id": 7, "all": [{"order_id": 7}]}},
    "visit": 1,
    "uuid": lambda: "an-id",
    "now": lambda: dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC),
    "file": lambda path: {"path": path},
}


def render(value: object) -> object:
    """What a value gives with the names above."""
    return compile_template(value).render(NAMES)


@given(JSON_VALUES)
def test_a_whole_expression_gives_the_very_value(value: object) -> None:
    """Whatever it is, it is not even copied."""
    assert compile_template("{{ data.x }}").render({"data": {"x": value}}) is value


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_texts_that_look_like_something_else_stay_texts(text: str) -> None:
    assert len(ODD_TEXTS) == 23
    names = {"data": {"x": text}}
    assert compile_template("{{data.x}}").render(names) == text
    assert compile_template("{{data.x}}{{data.x}}").render(names) == text + text
    assert compile_template([text]).render(names) == [text]


@given(st.text(alphabet=st.characters(exclude_characters="{"), max_size=30), st.text(max_size=30))
def test_a_text_around_an_expression_stays_as_it_is(around: str, value: str) -> None:
    template = compile_template(f"<{around}{{{{ data.x }}}}{around}>")
    assert template.render({"data": {"x": value}}) == f"<{around}{value}{around}>"


@given(JSON_VALUES.filter(lambda value: "{" not in repr(value)))
def test_a_value_without_braces_is_constant_and_not_copied(value: object) -> None:
    template = compile_template(value)
    assert template.is_constant
    assert template.references == ()
    assert template.render({}) is value


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{data.amount}}", Decimal("12.10")),
        ("{{ data.amount }} EUR", "12.10 EUR"),
        ("{{data.yes}}/{{data.none}}/{{data.items}}", "true/null/[1, 2, 3]"),
        ("{{data.items}}", [1, 2, 3]),
        ("{{data.count}}", 3),
        ("{{data.values.keys}}", "k"),
        ("{{data['customer']}}", "Ada"),
        ("{{data.items[0]}}", 1),
        ("{{data.items[-1]}}", 3),
        ("{{data.items[:2]}}", [1, 2]),
        ("{{data.items[::-1]}}", [3, 2, 1]),
        ("{{data.customer[1:]}}", "da"),
        ("{{step.place.all[0].order_id}}", 7),
        ("{{data.inject}}", "{{ data.customer }}"),
        ("<{{data.inject}}>", "<{{ data.customer }}>"),
        ("{{uuid()}}", "an-id"),
        ("{{now()}}", "2026-11-21T10:00:00Z"),
        ("{{now() | plus(days=1, hours=2)}}", "2026-11-22T12:00:00Z"),
        ("at {{now() | date}}", "at 2026-11-21"),
        ("{{file('a.json')}}", {"path": "a.json"}),
        ("{{-data.count}}", -3),
        ("{{data.count - 1}}", 2),
        ("{{ '}}' }}", "}}"),
        ("{{ {'a': {'b': data.count}} }}", {"a": {"b": 3}}),
        ("{{(1, data.count)}}", [1, 3]),
        ("{{null}}", None),
        ("{{1.10}}", Decimal("1.1")),
        ("{{'{{'}}x", "{{x"),
        ("{{'{%'}}", "{%"),
        ("{{data.zzz | default('d')}}", "d"),
        ("{{data.a.b.c | default(4)}}", 4),
        ("{{'y' if data.zzz is defined else 'n'}}", "n"),
        ("{{data.items | map('string') | list}}", ["1", "2", "3"]),
        ("{ {data.count} }", "{ {data.count} }"),
        ("a\n{{data.count}}\n", "a\n3\n"),
        (" {{data.count}}", " 3"),
    ],
)
def test_rendering(template: str, value: object) -> None:
    found = render(template)
    assert found == value
    assert type(found) is type(value)


def test_templates_stand_anywhere_in_a_value() -> None:
    value = {"a": ["{{data.count}}", "x", {"b": "n={{visit}}"}], "c": 1.5, "d": {"e": [None]}}
    template = compile_template(value)
    found = template.render(NAMES)
    assert found == {"a": [3, "x", {"b": "n=1"}], "c": 1.5, "d": {"e": [None]}}
    assert not template.is_constant
    assert template.value is value


def test_references_are_found_without_rendering() -> None:
    value = {
        "a": "{{step.place.order_id}} {{step['place'].x[0].y}}",
        "b": ["{{data.a | default(data.b)}}", "{{data[visit].c}}", "{{len(vars.x) + uuid()}}"],
        "c": "{{data.q if data.q is defined else null}}",
        "d": "{{step.place.order_id}}",
        "e": "{{rows | map(attribute='id') | list}} {{ {'k': run.id} }}",
    }
    template = compile_template(value)
    assert [(str(each), each.optional) for each in template.references] == [
        ("step.place.order_id", False),
        ("step.place.x", False),
        ("data.a", True),
        ("data.b", False),
        ("data", False),
        ("visit", False),
        ("vars.x", False),
        ("data.q", True),
        ("rows", False),
        ("run.id", False),
    ]
    assert template.references[0] == Reference(root="step", path=("place", "order_id"))


def test_references_know_where_their_expression_stands() -> None:
    document = parse_document("a: 'x {{data.b}}'\n", file="f.yaml")
    template = compile_template(document.value, location=document.location)
    assert str(template.references[0].location) == "f.yaml:1:7"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{dat.x}}", "`dat.x`: 'dat' is undefined. Did you mean 'data'?"),
        ("{{ data.custmer }}", "`data.custmer`: 'data.custmer' is undefined. Did you mean 'cust"),
        ("{{step.plac.x}}", "`step.plac.x`: 'step.plac' is undefined. Did you mean 'place'?"),
        ("a {{step.place.zz}} b", "'step.place.zz' is undefined. 'step.place' has: all, order_id."),
        ("{{data.customer.x}}", "'data.customer' is text and has no 'x'"),
        ("{{data.customer.upper}}", "'data.customer' is text and has no 'upper'"),
        (
            "{{data.items.append}}",
            "'data.items' is a list and has no 'append'. Say which item: [0]",
        ),
        ("{{data.__class__}}", "'data.__class__' is undefined"),
        ("{{data.items[7]}}", "a list of 3 has no '7'"),
        ("{{data.items['x']}}", "'data.items' is a list and has no 'x'"),
        ("{{data.zz[:1]}}", "'data.zz' is undefined"),
        ("{{data.count[:1]}}", "a number has no parts to cut out"),
        ("{{data.items[:'a']}}", "slice indices must be integers"),
        ("{{data.none.x}}", "'data.none' is null and has no 'x'"),
        ("{{step.place.all[0].zz}}", "there is no 'zz'. It has: order_id."),
        ("{{data.items[0].x}}", "a number has no 'x'"),
        ("{{[data.zz]}}", "'data.zz' is undefined"),
        ("{{ {'k': data.zz} }}", "'data.zz' is undefined"),
        ("{{data.zz ~ 'x'}}", "'data.zz' is undefined"),
        ("{{data.zz + 1}}", "'data.zz' is undefined"),
        ("{{data.zz | upper}}", "'data.zz' is undefined"),
        ("{{data.zz | abs}}", "'data.zz' is undefined"),
        ("{{data.zz[0]}}", "'data.zz' is undefined"),
        ("{{len(data.zz)}}", "'data.zz' is undefined"),
        ("{{step.place.all | map(attribute='zz')}}", "there is no 'zz'. It has: order_id."),
        ("{{1 / 0}}", "`1 / 0`: it divides by zero"),
        ("{{0 ** -1}}", "the result is too large"),
        ("{{10.0 ** 1000000}}", "the result is too large"),
        ("{{0.0 / 0}}", "it has no result that is a number"),
        ("{{data.customer * 9}}", "text * a number cannot be computed"),
        ("{{data.customer < 1}}", "text and a number have no order"),
        ("{{data.amount | upper}}", "text is needed, not a number"),
        ("{{data.customer | int}}", "text that is no number, or a number too large"),
        ("{{data.customer | from_json}}", "Expecting value"),
        ("{{data.items | first(2)}}", "takes 1 positional argument"),
    ],
)
def test_what_goes_wrong_is_said_with_the_expression(template: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        render(template)
    assert message in str(caught.value)


def test_what_goes_wrong_is_said_with_its_place() -> None:
    document = parse_document("a: 1\nb: 'x {{data.zz}}'\n", file="f.yaml")
    template = compile_template(document.value, location=document.location)
    with pytest.raises(EvaluationError, match=r"^f\.yaml:2:7: `data\.zz`: 'data\.zz' is undefined"):
        template.render(NAMES)


def test_what_has_no_text_cannot_stand_in_a_text() -> None:
    template = compile_template("x {{data.raw}}", location=SourceLocation(file="f", line=3))
    with pytest.raises(EvaluationError, match=r"^f:3: `data\.raw`: bytes has no JSON form"):
        template.render({"data": {"raw": b"x"}})


def test_an_error_of_a_function_is_told_with_the_expressions_place() -> None:
    def read(path: str) -> object:
        raise EvaluationError(f"{path} is missing", hint="Create it.")

    template = compile_template("{{file('x')}}", location=SourceLocation(file="f", line=3))
    with pytest.raises(EvaluationError) as caught:
        template.render({"file": read})
    assert str(caught.value) == "f:3: `file('x')`: x is missing. Create it."


def test_no_value_is_in_a_message() -> None:
    for template in ("{{data.x + 1}}", "{{data.x < 1}}", "{{data.x | int}}", "{{data.x.y}}"):
        with pytest.raises(EvaluationError) as caught:
            compile_template(template).render({"data": {"x": "hunter2"}})
        assert "hunter2" not in str(caught.value)


def test_all_mistakes_of_a_value_come_together_with_their_places() -> None:
    text = """\
a: "{{data.x && 1}}"
b: ["ok", "{{ data.y"]
c:
  "{{data.k}}": 1
d: |
  first
  second {{ x|uper }}
  {% if x %}
e: {f: "{{}}", g: "a {# b"}
"""
    document = parse_document(text, file="f.yaml")
    with pytest.raises(DefinitionError) as caught:
        compile_template(document.value, location=document.location)
    assert str(caught.value).split("\n") == [
        "f.yaml:1:4: error[expression-syntax] '&&' is not part of the language. Write 'and'.",
        "f.yaml:2:11: error[expression-syntax] this '{{' is never closed. Close it with '}}'.",
        "f.yaml:4:17: error[expression-syntax] a key cannot be a template. Write the key out.",
        (
            "f.yaml:8:3: error[expression-syntax] '{%' is not part of the language,"
            " only '{{ }}' is. Write {{'{%'}} if you mean these characters."
        ),
        (
            "f.yaml:9:8: error[expression-syntax] the expression is empty."
            " Write a name, such as data.amount."
        ),
        (
            "f.yaml:9:22: error[expression-syntax] '{#' is not part of the language,"
            " only '{{ }}' is. Write {{'{#'}} if you mean these characters."
        ),
    ]


def test_a_lone_brace_does_not_close_an_expression() -> None:
    with pytest.raises(DefinitionError, match=r"this .\{\{. is never closed"):
        compile_template("{{ data.x } }}")


def test_an_expression_nested_too_deep_in_its_value() -> None:
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(EvaluationError, match="the value is nested too deep"):
        compile_template("{{ data.x | json }}").render({"data": {"x": deep}})


def test_a_mistake_in_a_later_line_is_told_there() -> None:
    document = parse_document("d: |\n  first\n  second {{ x|uper }}\n", file="f.yaml")
    with pytest.raises(DefinitionError, match=r"^f\.yaml:3:10: "):
        compile_template(document.value, location=document.location)


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 10**9 }}",
        "{{ [0] * 10**9 }}",
        "{{ 10 ** (10 ** 10) }}",
        "{{ 1.5 ** (10 ** 10) }}",
        "{{ 9999999999 ** 999999999 }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ data.big | replace('x', data.big) }}",
        "{{ data.many | join(data.big) }}",
        "{{ data.big + data.big }}",
        "{{ data.big ~ data.big }}",
        "{{ data.big }}{{ data.big }}",
        "{{ 1 | round(10**9) }}",
        "{{ data.number | int }}",
    ],
)
def test_bombs_are_refused_before_they_go_off(template: str) -> None:
    names = {
        "data": {"big": "x" * (MAX_TEXT - 1), "many": [1] * 1000, "number": Decimal("1e999999")}
    }
    began = time.process_time()
    with pytest.raises(EvaluationError):
        compile_template(template).render(names)
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ data.f.__globals__ }}",
        "{{ data['__class__'] }}",
        "{{ uuid.__globals__ }}",
        "{{ self }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler }}",
        "{{ namespace }}",
        "{{ data.items | map('attr', '__class__') | list }}",
        "{{ data.items | map(attribute='__class__') | list }}",
        "{{ '{0.__class__}' | format(1) }}",
    ],
)
def test_nothing_of_python_can_be_reached(template: str) -> None:
    with pytest.raises((EvaluationError, DefinitionError)):
        render(template)


def test_a_text_past_the_limit_is_no_template() -> None:
    with pytest.raises(DefinitionError, match="too long for a template"):
        compile_template("{{x}}" + "y" * 1_000_000)
