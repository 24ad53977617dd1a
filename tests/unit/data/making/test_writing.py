"""Made sets as text, and back."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_orchestra.data.data_sets import Scope
from pytest_orchestra.data.making.writing import WrittenSet, is_untouched, json_text, yaml_text
from pytest_orchestra.data.set_files import read_data_sets

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\x85"))
TRICKY = st.sampled_from(["no", "on", "12:30", "1e5", "0o17", "010", ".nan", "", "~", "2026-11-21"])
NUMBERS = st.decimals(-1000, 1000, places=2) | st.integers(-(10**9), 10**9)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS | TRICKY
VALUES = st.dictionaries(
    st.sampled_from(["a", "b c", "no", "12"]),
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3)),
    max_size=4,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=VALUES)
def test_our_reader_reads_the_same_values(tmp_path: Path, values: dict[str, object]) -> None:
    written = [WrittenSet(name="x", values=values, tags=("boundary",), note="why it\nis so")]
    for name, text in (("d.yaml", yaml_text(written, ["made"])), ("d.json", json_text(written))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        [read] = read_data_sets([tmp_path / name], Scope.SUITE)
        assert read.values == values
        assert (read.name, read.tags, read.origin) == ("x", ("boundary",), "IMPORTED")


def test_a_file_that_was_edited_is_known_by_its_sum() -> None:
    text = yaml_text([WrittenSet(name="x", values={"a": 1})], ["made by hand"])
    assert text.startswith("# made by hand\n# sum: ")
    assert is_untouched(text)
    assert not is_untouched(text.replace("a: 1", "a: 2"))
    assert not is_untouched("- {name: x}\n")


def test_fractions_keep_their_digits() -> None:
    text = json_text([WrittenSet(name="x", values={"a": Decimal("0.10"), "b": "0.1"})])
    assert '"a": 0.10,' in text
    assert json.loads(text)[0]["values"]["b"] == "0.1"


def test_other_values_are_refused() -> None:
    with pytest.raises(TypeError, match="a set is no value"):
        json_text([WrittenSet(name="x", values={"a": {1}})])
