"""Regular expressions without a way back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orchestra.expressions.expressions import compile_expression
from pytest_orchestra.expressions.patterns import MAX_PATTERN, compile_pattern

ATOMS = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", r"\d", "c", "^", "$", r"\.", "[]a]", r"[\]x]"]
)
REPEATS = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?", "??"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("{}{}".format, inner, inner)
        | st.builds("{}|{}".format, inner, inner)
        | st.builds("({})".format, inner)
        | st.builds("(?:{}){}".format, inner, REPEATS)
    ),
    max_leaves=8,
)


@given(PATTERNS, st.text("abc1.]", max_size=8))
def test_what_is_found_is_what_python_finds(pattern: str, text: str) -> None:
    compiled, known = compile_pattern(pattern), re.compile(pattern)
    for whole, wanted in ((False, known.search(text)), (True, known.fullmatch(text))):
        found = compiled.search(text, whole=whole)
        assert (found and found[:2]) == (wanted and wanted.span())


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        (r"(\w+)@(\w+)", "to ada@acme", (3, 11, 3, 6, 7, 11)),
        (r"(a)|(b)", "b", (0, 1, -1, -1, 0, 1)),
        ("a*?", "aa", (0, 0)),
        ("x", "abc", None),
        ("(?:ab){2,3}", "ababab", (0, 6)),
        (r"\n", "a\nb", (1, 2)),
        ("é", "café", (3, 4)),
        (".", "\n", None),
        ("", "", (0, 0)),
    ],
)
def test_spans(pattern: str, text: str, spans: object) -> None:
    assert compile_pattern(pattern).search(text) == spans


def test_every_match() -> None:
    matches = compile_pattern("a*").matches("aab")
    assert [found[:2] for found in matches] == [(0, 2), (2, 2), (3, 3)]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a" * (MAX_PATTERN + 1), "the pattern has more than 1000 characters"),
        ("(?:a{1000}){1000}", "the pattern has more than 1000 steps"),
        ("a{900}b{900}", "the pattern has more than 1000 steps"),
        ("*a", "a '*' of the pattern repeats nothing"),
        ("a**", "a '*' of the pattern repeats nothing"),
        ("(a", "a ')' of the pattern is missing"),
        ("a)", "a ')' of the pattern closes nothing"),
        ("(?=a)", "a pattern has no '(?' but '(?:'"),
        (r"(a)\1", r"a pattern has no '\1'"),
        (r"\bx", r"a pattern has no '\b'"),
        ("[a", "a ']' of the pattern is missing"),
        ("[b-a]", "'[b-a]' of the pattern: bad character range b-a"),
        ("a\\", "a '\\' ends the pattern"),
        ("a{3,2}", "the pattern repeats {3,2}"),
        ("(" * 999, "the pattern has too many brackets in each other"),
    ],
)
def test_what_is_no_pattern(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"(a|a)*$", r"(a*)*b", r"(.*a){20}", "a?" * 30 + "a" * 30]
)
def test_no_pattern_takes_more_than_its_text(pattern: str) -> None:
    """Each of them takes Python's own engine years."""
    text = "a" * 29 + "!"
    assert compile_pattern(pattern).search(text, whole=True) is None
    names = {"pattern": pattern, "text": text}
    assert compile_expression("text is matching(pattern)").evaluate(names) is False
