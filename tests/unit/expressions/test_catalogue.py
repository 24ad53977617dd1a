"""The filters, tests and functions of the reference, each tried."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_orchestra.errors import EvaluationError
from pytest_orchestra.expressions.catalogue import FILTERS, FUNCTIONS, TESTS
from pytest_orchestra.expressions.expressions import compile_expression

INSTANT = "'2026-11-21T10:00:00.5Z'"

FILTERED = [
    ("x | default(1)", 1),
    ("none | default(1)", None),
    ("'aB' | upper", "AB"),
    ("'aB' | lower", "ab"),
    ("'aB c' | capitalize", "Ab c"),
    ("'aB c' | title", "Ab C"),
    ("' a ' | trim", "a"),
    ("'aXbX' | replace('X', '--')", "a--b--"),
    ("'a,b' | split(',')", ["a", "b"]),
    ("' a  b ' | split", ["a", "b"]),
    ("[1, true, 'x'] | join('-')", "1-true-x"),
    ("[{'a': 1}, {'a': 2}] | join(attribute='a')", "12"),
    ("'a b/ü' | urlencode", "a%20b%2F%C3%BC"),
    ("1.50 | string", "1.5"),
    ("[1] | string", "[1]"),
    ("'12' | int", 12),
    ("12.9 | int", 12),
    ("'x' | int(0)", 0),
    ("none | int(none)", None),
    ("'12.50' | float", Decimal("12.50")),
    ("' 3 ' | float", Decimal(3)),
    ("'x' | float(1.5)", Decimal("1.5")),
    ("2.345 | round(2)", Decimal("2.35")),
    ("2.5 | round", 3),
    ("2.1 | round(method='ceil')", 3),
    ("-2.1 | round(method='floor')", -3),
    ("1234 | round(-2)", 1200),
    ("-1.5 | abs", Decimal("1.5")),
    ("'abc' | length", 3),
    ("[3, 4] | first", 3),
    ("[3, 4] | last", 4),
    ("'ab' | list", ["a", "b"]),
    ("[1, 2] | reverse", [2, 1]),
    ("'ab' | reverse", ["b", "a"]),
    ("[2, 1] | sort", [1, 2]),
    ("[2, 1.5] | sort(reverse=true)", [2, Decimal("1.5")]),
    ("[1, 1, 2] | unique", [1, 2]),
    ("[2, 1] | min", 1),
    ("[{'a': 2}, {'a': 3}] | max(attribute='a')", {"a": 3}),
    ("[0.1, 0.2] | sum", Decimal("0.3")),
    ("[{'a': 2}, {'a': 3}] | sum('a')", 5),
    ("['a'] | map('upper')", ["A"]),
    ("[{'a': {'b': 2}}] | map(attribute='a.b')", [2]),
    ("[1, 2, 3] | select('odd')", [1, 3]),
    ("[1, 2, 3] | select('in', [2.0])", [2]),
    ("[1, 2, 3] | reject('odd')", [2]),
    ("[{'a': 1}, {'a': 2}] | selectattr('a', '>=', 1.5)", [{"a": 2}]),
    ("[{'a': 1}, {'a': 2}] | rejectattr('a', 'eq', 2.0)", [{"a": 1}]),
    ("{'a': 1} | keys", ["a"]),
    ("{'a': 1} | values", [1]),
    ("{'a': 1} | items", [["a", 1]]),
    ("{'a': [1, null]} | json", '{"a": [1, null]}'),
    ("'[1.10]' | from_json", [Decimal("1.10")]),
    (f"{INSTANT} | plus(days=1, minutes=1)", "2026-11-22T10:01:00.500000Z"),
    ("'2026-11-21' | plus(weeks=1)", "2026-11-28"),
    (f"{INSTANT} | minus(hours=0.5)", "2026-11-21T09:30:00.500000Z"),
    (f"{INSTANT} | iso", "2026-11-21T10:00:00.500000Z"),
    ("'2026-11-21T01:00:00+02:00' | date", "2026-11-21"),
    (f"{INSTANT} | epoch_ms", 1795255200500),
    (f"{INSTANT} | epoch_s", 1795255200),
    ("1795255200500 | from_epoch_ms", "2026-11-21T10:00:00.500000Z"),
    ("1795255200.5 | from_epoch_s", "2026-11-21T10:00:00.500000Z"),
    ("'2024-01-31' | plus(months=1)", "2024-02-29"),
    (f"{INSTANT} | minus(years=1, months=2, days=1)", "2025-09-20T10:00:00.500000Z"),
    ("'2026-11-21T01:00:00+02:00' | utc", "2026-11-20T23:00:00Z"),
    (f"{INSTANT} | seconds_since('2026-11-21T11:00:00+02:00')", Decimal("3600.5")),
    ("'2026-11-21' | seconds_since('2026-11-20')", Decimal(86400)),
    ("'2026-11-21' | strftime('%d.%m.%Y')", "21.11.2026"),
    (f"{INSTANT} | strftime('%H:%M %z%%')", "10:00 +0000%"),
    ("'21.11.2026' | strptime('%d.%m.%Y')", "2026-11-21"),
    ("'21.11.26 10:00 +0100' | strptime('%d.%m.%y %H:%M %z')", "2026-11-21T10:00:00+01:00"),
    ("'Ünïted States 2go' | slug", "united-states-2-go"),
    ("'orderID of ACME' | snake_case", "order_id_of_acme"),
    ("'Order id-no' | camel_case", "orderIdNo"),
    ("'' | camel_case", ""),
    ("7 | zfill(3)", "007"),
    ("1234.5 | format_number", "1234.50"),
    ("-1234567.891 | format_number(1, '.', ',')", "-1.234.567,9"),
    ("1e6 | format_number(0, ' ')", "1 000 000"),
    (r"'Order 17 of 20' | regex_search('\d+')", "17"),
    (r"'Order 17 of 20' | regex_search('(\d+)$')", "20"),
    (r"'a=1' | regex_search('(\w)=(\d)|(b)')", ["a", "1", None]),
    (r"'a1b22' | regex_findall('[a-z](\d+)')", ["1", "22"]),
    (r"'2026-11-21' | regex_replace('(\d+)-(\d+)-(\d+)', '\3.\2.\1')", "21.11.2026"),
    ("'abc' | regex_replace('', '-')", "-a-b-c-"),
    (r"'ab' | regex_replace('a|(b)', '<\1>')", "<><b>"),
    ("'Grüße' | base64", "R3LDvMOfZQ=="),
    ("'R3LDvMOfZQ' | from_base64", "Grüße"),
    ("'Pz8_Pz8-' | from_base64", "?????>"),
    (
        "'a' | hash",
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ),
    ("'a' | hash('md5')", "0cc175b9c0f1b6a831c399e269772661"),
    ("'a' | hmac('key', 'md5')", "80ea44ccea14cc2263889567cfacccd7"),
    ("'a' | hmac('key', 'sha1', 'base64') | length", 28),
    ("{'a': 1, 'b': 1} | combine({'b': 2}, {'c': 3})", {"a": 1, "b": 2, "c": 3}),
    ("[1, [2, [3]], []] | flatten", [1, 2, [3]]),
    ("[{'a': [{'b': 1}]}] | jsonpath('$..b')", [1]),
    ("['x', 'y', 'z'] | random(seed=7)", "y"),
    ("1000 | random('a')", 301),
]

CALLED = [("len('ab')", 2), ("any([0, 1])", True), ("all([0, 1])", False)]
GIVEN = {"uuid": "uuid()", "now": "now()", "file": "file('x')"}

TESTED = {
    "defined": "1",
    "undefined": "x",
    "none": "null",
    "true": "true",
    "false": "false",
    "boolean": "true",
    "string": "'a'",
    "number": "1.5",
    "integer": "1",
    "mapping": "{}",
    "sequence": "[]",
    "odd": "1",
    "even": "2",
    "divisibleby": "9 is divisibleby(3)",
    "matching": r"'AB-12' is matching('[A-Z]+-\d{2}')",
    "in": "1 is in([1.0])",
    "eq": "1 is eq(1.0)",
    "ne": "1 is ne('1')",
    "lt": "1 is lt(1.5)",
    "le": "1 is le(1)",
    "gt": "2 is gt(1)",
    "ge": "2 is ge(2.0)",
}


@pytest.mark.parametrize(("source", "value"), FILTERED + CALLED)
def test_filters_and_functions(source: str, value: object) -> None:
    found = compile_expression(source).evaluate({})
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("name", "source"), TESTED.items())
def test_tests(name: str, source: str) -> None:
    source = source if " is " in source else f"{source} is {name}"
    assert compile_expression(source).evaluate({}) is True


def test_every_entry_of_the_reference_is_tried_above() -> None:
    tried = " ".join(source for source, _ in FILTERED)
    assert [each.name for each in FILTERS if f"| {each.name}" not in tried] == []
    called = " ".join([*(source for source, _ in CALLED), *GIVEN.values()])
    assert [each.name for each in FUNCTIONS if f"{each.name}(" not in called] == []
    assert [each.name for each in TESTS] == list(TESTED)


def test_every_entry_has_its_line_of_the_reference() -> None:
    for entry in (*FILTERS, *TESTS, *FUNCTIONS):
        assert entry.usage.startswith(entry.name)
        assert 5 < len(entry.summary) < 90
        assert entry.summary[-1] != "."


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[] | first", "it is empty"),
        ("'' | last", "it is empty"),
        ("5 | upper", "text is needed, not a number"),
        ("'a' | replace('', 'b')", "there is nothing to look for"),
        ("'x' | round", "a number is needed, not text"),
        ("1 | round(2, 'up')", "the methods of round are common, ceil, floor"),
        ("1 | round(999)", "the precision is past 400"),
        ("true | int", "true or false that is no number"),
        ("'1e999' | float", "text that is no number, or a number too large"),
        ("'nan' | float", "text that is no number"),
        ("[1] | keys", "a mapping is needed, not a list"),
        ("[1, 'a'] | sum", "a number + text cannot be computed"),
        ("'x' | plus(days=1)", "it is no ISO 8601 day, nor an instant with its offset"),
        ("'2026-11-21T10:00:00' | iso", "it is no ISO 8601 day, nor an instant with its offset"),
        (f"{INSTANT} | plus(decades=1)", "it takes years, months, weeks, days, hours"),
        (f"{INSTANT} | plus(days='1')", "days is text, not a number"),
        (f"{INSTANT} | plus(months=1.5)", "months are whole"),
        (f"{INSTANT} | plus(years=9000)", "the result is too large"),
        (f"{INSTANT} | plus(days=zz)", "'zz' is undefined"),
        ("'x' | from_epoch_s", "a number is needed, not text"),
        ("1e30 | from_epoch_s", "the result is too large"),
        (f"{INSTANT} | seconds_since('2026-11-21')", "an instant and a day cannot be compared"),
        (f"{INSTANT} | strftime('%100000d')", "'%1' is not one of %Y %y %m"),
        (f"{INSTANT} | strftime('%')", "'%' is not one of"),
        ("'x' | strptime('%d')", "the text is not as the format says"),
        ("7 | zfill(10**9)", "the width is past 10000"),
        ("7 | format_number(10**9)", "the precision is past 400"),
        ("'x' | regex_search('y')", "the pattern finds nothing"),
        (r"'x' | regex_replace('x', '\1')", "the pattern has no group 1"),
        ("'!' | from_base64", "it is no text in base64"),
        ("'_w' | from_base64", "it is no text in base64"),
        ("'a' | hash('crc')", "the algorithms are md5, sha1, sha256, sha384, sha512"),
        ("'a' | hmac('k', encoding='x')", "the encodings of hmac are hex, base64"),
        ("[] | random(1)", "it is empty"),
        ("[1] | random", "it needs a seed"),
        ("0 | random(1)", "there is no whole number from 0 on that is below it"),
        ("'ab' | random(1)", "a list is needed, not text"),
        ("1 | jsonpath('$' ~ 'x')", "the JSONPath goes wrong after '$': 'x' does not belong"),
        ("[1] | combine", "a mapping is needed, not a list"),
        ("1 | flatten", "a list is needed, not a number"),
        ("'NaN' | from_json", "NaN is not JSON"),
        (f"{INSTANT} | plus(days=10**12)", ""),
        ("'2026-11-21' | epoch_ms", "a day is no instant"),
        ("'[' | from_json", "Expecting value"),
        ("[1, 'a'] | sort", ""),
        ("5 | join", ""),
    ],
)
def test_filters_say_no_instead_of_guessing(source: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        compile_expression(source).evaluate({})
    assert f"`{source}`: {message}" in str(caught.value)


@pytest.mark.parametrize("name", [each.name for each in FILTERS if each.name != "default"])
def test_no_filter_takes_an_undefined_value(name: str) -> None:
    given = {
        "replace": "('a', 'b')",
        "map": "('upper')",
        "plus": "(days=1)",
        "zfill": "(3)",
        "regex_replace": "('a', 'b')",
        "jsonpath": "('$')",
        "random": "(1)",
        "hmac": "('a')",
        "seconds_since": "('2026-11-21')",
        "strftime": "('%d')",
        "strptime": "('%d')",
        **dict.fromkeys(("regex_search", "regex_findall"), "('a')"),
    }
    arguments = given.get(name, "")
    arguments = arguments or ("('a')" if name.endswith("attr") else "")
    with pytest.raises(EvaluationError, match=r"'data\.zz' is undefined"):
        compile_expression(f"data.zz | {name}{arguments}").evaluate({"data": {}})


def test_random_draws_by_the_run_where_no_seed_is_given() -> None:
    expression = compile_expression("1000000 | random")
    drawn = [expression.evaluate({"run": {"id": run}}) for run in ("a", "a", "b")]
    assert drawn[0] == drawn[1] != drawn[2]
    seeded = compile_expression("1000000 | random(seed=run.id ~ 'x')")
    assert seeded.evaluate({"run": {"id": "a"}}) != drawn[0]


def test_what_a_pattern_replaces_is_bounded() -> None:
    names = {"data": {"long": "x" * 2_000, "big": "y" * 9_000}}
    with pytest.raises(EvaluationError, match="the result is too large"):
        compile_expression("data.long | regex_replace('', data.big)").evaluate(names)
