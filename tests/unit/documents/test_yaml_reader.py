"""YAML texts, their values, their places, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

import pytest

from pytest_orchestra.documents.document import MAX_DEPTH
from pytest_orchestra.documents.yaml_reader import MAX_ALIASED, parse_yaml

Complaints = Callable[[Callable[[], object]], list[str]]

BOTH = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "python"])

SUITE = """\
# a comment
name: Order
process: [order.bpmn#order, stock.bpmn]
steps:
  - at: Place order
    action:
      channel: http
      input: {body: {amount: 12.10, code: "0010", note: two
          lines}}
"""


@BOTH
def test_values_of_every_kind(*, pure: bool) -> None:
    text = "a: 1\nb: [x, 'y', \"z\"]\nc: {d: ~, e: true}\nf: >\n  one\n  two\ng: 1.50\n"
    assert parse_yaml(text, "f", pure=pure).value == {
        "a": 1,
        "b": ["x", "y", "z"],
        "c": {"d": None, "e": True},
        "f": "one two\n",
        "g": Decimal("1.50"),
    }


@BOTH
@pytest.mark.parametrize("text", ["", "# nothing\n", "--- ~", "null"])
def test_an_empty_text_is_nothing(text: str, *, pure: bool) -> None:
    document = parse_yaml(text, "f", pure=pure)
    assert document.value is None
    assert document.location().line == 1


def test_the_words_of_yaml_1_1_stay_text() -> None:
    text = "[no, on, 12:30, 2026-11-21, 010, 0777, 1_000]"
    assert parse_yaml(text, "f").value == [
        *("no", "on", "12:30", "2026-11-21", "010", "0777", "1_000"),
    ]


def test_quoted_words_stay_text() -> None:
    assert parse_yaml("['1', \"true\", '', 'null', '.nan']", "f").value == [
        *("1", "true", "", "null", ".nan"),
    ]


def test_keys_are_text_as_written() -> None:
    document = parse_yaml("{200: ok, on: 1, null: 2, 1.50: 3, '<<': 4}", "f")
    assert document.value == {"200": "ok", "on": 1, "null": 2, "1.50": 3, "<<": 4}


def test_a_yaml_1_2_directive_is_welcome() -> None:
    assert parse_yaml("%YAML 1.2\n---\na: no\n", "f").value == {"a": "no"}


@BOTH
def test_places_of_values_and_keys(*, pure: bool) -> None:
    document = parse_yaml("a:\n  - b: [1, 22]\n    c:  x\n", "f", pure=pure)
    assert str(document.location(("a", 0, "b", 1))) == "f:2:12"
    assert str(document.location(("a", 0, "c"))) == "f:3:9"
    assert str(document.key_location(("a", 0, "c"))) == "f:3:5"


def test_places_count_from_the_line_where_the_text_starts() -> None:
    assert str(parse_yaml("a: 1\nb: 2", "f", start=40).key_location(("b",))) == "f:41:1"


@BOTH
def test_all_that_is_refused_is_reported_together(complaints: Complaints, *, pure: bool) -> None:
    text = "a: 1\na: 2\n<<: {x: 1}\nb: !!str 4\nc: *x\nd: .nan\ne: &e [*e]\nf: !own {}\n"
    assert complaints(lambda: parse_yaml(text, "f", pure=pure)) == [
        (
            "f:2:1: error[double-key] the key 'a' stands here a second time."
            " The first one is in line 1; keep one of them."
        ),
        (
            "f:3:1: error[yaml-merge] merge keys are not part of YAML 1.2."
            " Write its keys out; an alias can stand for a whole value only."
        ),
        (
            "f:4:4: error[yaml-tag] the tag '!!str' is refused."
            " Leave it out; put a value in quotes to make it text."
        ),
        "f:5:4: error[yaml-alias] no '&x' stands before this '*x'. Write the value out.",
        (
            "f:6:4: error[yaml-number] infinity and not-a-number cannot be sent."
            " Put it in quotes if text is meant."
        ),
        "f:7:8: error[yaml-alias] '*e' stands inside of what it stands for. Write the value out.",
        (
            "f:8:4: error[yaml-tag] the tag '!own' is refused."
            " Leave it out; put a value in quotes to make it text."
        ),
    ]


def test_what_was_found_before_a_syntax_error_is_reported_too(complaints: Complaints) -> None:
    texts = complaints(lambda: parse_yaml("a: 1\na: 2\nb: [\n", "f"))
    assert [text.split("]")[0] for text in texts] == [
        "f:2:1: error[double-key",
        "f:4:1: error[yaml-syntax",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a:\n\tb: 1\n", "f:2:1: error[yaml-syntax] a tab stands where YAML wants spaces"),
        ("a: b: c", "f:1:5: error[yaml-syntax] a ': ' stands where no key can"),
        ("a: @x", "f:1:4: error[yaml-syntax] an unquoted text cannot begin with '@'"),
        ("a: `x", "f:1:4: error[yaml-syntax] an unquoted text cannot begin with '`'"),
        ('a: "x', "f:1:6: error[yaml-syntax] a quote is never closed"),
        ("a\x00b", "f:1:2: error[yaml-syntax] the character U+0000 cannot stand in YAML"),
        ("a:\n b\ud800", "f:2:3: error[yaml-syntax] the character U+D800 cannot stand"),
        ("--- 1\n--- 2\n", "f:2:1: error[yaml-documents] a second document in one file"),
        ("? [a]\n: b", "f:1:3: error[yaml-key] a key cannot be a list or a mapping. Write the"),
        ("a: &x 1\n*x : 2", "f:2:1: error[yaml-key] a key cannot be an alias"),
        ("a: [1,2\nb: 3", "f:2:2: error[yaml-syntax] did not find expected ',' or ']'"),
        ("a: '\u2028\u2028\u2028'\nb: [", "f:2:5: error[yaml-syntax] did not find expected"),
    ],
)
def test_syntax_errors_in_plain_words(complaints: Complaints, text: str, complaint: str) -> None:
    (found,) = complaints(lambda: parse_yaml(text, "f"))
    assert found.startswith(complaint)


@pytest.mark.parametrize("text", ["a: {{x}}\n", "a: {{x}} b\n", "a: {{step.a.b}}/{{c}}\n"])
def test_a_template_without_quotes_is_told_to_have_them(complaints: Complaints, text: str) -> None:
    (found,) = complaints(lambda: parse_yaml(text, "f"))
    assert 'Put a template in quotes: "{{…}}".' in found


def test_an_alias_stands_for_the_same_value_and_place() -> None:
    document = parse_yaml("x-a: &a {b: [1, 2]}\nc: *a\nd: [*a]\ne: &k f\ng: *k\n", "f")
    assert document.value == {
        "x-a": {"b": [1, 2]},
        "c": {"b": [1, 2]},
        "d": [{"b": [1, 2]}],
        "e": "f",
        "g": "f",
    }
    assert str(document.location(("d", 0, "b", 1))) == "f:1:17"


def test_an_anchored_key_can_be_used_as_a_value() -> None:
    assert parse_yaml("&k a: 1\nb: *k\n", "f").value == {"a": 1, "b": "a"}


@BOTH
@pytest.mark.parametrize("text", ["[" * 25_000, "{a: " * 25_000, "- " * 25_000, "? " * 25_000])
def test_deep_nesting_stops_early(complaints: Complaints, text: str, *, pure: bool) -> None:
    """Also where libyaml is absent; its stand-in is slow, so that it gets less."""
    text = text[:4000] if pure else text
    began = time.process_time()
    (found,) = complaints(lambda: parse_yaml(text, "f", pure=pure))
    assert "more than 100 levels" in found or "a key cannot be" in found
    assert time.process_time() - began < 20


def test_as_many_levels_as_allowed_are_read() -> None:
    value = parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f").value
    for _ in range(MAX_DEPTH - 1):
        assert isinstance(value, list)
        (value,) = value
    assert value == []


def test_depth_counts_what_aliases_stand_for(complaints: Complaints) -> None:
    half = 60
    text = f"a: &a {'[' * half}{']' * half}\nb: {'[' * half}*a{']' * half}\n"
    (found,) = complaints(lambda: parse_yaml(text, "f"))
    assert found.startswith("f:2:64: error[too-deep]")


def test_an_alias_bomb_is_refused(complaints: Complaints) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(8):
        aliases = ", ".join([f"*a{level}"] * 9)
        lines.append(f"a{level + 1}: &a{level + 1} [{aliases}]")
    (found,) = complaints(lambda: parse_yaml("\n".join(lines), "f"))
    assert f"the aliases stand for more than {MAX_ALIASED} values" in found


def test_an_offset_into_a_text_is_found_whatever_its_style() -> None:
    text = (
        "a: x == 1 and bad\nb: 'x == 1 and bad'\nc: |\n  # first\n  x == 1\n\n  y bad\n"
        'd: >\n  x ==\n  bad\ne: "\\x41 bad"\nf: "\\x62\\x61d"\n'
    )
    document = parse_yaml(text, "f")

    def place(key: str) -> str:
        value = document.part((key,))
        assert isinstance(value, str)
        return str(document.location((key,), value.index("bad")))

    assert [place(key) for key in "abcde"] == ["f:1:15", "f:2:16", "f:7:5", "f:10:3", "f:11:10"]
    assert str(document.location(("f",), 1)) == "f:12:4"


def test_an_offset_to_a_repeated_word_is_the_right_one() -> None:
    document = parse_yaml("a: '{{x}} {{x}} {{x}}'", "f")
    assert str(document.location(("a",), 12)) == "f:1:17"


def test_two_thousand_lines_are_read_quickly() -> None:
    text = "steps:\n" + SUITE.partition("steps:\n")[2] * 250
    began = time.process_time()
    document = parse_yaml(text, "f")
    assert time.process_time() - began < 5
    assert len(document.part(("steps",))) == 250
