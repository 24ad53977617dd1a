"""What steps expect and save, compiled with the defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orchestra.suite.bound import Contract, Expect, Step

if TYPE_CHECKING:
    from tests.unit.suite.conftest import Bench

ASSERTION = "assertion: {channel: bus, topic: t}"
ACTION = "action: {channel: bus, topic: t, value: 1}"


def step_of(bench: Bench, rest: str, *, call: str = ASSERTION, more: str = "") -> Step:
    bound = bench.bind(f"{more}\nsteps:\n  - at: Place order\n    {call}\n    {rest}\n")
    return bound.scenarios[0].steps[0].step


def expect_of(bench: Bench, expect: str, *, call: str = ASSERTION, more: str = "") -> Expect:
    return step_of(bench, f"expect: {expect}", call=call, more=more).expect


def errors(bench: Bench, rest: str, *, call: str = ASSERTION) -> list[str]:
    return bench.errors(f"steps:\n  - at: Place order\n    {call}\n    {rest}\n")


def test_what_is_not_said_is_as_the_format_says(bench: Bench) -> None:
    expect = expect_of(bench, "{}")
    assert (expect.within, expect.every, expect.stable_for) == (10.0, 0.1, None)
    assert (expect.contract, expect.count, expect.status) == (Contract.ERROR, None, ())
    assert expect.pattern.value is None
    assert step_of(bench, "name: x").expect == expect


def test_everything_that_is_said_is_compiled(bench: Bench) -> None:
    expect = expect_of(
        bench,
        """
      status: [201, OK]
      value: {id: "{{visit}}"}
      exact: true
      headers: {a: "{{visit}}"}
      rules: |
        message.value.id == 1
        message.key == 'k'
      fail_when: [message.value.state == 'LOST']
      count: "{{visit}}"
      stable_for: 2s
      within: 1m
      every: 1s
      contract: warn
