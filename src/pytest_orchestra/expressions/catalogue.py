"""What may stand after ``|``, after ``is``, and be called; each with its line of the reference.

jinja2's own where they are safe and say no instead of guessing; others are replaced or left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import filters as jinja
from jinja2 import tests as jinja_tests

from pytest_orchestra.expressions import filters as own
from pytest_orchestra.expressions import instants
from pytest_orchestra.expressions.comparison import contains, equal, ordering, unequal
from pytest_orchestra.expressions.values import is_number, json_text, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One filter, test or function.

    Attributes:
        usage: how it is written, ``plus(days=1)``.
        summary: one line for the reference.
        function: None for what the engine hands in with the names.
    """

    name: str
    usage: str
    summary: str
    function: Callable[..., object] | None = None


def _entry(usage: str, function: Callable[..., object] | None, summary: str) -> Entry:
    return Entry(name=usage.partition("(")[0], usage=usage, summary=summary, function=function)


FILTERS: tuple[Entry, ...] = (
    _entry("default(value)", jinja.do_default, "the value where there is none"),
    _entry("upper", own.of_text(str.upper), "a text in capitals"),
    _entry("lower", own.of_text(str.lower), "a text in small letters"),
    _entry("capitalize", own.of_text(str.capitalize), "a text whose first letter is a capital"),
    _entry("title", own.of_text(str.title), "a text whose words begin with capitals"),
    _entry("trim", own.of_text(str.strip), "a text without white space at its ends"),
    _entry("replace(old, new)", own.replace, "a text with every `old` replaced"),
    _entry("split(by)", own.split, "the parts of a text; without `by` its words"),
    _entry("join(by, attribute)", own.join, "one text of a list's items"),
    _entry("urlencode", own.urlencode, "any value as part of a URL"),
    _entry("string", text_of, "any value as text"),
    _entry("int(default)", own.whole, "a number or text as a whole number, else the default"),
    _entry("float(default)", own.number, "a number or text as a decimal, else the default"),
    _entry("round(precision, method)", own.rounded, "to digits: common (half up), ceil, floor"),
    _entry("abs", abs, "a number without its sign"),
    _entry("length", len, "how many items, keys or characters"),
    _entry("first", own.first, "the first item of a list"),
    _entry("last", own.last, "the last item of a list"),
    _entry("list", own.listed, "the items, keys or characters as a list"),
    _entry("reverse", own.reverse, "a list from its end"),
    _entry("sort(reverse, case_sensitive, attribute)", jinja.do_sort, "a list in order"),
    _entry("unique(case_sensitive, attribute)", own.listing(jinja.do_unique), "each item once"),
    _entry("min(case_sensitive, attribute)", jinja.do_min, "the smallest item"),
    _entry("max(case_sensitive, attribute)", jinja.do_max, "the largest item"),
    _entry("sum(attribute)", own.total, "the sum of the items"),
    _entry("map(filter)", own.listing(jinja.do_map), "each item filtered, or `attribute=` of each"),
    _entry("select(test)", own.listing(jinja.do_select), "the items that pass a test"),
    _entry("reject(test)", own.listing(jinja.do_reject), "the items that do not"),
    _entry(
        "selectattr(attribute, test, value)",
        own.listing(jinja.do_selectattr),
        "the items whose attribute passes a test",
    ),
    _entry(
        "rejectattr(attribute, test, value)",
        own.listing(jinja.do_rejectattr),
        "the items whose attribute does not",
    ),
    _entry("keys", own.keys, "the keys of a mapping"),
    _entry("values", own.values, "the values of a mapping"),
    _entry("items", own.items, "the pairs of a mapping, as lists of key and value"),
    _entry("json", json_text, "any value as JSON text"),
    _entry("from_json", own.from_json, "the value that a JSON text holds"),
    _entry(
        "plus(days=1)",
        instants.shift(1),
        "a later instant or day: weeks, days, hours, minutes, seconds, milliseconds",
    ),
    _entry("minus(days=1)", instants.shift(-1), "an earlier instant or day"),
    _entry("iso", instants.iso, "an instant or day in ISO 8601"),
    _entry("date", instants.day, "the day of an instant, `2026-11-21`"),
    _entry("epoch_ms", instants.epoch(microseconds=1_000), "milliseconds since 1970-01-01 UTC"),
    _entry("epoch_s", instants.epoch(microseconds=1_000_000), "seconds since 1970-01-01 UTC"),
)
"""The filters of templates and rules."""

TESTS: tuple[Entry, ...] = (
    _entry("defined", jinja_tests.test_defined, "the name exists"),
    _entry("undefined", jinja_tests.test_undefined, "the name does not exist"),
    _entry("none", jinja_tests.test_none, "it is null"),
    _entry("true", jinja_tests.test_true, "it is true itself"),
    _entry("false", jinja_tests.test_false, "it is false itself"),
    _entry("boolean", jinja_tests.test_boolean, "it is true or false"),
    _entry("string", jinja_tests.test_string, "it is text"),
    _entry("number", is_number, "it is a number"),
    _entry("integer", jinja_tests.test_integer, "it is a whole number"),
    _entry("mapping", jinja_tests.test_mapping, "it is a mapping"),
    _entry("sequence", jinja_tests.test_sequence, "it is a list or a text"),
    _entry("odd", jinja_tests.test_odd, "it is an odd number"),
    _entry("even", jinja_tests.test_even, "it is an even number"),
    _entry("divisibleby(number)", jinja_tests.test_divisibleby, "it is a multiple"),
    _entry("in(container)", contains, "it is in a list, mapping or text"),
    _entry("eq(value)", equal, "it is equal"),
    _entry("ne(value)", unequal, "it is not equal"),
    _entry("lt(value)", ordering("lt"), "it is less"),
    _entry("le(value)", ordering("le"), "it is less or equal"),
    _entry("gt(value)", ordering("gt"), "it is greater"),
    _entry("ge(value)", ordering("ge"), "it is greater or equal"),
)
"""What may stand after ``is``, and be named in ``select`` and its like."""

TEST_SIGNS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
"""Other names of tests, for ``selectattr('total', '>', 5)``."""

FUNCTIONS: tuple[Entry, ...] = (
    _entry("len(x)", len, "how many items, keys or characters"),
    _entry("any(list)", own.any_of, "whether one of the items is true"),
    _entry("all(list)", own.all_of, "whether every item is true"),
    _entry("uuid()", None, "a new random UUID, as text"),
    _entry("now()", None, "this instant in UTC, as ISO 8601 text"),
    _entry("file('x.json')", None, "a file beside the suite: rendered, parsed by its suffix"),
)
"""What can be called. Nothing else can: methods of values least of all."""
