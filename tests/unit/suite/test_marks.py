"""What a suite says of single scenarios by their keys."""

from __future__ import annotations

import pytest

from pytest_orchestra.documents.decoding import decode
from pytest_orchestra.documents.reading import parse_document
from pytest_orchestra.flow.scenario import Criterion
from pytest_orchestra.suite.file import SuitePart
from pytest_orchestra.suite.marks import Markings

KEYS = ["main", "amount-high", "amount-high-x2", "retry-x2"]


def markings(text: str, asked: Criterion | None = None) -> Markings:
    document = parse_document(text, file="s.yaml")
    part, problems = decode(document, SuitePart)
    assert part is not None, problems
    return Markings(part.scenarios.mark, KEYS, part.tags, document, asked)


def test_a_scenario_that_nothing_is_said_of_has_the_tags_of_the_suite() -> None:
    found = markings("process: a.bpmn\ntags: [orders, b]\n")["main"]
    assert found.tags == ("orders", "b")
    assert (found.name, found.data, found.xfail, found.active) == (None, None, None, True)


def test_patterns_add_their_tags_and_later_ones_win_for_the_rest() -> None:
    found = markings(
        """process: a.bpmn
tags: orders
scenarios:
  mark:
    amount-high*: {tags: [smoke], xfail: BUG-7, data: poor, name: A}
    "*-x2": {tags: [slow, smoke], data: rich, active: false}
"""
    )
    assert found.problems == []
    assert found["amount-high"].tags == ("orders", "smoke")
    assert found["amount-high"].data == "poor"
    both = found["amount-high-x2"]
    assert both.tags == ("orders", "smoke", "slow")
    assert (both.xfail, both.data, both.name, both.active) == ("BUG-7", "rich", "A", False)
    assert str(both.data_at) == "s.yaml:6:41"
    assert found["main"].tags == ("orders",)


def test_a_whole_key_wins_over_a_pattern_wherever_it_stands() -> None:
    found = markings(
        "process: a.bpmn\nscenarios: {mark: {main: {name: Plain}, 'm*': {name: Any, data: d}}}"
    )["main"]
    assert (found.name, found.data) == ("Plain", "d")


def test_branches_may_run_at_once() -> None:
    found = markings(
        "process: a.bpmn\nscenarios: {mark: {'*': {parallel: true}, '*-x2': {parallel: false}}}"
    )
    assert [found[key].parallel for key in KEYS] == [True, True, False, False]


def test_a_value_may_be_taken_back() -> None:
    found = markings(
        "process: a.bpmn\nscenarios: {mark: {'*': {active: false}, main: {active: true}}}"
    )
    assert found["main"].active is True
    assert found["retry-x2"].active is False


def test_patterns_tell_upper_from_lower_case() -> None:
    (problem,) = markings("process: a.bpmn\nscenarios: {mark: {Main: {name: x}}}").problems
    assert str(problem) == (
        "s.yaml:2:20: error[unknown-scenario] no scenario's key matches 'Main'."
        " Did you mean 'main'?"
    )


def test_a_pattern_that_resembles_nothing_lists_the_keys() -> None:
    (problem,) = markings("process: a.bpmn\nscenarios: {mark: {zzz: {name: x}}}").problems
    assert str(problem) == (
        "s.yaml:2:20: error[unknown-scenario] no scenario's key matches 'zzz'."
        " The keys: amount-high, amount-high-x2, main, retry-x2."
    )


NOT_SELECTED = (
    "tag '{}' cannot be selected by -m."
    " Begin with a letter; then letters, digits, '_', '-' and '.'."
)
OF_PYTEST = "tag '{}' is a mark that pytest gives a meaning of its own. {}"


@pytest.mark.parametrize(
    ("tag", "problem"),
    [
        ("xfail", OF_PYTEST.format("xfail", "Write 'xfail: REASON'.")),
        ("skip", OF_PYTEST.format("skip", "Choose another word.")),
        ("not", NOT_SELECTED.format("not")),
        ("two words", NOT_SELECTED.format("two words")),
        ("_x", NOT_SELECTED.format("_x")),
        ("a:b", NOT_SELECTED.format("a:b")),
    ],
)
def test_tags_that_cannot_be_marks_are_refused(tag: str, problem: str) -> None:
    in_list = markings(f"process: a.bpmn\ntags: [ok, '{tag}']").problems
    assert [str(each) for each in in_list] == [f"s.yaml:2:12: error[tag] {problem}"]
    alone = markings(f"process: a.bpmn\nscenarios: {{mark: {{main: {{tags: '{tag}'}}}}}}").problems
    assert [str(each) for each in alone] == [f"s.yaml:2:33: error[tag] {problem}"]


@pytest.mark.parametrize("tag", ["smoke", "bug-7", "ä.b_c", "v2"])
def test_words_are_good_tags(tag: str) -> None:
    assert markings(f"process: a.bpmn\ntags: {tag}").problems == []


def test_under_a_criterion_that_was_asked_for_other_keys_are_no_mistake() -> None:
    """The same suite may be run by another criterion than it was written for."""
    found = markings("process: a.bpmn\nscenarios: {mark: {amount-low: {data: d}}}", Criterion.FLOWS)
    assert [str(problem) for problem in found.problems] == [
        (
            "s.yaml:2:20: warning[unknown-scenario] no scenario's key matches 'amount-low'."
            " This run asks for the criterion 'flows', which has other scenarios."
        )
    ]