""",
    )
    assert expect.status == (201, "OK")
    assert expect.pattern.value is not None
    assert expect.pattern.value.render({"visit": 4}) == {"id": 4}
    assert expect.pattern.headers is not None
    assert expect.pattern.headers.render({"visit": 4}) == {"a": 4}
    assert expect.pattern.exact
    assert [rule.text for rule in expect.pattern.rules] == [
        "message.value.id == 1",
        "message.key == 'k'",
    ]
    assert [rule.text for rule in expect.fail_when] == ["message.value.state == 'LOST'"]
    assert expect.count is not None
    assert expect.count.render({"visit": 4}) == 4
    assert (expect.stable_for, expect.within, expect.every) == (2.0, 60.0, 1.0)
    assert expect.contract is Contract.WARN


def test_messages_are_one_pattern_each(bench: Bench) -> None:
    expect = expect_of(
        bench, "{ordered: true, messages: [{value: 1, rules: visit == 1}, {headers: {a: b}}]}"
    )
    first, second = expect.messages
    assert expect.ordered
    assert first.value is not None
    assert first.value.render({}) == 1
    assert len(first.rules) == 1
    assert second.value is None
    assert second.headers is not None


def test_an_expected_null_is_an_expectation(bench: Bench) -> None:
    value = expect_of(bench, "{value: null}").pattern.value
    assert value is not None
    assert value.render({}) is None


@pytest.mark.parametrize(("count", "rendered"), [("2", 2), ("0", 0), ("1+", "1+")])
def test_counts_are_numbers_or_numbers_with_a_plus(
    bench: Bench, count: str, rendered: object
) -> None:
    template = expect_of(bench, f"{{count: {count}}}").count
    assert template is not None
    assert template.render({}) == rendered


def test_the_step_wins_over_its_channel_and_its_channel_over_the_suite(bench: Bench) -> None:
    more = "defaults: {within: 1s, every: 1s, contract: off, bus: {within: 2s, stable_for: 3s}}"
    expect = expect_of(bench, "{}", more=more)
    assert (expect.within, expect.every, expect.stable_for) == (2.0, 1.0, 3.0)
    assert expect.contract is Contract.OFF
    assert expect_of(bench, "{within: 4s}", more=more).within == 4.0
    other = expect_of(bench, "{}", call="assertion: {channel: store, sql: select 1}", more=more)
    assert (other.within, other.stable_for) == (1.0, None)


def test_null_takes_a_default_away(bench: Bench) -> None:
    more = "defaults: {within: 1s, contract: off, bus: {every: 1s}}"
    expect = expect_of(bench, "{within: null, every: null, contract: null}", more=more)
    assert (expect.within, expect.every, expect.contract) == (10.0, 0.1, Contract.ERROR)


def test_save_takes_names_to_expressions(bench: Bench) -> None:
    save = step_of(bench, "save: {id: message.value.id, nr: 'visit + 1'}").save
    assert save["id"].evaluate({"message": {"value": {"id": 7}}}) == 7
    assert save["nr"].evaluate({"visit": 1}) == 2


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        (
            "expect: {count: many}",
            (
                "6:14: [bad-value] expected a number, or one with a plus, found text 'many'."
                " Write 2 for exactly two, 2+ for two or more."
            ),
        ),
        (
            "expect: {count: -1}",
            (
                "6:14: [bad-value] expected a number, or one with a plus, found number -1."
                " Write 2 for exactly two, 2+ for two or more."
            ),
        ),
        (
            "expect: {absent: true, count: 1}",
            "6:14: [contradiction] 'absent' excludes 'count' and 'messages'",
        ),
        (
            "expect: {messages: [{value: 1}], count: 1}",
            "6:38: [contradiction] 'messages' excludes 'count'",
        ),
        (
            "expect: {ordered: true}",
            (
                "6:14: [contradiction] 'ordered' says nothing without 'messages'."
                " Say which messages come in this order."
            ),
        ),
        (
            "expect: {rules: message.x =}",
            "6:21: [expression-syntax] '=' assigns, and nothing can be assigned. Write ==.",
        ),
        (
            "expect: {value: '{{'}",
            "6:21: [expression-syntax] this '{{' is never closed. Close it with '}}'.",
        ),
        (
            "expect: {within: 0s}",
            "6:22: [bad-value] expected a number above 0, found text '0s'",
        ),
        (
            "save: {all: message.id}",
            (
                "6:12: [bad-name] 'all' is every result of a step."
                " Choose a name of letters, digits and '_'."
            ),
        ),
        (
            "save: {a-b: message.id}",
            "6:12: [bad-name] 'a-b' is no name. Choose a name of letters, digits and '_'.",
        ),
        (
            "save: {a: message.id ||}",
            "6:15: [expression-syntax] '||' is not part of the language. Write 'or'.",
        ),
    ],
)
def test_expectations_that_cannot_be_are_refused(bench: Bench, rest: str, problem: str) -> None:
    assert errors(bench, rest) == [problem]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("count", "1"),
        ("messages", "[{value: 1}]"),
        ("ordered", "true"),
        ("absent", "true"),
        ("fail_when", "visit == 1"),
        ("stable_for", "1s"),
    ],
)
def test_an_action_has_one_reply(bench: Bench, key: str, value: str) -> None:
    assert errors(bench, f"expect: {{{key}: {value}}}", call=ACTION) == [
        (
            f"6:14: [unjudged] '{key}' says nothing of an action: it has one reply."
            " Use an assertion for what is waited for."
        )
    ]


def test_what_nobody_looks_at_is_told(bench: Bench) -> None:
    text = """steps:
  - at: Place order
    action: {channel: bus, topic: t, value: 1, mode: fire_and_forget}
    expect: {rules: visit == 1, within: 2s}
"""
    warning = bench.warnings(text)[-1]
    assert warning == (
        "6:14: warning[unjudged] 'rules' is not looked at: with 'fire_and_forget' only the"
        " sending is judged. Leave it out, or send with 'mode: sync'."
    )
