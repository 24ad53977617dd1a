"""Texts that patterns match."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orchestra.data.making.patterns import UNBOUNDED, lengths_of, matching_text
from pytest_orchestra.data.making.shapes import UnmakeableError
from pytest_orchestra.documents.schemas.formats import ecma

PATTERNS = [
    *("^tok_[a-z0-9_]{1,40}$", "^(mug|lamp)-\\d{3}$", "^[^a-y]+$", "^\\w+\\s\\S$", "a|b|c"),
    *("^(?:AB){2,}$", "^(?<year>\\d{4})-x?$", "^.{3,5}?$", "^[\\w.-]+@[A-Z]{2}\\.$", "^\\p{L}$"),
    *("^\\u0041\\x42$", "^\\p{Lu}\\p{Ll}*$", "^[\\]\\-a]{4}$", "^\\D\\W\\t$", "^[a-c-]{2}$", ""),
    "^[\\d-]{3}$",
]  # fmt: skip


@settings(deadline=None)  # categories of letters are looked up once
@given(st.sampled_from(PATTERNS), st.integers())
def test_a_text_matches_its_pattern(pattern: str, seed: int) -> None:
    text = matching_text(pattern, Random(seed))
    assert re.search(ecma(pattern), text)


@given(st.integers(1, 40), st.integers())
def test_a_text_has_the_wished_length(length: int, seed: int) -> None:
    text = matching_text(PATTERNS[0], Random(seed), least=length + 4, most=length + 4)
    assert len(text) == length + 4


def test_lengths_are_read_off() -> None:
    assert lengths_of("^tok_[a-z]{1,40}$") == (5, 44)
    assert lengths_of("^a+(b|cd)?$") == (1, UNBOUNDED)


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)b", "(a)\\1", "\\bword", "*a", "[^ -~]", "(a", "a)", "[a", "\\p{Sc}", "a{9,2}"],
)
def test_what_is_not_read_is_refused(pattern: str) -> None:
    with pytest.raises(UnmakeableError, match="no text can be made for the pattern"):
        matching_text(pattern, Random(1))


def test_a_length_that_a_pattern_cannot_have_is_refused() -> None:
    with pytest.raises(UnmakeableError, match="no text of 5 to 5 characters"):
        matching_text("^(ab){1,9}$", Random(1), least=5, most=5)
