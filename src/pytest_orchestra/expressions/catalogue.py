"""What may stand after ``|``, after ``is``, and be called; each with its line of the reference.

jinja2's own where they are safe and say no instead of guessing; others are replaced or left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import filters as jinja
from jinja2 import tests as jinja_tests

from pytest_orchestra.expressions import filters as own
from pytest_orchestra.expressions import instants, jsonpath, texts
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
    _entry("slug", texts.slug, "small letters, digits and `-`, without accents"),
    _entry("snake_case", texts.snake_case, "`order_id` of `orderId` or `Order ID`"),
    _entry("camel_case", texts.camel_case, "`orderId` of `order_id` or `Order ID`"),
    _entry("zfill(width)", texts.zfill, "a number or text with zeros before it"),
    _entry(
        "format_number(digits, thousands, point)",
        texts.format_number,
        "a number with so many digits (2): `1,234.50`",
    ),
    _entry("regex_search(pattern)", texts.regex_search, "what a pattern finds first, or its group"),
    _entry("regex_findall(pattern)", texts.regex_findall, "a list of what a pattern finds"),
    _entry(
        "regex_replace(pattern, new)",
        texts.regex_replace,
        "what a pattern finds replaced; `\\1` is its first group",
    ),
    _entry("base64", texts.to_base64, "a text in base64"),
    _entry("from_base64", texts.from_base64, "the text that stands in base64, or base64url"),
    _entry("hash(algorithm)", texts.hashed, "a text's md5, sha1, sha256 (default), sha384, sha512"),
    _entry(
        "hmac(key, algorithm, encoding)",
        texts.signed,
        "a text's HMAC by a key (sha256); encoding: hex, base64",
    ),
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
    _entry("combine(mapping)", own.combine, "a mapping with the keys of others put in"),
    _entry("flatten", own.flatten, "the items of the lists in a list"),
    _entry(
        "jsonpath(path)",
        jsonpath.jsonpath,
        "a list of what a JSONPath finds: `jsonpath('$..items[?@.sku == \"mug\"].price')`",
    ),
    _entry("random(seed)", texts.random, "an item of a list, or a whole number below a number"),
    _entry("json", json_text, "any value as JSON text"),
    _entry("from_json", own.from_json, "the value that a JSON text holds"),
    _entry(
        "plus(days=1)",
        instants.shift(1),
        "a later instant or day: years, months, weeks, days, hours, …, milliseconds",
    ),
    _entry("minus(days=1)", instants.shift(-1), "an earlier instant or day"),
    _entry("seconds_since(earlier)", instants.seconds_since, "seconds between instants, or days"),
    _entry("utc", instants.utc, "the same instant in UTC"),
    _entry("strftime(format)", instants.strftime, "an instant or day as text, `%d.%m.%Y`"),
    _entry("strptime(format)", instants.strptime, "the day, with `%z` the instant, of a text"),
    _entry("iso", instants.iso, "an instant or day in ISO 8601"),
    _entry("date", instants.day, "the day of an instant, `2026-11-21`"),
    _entry("epoch_ms", instants.epoch(microseconds=1_000), "milliseconds since 1970-01-01 UTC"),
    _entry("epoch_s", instants.epoch(microseconds=1_000_000), "seconds since 1970-01-01 UTC"),
    _entry("from_epoch_ms", instants.from_epoch(per_second=1_000), "the instant of milliseconds"),
    _entry("from_epoch_s", instants.from_epoch(per_second=1), "the instant of seconds"),
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
    _entry("matching(pattern)", texts.matching, "the whole text is as a pattern says"),
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
